package emulator

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"os"
)

// spoolMemory is how much of a body a spool keeps in memory.
const spoolMemory = 64 << 10

// spool keeps a body that a slow client sends or takes: one that is longer than
// spoolMemory in a temporary file. Close it.
type spool struct {
	memory bytes.Buffer
	file   *os.File // nil for none; it has what memory had before
	size   int64
}

// Write is of [io.Writer].
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
		_ = os.Remove(s.file.Name()) // Windows keeps it until it is closed
		_, err = s.memory.WriteTo(s.file)
	}
	s.memory = bytes.Buffer{}
	return spoolFault(err)
}

// spoolFault says of an error of the file that the request can be sent again.
func spoolFault(err error) error {
	if err == nil {
		return nil
	}
	return failure(http.StatusServiceUnavailable, codeUnavailable, "the body cannot be kept in a temporary file: %v", err)
}

// all returns what was written.
func (s *spool) all() ([]byte, error) {
	if s.file == nil {
		return s.memory.Bytes(), nil
	}
	text := make([]byte, s.size)
	_, err := s.file.ReadAt(text, 0)
	return text, spoolFault(err)
}

// copyTo writes what was written to w.
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
