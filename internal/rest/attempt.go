package rest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"sync"
	"time"

	"github.com/pinecone-community/assistant-go/internal/apierror"
	"github.com/pinecone-community/assistant-go/internal/redact"
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

// attempt is one sending of a call: the request, the wait for the reply, and the
// reading of the reply. It is the context of all three, which ends with that of
// the call, with the idle timeout, and with the attempt.
type attempt struct {
	context.Context
	call   *Call
	parent context.Context
	cancel context.CancelCauseFunc
	idle   limiter     // of the time without a byte
	event  limiter     // of the time without an event
	unhook func() bool // what happens when the parent ends, unless it never does

	mu    sync.Mutex
	body  *onceClosed // of the request, as it was opened last
	reply *onceClosed
	ended bool

	replied bool // the attempt has a reply
}

// Limits of the wait for a Read that is under way when its attempt ends.
const (
	// maxSettle is for the source of an upload that a reply has ended. A Read that
	// blocks for longer goes on, as the end of a context leaves it.
	maxSettle = 50 * time.Millisecond
	// maxTurn is for the body of a reply. A Read that the end of the context has
	// not ended by then is ended by Close.
	maxTurn = 100 * time.Millisecond
)

// callKey is what the Value of an attempt is asked for to get its call.
type callKey struct{}

func (a *attempt) Value(key any) any {
	if key == (callKey{}) {
		return a.call
	}
	return a.Context.Value(key)
}

// callOf returns the call whose attempt ctx is, or nil.
func callOf(ctx context.Context) *Call {
	call, _ := ctx.Value(callKey{}).(*Call)
	return call
}

// start begins an attempt, sends the request and returns the reply if it says
// success; any other becomes an *apierror.Error. The caller ends the attempt, also
// after an error.
func (c *Call) start(ctx context.Context) (*attempt, *http.Response, error) {
	a := &attempt{call: c, parent: ctx}
	a.Context, a.cancel = context.WithCancelCause(ctx)
	a.idle = limiter{attempt: a, kind: ErrIdleTimeout, text: "no byte was sent or received"}
	a.event = limiter{attempt: a, kind: ErrEventTimeout, text: "no event was received"}
	// The end of the context also ends what does not know of it: a source of an
	// upload that blocks, a body whose Read only Close ends.
	if ctx.Done() != nil {
		a.unhook = context.AfterFunc(ctx, a.closeBodies)
	}
	resp, err := a.send()
	return a, resp, err
}

func (a *attempt) send() (*http.Response, error) {
	c := a.call
	req, err := c.request(a)
	if err != nil {
		return nil, err
	}
	if recorder, ok := a.parent.Value(recorderKey{}).(*redact.Secrets); ok {
		recorder.Add(req)
	}
	if req.Body != nil && req.Body != http.NoBody {
		get := req.GetBody
		req.Body = a.watchBody(req.Body)
		if get != nil {
			req.GetBody = func() (io.ReadCloser, error) {
				body, err := get()
				if err != nil {
					return nil, err
				}
				return a.watchBody(body), nil
			}
		}
	}
	a.idle.start(c.options.IdleTimeout)
	resp, err := a.do(req)
	a.idle.stop()
	if err != nil {
		a.closeBodies() // a doer that is no http.Client may not have done it
		return nil, &sendError{a.reason(err)}
	}
	if resp.Request == nil { // such a doer may leave these out
		resp.Request = req
	}
	if resp.Body == nil {
		resp.Body = http.NoBody
	}
	if resp.StatusCode == http.StatusSwitchingProtocols {
		// Its body is the connection, which never ends by itself.
		_ = resp.Body.Close()
		resp.Body = http.NoBody
	}
	a.replied = true
	c.recordReply(req, resp)
	body := &onceClosed{ReadCloser: &alternating{ReadCloser: resp.Body, turn: make(chan struct{}, 1)}}
	a.hold(&a.reply, body)
	resp.Body = &watchedBody{body, a}
	if resp.StatusCode/100 != 2 {
		defer resp.Body.Close()
		return nil, apierror.FromResponse(resp)
	}
	return resp, nil
}

func (a *attempt) do(req *http.Request) (*http.Response, error) {
	if a.call.form == nil {
		return a.call.client.doer.Do(req)
	}
	var resp *http.Response
	var err error
	a.call.form.Send(func() { resp, err = a.call.client.doer.Do(req) }, a.end) //nolint:bodyclose // the caller closes it
	return resp, err
}

// end ends the attempt: nothing of it goes on, but for what a source of the
// caller's may still wait for.
func (a *attempt) end() {
	a.idle.end()
	a.event.end()
	if a.unhook != nil {
		a.unhook()
	}
	// The transport may read on after a Close that comes first.
	a.cancel(nil)
	a.mu.Lock()
	a.ended = true
	a.mu.Unlock()
	a.closeBodies()
	if a.replied && a.call.form != nil && a.parent.Err() == nil {
		a.call.form.Settle(maxSettle)
	}
}

// hold keeps a body, to be closed when the attempt ends.
func (a *attempt) hold(place **onceClosed, body *onceClosed) {
	a.mu.Lock()
	*place = body
	late := a.ended || a.Err() != nil || a.parent.Err() != nil // the parent's comes first
	a.mu.Unlock()
	if late {
		_ = body.Close()
	}
}

// closeBodies closes the bodies. When it returns they are closed, whoever closed
// them.
func (a *attempt) closeBodies() {
	a.mu.Lock()
	bodies := []*onceClosed{a.body, a.reply}
	a.mu.Unlock()
	for _, body := range bodies {
		if body != nil {
			_ = body.Close()
		}
	}
}

// reason returns why the attempt was ended while it was under way, and err if it
// was not. The call's context comes first.
func (a *attempt) reason(err error) error {
	ended := a.parent.Err()
	if ended == nil {
		if cause := new(timeoutError); errors.As(context.Cause(a.Context), &cause) {
			return cause
		}
	} else if errors.Is(err, fs.ErrClosed) { // a source that was closed for it
		return because(ended, err)
	}
	return err
}

// because returns err as a consequence of the end of a context.
func because(ended, err error) error {
	if errors.Is(err, ended) {
		return err
	}
	return fmt.Errorf("%w: %w", ended, err)
}

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
