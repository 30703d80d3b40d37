package rest

import (
	"io"
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
	a.hold(&a.body, once)
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

// alternating delays Close until a Read in progress returns, for maxTurn at
// most. A body that a Doer has wrapped may not support a Close during a Read.
type alternating struct {
	io.ReadCloser
	turn chan struct{}
}

func (b *alternating) Read(p []byte) (int, error) {
	b.turn <- struct{}{}
	defer func() { <-b.turn }()
	return b.ReadCloser.Read(p)
}

func (b *alternating) Close() error {
	select {
	case b.turn <- struct{}{}:
		defer func() { <-b.turn }()
	default:
		timer := time.NewTimer(maxTurn)
		defer timer.Stop()
		select {
		case b.turn <- struct{}{}:
			defer func() { <-b.turn }()
		case <-timer.C:
		}
	}
	return b.ReadCloser.Close()
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

// watchedBody is the body of a response. The idle timeout runs during a Read,
// and not while the caller handles the data.
type watchedBody struct {
	io.ReadCloser
	attempt *attempt
}

func (b *watchedBody) Read(p []byte) (int, error) {
	b.attempt.idle.start(b.attempt.call.options.IdleTimeout)
	n, err := b.ReadCloser.Read(p)
	b.attempt.idle.stop()
	if err != nil && err != io.EOF { //nolint:errorlint // readers return io.EOF unwrapped
		err = b.attempt.reason(err)
		if ended := b.attempt.parent.Err(); ended != nil { // closeBodies closed the body
			err = because(ended, err)
		}
	}
	return n, err
}
