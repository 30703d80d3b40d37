package main

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/pinecone-community/assistant-go/auth"
	"github.com/pinecone-community/assistant-go/examples/emulator/emulator"
	"github.com/pinecone-community/assistant-go/gen/2026-07/control"
)

// seen notes how requests carry the key.
type seen struct {
	base    http.RoundTripper
	bearer  []string // paths of requests with a bearer token
	refused bool     // refuse requests with a bearer token
}

func (s *seen) RoundTrip(req *http.Request) (*http.Response, error) {
	if req.Header.Get("Authorization") != "" {
		s.bearer = append(s.bearer, req.URL.Path)
		if s.refused {
			return &http.Response{StatusCode: http.StatusForbidden, Header: http.Header{}, Body: http.NoBody, Request: req}, nil
		}
	}
	return s.base.RoundTrip(req)
}

func agent(ctx context.Context, t *testing.T, s *seen, args ...string) (out, status string, err error) {
	t.Helper()
	running := emulator.Start(t, emulator.WithPace(time.Millisecond))
	t.Setenv(auth.EnvAPIKey, running.Key)
	base := &http.Transport{}
	t.Cleanup(base.CloseIdleConnections)
	s.base = base
	var outBuf, statusBuf bytes.Buffer
	err = run(ctx, append([]string{"-url", running.URL + "/assistant"}, args...), &outBuf, &statusBuf, &http.Client{Transport: s})
	if all := outBuf.String() + statusBuf.String(); strings.Contains(all, running.Key) || err != nil && strings.Contains(err.Error(), running.Key) {
		t.Errorf("the key is shown: %s, %v", all, err)
	}
	return outBuf.String(), statusBuf.String(), err
}

func TestAsk(t *testing.T) {
	s := &seen{}
	out, _, err := agent(t.Context(), t, s, "When", "is", "the", "lamp", "lit?")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(out, "Tool get_context: ") || !strings.Contains(out, "\nWhen is the lamp lit?\n\n[") ||
		!strings.Contains(out, "[keepers-handbook.md]\n") || !strings.Contains(out, "Light the lamp 30 minutes before sunset.") {
		t.Errorf("%s", out)
	}
	if len(s.bearer) == 0 {
		t.Error("no request had the key as a bearer token")
	}
	for _, path := range s.bearer {
		if path != "/mcp/assistants/example-assistant" {
			t.Errorf("a bearer token for %s", path)
		}
	}
}

func TestNothingFits(t *testing.T) {
	if out, _, err := agent(t.Context(), t, &seen{}, "zeppelin"); err != nil || !strings.HasSuffix(out, "No document has a passage that fits.\n") {
		t.Errorf("error %v\n%s", err, out)
	}
}

func TestRefused(t *testing.T) {
	if out, _, err := agent(t.Context(), t, &seen{refused: true}); err == nil || !strings.Contains(err.Error(), "Forbidden") || out != "" {
		t.Errorf("error %v\n%s", err, out)
	}
}

func TestWithoutKey(t *testing.T) {
	t.Setenv(auth.EnvAPIKey, "")
	var out bytes.Buffer
	if err := run(t.Context(), nil, &out, io.Discard, &http.Client{}); err != nil || !strings.Contains(out.String(), "[maintenance-manual.pdf, p. 1]") {
		t.Errorf("error %v\n%s", err, out.String())
	}
}

func TestWrongKey(t *testing.T) {
	running := emulator.Start(t, emulator.WithPace(time.Millisecond))
	t.Setenv(auth.EnvAPIKey, "wrong-key")
	var status bytes.Buffer
	err := run(t.Context(), []string{"-url", running.URL + "/assistant"}, io.Discard, &status, &http.Client{})
	if !errors.Is(err, control.ErrUnauthorized) || strings.Contains(err.Error()+status.String(), "wrong-key") {
		t.Errorf("error %v", err)
	}
}

func TestEndpoint(t *testing.T) {
	for host, want := range map[string]string{
		"https://prod-1-data.ke.pinecone.io":            "https://prod-1-data.ke.pinecone.io/mcp/assistants/a",
		"https://prod-1-data.ke.pinecone.io/assistant":  "https://prod-1-data.ke.pinecone.io/mcp/assistants/a",
		"https://prod-1-data.ke.pinecone.io/assistant/": "https://prod-1-data.ke.pinecone.io/mcp/assistants/a",
		"prod-1-data.ke.pinecone.io":                    "https://prod-1-data.ke.pinecone.io/mcp/assistants/a",
		"http://127.0.0.1:5080":                         "http://127.0.0.1:5080/mcp/assistants/a",
	} {
		if got, err := endpoint(host, "a"); err != nil || got != want {
			t.Errorf("%s: %s, error %v", host, got, err)
		}
	}
	if _, err := endpoint("", "a"); err == nil {
		t.Error("an endpoint without a host")
	}
}

// A text that is no snippet is printed as it is.
func TestPassage(t *testing.T) {
	for _, text := range []string{"plain", `{"type":"new","x":1}`, "[1]", ""} {
		if got := passage(text); got != text {
			t.Errorf("%q became %q", text, got)
		}
	}
}
