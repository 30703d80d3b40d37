package document

import (
	"context"
	"errors"
	"fmt"
	"math"
	"strings"
	"unicode"
	"unicode/utf16"

	"github.com/klippa-app/go-pdfium"
	"github.com/klippa-app/go-pdfium/references"
	"github.com/klippa-app/go-pdfium/requests"
	"github.com/klippa-app/go-pdfium/structs"
)

// MaxPages is the limit of the pages of a PDF. A file of any size can declare any number
// of pages.
const MaxPages = 50_000

// extractPDF extracts the text of each page. Scanned pages have no text.
func extractPDF(ctx context.Context, content *source, to *text) (err error) {
	if content.size == 0 {
		return errors.New("empty file")
	}
	pool, err := pdfPool(ctx)
	if err != nil {
		return err
	}
	select {
	case pdfiumEngine.reading <- struct{}{}:
	case <-ctx.Done():
		return context.Cause(ctx)
	}
	defer func() {
		pdfiumEngine.memory.release()
		<-pdfiumEngine.reading
	}()
	instance, err := pool.GetInstanceWithContext(ctx)
	if err != nil {
		return err
	}
	killed := make(chan struct{})
	stop := context.AfterFunc(ctx, func() {
		defer close(killed)
		_ = instance.Kill()
	})
	defer func() {
		if !stop() {
			<-killed
			err = context.Cause(ctx)
			return
		}
		_ = instance.Close() // an error is harmless: memory.release frees all memory
	}()
	return (&pdfReader{Pdfium: instance, to: to}).read(content)
}

type pdfReader struct {
	pdfium.Pdfium
	to      *text
	checked int  // number of characters that were checked for gaps
	gaps    bool // whether a gap was found
}

// gapSample is the number of characters that are checked for gaps. If they have none,
// the rest of the document is not checked, since the check takes longer than reading.
const gapSample = 50_000

func (r *pdfReader) read(content *source) error {
	opened, err := r.OpenDocument(&requests.OpenDocument{FileReader: content.reader(), FileReaderSize: content.size})
	if err != nil {
		return firstLine(err)
	}
	count, err := r.FPDF_GetPageCount(&requests.FPDF_GetPageCount{Document: opened.Document})
	if err != nil {
		return firstLine(err)
	}
	if most := r.to.limits.pages; count.PageCount > most {
		return fmt.Errorf("%d pages, limit %d", count.PageCount, most)
	}
	var fault error
	damaged := 0
	for i := range count.PageCount {
		if content.ctx.Err() != nil {
			return context.Cause(content.ctx)
		}
		r.to.beginPage(i + 1)
		if err := r.page(opened.Document, i); err != nil {
			fault = fmt.Errorf("page %d: %w", i+1, firstLine(err))
			damaged++
		}
		if r.to.err != nil {
			return r.to.err
		}
	}
	if damaged > 0 && damaged == count.PageCount {
		return fault
	}
	return nil
}

// page extracts the text of a page.
func (r *pdfReader) page(document references.FPDF_DOCUMENT, index int) error {
	page, err := r.FPDF_LoadPage(&requests.FPDF_LoadPage{Document: document, Index: index})
	if err != nil {
		return err
	}
	defer func() { _, _ = r.FPDF_ClosePage(&requests.FPDF_ClosePage{Page: page.Page}) }()
	text, err := r.FPDFText_LoadPage(&requests.FPDFText_LoadPage{Page: requests.Page{ByReference: &page.Page}})
	if err != nil {
		return err
	}
	defer func() { _, _ = r.FPDFText_ClosePage(&requests.FPDFText_ClosePage{TextPage: text.TextPage}) }()
	count, err := r.FPDFText_CountChars(&requests.FPDFText_CountChars{TextPage: text.TextPage})
	if err != nil || count.Count == 0 {
		return err
	}
	content, err := r.FPDFText_GetText(&requests.FPDFText_GetText{TextPage: text.TextPage, Count: count.Count})
	if err != nil {
		return err
	}
	p := pdfPage{r, text.TextPage, utf16.Encode([]rune(content.Text)), count.Count}
	return p.layOut()
}

// pdfPage is the text of a page. PDFium separates words by spaces and lines by "\r\n",
// and replaces a hyphen at the end of a line by a mark.
type pdfPage struct {
	*pdfReader
	handle references.FPDF_TEXTPAGE
	text   []uint16
	count  int // number of characters; text may omit some of them
}

// Least distances between two words of a line and between the last line of a paragraph
// and the next, relative to the height of a character.
const (
	wordGap      = 0.2
	paragraphGap = 1.55
)

