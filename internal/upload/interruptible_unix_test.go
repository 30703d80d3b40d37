//go:build unix

package upload

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"syscall"
	"testing"

	"go.uber.org/goleak"
)

func newFIFO(t *testing.T) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "fifo.txt")
	if err := syscall.Mkfifo(name, 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

// Closing the body of an upload ends every kind of wait of its source.
func TestSourcesThatWait(t *testing.T) {
	tests := map[string]func(t *testing.T) (file File, waits func()){
		"FIFO without a writer": func(t *testing.T) (File, func()) {
			return OpenFile(newFIFO(t)), func() { runtime.Gosched() }
		},
		"FIFO with a silent writer": func(t *testing.T) (File, func()) {
			name := newFIFO(t)
			return OpenFile(name), func() {
				writer, err := os.OpenFile(name, os.O_WRONLY, 0) // returns when the reader has opened the FIFO
				if err != nil {
					t.Error(err)
				}
				t.Cleanup(func() { writer.Close() })
			}
		},
		"pipe": func(t *testing.T) (File, func()) {
			r, w, err := os.Pipe()
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { r.Close(); w.Close() })
			return FileReader("a.txt", r), func() { runtime.Gosched() }
		},
	}
	for name, start := range tests {
		t.Run(name, func(t *testing.T) {
			if runtime.GOOS != "linux" && name == "FIFO with a silent writer" {
				t.Skip("a Read of a FIFO cannot be ended there")
			}
			defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
			file, waits := start(t)
			form := newForm(t, file)
			if form.Rewinds() || form.Len() != -1 {
				t.Errorf("rewinds %t, length %d", form.Rewinds(), form.Len())
			}
			body, err := form.Open()
			if err != nil {
				t.Fatal(err)
			}
			ended := make(chan error)
			go func() {
				_, err := io.Copy(io.Discard, body)
				ended <- err
			}()
			waits()
			body.Close()
			if err := <-ended; !errors.Is(err, fs.ErrClosed) {
				t.Errorf("error %v", err)
			}
		})
	}
}

// Data written to a pipe after an upload was canceled is left for the next
// reader.
func TestPipeIsUsable(t *testing.T) {
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	defer w.Close()
	body, err := newForm(t, FileReader("a.txt", r)).Open()
	if err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() {
		_, _ = io.Copy(io.Discard, body)
		close(ended)
	}()
	body.Close()
	<-ended
	if _, err := w.WriteString("content"); err != nil {
		t.Fatal(err)
	}
	got := make([]byte, len("content"))
	if _, err := io.ReadFull(r, got); err != nil || string(got) != "content" {
		t.Errorf("%q, error %v", got, err)
	}
}

func TestFIFOIsSent(t *testing.T) {
	name := newFIFO(t)
	form := newForm(t, OpenFile(name))
	go func() {
		if err := os.WriteFile(name, []byte("content"), 0); err != nil {
			t.Error(err)
		}
	}()
	if got := open(t, form); len(got) != 1 || string(got[0].content) != "content" || got[0].filename != "fifo.txt" {
		t.Errorf("got %v", got)
	}
}
