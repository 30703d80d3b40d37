package upload

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

var errRead = errors.New("the reader was read before and cannot be rewound")

// source is a reader of the caller's that may be sent by several attempts, one
// at a time. When an http.Client follows a redirect or gives up, the goroutine
// of the last attempt may still be reading.
type source struct {
	content io.Reader
	start   func() int64 // initial offset; -1 if the reader cannot seek
	opened  atomic.Bool
	current atomic.Pointer[attempt] // attempt that may read

	mu sync.Mutex // held while the reader is used
}

func newSource(content io.Reader) *source {
	return &source{content: content, start: sync.OnceValue(func() int64 {
		if info, err := stat(content); err != nil || info != nil && !info.Mode().IsRegular() {
			return -1 // a device can seek, but without effect
		}
		if seeker, ok := content.(io.Seeker); ok {
			if at, err := seeker.Seek(0, io.SeekCurrent); err == nil {
				return at
			}
		}
		return -1
	})}
}

// stat returns the FileInfo of a file, and nil for other readers.
func stat(content io.Reader) (fs.FileInfo, error) {
	if file, ok := content.(fs.File); ok {
		return file.Stat()
	}
	return nil, nil
}

// mayBlock reports whether a Read may block. Reads of memory and of regular
// files do not.
func (s *source) mayBlock() bool {
	switch content := s.content.(type) {
	case *bytes.Reader, *bytes.Buffer, *strings.Reader:
		return false
	case *os.File:
		info, err := content.Stat()
		return err != nil || !info.Mode().IsRegular()
	}
	return true
}

// size returns the number of bytes to send, or -1 if it is not known. It ends
// the last attempt.
func (s *source) size() (int64, error) {
	if info, err := stat(s.content); err != nil {
		return 0, err
	} else if info != nil && info.IsDir() {
		return 0, errDirectory
	}
	start := s.start()
	if start < 0 {
		if s.opened.Load() {
			return 0, errRead
		}
		if known, ok := s.content.(interface{ Len() int }); ok {
			return int64(known.Len()), nil
		}
		return -1, nil
	}
	s.current.Store(nil)
	s.mu.Lock()
	defer s.mu.Unlock()
	seeker := s.content.(io.Seeker)
	end, err := seeker.Seek(0, io.SeekEnd)
	if err != nil {
		return -1, nil
	}
	_, err = seeker.Seek(start, io.SeekStart)
	return max(end-start, 0), err
}

func (s *source) rewinds() bool { return s.start() >= 0 }

// open starts an attempt and ends the last one. If a Read of the last attempt
// is in progress, the first Read of the new attempt waits for it.
func (s *source) open() (io.ReadCloser, error) {
	again := s.opened.Swap(true)
	if again && s.start() < 0 {
		return nil, errRead // without waiting for a Read of the first attempt
	}
	a := &attempt{source: s, rewind: again}
	s.current.Store(a)
	if s.mayBlock() {
		return newInterruptible(func() (io.Reader, error) { return a, nil }, a.Close), nil
	}
	return a, nil
}

// attempt is the reader of one attempt.
type attempt struct {
	source *source
	rewind bool // seek before the first Read
	closed atomic.Bool
}

func (a *attempt) Read(p []byte) (int, error) {
	s := a.source
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.current.Load() != a || a.closed.Load() {
		return 0, fs.ErrClosed
	}
	if a.rewind {
		if _, err := s.content.(io.Seeker).Seek(s.start(), io.SeekStart); err != nil {
			return 0, err
		}
		a.rewind = false
	}
	return s.content.Read(p)
}

// Close does not wait for a Read. If the reader has a read deadline, as pipes
// and connections do, Close ends a Read in progress.
func (a *attempt) Close() error {
	a.closed.Store(true)
	s := a.source
	limited, ok := s.content.(interface{ SetReadDeadline(time.Time) error })
	if !ok || s.mu.TryLock() {
		if ok {
			s.mu.Unlock()
		}
		return nil
	}
	if limited.SetReadDeadline(time.Unix(1, 0)) == nil {
		s.mu.Lock() // wait for the Read to end
		defer s.mu.Unlock()
		return limited.SetReadDeadline(time.Time{})
	}
	return nil
}
