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

// attempt is one attempt of a call: it sends the request, waits for the
// response and reads the response. It is the context of all three. The context
// ends with the context of the call, with the idle timeout, and with the
// attempt.
type attempt struct {
	context.Context
	call   *Call
	parent context.Context
	cancel context.CancelCauseFunc
	idle   limiter     // bounds the time without a byte
	event  limiter     // bounds the time without an event
	unhook func() bool // unregisters closeBodies from parent; nil if parent cannot end

	mu      sync.Mutex
	body    *onceClosed // request body that was opened last
	replied bool        // a response was received, whose body is response
	ended   bool

	response receivedBody
}

// callKey is the key under which Value returns the call of an attempt.
type callKey struct{}

func (a *attempt) Value(key any) any {
	if key == (callKey{}) {
		return a.call
	}
	return a.Context.Value(key)
}

// callOf returns the call of the attempt that ctx derives from, or nil.
func callOf(ctx context.Context) *Call {
	call, _ := ctx.Value(callKey{}).(*Call)
	return call
}

// start begins an attempt and sends the request. It returns the response if its
// status is 2xx; any other response becomes an *apierror.Error. The caller must
// end the attempt, also after an error.
func (c *Call) start(ctx context.Context) (*attempt, *http.Response, error) {
	a := &attempt{call: c, parent: ctx}
	a.Context, a.cancel = context.WithCancelCause(ctx)
	a.idle = limiter{attempt: a, kind: ErrIdleTimeout, text: "no byte was sent or received"}
	a.event = limiter{attempt: a, kind: ErrEventTimeout, text: "no event was received"}
	// A source of an upload and a response body from a Doer may ignore the
	// context. Closing the body ends their Read.
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
		a.closeBodies() // a Doer other than http.Client may leave them open
		return nil, &sendError{a.reason(err)}
	}
	if resp.Request == nil { // a Doer other than http.Client may leave out Request and Body
		resp.Request = req
	}
	if resp.Body == nil {
		resp.Body = http.NoBody
	}
	if resp.StatusCode == http.StatusSwitchingProtocols {
		// The body of a 101 response is the connection, which has no end.
		_ = resp.Body.Close()
		resp.Body = http.NoBody
	}
	c.recordResponse(req, resp)
	a.response.body, a.response.attempt = resp.Body, a
	a.mu.Lock()
	a.replied = true
	a.mu.Unlock()
	a.closeLate(&a.response)
	resp.Body = &a.response
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

// end ends the attempt: it stops the timers, cancels the context and closes the
// bodies. Only a blocked Read of the caller's upload source may outlive the
// attempt.
func (a *attempt) end() {
	a.idle.end()
	a.event.end()
	if a.unhook != nil {
		a.unhook()
	}
	// Cancel before closing the bodies: a transport may read the rest of a body
	// that is closed first.
	a.cancel(nil)
	a.mu.Lock()
	a.ended = true
	a.mu.Unlock()
	a.closeBodies()
	if a.replied && a.call.form != nil && a.parent.Err() == nil {
		a.call.form.Settle(maxSettle)
	}
}

// closeLate closes a body at once if the attempt or the call's context has ended,
// as closeBodies may have run before the body was there.
func (a *attempt) closeLate(body io.Closer) {
	a.mu.Lock()
	late := a.ended || a.Err() != nil || a.parent.Err() != nil // parent ends before the attempt's own context does
	a.mu.Unlock()
	if late {
		_ = body.Close()
	}
}

// closeBodies closes the bodies of the request and of the response. Both are
// closed when it returns, also if another goroutine closes them.
func (a *attempt) closeBodies() {
	a.mu.Lock()
	body, replied := a.body, a.replied
	a.mu.Unlock()
	if body != nil {
		_ = body.Close()
	}
	if replied {
		_ = a.response.Close()
	}
}

// reason returns the timeout that ended the attempt, or else err. If the call's
// context has ended, the context is the reason instead of a timeout.
func (a *attempt) reason(err error) error {
	ended := a.parent.Err()
	if ended == nil {
		if cause := new(timeoutError); errors.As(context.Cause(a.Context), &cause) {
			return cause
		}
	} else if errors.Is(err, fs.ErrClosed) { // closeBodies closed the source
		return because(ended, err)
	}
	return err
}

// because wraps err in the error of the context that caused it.
func because(ended, err error) error {
	if errors.Is(err, ended) {
		return err
	}
	return fmt.Errorf("%w: %w", ended, err)
}
