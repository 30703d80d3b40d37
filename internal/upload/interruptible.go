package upload

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
)

// readSize is the size of an interruptible's reads in bytes.
const readSize = 32 << 10

// interruptible is a reader of a source that may block forever. Close ends a
// Read in progress. The Read of the source then continues in a goroutine of its
// own until it returns.
type interruptible struct {
	open func() (io.Reader, error) // called by the first Read; may block
	stop func() error              // ends a Read of the source, if possible

	closing sync.Once
	closed  chan struct{}
	filled  chan error
	filling atomic.Pointer[chan struct{}] // closed when the last fill has returned

	// Owned by the goroutine of fill until it sends to filled.
	source io.Reader
	buffer []byte
	length int

	rest []byte
	err  error
}

func newInterruptible(open func() (io.Reader, error), stop func() error) *interruptible {
	return &interruptible{open: open, stop: stop, closed: make(chan struct{}), filled: make(chan error, 1)}
}

func (r *interruptible) Read(p []byte) (int, error) {
	select {
	case <-r.closed:
		return 0, fs.ErrClosed
	default:
	}
	if len(r.rest) == 0 && r.err == nil {
		through := make(chan struct{})
		r.filling.Store(&through)
		go func() {
			defer close(through)
			r.fill()
		}()
		select {
		case r.err = <-r.filled:
			r.rest = r.buffer[:r.length]
		case <-r.closed:
			return 0, fs.ErrClosed
		}
	}
	n := copy(p, r.rest)
	if r.rest = r.rest[n:]; len(r.rest) > 0 {
		return n, nil
	}
	return n, r.err
}

// fill reads from the source once. It sends a result to filled also if the
// source panics or ends the goroutine.
func (r *interruptible) fill() {
	err := errors.New("the reader's Read called runtime.Goexit")
	defer func() { r.filled <- err }()
	r.length = 0
	if r.source == nil {
		r.buffer = make([]byte, readSize)
		if r.source, err = r.open(); err != nil {
			return
		}
	}
	var n int
	n, err = safely(r.source, r.buffer)
	r.length = n
}

// Close ends a Read in progress. It can be called during a Read.
func (r *interruptible) Close() (err error) {
	r.closing.Do(func() {
		close(r.closed)
		err = r.stop()
	})
	return err
}

// settle waits until a Read of the source that is in progress has returned, or
// until gone fires.
func (r *interruptible) settle(gone <-chan time.Time) {
	if through := r.filling.Load(); through != nil {
		select {
		case <-*through:
		case <-gone:
		}
	}
}

// safely calls Read. It returns a panic as an error: the reader is the caller's
// code, but does not run in the caller's goroutine.
func safely(reader io.Reader, p []byte) (n int, err error) {
	defer func() {
		if v := recover(); v != nil {
			n, err = 0, panicError(v)
		}
	}()
	n, err = reader.Read(p)
	if n < 0 || n > len(p) {
		return 0, fmt.Errorf("the reader's Read returned %d for a buffer of %d bytes", n, len(p))
	}
	return n, err
}

func panicError(v any) error {
	if err, ok := v.(error); ok {
		return fmt.Errorf("the reader's Read panicked: %w", err)
	}
	return fmt.Errorf("the reader's Read panicked: %v", v)
}

// openSpecial opens a named pipe or a device. Opening a named pipe blocks until
// the other end is opened.
func openSpecial(name string, mode os.FileMode) io.ReadCloser {
	s := &special{name: name, mode: mode}
	return newInterruptible(s.open, s.close)
}

type special struct {
	name string
	mode os.FileMode

	mu      sync.Mutex
	opening chan struct{} // closed when os.Open has returned
	file    *os.File
	closed  bool
}

func (s *special) open() (io.Reader, error) {
	opening := make(chan struct{})
	defer close(opening)
	s.mu.Lock()
	s.opening = opening
	closed := s.closed
	s.mu.Unlock()
	if closed {
		return nil, fs.ErrClosed
	}
	file, err := os.Open(s.name)
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		_ = file.Close()
		return nil, fs.ErrClosed
	}
	s.file = file
	return file, nil
}

func (s *special) close() error {
	s.mu.Lock()
	s.closed = true
	file, opening := s.file, s.opening
	s.mu.Unlock()
	if file != nil {
		return file.Close()
	}
	if opening == nil || s.mode&os.ModeNamedPipe == 0 {
		return nil
	}
	// If os.Open waits for a writer, become the writer for a moment. If os.Open
	// has not begun to wait, OpenFile fails with ENXIO: try again.
	for {
		if writer, err := os.OpenFile(s.name, os.O_WRONLY|syscall.O_NONBLOCK, 0); err == nil {
			_ = writer.Close()
		} else if !errors.Is(err, syscall.ENXIO) {
			return nil // os.Open cannot be ended
		}
		select {
		case <-opening:
			return nil
		case <-time.After(time.Millisecond):
		}
	}
}
