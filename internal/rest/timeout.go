package rest

import (
	"errors"
	"fmt"
	"sync"
	"time"
)

// Errors of timeouts. An error that wraps one of them is a net.Error whose
// Timeout method reports true. Neither is the error of a context.
var (
	// ErrIdleTimeout is the error of an attempt in which no byte was sent or
	// received for the idle timeout.
	ErrIdleTimeout = errors.New("pinecone: idle timeout")
	// ErrEventTimeout is the error of a stream without an event for the event
	// timeout.
	ErrEventTimeout = errors.New("pinecone: event timeout")
)

// timeoutError wraps ErrIdleTimeout or ErrEventTimeout and adds the limit.
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

// limiter ends an attempt when its timer is not stopped or renewed within a
// limit.
type limiter struct {
	attempt *attempt
	kind    error
	text    string

	mu       sync.Mutex
	timer    *time.Timer // fires at the deadline or before it
	armed    bool
	limit    time.Duration
	deadline time.Time // zero while the limiter is stopped
}

// start sets the deadline to limit from now.
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

// renew sets the deadline to the limit from now, unless the limiter is stopped.
func (l *limiter) renew() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.deadline.IsZero() {
		l.deadline = time.Now().Add(l.limit)
	}
}

// stop clears the deadline. The timer keeps running, as the next start usually
// comes before it fires.
func (l *limiter) stop() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.deadline = time.Time{}
}

// end stops the limiter and its timer for good.
func (l *limiter) end() {
	l.stop()
	if l.timer != nil {
		l.timer.Stop()
	}
}

// fire ends the attempt if the deadline has passed. If the deadline was moved
// since the timer was set, fire sets the timer anew.
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
