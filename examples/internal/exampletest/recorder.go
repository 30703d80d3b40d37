// Package exampletest runs examples in tests against the emulator.
package exampletest

import (
	"net/http"
	"slices"
	"sync"
	"testing"
)

// Recorder records requests. A test can answer requests in place of the
// service.
type Recorder struct {
	// Instead returns the response to a request in place of the service. If it returns nil,
	// nil, the request goes to the service.
	Instead func(*http.Request) (*http.Response, error)

	base     http.RoundTripper
	mu       sync.Mutex
	requests []string
}

// Client returns an HTTP client whose requests are recorded. Requests that
// reach the service, and their responses, are validated against the specs.
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

// Requests returns the recorded requests, such as "GET /assistant/assistants
// OK". A request to which Instead responded has no status.
func (r *Recorder) Requests() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.requests)
}

// Last returns the last request, or "".
func (r *Recorder) Last() string {
	requests := r.Requests()
	if len(requests) == 0 {
		return ""
	}
	return requests[len(requests)-1]
}
