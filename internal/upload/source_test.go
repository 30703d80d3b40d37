package upload

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"os"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/fstest"
)

// reader hides all methods but Read.
type reader struct{ io.Reader }

// seeker is an io.Seeker whose Seek can fail.
type seeker struct {
	*strings.Reader
	fail map[int]error // errors of Seek by whence
}

func (s seeker) Len() string { return "not what tells a length" }

func (s seeker) Seek(offset int64, whence int) (int64, error) {
	if err := s.fail[whence]; err != nil {
		return 0, err
	}
	return s.Reader.Seek(offset, whence)
}

// sized is a reader with a Len method.
type sized struct {
	io.Reader
	length int
}

func (s sized) Len() int { return s.length }

// A reader's unread content is sent, with its size if that is known. A reader
// that can be rewound is sent again by a retry.
func TestFileReader(t *testing.T) {
	errSeek := errors.New("no seeking")
	path := write(t, "a.txt", "the content")
	opened := func(offset int64) *os.File {
		file, err := os.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { file.Close() })
		if _, err := file.Seek(offset, io.SeekStart); err != nil {
			t.Fatal(err)
		}
		return file
	}
	pipe := func() *os.File {
		r, w, err := os.Pipe()
		if err != nil {
			t.Fatal(err)
		}
		_, _ = io.WriteString(w, "content")
		w.Close()
		t.Cleanup(func() { r.Close() })
		return r
	}
	partRead := func(r io.Reader) io.Reader {
		if _, err := io.ReadFull(r, make([]byte, 4)); err != nil {
			t.Fatal(err)
		}
		return r
	}
	memory, err := fstest.MapFS{"a.txt": {Data: []byte("content")}}.Open("a.txt")
	if err != nil {
		t.Fatal(err)
	}
	device, err := os.Open(os.DevNull) // a device can seek, but without effect
	if err != nil {
		t.Fatal(err)
	}
	defer device.Close()
	tests := []struct {
		name    string
		content io.Reader
		want    string
		known   bool
		again   bool
	}{
		{"bytes.Buffer", bytes.NewBufferString("content"), "content", true, false},
		{"bytes.Buffer part-read", partRead(bytes.NewBufferString("the content")), "content", true, false},
		{"bytes.Buffer, empty", &bytes.Buffer{}, "", true, false},
		{"bytes.Reader", bytes.NewReader([]byte("content")), "content", true, true},
		{"strings.Reader", strings.NewReader("content"), "content", true, true},
		{"strings.Reader part-read", partRead(strings.NewReader("the content")), "content", true, true},
		{"strings.Reader read to its end", partRead(strings.NewReader("1234")), "", true, true},
		{"os.File", opened(0), "the content", true, true},
		{"os.File at an offset", opened(4), "content", true, true},
		{"os.File past its end", opened(100), "", true, true},
		{"file of a file system", memory, "content", true, true},
		{"section", io.NewSectionReader(strings.NewReader("the content!"), 4, 7), "content", true, true},
		{"device", device, "", false, false},
		{"os.Pipe", pipe(), "content", false, false},
		{"reader", reader{strings.NewReader("content")}, "content", false, false},
		{"io.LimitReader", io.LimitReader(strings.NewReader("content and more"), 7), "content", false, false},
		{"reader that knows its length", sized{strings.NewReader("content"), 7}, "content", true, false},
		{"reader that knows nothing of its length", sized{strings.NewReader("content"), -7}, "content", false, false},
		{"seeker", seeker{strings.NewReader("content"), nil}, "content", true, true},
		{"seeker that does not tell", seeker{strings.NewReader("content"), map[int]error{io.SeekCurrent: errSeek}}, "content", false, false},
		{"seeker without an end", seeker{strings.NewReader("content"), map[int]error{io.SeekEnd: errSeek}}, "content", false, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			file := FileReader("a.txt", tt.content)
			form := newForm(t, file)
			if tt.known != (form.Len() >= 0) {
				t.Errorf("Len is %d", form.Len())
			}
			if form.Rewinds() != tt.again {
				t.Errorf("Rewinds is %t", form.Rewinds())
			}
			if got := open(t, form); len(got) != 1 || string(got[0].content) != tt.want {
				t.Fatalf("got %v, want %q", got, tt.want)
			}
			// Open the form again, as a retry does, and then a second form of
			// the same file.
			body, err := form.Open()
			if !tt.again {
				if body != nil || err == nil || !strings.Contains(err.Error(), `file "a.txt": the reader was read before`) {
					t.Errorf("open again: error %v", err)
				}
				if _, err := NewForm(FilePart("file", file)); err == nil || !strings.Contains(err.Error(), "was read before") {
					t.Errorf("use again: error %v", err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			body.Close()
			for _, form := range []*Form{form, newForm(t, file)} {
				if got := open(t, form); len(got) != 1 || string(got[0].content) != tt.want {
					t.Errorf("again: got %v, want %q", got, tt.want)
				}
				if tt.known != (form.Len() >= 0) {
					t.Errorf("again: Len is %d", form.Len())
				}
			}
		})
	}
}

// A reader is read when the form is sent, from its position at that time, and
// is not closed.
func TestFileReaderReadsLate(t *testing.T) {
	file, err := os.Open(write(t, "a.txt", "the content"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	upload := FileReader("a.txt", file)
	if _, err := file.Seek(4, io.SeekStart); err != nil {
		t.Fatal(err)
	}
	if got := open(t, newForm(t, upload)); len(got) != 1 || string(got[0].content) != "content" {
		t.Errorf("got %v", got)
	}
	if at, err := file.Seek(0, io.SeekCurrent); err != nil || at != 11 {
		t.Errorf("the reader stands at %d, error %v", at, err)
	}
}

func TestFileReaderRefused(t *testing.T) {
	errSeek := errors.New("no seeking")
	dir, err := os.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer dir.Close()
	closed, err := os.Open(write(t, "a.txt", "content"))
	if err != nil {
		t.Fatal(err)
	}
	closed.Close()
	tests := []struct {
		name    string
		content io.Reader
		want    string
		is      error
	}{
		{"directory", dir, `file "a.txt": is a directory`, nil},
		{"closed file", closed, `file "a.txt": `, os.ErrClosed},
		{"seeker lost at its end", seeker{strings.NewReader("content"), map[int]error{io.SeekStart: errSeek}}, `file "a.txt": no seeking`, errSeek},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := NewForm(FilePart("file", FileReader("a.txt", tt.content)))
			if err == nil || !strings.Contains(err.Error(), tt.want) || tt.is != nil && !errors.Is(err, tt.is) {
				t.Errorf("error %v, want one with %s", err, tt.want)
			}
		})
	}

	t.Run("seeker that cannot go back", func(t *testing.T) {
		fail := map[int]error{}
		form := newForm(t, FileReader("a.txt", seeker{strings.NewReader("content"), fail}))
		if got := open(t, form); len(got) != 1 || string(got[0].content) != "content" {
			t.Errorf("got %v", got)
		}
		fail[io.SeekStart] = errSeek
		body, err := form.Open()
		if err != nil {
			t.Fatal(err)
		}
		defer body.Close()
		if _, err := io.ReadAll(body); !errors.Is(err, errSeek) || !strings.Contains(err.Error(), `file "a.txt"`) {
			t.Errorf("error %v", err)
		}
	})
	t.Run("a length that is none", func(t *testing.T) {
		for length, want := range map[int]string{3: "grew beyond its size of 3 bytes", 30: "ended after 7 of 30 bytes"} {
			body, err := newForm(t, FileReader("a.txt", sized{strings.NewReader("content"), length})).Open()
			if err != nil {
				t.Fatal(err)
			}
			if _, err := io.ReadAll(body); err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("Len of %d: error %v", length, err)
			}
		}
	})
}

