package upload

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net/textproto"
	"strings"
)

// Part is one field of a form.
type Part struct {
	name string
	text []byte
	file *File
	err  error
}

// FilePart is a field that holds a file. A form has one at most.
func FilePart(name string, file File) Part {
	return Part{name: name, file: &file}
}

// JSONPart is a field that holds a JSON object; without one it is left out.
func JSONPart(name string, value map[string]any) Part {
	if value == nil {
		return Part{}
	}
	text, err := json.Marshal(value)
	return Part{name: name, text: text, err: err}
}

// TextPart is a field that holds a text; without one it is left out.
func TextPart(name, text string) Part {
	if text == "" {
		return Part{}
	}
	return Part{name: name, text: []byte(text)}
}

// Form is a multipart form. All of it but the file is in memory.
type Form struct {
	contentType string
	head, tail  []byte
	file        *File
	size        int64 // the file's, -1 when it is not known
}

// NewForm checks the parts. An error names the one that it is about.
func NewForm(parts ...Part) (*Form, error) {
	var text bytes.Buffer
	writer := multipart.NewWriter(&text)
	form := &Form{contentType: writer.FormDataContentType()}
	split := 0
	for _, part := range parts {
		if part.name == "" {
			continue
		}
		header := textproto.MIMEHeader{}
		disposition := `form-data; name="` + escape(part.name) + `"`
		if part.err == nil && part.file != nil {
			if form.file != nil {
				part.err = errors.New("a second file in one form")
			} else if contentType, err := part.file.check(); err != nil {
				part.err = err
			} else {
				form.file = part.file
				disposition += `; filename="` + escape(part.file.name) + `"`
				header.Set("Content-Type", contentType)
			}
		}
		if part.err != nil {
			return nil, fmt.Errorf("%s: %w", part.name, part.err)
		}
		header.Set("Content-Disposition", disposition)
		field, err := writer.CreatePart(header)
		if err == nil && part.file == nil {
			_, err = field.Write(part.text)
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", part.name, err)
		}
		if part.file != nil {
			split = text.Len()
		}
	}
	if err := writer.Close(); err != nil {
		return nil, err
	}
	form.head, form.tail = text.Bytes()[:split], text.Bytes()[split:]
	if form.file != nil {
		size, err := form.file.size()
		if err != nil {
			return nil, fmt.Errorf("file %q: %w", form.file.name, err)
		}
		form.size = size
	}
	return form, nil
}

// ContentType is the header's value, with the boundary.
func (f *Form) ContentType() string { return f.contentType }

// Len is the form's length in bytes, or -1 when the file's is not known.
func (f *Form) Len() int64 {
	if f.size < 0 {
		return -1
	}
	return int64(len(f.head)) + f.size + int64(len(f.tail))
}

// Open returns the form's bytes. It opens the file, which a reader that cannot be
// rewound allows once.
func (f *Form) Open() (io.ReadCloser, error) {
	if f.file == nil {
		return io.NopCloser(bytes.NewReader(f.tail)), nil
	}
	file, err := f.file.open()
	if err != nil {
		return nil, fmt.Errorf("file %q: %w", f.file.name, err)
	}
	content := &exactly{reader: file, name: f.file.name, size: f.size}
	return &body{io.MultiReader(bytes.NewReader(f.head), content, bytes.NewReader(f.tail)), file}, nil
}

type body struct {
	io.Reader
	io.Closer
}

// exactly reads a file of a known size and fails when it turns out to have
// another one: what was announced is not what would be sent.
type exactly struct {
	reader io.Reader
	name   string
	size   int64 // -1: any
	read   int64
}

func (e *exactly) Read(p []byte) (int, error) {
	n, err := e.reader.Read(p)
	e.read += int64(n)
	switch {
	case e.size < 0:
	case e.read > e.size:
		return 0, fmt.Errorf("file %q: it grew past the %d bytes that it had when it was opened", e.name, e.size)
	case errors.Is(err, io.EOF) && e.read < e.size:
		return n, fmt.Errorf("file %q: it ended after %d of %d bytes: %w", e.name, e.read, e.size, io.ErrUnexpectedEOF)
	}
	return n, err
}

// escape escapes a name as browsers do.
var escape = strings.NewReplacer("\r", "%0D", "\n", "%0A", `"`, "%22").Replace
