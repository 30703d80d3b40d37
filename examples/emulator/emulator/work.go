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

// maxWorkers is the number of tasks of the general lane that run concurrently.
var maxWorkers = max(2, runtime.GOMAXPROCS(0))

// work is the background work of a project. The state of all tasks is in the database, from
// which an emulator resumes unfinished tasks when it starts.
type work struct {
	ctx       context.Context // replaced with the database
	cancel    context.CancelFunc
	group     sync.WaitGroup
	mu        sync.Mutex // guards ctx and the fields below
	closed    bool
	suspended bool // while the database is replaced

	general lane
	pdfs    lane // PDFs, which PDFium reads one at a time
	large   lane // large files, which are read one at a time to limit memory
	cleaner lane // removal of deleted data

	shrinking bool // whether a shrink is scheduled
}

// lane is a queue of tasks with a limited number of workers.
type lane struct {
	most    int // limit of running; 0 stands for 1
	running int // number of workers
	queue   []func()
}

// after adds a task to a lane after a delay.
func (s *Server) after(d time.Duration, on *lane, task func()) {
	ctx := s.context()
	time.AfterFunc(d, func() { s.enqueue(ctx, on, task) })
}

// later adds a task to the general lane after the duration of a step.
func (s *Server) later(task func()) { s.after(s.pace, &s.general, task) }

// soon adds a task to a lane.
func (s *Server) soon(on *lane, task func()) { s.enqueue(s.context(), on, task) }

// context returns the context of work on the current database.
func (s *Server) context() context.Context {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.ctx
}

// enqueue adds a task to a lane, unless the server is closed or the database of ctx has
// been replaced.
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

// run is a worker of a lane. It ends when the queue is empty.
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

// resume schedules the unfinished work in the database.
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

// forget schedules the removal of a content without a file; 0 stands for none. If the
// process ends before, the content is an orphan at the next start.
func (s *Server) forget(content int64) {
	if content != 0 {
		s.clean(func(ctx context.Context) error { return s.db.RemoveContent(ctx, content) })
	}
}

// clean schedules the removal of deleted data, and then a shrink. It retries the removal
// after a fault of the database.
func (s *Server) clean(remove func(context.Context) error) {
	s.soon(&s.cleaner, func() {
		if err := remove(s.ctx); store.Fault(err) {
			s.after(databasePause, &s.cleaner, func() { s.clean(remove) })
			return
		}
		s.shrink()
	})
}

// shrinkPause is the time from a removal to the shrink, so that one shrink follows many
// removals.
const shrinkPause = time.Second

// shrink schedules a shrink of the database, unless one is scheduled.
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

// Close ends the background work and closes the database. With [WithData], a server that is
// started with the same folder resumes the work. A second call does nothing.
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
	s.gate.Lock() // wait for requests and for a replacement of the database
	defer s.gate.Unlock()
	s.group.Wait()
	if s.db == nil {
		return err
	}
	return errors.Join(err, s.db.Close())
}