// An attempt reads nothing after it is closed or another attempt has begun.
func TestAttemptsEnd(t *testing.T) {
	ends := map[string]func(*testing.T, *Form, File, io.Closer){
		"closed":       func(_ *testing.T, _ *Form, _ File, body io.Closer) { body.Close() },
		"opened again": func(_ *testing.T, form *Form, _ File, _ io.Closer) { _, _ = form.Open() },
		"used again":   func(t *testing.T, _ *Form, file File, _ io.Closer) { newForm(t, file) },
	}
	for name, end := range ends {
		t.Run(name, func(t *testing.T) {
			content := strings.NewReader(strings.Repeat("x", 100))
			file := FileReader("a.txt", content)
			form := newForm(t, file)
			body, err := form.Open()
			if err != nil {
				t.Fatal(err)
			}
			if _, err := io.ReadFull(body, make([]byte, len(form.texts[0])+10)); err != nil {
				t.Fatal(err)
			}
			end(t, form, file, body)
			before := content.Len()
			if n, err := body.Read(make([]byte, 10)); n != 0 || !errors.Is(err, fs.ErrClosed) {
				t.Errorf("%d bytes, error %v", n, err)
			}
			if content.Len() != before {
				t.Error("the reader was read")
			}
		})
	}
}

// busy is a seeker that fails the test if Seek is called during a Read.
type busy struct {
	*strings.Reader
	t              *testing.T
	begun, release chan struct{}
	reading        atomic.Bool
}

