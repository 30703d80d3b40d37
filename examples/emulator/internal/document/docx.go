package document

import (
	"archive/zip"
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
)

// mainPart is where the main text of a document is.
const mainPart = "word/document.xml"

// maxToken is how many bytes one tag or one run of text of a document may have.
const maxToken = 4 << 20

var errToken = fmt.Errorf("a tag or a run of text has more than %d bytes", maxToken)

// extractDocx reads the main text of a document. Pages are where the document
// has breaks between them: those that an author set, and those that the word
// processor noted when it last laid the document out.
func extractDocx(_ context.Context, content *source, to *text) error {
	archive, err := zip.NewReader(content, content.size)
	if err != nil {
		return err
	}
	part, err := openPart(archive, mainPart)
	if err != nil {
		return err
	}
	defer part.Close()

	to.page = 1
	d := docx{to: to}
	from := &metered{Reader: part, limits: to.limits}
	decoder := xml.NewDecoder(from)
	for {
		from.sinceToken = 0
		// Names are not resolved: what they are short for may take any memory.
		token, err := decoder.RawToken()
		if errors.Is(err, io.EOF) && len(d.open) == 0 {
			return nil
		}
		if errors.Is(err, io.EOF) {
			err = io.ErrUnexpectedEOF
		}
		if err == nil {
			err = d.read(token)
		}
		if err != nil {
			return fmt.Errorf("%s: %w", mainPart, err)
		}
		if to.err != nil {
			return to.err
		}
	}
}

// openPart does not use the archive as a file system, which would make a tree of
// all names.
func openPart(archive *zip.Reader, name string) (io.ReadCloser, error) {
	for _, file := range archive.File {
		if file.Name == name {
			return file.Open()
		}
	}
	return nil, fmt.Errorf("it has no %s", name)
}

// metered fails when too much is read, or too much for one token.
type metered struct {
	io.Reader
	limits     limits
	total      int
	sinceToken int
}

func (m *metered) Read(p []byte) (int, error) {
	n, err := m.Reader.Read(p)
	m.total += n
	m.sinceToken += n
	switch {
	case m.total > m.limits.text:
		return n, m.limits.tooMuch()
	case m.sinceToken > maxToken:
		return n, errToken
	}
	return n, err
}

type docx struct {
	to     *text
	open   []string // elements, the innermost last
	inText bool
}

func (d *docx) read(token xml.Token) error {
	switch token := token.(type) {
	case xml.StartElement:
		if len(d.open) == maxDepth {
			return errTooDeep
		}
		d.open = append(d.open, token.Name.Local)
		switch token.Name.Local {
		case "t":
			d.inText = true
		case "tab":
			d.to.write(' ', 1)
		case "br", "cr":
			if attribute(token, "type") == "page" {
				d.breakPage()
			} else {
				d.to.write('\n', 1)
			}
		case "lastRenderedPageBreak":
			d.breakPage()
		}
	case xml.EndElement:
		last := len(d.open) - 1
		if last < 0 || d.open[last] != token.Name.Local {
			return fmt.Errorf("</%.40s> ends no element", token.Name.Local)
		}
		d.open = d.open[:last]
		switch token.Name.Local {
		case "t":
			d.inText = false
		case "p":
			d.to.endParagraph()
		}
	case xml.CharData:
		if d.inText {
			d.to.writeString(string(token))
		}
	}
	return nil
}

// breakPage ends a page. An empty one is none: a break that was set is noted
// once more by the word processor.
func (d *docx) breakPage() {
	if d.to.onPage {
		d.to.beginPage(d.to.page + 1)
	}
}

func attribute(element xml.StartElement, name string) string {
	for _, attr := range element.Attr {
		if attr.Name.Local == name {
			return attr.Value
		}
	}
	return ""
}
