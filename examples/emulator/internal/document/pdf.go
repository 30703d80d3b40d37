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

// MaxPages is how many pages a PDF has at most: its header can say any number.
const MaxPages = 50_000

// extractPDF reads the text of each page. Scanned pages have none.
func extractPDF(ctx context.Context, content *source, to *text) (err error) {
	if content.size == 0 {
		return errors.New("it is empty")
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
		_ = instance.Kill() // it has ended already
	})
	defer func() {
		if !stop() {
			<-killed
			err = context.Cause(ctx)
			return
		}
		_ = instance.Close() // it only frees memory, all of which goes
	}()
	return (&pdfReader{Pdfium: instance, to: to}).read(content)
}

type pdfReader struct {
	pdfium.Pdfium
	to      *text
	checked int  // characters that were looked at for gaps
	gaps    bool // some were found
}

// gapSample is how many characters of a document are looked at for gaps before it is
// taken to have none, since that takes longer than to read them.
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
		return fmt.Errorf("it has %d pages, the limit is %d", count.PageCount, most)
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

// page reads a page. A page that cannot be loaded is an error; others are read all
// the same.
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

// pdfPage is the text of a page. PDFium parts words by spaces and lines by "\r\n",
// and has a mark of its own for a hyphen at the end of a line.
type pdfPage struct {
	*pdfReader
	handle references.FPDF_TEXTPAGE
	text   []uint16
	count  int // of characters; the text has fewer if it leaves some out
}

// How far characters are apart, in parts of their height, where a word or a paragraph
// ends.
const (
	wordGap      = 0.2
	paragraphGap = 1.55
)

// Marks of a hyphen at the end of a line, in recent and in older versions of PDFium.
const (
	hyphenMark    = 0x02
	oldHyphenMark = 0xfffe
)

// layOut joins the lines of a paragraph, and what a hyphen parts.
func (p *pdfPage) layOut() error {
	var last line
	joined := true // to what comes next
	for at := 0; at < len(p.text); {
		end := at
		for end < len(p.text) && !isLineEnd(p.text[end]) {
			end++
		}
		if end > at {
			current := p.line(at)
			switch {
			case joined:
			case current.apart(last):
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

// write adds a part of the text. It reports whether that ends with a hyphen.
func (p *pdfPage) write(from, to int) (hyphenated bool) {
	known := len(p.text) == p.count // which character is which
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

// gap reports whether there is room for a space between two characters of a line:
// some documents part words by the distance of letters alone.
func gap(left, right structs.FPDF_FS_RECTF) bool {
	height := left.Top - left.Bottom
	return left.Right > left.Left && right.Left-left.Right > wordGap*height &&
		math.Abs(float64(left.Bottom-right.Bottom)) < float64(height)/2
}

func (p *pdfPage) box(index int) structs.FPDF_FS_RECTF {
	box, err := p.FPDFText_GetLooseCharBox(&requests.FPDFText_GetLooseCharBox{TextPage: p.handle, Index: index})
	if err != nil { // of a character that PDFium has added
		return structs.FPDF_FS_RECTF{}
	}
	return box.Rect
}

// line is where a line begins.
type line struct {
	bottom, height float64
	size           float64 // of the font
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

// apart reports whether a line begins another paragraph than the one before.
func (l line) apart(before line) bool {
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

// firstLine leaves out the stack of WebAssembly that an error goes on with. Where
// PDFium has not enough memory it ends in a trap, as it does where it has a fault.
func firstLine(err error) error {
	text, _, _ := strings.Cut(err.Error(), "\n")
	if strings.Contains(text, "wasm error") {
		return fmt.Errorf("it is damaged or takes more than %d MiB of memory (%s)", pdfMemoryPages*64>>10, text)
	}
	return errors.New(text)
}
