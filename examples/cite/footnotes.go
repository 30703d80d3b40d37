// Package cite writes where an answer or a snippet comes from.
package cite

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"unicode"

	"github.com/pinecone-community/assistant-go/gen/2026-07/data"
)

// Footnotes puts numbers such as [1] into an answer, also into one that is being
// written, and has the sources that the numbers stand for.
//
// The position of a citation counts characters from the start of the answer. A
// citation that is ahead of the text is kept until the text is there; one that
// comes late is put where the text is by then. So that one at the end of a
// sentence is not late, the space behind a word is kept until the next word.
type Footnotes struct {
	Sources []string // that of [1] first

	written int    // characters that were returned
	space   []rune // that is kept
	ahead   []data.Citation
}

// Text returns what can be written after a piece of the answer has come.
func (f *Footnotes) Text(piece string) string {
	runes := slices.Concat(f.space, []rune(piece))
	var out strings.Builder
	for len(f.ahead) > 0 && f.ahead[0].Position <= f.written+len(runes) {
		n := f.ahead[0].Position - f.written
		out.WriteString(string(runes[:n]))
		out.WriteString(f.mark(f.ahead[0]))
		runes, f.written, f.ahead = runes[n:], f.written+n, f.ahead[1:]
	}
	n := len(runes)
	for n > 0 && unicode.IsSpace(runes[n-1]) {
		n--
	}
	out.WriteString(string(runes[:n]))
	f.written += n
	f.space = runes[n:]
	return out.String()
}

// Cite returns the numbers of a citation, or nothing if its place is ahead.
func (f *Footnotes) Cite(citation data.Citation) string {
	if citation.Position <= f.written {
		return f.mark(citation)
	}
	f.ahead = append(f.ahead, citation)
	slices.SortStableFunc(f.ahead, func(a, b data.Citation) int { return cmp.Compare(a.Position, b.Position) })
	return ""
}

// End returns what is left at the end of the answer, but for space: the numbers
// that have not found their place.
func (f *Footnotes) End() string {
	var out strings.Builder
	for _, citation := range f.ahead {
		out.WriteString(f.mark(citation))
	}
	f.space, f.ahead = nil, nil
	return out.String()
}

func (f *Footnotes) mark(citation data.Citation) string {
	var out strings.Builder
	for _, reference := range citation.References {
		source := Source(reference.File.Name, reference.Pages)
		if reference.Highlight.Content != "" {
			source += fmt.Sprintf(": %q", reference.Highlight.Content)
		}
		number := slices.Index(f.Sources, source) + 1
		if number == 0 {
			f.Sources = append(f.Sources, source)
			number = len(f.Sources)
		}
		fmt.Fprintf(&out, "[%d]", number)
	}
	return out.String()
}