// Marks of a hyphen at the end of a line, in recent and older versions of PDFium.
const (
	hyphenMark    = 0x02
	oldHyphenMark = 0xfffe
)

// layOut writes the lines of the page. It joins hyphenated words and ends paragraphs.
func (p *pdfPage) layOut() error {
	var last line
	joined := true // whether the next line continues the last word
	for at := 0; at < len(p.text); {
		end := at
		for end < len(p.text) && !isLineEnd(p.text[end]) {
			end++
		}
		if end > at {
			current := p.line(at)
			switch {
			case joined:
			case current.beginsParagraph(last):
				p.to.endParagraph()
			default:
				p.to.write('\n', 1)
			}
			joined = p.write(at, end)
			last = current
		}
		for at = end; at < len(p.text) && isLineEnd(p.text[at]); at++ {
		}
		if p.to.err != nil {
			return p.to.err
		}
	}
	return nil
}

func isLineEnd(unit uint16) bool { return unit == '\r' || unit == '\n' }

// write adds a part of the text, and reports whether it ends with a hyphen.
func (p *pdfPage) write(from, to int) (hyphenated bool) {
	known := len(p.text) == p.count // whether an index of the text is that of a character
	var last structs.FPDF_FS_RECTF
	for at := from; at < to; {
		n := 1
		r := rune(p.text[at])
		if utf16.IsSurrogate(r) && at+1 < to {
			r, n = utf16.DecodeRune(r, rune(p.text[at+1])), 2
		}
		if known && (p.gaps || p.checked < gapSample) {
			box := p.box(at)
			inWord := at > from && !unicode.IsSpace(rune(p.text[at-1])) && !unicode.IsSpace(r) && !strings.ContainsRune(".,;:!?)", r)
			if inWord && gap(last, box) {
				p.to.write(' ', 1)
				p.gaps = true
			}
			last = box
			p.checked++
		}
		if hyphenated = r == hyphenMark || r == oldHyphenMark; !hyphenated {
			p.to.writeString(expand(r))
		}
		at += n
	}
	return hyphenated
}

// gap reports whether the distance between two characters of a line separates words.
// Some documents have no spaces between words.
func gap(left, right structs.FPDF_FS_RECTF) bool {
	height := left.Top - left.Bottom
	return left.Right > left.Left && right.Left-left.Right > wordGap*height &&
		math.Abs(float64(left.Bottom-right.Bottom)) < float64(height)/2
}

func (p *pdfPage) box(index int) structs.FPDF_FS_RECTF {
	box, err := p.FPDFText_GetLooseCharBox(&requests.FPDFText_GetLooseCharBox{TextPage: p.handle, Index: index})
	if err != nil { // PDFium has added the character
		return structs.FPDF_FS_RECTF{}
	}
	return box.Rect
}

// line describes the first character of a line.
type line struct {
	bottom, height float64
	size           float64 // size of the font
}

func (p *pdfPage) line(at int) line {
	index, err := p.FPDFText_GetCharIndexFromTextIndex(&requests.FPDFText_GetCharIndexFromTextIndex{TextPage: p.handle, NTextIndex: at})
	if err != nil {
		return line{}
	}
	box := p.box(index.CharIndex)
	l := line{bottom: float64(box.Bottom), height: float64(box.Top - box.Bottom)}
	if size, err := p.FPDFText_GetFontSize(&requests.FPDFText_GetFontSize{TextPage: p.handle, Index: index.CharIndex}); err == nil {
		l.size = size.FontSize
	}
	return l
}

// beginsParagraph reports whether a line begins a paragraph, given the line before.
func (l line) beginsParagraph(before line) bool {
	down := math.Abs(l.bottom - before.bottom)
	height := math.Max(l.height, before.height)
	return down > paragraphGap*height || down > height/2 && l.size != before.size
}

// expand returns the letters of a ligature, or the character itself.
func expand(r rune) string {
	if letters, ok := ligatures[r]; ok {
		return letters
	}
	return string(r)
}

var ligatures = map[rune]string{'ﬀ': "ff", 'ﬁ': "fi", 'ﬂ': "fl", 'ﬃ': "ffi", 'ﬄ': "ffl", 'ﬅ': "st", 'ﬆ': "st"}

// firstLine returns the first line of an error, without the stack of WebAssembly. PDFium
// traps both if it runs out of memory and if it crashes.
func firstLine(err error) error {
	text, _, _ := strings.Cut(err.Error(), "\n")
	if strings.Contains(text, "wasm error") {
		return fmt.Errorf("the PDF is damaged or needs more than %d MiB of memory (%s)", pdfMemoryPages*64>>10, text)
	}
	return errors.New(text)
}
