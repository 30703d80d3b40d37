// Package cite formats the sources of answers and snippets.
package cite

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"unicode"

	"github.com/pinecone-community/assistant-go/gen/2026-07/data"
)

// Footnotes inserts numbers such as [1] into an answer, also while the answer
// arrives, and collects the sources to which the numbers refer.
//
// The position of a citation counts characters from the start of the answer. A
// citation whose position is ahead of the text is kept until the text arrives.
// A citation whose position is behind the text is inserted at the current end.
// The white space after a word is kept until the next word, so that a citation
// at the end of a sentence is not late.
type Footnotes struct {
	Sources []string // in the order of their numbers

	written int    // number of characters returned
	space   []rune // white space that is kept
	ahead   []data.Citation
}

// Text takes a piece of the answer and returns the text that can be written.
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

// Cite takes a citation. It returns the citation's numbers, or "" if its
// position is ahead of the text.
func (f *Footnotes) Cite(citation data.Citation) string {
	if citation.Position <= f.written {
		return f.mark(citation)
	}
	f.ahead = append(f.ahead, citation)
	slices.SortStableFunc(f.ahead, func(a, b data.Citation) int { return cmp.Compare(a.Position, b.Position) })
	return ""
}

// End returns the numbers that are left at the end of the answer.
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
