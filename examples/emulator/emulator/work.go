package emulator

import (
	"context"
	"sync"
	"time"
)

// work is what goes on after a reply.
type work struct {
	ctx    context.Context
	cancel context.CancelFunc
	group  sync.WaitGroup
	closed bool // guarded by the store's mutex
}

// spawn runs fn on its own, unless the server is closed. The caller holds the
// mutex.
func (s *Server) spawn(fn func()) {
	if !s.closed {
		s.group.Go(fn)
	}
}

// step lets the time of one step pass, and then runs fn with the mutex held. It
// reports false when the server was closed before.
func (s *Server) step(fn func()) bool {
	timer := time.NewTimer(s.pace)
	defer timer.Stop()
	select {
	case <-s.ctx.Done():
		return false
	case <-timer.C:
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	fn()
	return true
}

// Close ends what the server still works on and waits for it. What was not
// finished stays as it is.
func (s *Server) Close() {
	s.mu.Lock()
	s.closed = true
	s.mu.Unlock()
	s.cancel()
	s.group.Wait()
}
