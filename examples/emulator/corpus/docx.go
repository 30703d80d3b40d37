package corpus

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"fmt"
)

const xmlHeader = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>` + "\n"

// The parts that every document needs in addition to its text.
const (
	contentTypes = xmlHeader + `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">` +
		`<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>` +
		`<Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/>` +
		`</Types>`
	relationships = xmlHeader + `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">` +
		`<Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/>` +
		`</Relationships>`
)

// encodeDocx encodes an entry as a Word document of two paragraphs: title and text.
func encodeDocx(e Entry) ([]byte, error) {
	var title, text bytes.Buffer
	if err := xml.EscapeText(&title, []byte(e.Title)); err != nil {
		return nil, err
	}
	if err := xml.EscapeText(&text, []byte(e.Text)); err != nil {
		return nil, err
	}
	document := fmt.Sprintf(xmlHeader+`<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>`+
		`<w:p><w:r><w:rPr><w:b/></w:rPr><w:t>%s</w:t></w:r></w:p><w:p><w:r><w:t>%s</w:t></w:r></w:p>`+
		`</w:body></w:document>`, &title, &text)

	var b bytes.Buffer
	archive := zip.NewWriter(&b)
	for _, part := range []struct{ name, content string }{
		{"[Content_Types].xml", contentTypes},
		{"_rels/.rels", relationships},
		{"word/document.xml", document},
	} {
		w, err := archive.Create(part.name)
		if err != nil {
			return nil, err
		}
		if _, err := w.Write([]byte(part.content)); err != nil {
			return nil, err
		}
	}
	err := archive.Close()
	return b.Bytes(), err
}
