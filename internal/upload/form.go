package upload

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net/textproto"
	"strings"
	"sync/atomic"

	"github.com/pinecone-community/assistant-go/internal/jsonwrite"
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

// JSONPart is a field that holds a JSON object, whose text has at most limit
// bytes if there is one; without an object it is left out.
func JSONPart(name string, value map[string]any, limit int) Part {
	if value == nil {
		return Part{}
	}
	text, err := Text(value, limit)
	return Part{name: name, text: text, err: err}
}

// Text returns the JSON of an object, without escapes for HTML. More than limit
// bytes are an error, if there is a limit.
func Text(value map[string]any, limit int) ([]byte, error) {
	text, err := jsonwrite.Marshal(value)
	if err == nil && limit > 0 && len(text) > limit {
		return nil, fmt.Errorf("it has %d bytes as JSON, and at most %d are taken", len(text), limit)
	}
	return text, err
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

	current atomic.Pointer[exactly] // the attempt whose progress is reported
	sending atomic.Pointer[sending] // what tells the progress
}

// NewForm checks the parts. An error names the one that it is about.
func NewForm(parts ...Part) (*Form, error) {
	var text bytes.Buffer
	writer := multipart.NewWriter(&text)
	form := &Form{contentType: writer.FormDataContentType()}
	split := 0
	for _, part := range parts {
		if part.text == nil && part.file == nil && part.err == nil {
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

// Rewinds reports whether Open can be called more than once.
func (f *Form) Rewinds() bool { return f.file == nil || f.file.rewinds() }

// Open returns the form's bytes. It opens the file, which a reader that cannot be
// rewound allows once.
func (f *Form) Open() (io.ReadCloser, error) {
	if f.file == nil {
		return io.NopCloser(bytes.NewReader(f.tail)), nil
	}
	file, err := f.file.open()
	if err != nil {
		return nil, &SourceError{f.file.name, err}
	}
	content := &exactly{reader: file, form: f}
	f.current.Store(content)
	return &body{io.MultiReader(bytes.NewReader(f.head), content, bytes.NewReader(f.tail)), file}, nil
}

type body struct {
	io.Reader
	io.Closer
}

// SourceError is an error of the file that is uploaded, not of the connection.
type SourceError struct {
	name string
	err  error
}

func (e *SourceError) Error() string { return fmt.Sprintf("file %q: %v", e.name, e.err) }

// Unwrap returns what went wrong.
func (e *SourceError) Unwrap() error { return e.err }

// exactly reads a file of a known size and fails when it turns out to have
// another one: what was announced is not what would be sent.
type exactly struct {
	reader io.Reader
	form   *Form
	read   int64
}

func (e *exactly) Read(p []byte) (int, error) {
	n, err := safely(e.reader, p)
	e.read += int64(n)
	name, size := e.form.file.name, e.form.size
	switch atEnd := errors.Is(err, io.EOF); {
	case size >= 0 && e.read > size:
		return 0, &SourceError{name, fmt.Errorf("it grew past the %d bytes that it had when it was opened", size)}
	case size >= 0 && e.read < size && atEnd:
		return n, &SourceError{name, fmt.Errorf("it ended after %d of %d bytes: %w", e.read, size, io.ErrUnexpectedEOF)}
	case err != nil && !atEnd:
		return n, &SourceError{name, err}
	}
	if n > 0 {
		e.form.sending.Load().tell(e)
	}
	return n, err
}

// sending is a call of Send. Its steps are what has been read, and of which
// attempt; none comes once it is over.
type sending struct {
	steps chan step
	over  chan struct{}
}

type step struct {
	attempt *exactly
	read    int64
}

// tell waits until the goroutine of Send has taken the step.
func (s *sending) tell(e *exactly) {
	if s == nil {
		return
	}
	select {
	case s.steps <- step{e, e.read}:
	case <-s.over:
	}
}

// Send calls send, which sends the form, and meanwhile reports its progress, if
// that was asked for: send waits for a report to return. A panic of either is one
// of Send. After a panic of the report, stop has to end what send does.
func (f *Form) Send(send, stop func()) {
	if f.file == nil || f.file.report == nil {
		send()
		return
	}
	s := &sending{make(chan step), make(chan struct{})}
	f.sending.Store(s)
	done := make(chan any, 1)
	go func() {
		var returned bool
		defer func() {
			if v := recover(); v != nil || returned {
				done <- v
				return
			}
			done <- errors.New("the HTTP client has ended its goroutine")
		}()
		send()
		returned = true
	}()
	waiting := true
	defer func() {
		close(s.over) // before send is waited for, which may be telling
		if waiting {  // report panicked
			stop()
			<-done
		}
	}()
	for {
		select {
		case step := <-s.steps:
			if f.current.Load() == step.attempt {
				f.file.report(step.read, f.size)
			}
		case v := <-done:
			waiting = false
			if v != nil {
				panic(v)
			}
			return
		}
	}
}

// escape escapes a name as browsers do, and further what some parsers refuse, or
// take for an escape of their own: control characters and the backslash.
func escape(name string) string {
	var text strings.Builder
	for _, c := range []byte(name) {
		if c < ' ' || c == 0x7f || c == '"' || c == '\\' {
			fmt.Fprintf(&text, "%%%02X", c)
		} else {
			text.WriteByte(c)
		}
	}
	return text.String()
}
