package emulator

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"os"
)

// spoolMemory is the size in bytes up to which a spool is in memory.
const spoolMemory = 64 << 10

// spool stores a body while a client sends or receives it, in memory or, if it exceeds
// spoolMemory, in a temporary file. It must be closed.
type spool struct {
	memory bytes.Buffer
	file   *os.File // nil while the body is in memory
	size   int64
}

// Write implements [io.Writer].
func (s *spool) Write(p []byte) (int, error) {
	if s.file == nil && s.memory.Len()+len(p) > spoolMemory {
		if err := s.toFile(); err != nil {
			return 0, err
		}
	}
	s.size += int64(len(p))
	if s.file == nil {
		return s.memory.Write(p)
	}
	n, err := s.file.Write(p)
	return n, spoolFault(err)
}

func (s *spool) toFile() (err error) {
	if s.file, err = os.CreateTemp("", "emulator-"); err == nil {
		_ = os.Remove(s.file.Name()) // fails on Windows, where close removes the file
		_, err = s.memory.WriteTo(s.file)
	}
	s.memory = bytes.Buffer{}
	return spoolFault(err)
}

// spoolFault returns an error of the temporary file as a response with the status 503.
func spoolFault(err error) error {
	if err == nil {
		return nil
	}
	return failure(http.StatusServiceUnavailable, codeUnavailable, "temporary file for a body: %v", err)
}

// all returns the body.
func (s *spool) all() ([]byte, error) {
	if s.file == nil {
		return s.memory.Bytes(), nil
	}
	text := make([]byte, s.size)
	_, err := s.file.ReadAt(text, 0)
	return text, spoolFault(err)
}

// copyTo writes the body to w.
func (s *spool) copyTo(w io.Writer) error {
	if s.file == nil {
		_, err := w.Write(s.memory.Bytes())
		return err
	}
	_, err := io.Copy(w, io.NewSectionReader(s.file, 0, s.size))
	return err
}

// close removes the file.
func (s *spool) close() error {
	if s.file == nil {
		return nil
	}
	err := s.file.Close()
	if removed := os.Remove(s.file.Name()); !errors.Is(removed, os.ErrNotExist) {
		err = errors.Join(err, removed)
	}
	return err
}
