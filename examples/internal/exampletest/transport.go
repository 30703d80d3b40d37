package exampletest

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/pinecone-community/assistant-go/gen/2026-07/control"
	"github.com/pinecone-community/assistant-go/internal/testing/spectest"
)

// Transport returns a new transport that validates every request and response
// against the specs. A request for the state of an assistant or an operation waits
// until that is no longer in progress, so that programs do not pause between polls.
func Transport(t testing.TB) http.RoundTripper {
	t.Helper()
	transport := &http.Transport{}
	t.Cleanup(transport.CloseIdleConnections)
	return validating(t, settled{transport})
}

// InMemory returns a transport that passes requests to a handler without a network,
// for tests in virtual time. It validates every request and response against the
// specs.
func InMemory(t testing.TB, handler http.Handler) http.RoundTripper {
	t.Helper()
	return validating(t, inMemory{handler})
}

func validating(t testing.TB, base http.RoundTripper) http.RoundTripper {
	t.Helper()
	var specs []*spectest.Spec
	for _, plane := range []string{"control", "data", "evaluation"} {
		specs = append(specs, spectest.Load(t, control.APIVersion, plane))
	}
	return spectest.Transport(t, base, specs...)
}

// settled repeats a request until the state in its response is final.
type settled struct{ base http.RoundTripper }

func (s settled) RoundTrip(req *http.Request) (*http.Response, error) {
	polls := req.Method == http.MethodGet &&
		(strings.HasPrefix(req.URL.Path, "/assistant/assistants/") || strings.HasPrefix(req.URL.Path, "/assistant/operations/"))
	for {
		resp, err := s.base.RoundTrip(req)
		if err != nil || !polls {
			return resp, err
		}
		body, err := io.ReadAll(resp.Body)
		resp.Body.Close()
		if err != nil {
			return nil, err
		}
		resp.Body = io.NopCloser(bytes.NewReader(body))
		if !isPending(body) {
			return resp, nil
		}
		select {
		case <-req.Context().Done():
			return nil, req.Context().Err()
		case <-time.After(time.Millisecond):
		}
	}
}

// isPending reports whether the status in a response is that of work that goes on.
func isPending(body []byte) bool {
	var state struct{ Status any }
	return json.Unmarshal(body, &state) == nil && (state.Status == "Initializing" || state.Status == "Processing")
}

type inMemory struct{ http.Handler }

func (m inMemory) RoundTrip(req *http.Request) (resp *http.Response, err error) {
	got := req.Clone(req.Context())
	got.Host, got.URL.Scheme, got.URL.Host, got.RequestURI = req.URL.Host, "", "", req.URL.RequestURI()
	if got.Body == nil {
		got.Body = http.NoBody
	}
	defer got.Body.Close()
	defer func() { // as a server does
		if v := recover(); v == http.ErrAbortHandler { //nolint:errorlint // servers compare it like that
			resp, err = nil, errors.Join(io.ErrUnexpectedEOF, req.Context().Err())
		} else if v != nil {
			panic(v)
		}
	}()
	reply := httptest.NewRecorder()
	m.ServeHTTP(reply, got)
	resp = reply.Result()
	resp.Request = req
	return resp, req.Context().Err()
}
