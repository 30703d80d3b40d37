package document

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"
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
	if err := checkNumbers(content, size); err != nil {
		return nil, err
	}
	reader, err := pdf.NewReader(content, size)
	if err != nil {
		return nil, err
	}
	total := 0
	for number := 1; number <= reader.NumPage(); number++ {
		text := layOut(reader.Page(number).Content().Text)
		if total += len(text); total > maxTextBytes {
			return nil, errTooMuch
		}
		pages = append(pages, page{number, text})
	}
	return pages, nil
}

// maxObjects is how many objects a PDF has at most (ISO 32000-1, annex C).
const maxObjects = 8_388_607

// checkNumbers refuses a file that says that it has more: the reader takes the
// memory for them before it looks for them, and a lack of memory is the end of the
// process.
func checkNumbers(content io.ReaderAt, size int64) error {
	const overlap = 256
	chunk := make([]byte, 1<<20)
	for at := int64(0); at < size; at += int64(len(chunk)) - overlap {
		n, err := content.ReadAt(chunk, at)
		if err != nil && !errors.Is(err, io.EOF) {
			return err
		}
		for _, key := range []string{"/Size", "/Index", "/W", "/Columns", "xref"} {
			for rest := chunk[:n]; ; {
				_, after, found := bytes.Cut(rest, []byte(key))
				if !found {
					break
				}
				rest = after
				if number := largest(after[:min(len(after), overlap/2)]); number > maxObjects {
					return fmt.Errorf("it is damaged: %s is %d", strings.TrimPrefix(key, "/"), number)
				}
			}
		}
	}
	return nil
}

// largest returns the largest of the numbers that a text begins with.
func largest(text []byte) int {
	end := bytes.IndexFunc(text, func(r rune) bool { return !strings.ContainsRune("[ \t\r\n0123456789", r) })
	if end >= 0 {
		text = text[:end]
	}
	largest := 0
	for _, field := range bytes.Fields(bytes.ReplaceAll(text, []byte("["), []byte(" "))) {
		number, err := strconv.Atoi(string(field))
		if err != nil { // beyond any number
			number = math.MaxInt
		}
		largest = max(largest, number)
	}
	return largest
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
