package emulator

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"

	"github.com/pinecone-community/assistant-go/examples/emulator/internal/store"
)

const (
	resetPath    = "/emulator/reset"
	snapshotPath = "/emulator/snapshot"
)

// Reset resets a project to its initial state. It removes the assistants, files,
// operations, pending faults, scripted replies and the journal, and seeds the project
// again. The key, the clock, and the state of rate limits and quotas do not change. Reset
// waits for requests in progress, and cuts streams.
func (s *Server) Reset() error {
	if err := s.swap(""); err != nil {
		return err
	}
	s.faults.clear()
	s.scripts.clear()
	s.journal.clear()
	return s.seedOnce()
}

// Snapshot writes the stored data of a project, without its key, as an SQLite database.
func (s *Server) Snapshot(w io.Writer) error {
	return withTemporary(func(path string) error {
		s.gate.RLock()
		err := s.db.Snapshot(path)
		s.gate.RUnlock()
		if err != nil {
			return err
		}
		file, err := os.Open(path)
		if err != nil {
			return err
		}
		defer file.Close()
		_, err = io.Copy(w, file)
		return err
	})
}

// Restore replaces the stored data of a project by a snapshot. It waits for requests in
// progress, and cuts streams. If the data is not a snapshot of this version of the
// emulator, Restore returns an error and changes nothing.
func (s *Server) Restore(snapshot io.Reader) error {
	return withTemporary(func(path string) error {
		file, err := os.Create(path)
		if err != nil {
			return err
		}
		_, err = io.Copy(file, snapshot)
		if err := errors.Join(err, file.Close()); err != nil {
			return err
		}
		if err := store.CheckSnapshot(path); err != nil {
			return &badSnapshotError{err}
		}
		return s.swap(path)
	})
}

type badSnapshotError struct{ err error }

func (e *badSnapshotError) Error() string { return fmt.Sprintf("not a snapshot: %v", e.err) }

func (e *badSnapshotError) Unwrap() error { return e.err }

// withTemporary calls use with the path of a new file, which it removes afterwards.
func withTemporary(use func(path string) error) error {
	folder, err := os.MkdirTemp("", "emulator-")
	if err != nil {
		return err
	}
	return errors.Join(use(folder+"/snapshot.db"), os.RemoveAll(folder))
}

// swap replaces the database by a snapshot, or by an empty database if snapshot is empty.
func (s *Server) swap(snapshot string) error {
	s.mu.Lock()
	if s.closed {
		s.mu.Unlock()
		return http.ErrServerClosed
	}
	s.mu.Unlock()
	s.interrupt()
	s.gate.Lock()
	defer s.gate.Unlock()
	s.mu.Lock()
	if s.closed {
		s.mu.Unlock()
		return http.ErrServerClosed
	}
	s.suspended = true
	for _, on := range []*lane{&s.general, &s.pdfs, &s.large, &s.cleaner} {
		on.queue = nil
	}
	s.shrinking = false
	s.mu.Unlock()
	s.group.Wait()
	err := s.db.Replace(snapshot)
	if err == nil {
		err = s.readSettings()
	}
	s.mu.Lock()
	s.suspended = false
	s.ctx, s.cancel = context.WithCancel(context.Background())
	closed := s.closed
	s.mu.Unlock()
	if closed {
		s.interrupt()
		return http.ErrServerClosed
	}
	return errors.Join(err, s.resume())
}

// interrupt ends delays, streams and background work.
func (s *Server) interrupt() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.cancel()
}

// serveSnapshot writes a snapshot of the project or, with PUT, restores one.
func (s *Server) serveSnapshot(w http.ResponseWriter, r *http.Request) error {
	if r.Method == http.MethodGet {
		w.Header().Set("Content-Type", "application/vnd.sqlite3")
		return s.Snapshot(w)
	}
	err := s.Restore(r.Body)
	if bad := (*badSnapshotError)(nil); errors.As(err, &bad) {
		return invalid("%v", err)
	}
	if err == nil {
		w.WriteHeader(http.StatusNoContent)
	}
	return err
}

func (s *Server) serveReset(w http.ResponseWriter, _ *http.Request) error {
	if err := s.Reset(); err != nil {
		return err
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}
