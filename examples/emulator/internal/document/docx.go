package document

import (
	"archive/zip"
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
)

// mainPart is the name of the part with the main text of a document.
const mainPart = "word/document.xml"

// maxToken is the limit of a tag or a run of text, in bytes.
const maxToken = 4 << 20

var errToken = fmt.Errorf("a tag or a run of text has more than %d bytes", maxToken)

// extractDocx extracts the main text of a document. A page ends at a page break of the
// author, or where the word processor recorded one when it last rendered the document.
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
		// RawToken does not resolve namespaces, which may take any amount of memory.
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

// openPart opens a part of an archive. It does not use [zip.Reader.Open], which builds a
// tree of all names.
func openPart(archive *zip.Reader, name string) (io.ReadCloser, error) {
	for _, file := range archive.File {
		if file.Name == name {
			return file.Open()
		}
	}
	return nil, fmt.Errorf("no part %s", name)
}

// metered is a reader that fails once the text exceeds its limit, or a token exceeds
// maxToken.
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
	open   []string // names of the open elements, the innermost last
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
			return fmt.Errorf("unexpected </%.40s>", token.Name.Local)
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

// breakPage ends a page, unless the page is empty: the word processor records an
// author's page break a second time.
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
