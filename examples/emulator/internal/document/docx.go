package document

import (
	"archive/zip"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"
)

// extractDocx reads the main text of a document. Pages are where the document
// has breaks between them: those that an author set, and those that the word
// processor noted when it last laid the document out.
func extractDocx(content io.ReaderAt, size int64) ([]page, error) {
	archive, err := zip.NewReader(content, size)
	if err != nil {
		return nil, err
	}
	document, err := archive.Open("word/document.xml")
	if err != nil {
		return nil, err
	}
	defer document.Close()

	d := docx{pages: []page{{number: 1}}}
	decoder := xml.NewDecoder(&capped{document, maxTextBytes})
	for {
		if d.depth > maxDepth {
			return nil, errTooDeep
		}
		token, err := decoder.Token()
		if errors.Is(err, io.EOF) {
			d.breakPage()
			return d.pages[:len(d.pages)-1], nil
		}
		if err != nil {
			return nil, fmt.Errorf("word/document.xml: %w", err)
		}
		d.read(token)
	}
}

type docx struct {
	pages  []page // the last one is being read
	text   strings.Builder
	inText bool
	depth  int // of elements
}

func (d *docx) read(token xml.Token) {
	switch token := token.(type) {
	case xml.StartElement:
		d.depth++
		switch token.Name.Local {
		case "t":
			d.inText = true
		case "tab":
			d.text.WriteByte(' ')
		case "br", "cr":
			if attribute(token, "type") == "page" {
				d.breakPage()
			} else {
				d.text.WriteByte('\n')
			}
		case "lastRenderedPageBreak":
			d.breakPage()
		}
	case xml.EndElement:
		d.depth--
		switch token.Name.Local {
		case "t":
			d.inText = false
		case "p":
			d.text.WriteString("\n\n")
		}
	case xml.CharData:
		if d.inText {
			d.text.Write(token)
		}
	}
}

// breakPage ends a page. An empty one is none: a break that was set is noted
// once more by the word processor.
func (d *docx) breakPage() {
	last := &d.pages[len(d.pages)-1]
	last.text = d.text.String()
	if strings.TrimSpace(last.text) != "" {
		d.pages = append(d.pages, page{number: last.number + 1})
	}
	d.text.Reset()
}

func attribute(element xml.StartElement, name string) string {
	for _, attr := range element.Attr {
		if attr.Name.Local == name {
			return attr.Value
		}
	}
	return ""
}
