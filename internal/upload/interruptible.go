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

// readSize is how much an interruptible reader reads at a time.
const readSize = 32 << 10

// interruptible is a reader of a source that may block for ever. Close ends a Read
// that is under way. What the source does then goes on in a goroutine of its own,
// until it returns.
type interruptible struct {
	open func() (io.Reader, error) // called by the first Read, and may block, too
	stop func() error              // ends what the source does, if that is possible

	closing sync.Once
	closed  chan struct{}
	filled  chan error
	filling atomic.Pointer[chan struct{}] // closed when the last fill is through

	// The goroutine that fills owns these until it is done.
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

// fill reads once. Whatever the source does, it reports to filled.
func (r *interruptible) fill() {
	err := errors.New("its Read has ended the goroutine")
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

// Close ends a Read that is under way, and may be called at the same time.
func (r *interruptible) Close() (err error) {
	r.closing.Do(func() {
		close(r.closed)
		err = r.stop()
	})
	return err
}

// settle waits until a Read of the source that was under way has returned, or
// until gone is closed.
func (r *interruptible) settle(gone <-chan time.Time) {
	if through := r.filling.Load(); through != nil {
		select {
		case <-*through:
		case <-gone:
		}
	}
}

// safely reads. A panic of the reader, which is the caller's code but not in the
// caller's goroutine, is an error.
func safely(reader io.Reader, p []byte) (n int, err error) {
	defer func() {
		if v := recover(); v != nil {
			n, err = 0, panicError(v)
		}
	}()
	n, err = reader.Read(p)
	if n < 0 || n > len(p) {
		return 0, fmt.Errorf("its Read returned %d for %d bytes", n, len(p))
	}
	return n, err
}

func panicError(v any) error {
	if err, ok := v.(error); ok {
		return fmt.Errorf("its Read panicked: %w", err)
	}
	return fmt.Errorf("its Read panicked: %v", v)
}

// openSpecial opens a FIFO, of which even the opening waits for the other side, or
// a device.
func openSpecial(name string, mode os.FileMode) io.ReadCloser {
	s := &special{name: name, mode: mode}
	return newInterruptible(s.open, s.close)
}

type special struct {
	name string
	mode os.FileMode

	mu      sync.Mutex
	opening chan struct{} // closed when the opening that was begun is through
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
	// An opening that waits for a writer gets one, which leaves at once. If none
	// waits yet, there is nobody to write to, which is an error.
	for {
		if writer, err := os.OpenFile(s.name, os.O_WRONLY|syscall.O_NONBLOCK, 0); err == nil {
			_ = writer.Close()
		} else if !errors.Is(err, syscall.ENXIO) {
			return nil // nothing can end the opening
		}
		select {
		case <-opening:
			return nil
		case <-time.After(time.Millisecond):
		}
	}
}
