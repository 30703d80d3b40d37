package emulator

import (
	"context"
	"errors"
	"runtime"
	"sync"
	"time"

	"github.com/pinecone-community/assistant-go/examples/emulator/internal/model"
	"github.com/pinecone-community/assistant-go/examples/emulator/internal/store"
)

// maxWorkers is how many tasks run at once; others wait for their turn.
var maxWorkers = max(2, runtime.GOMAXPROCS(0))

// work is what goes on after a reply. What a task is about is in the database: one
// that does not come to its end begins again when the service is started again.
type work struct {
	ctx     context.Context
	cancel  context.CancelFunc
	group   sync.WaitGroup
	mu      sync.Mutex // guards what follows
	closed  bool
	workers int
	queue   []func()
}

// later runs a task when the time of one step has passed.
func (s *Server) later(task func()) {
	time.AfterFunc(s.pace, func() { s.soon(task) })
}

// soon runs a task when a worker is free, unless the server is closed before.
func (s *Server) soon(task func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return
	}
	s.queue = append(s.queue, task)
	if s.workers < maxWorkers {
		s.workers++
		s.group.Go(s.run)
	}
}

// run is a worker. It ends when there is nothing left to do.
func (s *Server) run() {
	for {
		s.mu.Lock()
		if s.closed || len(s.queue) == 0 {
			s.workers--
			s.mu.Unlock()
			return
		}
		task := s.queue[0]
		s.queue = s.queue[1:]
		s.mu.Unlock()
		task()
	}
}

// resume takes up the work that the service before has left in the database.
func (s *Server) resume() error {
	for _, content := range s.db.Orphans() {
		s.forget(content)
	}
	initializing, err := s.db.AssistantsIn(model.AssistantStatusInitializing)
	if err != nil {
		return err
	}
	for _, name := range initializing {
		s.later(func() { s.initialize(name) })
	}
	terminating, err := s.db.AssistantsIn(model.AssistantStatusTerminating)
	if err != nil {
		return err
	}
	for _, name := range terminating {
		s.later(func() { s.terminate(name) })
	}
	operations, err := s.db.Unfinished()
	if err != nil {
		return err
	}
	for _, op := range operations {
		if op.Kind == model.OperationTypeDeleteFile {
			s.later(func() { s.remove(op.Sequence) })
		} else {
			s.later(func() { s.begin(op.Sequence) })
		}
	}
	return nil
}

// forget removes the content of a file that is gone. If that fails, the content is
// an orphan at the next start.
func (s *Server) forget(content int64) {
	if content != 0 {
		s.soon(func() { _ = s.db.RemoveContent(content) })
	}
}

// Close ends what the server still works on, waits for it, and closes the
// database. What was not finished goes on when a server is started on the same
// folder.
func (s *Server) Close() error {
	s.mu.Lock()
	again := s.closed
	s.closed = true
	s.mu.Unlock()
	if again {
		return nil
	}
	s.cancel()
	s.group.Wait()
	return s.db.Close()
}

// ended reports whether a task has nothing to do any more: its subject is gone, or
// the operation has ended.
func ended(err error) bool {
	return errors.Is(err, store.ErrEnded) || errors.Is(err, store.ErrNotFound)
}
