package rest

import (
	"io"
	"sync"
	"time"
)

// Limits of the wait for a Read that is under way when its attempt ends.
const (
	// maxSettle is for the source of an upload that a reply has ended. A Read that
	// blocks for longer goes on, as the end of a context leaves it.
	maxSettle = 50 * time.Millisecond
	// maxTurn is for the body of a reply. A Read that the end of the context has
	// not ended by then is ended by Close.
	maxTurn = 100 * time.Millisecond
)

// watchBody returns a body of the request whose reading counts as bytes sent.
func (a *attempt) watchBody(body io.ReadCloser) io.ReadCloser {
	once := &onceClosed{ReadCloser: body}
	a.hold(&a.body, once)
	return &sentBody{once, a}
}

// onceClosed is a body that is closed once. The end of a context closes it in one
// goroutine while its reader closes it in another, and a body from a Doer or a
// source of the caller's need not allow that.
type onceClosed struct {
	io.ReadCloser
	once sync.Once
	err  error
}

func (b *onceClosed) Close() error {
	b.once.Do(func() { b.err = b.ReadCloser.Close() })
	return b.err
}

// alternating is a body that is not closed while it is read, if the Read ends soon:
// a body that a Doer has wrapped may not be made for both at a time.
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

// watchedBody is the body of a reply. Time counts while it is read, and not while
// its reader is busy with what came.
type watchedBody struct {
	io.ReadCloser
	attempt *attempt
}

func (b *watchedBody) Read(p []byte) (int, error) {
	b.attempt.idle.start(b.attempt.call.options.IdleTimeout)
	n, err := b.ReadCloser.Read(p)
	b.attempt.idle.stop()
	if err != nil && err != io.EOF { //nolint:errorlint // as readers return it
		err = b.attempt.reason(err)
		if ended := b.attempt.parent.Err(); ended != nil { // the body was closed for it
			err = because(ended, err)
		}
	}
	return n, err
}
