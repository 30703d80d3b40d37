package upload

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"mime/multipart"
	"net/textproto"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/pinecone-community/assistant-go/internal/jsonwrite"
)

// Part is a field of a form.
type Part struct {
	name string
	text []byte
	file *File
	err  error
}

// FilePart returns a field with a file.
func FilePart(name string, file File) Part {
	return Part{name: name, file: &file}
}

// FileParts returns a field for each file, all with the same name.
func FileParts(name string, files []File) []Part {
	parts := make([]Part, len(files))
	for i, file := range files {
		parts[i] = FilePart(name, file)
	}
	return parts
}

// JSONPart returns a field with a JSON object of at most limit bytes; a limit
// of 0 means no limit. The field is left out if value is nil.
func JSONPart(name string, value map[string]any, limit int) Part {
	if value == nil {
		return Part{}
	}
	text, err := Text(value, limit)
	return Part{name: name, text: text, err: err}
}

// Text returns value as JSON without HTML escapes. JSON of more than limit
// bytes is an error, unless limit is 0.
func Text(value map[string]any, limit int) ([]byte, error) {
	text, err := jsonwrite.Marshal(value)
	if err == nil && limit > 0 && len(text) > limit {
		return nil, fmt.Errorf("%d bytes as JSON, want at most %d", len(text), limit)
	}
	return text, err
}

// TextPart returns a field with a text. The field is left out if text is empty.
func TextPart(name, text string) Part {
	if text == "" {
		return Part{}
	}
	return Part{name: name, text: []byte(text)}
}

// Form is a multipart form. It holds everything in memory but the content of
// the files.
type Form struct {
	contentType string
	texts       [][]byte // the text before each file and after the last
	files       []*formFile

	current atomic.Pointer[attemptOf] // attempt whose progress is reported
	sending atomic.Pointer[sending]   // the Send in progress
}

// formFile is a file in a form.
type formFile struct {
	*File
	length int64 // -1 if not known
}

