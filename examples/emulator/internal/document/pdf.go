package document

import (
	"fmt"
	"io"
	"math"
	"strings"

	"github.com/ledongthuc/pdf"
)

// extractPDF reads the text of each page. Scanned pages have none.
func extractPDF(content io.ReaderAt, size int64) (pages []page, err error) {
	// The reader panics on some files that are not as they should be.
	defer func() {
		if fault := recover(); fault != nil {
			pages, err = nil, fmt.Errorf("it is damaged: %v", fault)
		}
	}()
	reader, err := pdf.NewReader(content, size)
	if err != nil {
		return nil, err
	}
	for number := 1; number <= reader.NumPage(); number++ {
		pages = append(pages, page{number, layOut(reader.Page(number).Content().Text)})
	}
	return pages, nil
}

// How far glyphs are apart, in sizes of the font, where a word or a paragraph
// ends.
const (
	wordGap      = 0.2
	paragraphGap = 1.55
)

// layOut puts the glyphs of a page together, in the order in which they are
// drawn. The lines of a paragraph are joined.
func layOut(glyphs []pdf.Text) string {
	var text strings.Builder
	var last pdf.Text
	for _, glyph := range glyphs {
		if glyph.S == "\n" { // the reader's mark of an end of drawing, not of a line
			continue
		}
		if last.S != "" {
			text.WriteString(between(last, glyph))
		}
		text.WriteString(glyph.S)
		last = glyph
	}
	return ligatures.Replace(text.String())
}

func between(last, glyph pdf.Text) string {
	down := math.Abs(last.Y - glyph.Y)
	size := math.Max(last.FontSize, glyph.FontSize)
	switch {
	case down > paragraphGap*size || down > size/2 && last.FontSize != glyph.FontSize:
		return "\n\n"
	case down > size/2:
		return "\n"
	case last.W > 0 && glyph.X-last.X-last.W > wordGap*size && !strings.ContainsAny(glyph.S, ".,;:!?)"):
		return " "
	}
	return ""
}

var ligatures = strings.NewReplacer("ﬀ", "ff", "ﬁ", "fi", "ﬂ", "fl", "ﬃ", "ffi", "ﬄ", "ffl")