func (b *busy) Read(p []byte) (int, error) {
	if b.reading.Swap(true) {
		b.t.Error("two Reads at the same time")
	}
	defer b.reading.Store(false)
	b.begun <- struct{}{}
	<-b.release
	return b.Reader.Read(p)
}

func (b *busy) Seek(offset int64, whence int) (int64, error) {
	if b.reading.Load() {
		b.t.Error("a Seek in the middle of a Read")
	}
	return b.Reader.Seek(offset, whence)
}

// A new attempt waits for a Read of the last one.
func TestAttemptsTakeTurns(t *testing.T) {
	nexts := map[string]func(*Form, File) error{
		"opened again": func(form *Form, _ File) error { _, err := form.Open(); return err },
		"used again":   func(_ *Form, file File) error { _, err := NewForm(FilePart("file", file)); return err },
	}
	for name, next := range nexts {
		t.Run(name, func(t *testing.T) {
			content := &busy{Reader: strings.NewReader("content"), t: t, begun: make(chan struct{}), release: make(chan struct{})}
			file := FileReader("a.txt", content)
			form := newForm(t, file)
			body, err := form.Open()
			if err != nil {
				t.Fatal(err)
			}
			var group sync.WaitGroup
			group.Go(func() {
				if _, err := io.ReadFull(body, make([]byte, len(form.texts[0])+1)); err != nil {
					t.Errorf("the Read that was under way: %v", err)
				}
			})
			<-content.begun
			group.Go(func() {
				if err := next(form, file); err != nil {
					t.Errorf("the next: %v", err)
				}
			})
			for range 1000 { // let another attempt run as far as it can
				runtime.Gosched()
			}
			close(content.release)
			group.Wait()
		})
	}
}

// blocked is a reader whose Read blocks until release is closed.
type blocked struct{ begun, release chan struct{} }

func (b blocked) Read([]byte) (int, error) {
	b.begun <- struct{}{}
	<-b.release
	return 0, io.EOF
}

// Close, and the error of another attempt, do not wait for a blocked Read.
// Close ends the Read of the body.
func TestBlockedRead(t *testing.T) {
	content := blocked{make(chan struct{}), make(chan struct{})}
	file := FileReader("a.txt", content)
	form := newForm(t, file)
	body, err := form.Open()
	if err != nil {
		t.Fatal(err)
	}
	ended := make(chan error)
	go func() {
		_, err := io.Copy(io.Discard, body)
		ended <- err
	}()
	<-content.begun
	done := make(chan struct{})
	go func() {
		defer close(done)
		body.Close()
		if _, err := form.Open(); !errors.Is(err, errRead) {
			t.Errorf("open again: error %v", err)
		}
		if _, err := NewForm(FilePart("file", file)); !errors.Is(err, errRead) {
			t.Errorf("use again: error %v", err)
		}
	}()
	<-done
	if err := <-ended; !errors.Is(err, fs.ErrClosed) {
		t.Errorf("the Read that was under way: %v", err)
	}
	close(content.release)
}