// NewForm returns a form of the parts. An error names the field.
func NewForm(parts ...Part) (*Form, error) {
	var text bytes.Buffer
	writer := multipart.NewWriter(&text)
	form := &Form{contentType: writer.FormDataContentType()}
	var ends []int // end of the text before each file
	for _, part := range parts {
		if part.text == nil && part.file == nil && part.err == nil {
			continue
		}
		header := textproto.MIMEHeader{}
		disposition := `form-data; name="` + escape(part.name) + `"`
		if part.err == nil && part.file != nil {
			var contentType string
			if contentType, part.err = part.file.check(); part.err == nil {
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
			form.files, ends = append(form.files, &formFile{File: part.file}), append(ends, text.Len())
		}
	}
	if err := writer.Close(); err != nil {
		return nil, err
	}
	start := 0
	for _, end := range append(ends, text.Len()) {
		form.texts, start = append(form.texts, text.Bytes()[start:end]), end
	}
	for _, file := range form.files {
		var err error
		if file.length, err = file.size(); err != nil {
			return nil, fmt.Errorf("file %q: %w", file.name, err)
		}
	}
	return form, nil
}

// ContentType returns the value of the header Content-Type, with the boundary.
func (f *Form) ContentType() string { return f.contentType }

// Len returns the length of the form in bytes, or -1 if the length of a file is
// not known.
func (f *Form) Len() int64 {
	var n int64
	for _, text := range f.texts {
		n += int64(len(text))
	}
	for _, file := range f.files {
		if file.length < 0 {
			return -1
		}
		n += file.length
	}
	return n
}

// Rewinds reports whether Open can be called more than once.
func (f *Form) Rewinds() bool {
	return !slices.ContainsFunc(f.files, func(file *formFile) bool { return !file.rewinds() })
}

// Open returns the form as it is sent. It opens the first file; each further
// file is opened when the file before it was read. A reader that cannot be
// rewound can be opened once.
func (f *Form) Open() (io.ReadCloser, error) {
	a := &attemptOf{form: f}
	for i, text := range f.texts {
		a.parts = append(a.parts, bytes.NewReader(text))
		if i < len(f.files) {
			a.parts = append(a.parts, &exactly{file: f.files[i], attempt: a})
		}
	}
	a.Reader = io.MultiReader(a.parts...)
	if len(f.files) > 0 {
		if err := a.parts[1].(*exactly).open(); err != nil {
			return nil, err
		}
		f.current.Store(a)
	}
	return a, nil
}

// attemptOf is the body of one attempt to send a form.
type attemptOf struct {
	io.Reader
	form  *Form
	parts []io.Reader

	mu     sync.Mutex
	closed bool
	opened []io.Closer
	// sources are the elements of opened whose Read may block.
	sources []*interruptible
}

// Close closes the files that were opened.
func (a *attemptOf) Close() error {
	a.mu.Lock()
	a.closed = true
	opened := a.opened
	a.opened = nil
	a.mu.Unlock()
	var err error
	for _, file := range opened {
		err = errors.Join(err, file.Close())
	}
	return err
}

// Settle waits until no Read of a source is in progress, but not longer than
// limit, as a Read may block. The body that Open returned last must be closed.
func (f *Form) Settle(limit time.Duration) {
	a := f.current.Load()
	if a == nil {
		return
	}
	a.mu.Lock()
	sources := a.sources
	a.mu.Unlock()
	if len(sources) == 0 {
		return
	}
	timer := time.NewTimer(limit)
	defer timer.Stop()
	for _, source := range sources {
		source.settle(timer.C)
	}
}

// SourceError is an error of the file that is uploaded. It is not an error of
// the connection.
type SourceError struct {
	name string
	err  error
}

func (e *SourceError) Error() string { return fmt.Sprintf("file %q: %v", e.name, e.err) }

// Unwrap returns the cause.
func (e *SourceError) Unwrap() error { return e.err }

// exactly reads a file of known size. It returns an error if the file turns out
// to have another size, as Content-Length was computed from the known size.
type exactly struct {
	file    *formFile
	attempt *attemptOf
	reader  io.Reader // nil until open
	read    int64
}

func (e *exactly) open() error {
	file, err := e.file.open()
	if err != nil {
		return &SourceError{e.file.name, err}
	}
	e.reader = file
	a := e.attempt
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.closed {
		return errors.Join(fs.ErrClosed, file.Close())
	}
	a.opened = append(a.opened, file)
	if source, ok := file.(*interruptible); ok {
		a.sources = append(a.sources, source)
	}
	return nil
}

func (e *exactly) Read(p []byte) (int, error) {
	if e.reader == nil {
		if err := e.open(); err != nil {
			return 0, err
		}
	}
	n, err := safely(e.reader, p)
	e.read += int64(n)
	name, size := e.file.name, e.file.length
	switch atEnd := errors.Is(err, io.EOF); {
	case size >= 0 && e.read > size:
		return 0, &SourceError{name, fmt.Errorf("grew beyond its size of %d bytes", size)}
	case size >= 0 && e.read < size && atEnd:
		return n, &SourceError{name, fmt.Errorf("ended after %d of %d bytes: %w", e.read, size, io.ErrUnexpectedEOF)}
	case err != nil && !atEnd:
		return n, &SourceError{name, err}
	}
	if n > 0 && e.file.report != nil {
		e.attempt.form.sending.Load().tell(e)
	}
	return n, err
}

// sending is a call of Send in progress. Its channel steps transports the
// progress of the attempts until over is closed.
type sending struct {
	steps chan step
	over  chan struct{}
}

type step struct {
	of   *exactly
	read int64
}

// tell waits until the goroutine of Send has received the step.
func (s *sending) tell(e *exactly) {
	if s == nil {
		return
	}
	select {
	case s.steps <- step{e, e.read}:
	case <-s.over:
	}
}

// Send calls send, which sends the form. If a file reports progress, Send calls
// send in another goroutine and the report functions in its own. The sender
// waits while a report runs. Send passes on a panic of send or of a report.
// After a panic of a report it calls stop, which must end send.
func (f *Form) Send(send, stop func()) {
	if !slices.ContainsFunc(f.files, func(file *formFile) bool { return file.report != nil }) {
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
			done <- errors.New("the HTTP client called runtime.Goexit")
		}()
		send()
		returned = true
	}()
	waiting := true
	defer func() {
		close(s.over) // send may be waiting in tell
		if waiting {  // a report panicked
			stop()
			<-done
		}
	}()
	for {
		select {
		case step := <-s.steps:
			if f.current.Load() == step.of.attempt {
				step.of.file.report(step.read, step.of.file.length)
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

// escape escapes the name of a field or file as browsers do. It also escapes
// control characters and the backslash, which some parsers reject or take for
// an escape character.
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
