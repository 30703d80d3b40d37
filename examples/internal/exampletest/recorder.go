// Package exampletest runs examples in tests against the emulator.
package exampletest

import (
	"net/http"
	"slices"
	"sync"
	"testing"

	"github.com/pinecone-community/assistant-go/gen/2026-07/control"
	"github.com/pinecone-community/assistant-go/internal/testing/spectest"
)

// Recorder notes the requests that pass, and lets a test stand in for the
// service.
type Recorder struct {
	// Instead answers a request in the service's place; nil, nil leaves it to the
	// service.
	Instead func(*http.Request) (*http.Response, error)

	base     http.RoundTripper
	mu       sync.Mutex
	requests []string
}

// Client returns an HTTP client whose requests the recorder notes. Those that
// reach the service are held against the specs, and so are the replies.
func (r *Recorder) Client(t testing.TB) *http.Client {
	r.base = Transport(t)
	return &http.Client{Transport: r}
}

// RoundTrip implements [http.RoundTripper].
func (r *Recorder) RoundTrip(req *http.Request) (*http.Response, error) {
	if r.Instead != nil {
		if resp, err := r.Instead(req); resp != nil || err != nil {
			r.note(req.Method + " " + req.URL.Path)
			return resp, err
		}
	}
	resp, err := r.base.RoundTrip(req)
	if err == nil {
		r.note(req.Method + " " + req.URL.Path + " " + http.StatusText(resp.StatusCode))
	}
	return resp, err
}

func (r *Recorder) note(request string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.requests = append(r.requests, request)
}

// Requests are such as "GET /assistant/assistants OK"; one that the test has
// answered is without a status.
func (r *Recorder) Requests() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.requests)
}

// Last is the last request, or "".
func (r *Recorder) Last() string {
	requests := r.Requests()
	if len(requests) == 0 {
		return ""
	}
	return requests[len(requests)-1]
}

// Transport returns a transport of its own for a test, which holds every request
// and reply against the specs.
func Transport(t testing.TB) http.RoundTripper {
	t.Helper()
	var specs []*spectest.Spec
	for _, plane := range []string{"control", "data", "evaluation"} {
		specs = append(specs, spectest.Load(t, control.APIVersion, plane))
	}
	transport := &http.Transport{}
	t.Cleanup(transport.CloseIdleConnections)
	return spectest.Transport(t, transport, specs...)
}
