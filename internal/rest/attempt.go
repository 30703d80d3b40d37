package rest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"sync"

	"github.com/pinecone-community/assistant-go/internal/apierror"
	"github.com/pinecone-community/assistant-go/internal/redact"
)

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
