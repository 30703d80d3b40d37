package rest

import (
	"io"
	"net/http"
	"sync"
	"time"
)

// Limits of the wait for a Read that is in progress when its attempt ends.
const (
	// maxSettle bounds the wait for the source of an upload whose response
	// arrived early. A Read that blocks for longer continues in its goroutine.
	maxSettle = 50 * time.Millisecond
	// maxTurn bounds the wait for a Read of the response body. After it, Close
	// is called although the Read has not returned.
	maxTurn = 100 * time.Millisecond
)

// watchBody returns a request body that renews the idle timeout whenever bytes
// are read from it.
func (a *attempt) watchBody(body io.ReadCloser) io.ReadCloser {
	once := &onceClosed{ReadCloser: body}
	a.mu.Lock()
	a.body = once
	a.mu.Unlock()
	a.closeLate(once)
	return &sentBody{once, a}
}

// onceClosed closes a body once. When a context ends, one goroutine closes the
// body while the body's reader may close it in another. A body from a Doer or
// from the caller need not support that.
type onceClosed struct {
	io.ReadCloser
	once sync.Once
	err  error
}

func (b *onceClosed) Close() error {
	b.once.Do(func() { b.err = b.ReadCloser.Close() })
	return b.err
}

type sentBody struct {
	io.ReadCloser
	attempt *attempt
}

func (b *sentBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	if n > 0 {
		b.attempt.idle.renew()
	}
	return n, err
}

// receivedBody is the body of a response. The idle timeout runs during a Read,
// and not while the caller handles the data.
//
// Close closes the body once, although several goroutines may call it. If a Read
// is in progress, Close first waits until it returns, for maxTurn at most: a body
// that a Doer has wrapped may not support a Close during a Read.
type receivedBody struct {
	body    io.ReadCloser
	attempt *attempt

	mu      sync.Mutex
	reading bool
	closing bool
	done    chan struct{} // closed when the Read returns that Close waits for; nil if Close does not wait

	once sync.Once
	err  error // of closing the body
}

func (b *receivedBody) Read(p []byte) (int, error) {
	if !b.begin() {
		return 0, b.explain(http.ErrBodyReadAfterClose)
	}
	b.attempt.idle.start(b.attempt.call.options.IdleTimeout)
	n, err := b.body.Read(p)
	b.attempt.idle.stop()
	b.end()
	if err != nil && err != io.EOF { //nolint:errorlint // readers return io.EOF unwrapped
		err = b.explain(err)
	}
	return n, err
}

// begin begins a Read unless Close was called.
func (b *receivedBody) begin() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.reading = !b.closing
	return b.reading
}

func (b *receivedBody) end() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.reading = false
	if b.done != nil {
		close(b.done)
		b.done = nil
	}
}

// explain returns the reason why the attempt ended, or else err.
func (b *receivedBody) explain(err error) error {
	err = b.attempt.reason(err)
	if ended := b.attempt.parent.Err(); ended != nil { // closeBodies closed the body
		err = because(ended, err)
	}
	return err
}

func (b *receivedBody) Close() error {
	b.once.Do(func() {
		b.mu.Lock()
		b.closing = true
		var done chan struct{}
		if b.reading {
			done = make(chan struct{})
			b.done = done
		}
		b.mu.Unlock()
		if done != nil {
			timer := time.NewTimer(maxTurn)
			defer timer.Stop()
			select {
			case <-done:
			case <-timer.C:
			}
		}
		b.err = b.body.Close()
	})
	return b.err
}
