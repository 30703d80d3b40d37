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

// maxWorkers is how many tasks of the general lane run at once.
var maxWorkers = max(2, runtime.GOMAXPROCS(0))

// work is what goes on after a reply. What a task is about is in the database: one
// that does not come to its end begins again when the service is started again.
type work struct {
	ctx       context.Context
	cancel    context.CancelFunc
	group     sync.WaitGroup
	mu        sync.Mutex // guards what follows
	closed    bool
	suspended bool // while the database is replaced

	general lane
	pdfs    lane // PDFium reads one at a time, and has to be compiled first
	large   lane // so that memory holds one of them
	cleaner lane // removes what nobody sees any more

	shrinking bool // is planned
}

// lane has tasks that wait for each other.
type lane struct {
	most    int // that run at once; 1 if it is 0
	running int
	queue   []func()
}

// after runs a task when a time has passed and the lane has room.
func (s *Server) after(d time.Duration, on *lane, task func()) {
	ctx := s.context()
	time.AfterFunc(d, func() { s.enqueue(ctx, on, task) })
}

// later runs a task of the general lane when the time of one step has passed.
func (s *Server) later(task func()) { s.after(s.pace, &s.general, task) }

// soon runs a task when the lane has room, unless the server is closed before.
func (s *Server) soon(on *lane, task func()) { s.enqueue(s.context(), on, task) }

// context is that of the work on the database as it is now.
func (s *Server) context() context.Context {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.ctx
}

// enqueue is soon for a task on the database that ctx is of: one that was replaced
// meanwhile has no task any more.
func (s *Server) enqueue(ctx context.Context, on *lane, task func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed || s.suspended || ctx.Err() != nil {
		return
	}
	on.queue = append(on.queue, task)
	if on.running < max(on.most, 1) {
		on.running++
		s.group.Go(func() { s.run(on) })
	}
}

// run is a worker. It ends when there is nothing left to do.
func (s *Server) run(on *lane) {
	for {
		s.mu.Lock()
		if s.closed || s.suspended || len(on.queue) == 0 {
			on.running--
			s.mu.Unlock()
			return
		}
		task := on.queue[0]
		on.queue[0] = nil
		on.queue = on.queue[1:]
		s.mu.Unlock()
		task()
	}
}

// resume takes up the work that the service before has left in the database.
func (s *Server) resume() error {
	for _, content := range s.db.Orphans() {
		s.forget(content)
	}
	s.clean(s.db.Purge)
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
			s.removeLater(op.Sequence)
		} else {
			s.process(op.Sequence)
		}
	}
	return nil
}

// forget removes the content of a file that is gone. If that fails, the content is
// an orphan at the next start.
func (s *Server) forget(content int64) {
	if content != 0 {
		s.clean(func(ctx context.Context) error { return s.db.RemoveContent(ctx, content) })
	}
}

// clean removes what nobody sees any more, and then gives its space back.
func (s *Server) clean(remove func(context.Context) error) {
	s.soon(&s.cleaner, func() {
		if err := remove(s.ctx); store.Fault(err) {
			s.after(databasePause, &s.cleaner, func() { s.clean(remove) })
			return
		}
		s.shrink()
	})
}

// shrinkPause is the time from a deletion until its space is given back, so that many
// deletions do so once.
const shrinkPause = time.Second

// shrink gives the space of what was deleted back to the disk, after a while.
func (s *Server) shrink() {
	s.mu.Lock()
	planned := s.shrinking
	s.shrinking = true
	s.mu.Unlock()
	if planned {
		return
	}
	s.after(shrinkPause, &s.cleaner, func() {
		s.mu.Lock()
		s.shrinking = false
		s.mu.Unlock()
		if err := s.db.Shrink(s.ctx); store.Fault(err) {
			s.shrink()
		}
	})
}

// Close ends what the server still works on, waits for it, and closes the
// database. What was not finished goes on when a server is started on the same
// folder.
func (s *Server) Close() error {
	s.mu.Lock()
	again := s.closed
	s.closed = true
	s.cancel()
	s.mu.Unlock()
	if again {
		return nil
	}
	var err error
	for _, project := range s.projects {
		if project != s {
			err = errors.Join(err, project.Close())
		}
	}
	s.gate.Lock() // a replacement of the database is at its end
	defer s.gate.Unlock()
	s.group.Wait()
	if s.db == nil {
		return err
	}
	return errors.Join(err, s.db.Close())
}
