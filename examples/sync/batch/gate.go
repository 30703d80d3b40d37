package batch

import (
	"context"
	"errors"
	"net/http"
	"sync"
	"time"

	"github.com/pinecone-community/assistant-go/auth"
	"github.com/pinecone-community/assistant-go/gen/2026-07/data"
)

// defaultPause is the pause after a 429 without Retry-After.
const defaultPause = 5 * time.Second

// gate is a transport that all workers share. After a 429 it delays all
// requests for the time in Retry-After, so that the workers do not exceed the
// rate limit one by one.
type gate struct {
	base http.RoundTripper
	told func(time.Duration) // called when the gate closes

	mu    sync.Mutex
	until time.Time
}

// Client returns an HTTP client that sends no request while the service asks to
// wait. It calls told when a wait begins.
func Client(transport http.RoundTripper, told func(time.Duration)) *http.Client {
	return &http.Client{Transport: &gate{base: transport, told: told}, CheckRedirect: auth.CheckRedirect}
}

// RoundTrip implements [http.RoundTripper].
func (g *gate) RoundTrip(req *http.Request) (*http.Response, error) {
	if err := g.pass(req.Context()); err != nil {
		if req.Body != nil {
			req.Body.Close()
		}
		return nil, err
	}
	resp, err := g.base.RoundTrip(req)
	if err == nil && resp.StatusCode == http.StatusTooManyRequests {
		pause, ok := (&data.Error{Header: resp.Header}).RetryAfter()
		if !ok {
			pause = defaultPause
		}
		g.shut(pause)
	}
	return resp, err
}

// pass waits until the gate is open.
func (g *gate) pass(ctx context.Context) error {
	for {
		g.mu.Lock()
		pause := time.Until(g.until)
		g.mu.Unlock()
		if pause <= 0 {
			return nil
		}
		timer := time.NewTimer(pause)
		select {
		case <-timer.C:
		case <-ctx.Done():
			timer.Stop()
			return ctx.Err()
		}
	}
}

// shut closes the gate, or extends the time for which it is closed.
func (g *gate) shut(pause time.Duration) {
	g.mu.Lock()
	defer g.mu.Unlock()
	now := time.Now()
	if !g.until.After(now) {
		g.told(pause)
	}
	if until := now.Add(pause); until.After(g.until) {
		g.until = until
	}
}

// Insist repeats a call as long as the service refuses it because of its rate.
// The call must use a client that sends through [Client], which waits. A
// used-up quota is an error, and the context of the call ends it.
func Insist[T any](call func() (T, error)) (T, error) {
	for {
		value, err := call()
		var refused *data.Error
		if !errors.Is(err, data.ErrRateLimited) || !errors.As(err, &refused) || refused.Code == "QUOTA_EXCEEDED" {
			return value, err
		}
	}
}
