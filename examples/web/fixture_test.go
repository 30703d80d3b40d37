package main

import (
	"bufio"
	"bytes"
	"context"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/pinecone-community/assistant-go/auth"
	"github.com/pinecone-community/assistant-go/examples/emulator/emulator"
	"github.com/pinecone-community/assistant-go/examples/internal/exampletest"
)

// fixture is the running program and its service. Every request to the service
// and every response is validated against the specs.
type fixture struct {
	*emulator.Running
	url string // URL of the page
	// asked receives the context of each chat request at the service. The
	// context ends with the request.
	asked chan context.Context
	// end interrupts the program.
	end     func()
	between *httptest.Server // proxy to the service
}

func start(t *testing.T, opts []emulator.Option, args ...string) *fixture {
	t.Helper()
	f := &fixture{
		Running: emulator.Start(t, append([]emulator.Option{emulator.WithPace(time.Millisecond)}, opts...)...),
		asked:   make(chan context.Context, 100),
	}
	t.Setenv(auth.EnvAPIKey, f.Key)
	f.between = httptest.NewServer(forward(t, f.URL, func(r *http.Request) {
		if strings.HasPrefix(r.URL.Path, "/assistant/chat/") {
			f.asked <- r.Context()
		}
	}, nil))
	t.Cleanup(func() {
		f.between.CloseClientConnections()
		f.between.Close()
	})

	ctx, end := context.WithCancel(context.Background())
	f.end = end
	reader, writer := io.Pipe()
	ended := make(chan error, 1)
	go func() {
		args := append([]string{"-addr", "127.0.0.1:0", "-url", f.between.URL + "/assistant"}, args...)
		err := run(ctx, args, writer, &http.Client{Transport: exampletest.Transport(t)})
		writer.CloseWithError(io.EOF)
		ended <- err
	}()
	lines := bufio.NewScanner(reader)
	for f.url == "" && lines.Scan() {
		if _, url, ok := strings.Cut(lines.Text(), "The page is at "); ok {
			f.url = url
		}
	}
	go func() { _, _ = io.Copy(io.Discard, reader) }()
	t.Cleanup(func() {
		end()
		if err := <-ended; err != nil {
			t.Errorf("the program ended with %v", err)
		}
	})
	if f.url == "" {
		t.Fatal("the program has not started")
	}
	return f
}

// forward passes requests on to a server and keeps their Host header.
func forward(t *testing.T, to string, see func(*http.Request), change func(*http.Response) error) http.Handler {
	t.Helper()
	target, err := url.Parse(to)
	if err != nil {
		t.Fatal(err)
	}
	proxy := &httputil.ReverseProxy{
		Rewrite: func(r *httputil.ProxyRequest) {
			r.SetURL(target)
			r.Out.Host = r.In.Host
		},
		ModifyResponse: change,
		ErrorLog:       log.New(io.Discard, "", 0),
		ErrorHandler:   func(http.ResponseWriter, *http.Request, error) { panic(http.ErrAbortHandler) },
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		// The server closes an unread body when the response begins. The proxy
		// would take that for a failure and cut the response off.
		body, err := io.ReadAll(r.Body)
		if err != nil {
			panic(http.ErrAbortHandler)
		}
		r.Body = io.NopCloser(bytes.NewReader(body))
		see(r)
		proxy.ServeHTTP(w, r)
	})
}

// get returns the page of a handler.
func get(t *testing.T, handler http.Handler) string {
	t.Helper()
	reply := httptest.NewRecorder()
	handler.ServeHTTP(reply, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "http://localhost/", nil))
	return reply.Body.String()
}

// wantEnded fails the test if a request to the service does not end.
func wantEnded(t *testing.T, request context.Context) { //nolint:revive // t comes first in tests
	t.Helper()
	select {
	case <-request.Done():
	case <-time.After(5 * time.Minute): // against a hang
		t.Error("the request to the service goes on")
	}
}
