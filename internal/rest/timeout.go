package rest

import (
	"errors"
	"fmt"
	"sync"
	"time"
)

// Limits of time. Both errors are a net.Error whose Timeout method reports true,
// and neither is the error of a context.
var (
	// ErrIdleTimeout is the error of an attempt in which no byte was sent or
	// received for the idle timeout.
	ErrIdleTimeout = errors.New("pinecone: idle timeout")
	// ErrEventTimeout is the error of a stream without an event for the event
	// timeout.
	ErrEventTimeout = errors.New("pinecone: event timeout")
)

// timeoutError is an ErrIdleTimeout or an ErrEventTimeout.
type timeoutError struct {
	kind  error
	text  string
	limit time.Duration
}

func (e *timeoutError) Error() string { return fmt.Sprintf("%s for %s", e.text, e.limit) }
func (e *timeoutError) Unwrap() error { return e.kind }

// Timeout reports true.
func (e *timeoutError) Timeout() bool { return true }

// Temporary reports false; net.Error demands it.
func (e *timeoutError) Temporary() bool { return false }

// limiter ends an attempt when something takes too long.
type limiter struct {
	attempt *attempt
	kind    error
	text    string

	mu       sync.Mutex
	timer    *time.Timer // fires at the deadline or before
	armed    bool
	limit    time.Duration
	deadline time.Time // zero while nothing is waited for
}

// start starts the time.
func (l *limiter) start(limit time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	shorter := limit < l.limit
	l.limit, l.deadline = limit, time.Now().Add(limit)
	switch {
	case l.timer == nil:
		l.timer = time.AfterFunc(limit, l.fire)
	case !l.armed || shorter:
		l.timer.Reset(limit)
	}
	l.armed = true
}

// renew starts the time anew, unless it was stopped.
func (l *limiter) renew() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.deadline.IsZero() {
		l.deadline = time.Now().Add(l.limit)
	}
}

// stop stops the time. The timer goes on, as the next start comes soon.
func (l *limiter) stop() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.deadline = time.Time{}
}

// end stops the time for good.
func (l *limiter) end() {
	l.stop()
	if l.timer != nil {
		l.timer.Stop()
	}
}

// fire ends the attempt if the deadline is over, which may have been put off
// since the timer was set.
func (l *limiter) fire() {
	l.mu.Lock()
	left := time.Until(l.deadline)
	l.armed = !l.deadline.IsZero() && left > 0
	if l.armed {
		l.timer.Reset(left)
	}
	over, limit := !l.deadline.IsZero() && left <= 0, l.limit
	l.mu.Unlock()
	if over {
		l.attempt.cancel(&timeoutError{l.kind, l.text, limit})
		l.attempt.closeBodies()
	}
}
