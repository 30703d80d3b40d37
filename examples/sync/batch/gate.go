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

// defaultPause is how long the gate is shut when the service does not say.
const defaultPause = 5 * time.Second

// gate is a transport that all workers share. When the service answers one of
// them with 429, it holds back the next request of each until the time that
// Retry-After says, so that they do not all run into the limit on their own.
type gate struct {
	base http.RoundTripper
	told func(time.Duration) // called when the gate shuts

	mu    sync.Mutex
	until time.Time
}

// Client returns an HTTP client that sends nothing while the service asks to
// wait, and calls told when that begins.
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

// shut shuts the gate, or keeps it shut for longer.
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

// Insist repeats a call, of a client that sends through [Client], for as long as
// the service refuses it for its rate. A quota that is used up stays an error, and
// the call's context ends it.
func Insist[T any](call func() (T, error)) (T, error) {
	for {
		value, err := call()
		var refused *data.Error
		if !errors.Is(err, data.ErrRateLimited) || !errors.As(err, &refused) || refused.Code == "QUOTA_EXCEEDED" {
			return value, err
		}
	}
}
