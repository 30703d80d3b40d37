package upload

import (
	"errors"
	"io"
	"io/fs"
	"sync"
	"sync/atomic"
)

var errRead = errors.New("its reader was read before and cannot be rewound")

// source sends a reader of the caller's. One body at a time reads it: when an
// http.Client follows a redirect, or gives up, the goroutine that wrote the body
// of the last attempt may still be at it.
type source struct {
	content io.Reader
	start   func() int64 // where it first stood, -1 when it cannot be rewound
	opened  atomic.Bool

	mu      sync.Mutex // held while a reader that can be rewound is used
	current *attempt   // the one that may read
}

func newSource(content io.Reader) *source {
	return &source{content: content, start: sync.OnceValue(func() int64 {
		if info, err := stat(content); err != nil || info != nil && !info.Mode().IsRegular() {
			return -1 // a device seeks, but to nowhere
		}
		if seeker, ok := content.(io.Seeker); ok {
			if at, err := seeker.Seek(0, io.SeekCurrent); err == nil {
				return at
			}
		}
		return -1
	})}
}

// stat returns nil for a reader that is no file.
func stat(content io.Reader) (fs.FileInfo, error) {
	if file, ok := content.(fs.File); ok {
		return file.Stat()
	}
	return nil, nil
}

// size returns how much there is to send, or -1, and ends the last attempt.
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
	s.mu.Lock()
	defer s.mu.Unlock()
	s.current = nil
	seeker := s.content.(io.Seeker)
	end, err := seeker.Seek(0, io.SeekEnd)
	if err != nil {
		return -1, nil
	}
	_, err = seeker.Seek(start, io.SeekStart)
	return max(end-start, 0), err
}

func (s *source) rewinds() bool { return s.start() >= 0 }

// open starts an attempt and ends the last one.
func (s *source) open() (io.ReadCloser, error) {
	start, again := s.start(), s.opened.Swap(true)
	if again && start < 0 {
		return nil, errRead // also while a Read of the first attempt blocks
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.current = nil
	if again {
		if _, err := s.content.(io.Seeker).Seek(start, io.SeekStart); err != nil {
			return nil, err
		}
	}
	s.current = &attempt{source: s}
	return s.current, nil
}

// attempt is one reading of a source.
type attempt struct {
	source *source
	closed atomic.Bool
}

func (a *attempt) Read(p []byte) (int, error) {
	a.source.mu.Lock()
	defer a.source.mu.Unlock()
	if a.source.current != a || a.closed.Load() {
		return 0, fs.ErrClosed
	}
	return a.source.content.Read(p)
}

// Close does not wait for a Read.
func (a *attempt) Close() error {
	a.closed.Store(true)
	return nil
}
