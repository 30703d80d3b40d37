package main

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"os"
	"os/signal"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/pinecone-community/assistant-go/auth"
	"github.com/pinecone-community/assistant-go/examples/emulator/emulator"
	"github.com/pinecone-community/assistant-go/examples/internal/exampletest"
	"github.com/pinecone-community/assistant-go/gen/2026-07/data"
)

// fixture is a folder and a local service. Every request and response is
// validated against the specs.
type fixture struct {
	*emulator.Running
	folder string
	// before is called with each request, if it is set. It can answer the
	// request.
	before func(*http.Request) (*http.Response, error)

	base http.RoundTripper
	mu   sync.Mutex
	sent []string // methods of the requests
}

func start(t *testing.T, opts ...emulator.Option) *fixture {
	t.Helper()
	f := &fixture{Running: emulator.Start(t, append([]emulator.Option{emulator.WithPace(time.Millisecond)}, opts...)...), folder: t.TempDir()}
	f.base = exampletest.Transport(t)
	t.Setenv(auth.EnvAPIKey, f.Key)
	return f
}

// inVirtualTime runs a test in which no pause takes time. The service is in memory,
// without a network.
func inVirtualTime(t *testing.T, test func(*testing.T, *fixture), opts ...emulator.Option) {
	t.Helper()
	// Package signal starts a goroutine that never ends. It must not belong to the test.
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, os.Interrupt)
	signal.Stop(signals)
	synctest.Test(t, func(t *testing.T) {
		service, err := emulator.New(opts...)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() {
			if err := service.Close(); err != nil {
				t.Error(err)
			}
		})
		f := &fixture{Running: &emulator.Running{URL: "http://127.0.0.1", Key: service.Key(), Server: service}, folder: t.TempDir()}
		f.base = exampletest.InMemory(t, service)
		t.Setenv(auth.EnvAPIKey, f.Key)
		test(t, f)
	})
}

func (f *fixture) RoundTrip(req *http.Request) (*http.Response, error) {
	f.mu.Lock()
	f.sent = append(f.sent, req.Method)
	f.mu.Unlock()
	if f.before != nil {
		if resp, err := f.before(req); resp != nil || err != nil {
			return resp, err
		}
	}
	return f.base.RoundTrip(req)
}

// write writes a file in the folder.
func (f *fixture) write(t *testing.T, name, content string) {
	t.Helper()
	path := filepath.Join(f.folder, filepath.FromSlash(name))
	err := os.MkdirAll(filepath.Dir(path), 0o700)
	if err == nil {
		err = os.WriteFile(path, []byte(content), 0o600)
	}
	if err != nil {
		t.Error(err)
	}
}

// remove deletes files in the folder.
func (f *fixture) remove(t *testing.T, names ...string) {
	t.Helper()
	for _, name := range names {
		if err := os.Remove(filepath.Join(f.folder, name)); err != nil {
			t.Error(err)
		}
	}
}

// foreign uploads two files that do not belong to sync: one without sync's
// metadata, and one whose metadata another program has copied.
func (f *fixture) foreign(t *testing.T) {
	t.Helper()
	for _, metadata := range []map[string]any{{"path": "foreign"}, {"path": "foreign", "uploaded_by": mark, "sha256": "x"}} {
		operation, err := f.api(t).UploadFile(t.Context(), "example-sync", nil, data.UploadFileRequest{
			File: data.FileBytes("foreign.txt", []byte("Foreign.")), Metadata: metadata,
		})
		if err == nil {
			_, err = f.api(t).WaitForOperation(t.Context(), "example-sync", operation.ID)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}

// sync runs the program. Its first result is the last line of the output
// without the duration.
func (f *fixture) sync(ctx context.Context, args ...string) (summary, out string, err error) {
	var buffer bytes.Buffer
	f.sent = nil
	err = run(ctx, append([]string{"-url", f.URL + "/assistant", "-folder", f.folder}, args...), &buffer, f)
	out = strings.TrimSpace(buffer.String())
	summary = regexp.MustCompile(` in [\d.]+ s$`).ReplaceAllString(out[strings.LastIndex(out, "\n")+1:], "")
	return summary, out, err
}

// synced fails the test unless the run succeeds with the summary want.
func (f *fixture) synced(t *testing.T, want string, args ...string) string {
	t.Helper()
	summary, out, err := f.sync(t.Context(), args...)
	if err != nil || summary != want {
		t.Fatalf("error %v, want %q, got\n%s", err, want, out)
	}
	return out
}

// count returns how many requests with a method the last run has sent.
func (f *fixture) count(method string) int {
	f.mu.Lock()
	defer f.mu.Unlock()
	n := 0
	for _, sent := range f.sent {
		if sent == method {
			n++
		}
	}
	return n
}

// api returns a client of the service that is not the program's.
func (f *fixture) api(t *testing.T) *data.API {
	t.Helper()
	editor, err := auth.APIKey(f.Key)
	if err != nil {
		t.Fatal(err)
	}
	api, err := data.New(f.URL, data.WithRequestEditorFn(editor), data.WithHTTPClient(&http.Client{Transport: f.base}))
	if err != nil {
		t.Fatal(err)
	}
	return api
}

// there returns the paths of the files at the service, each with its status if
// it is not Available.
func (f *fixture) there(t *testing.T) []string {
	t.Helper()
	var paths []string
	for file, err := range f.api(t).AllFiles(t.Context(), "example-sync", nil) {
		if err != nil {
			t.Fatal(err)
		}
		path := fmt.Sprint(file.Metadata["path"])
		if file.Status != data.FileStatusAvailable {
			path += " " + string(file.Status)
		}
		paths = append(paths, path)
	}
	slices.Sort(paths)
	return paths
}

func (f *fixture) wantThere(t *testing.T, want ...string) {
	t.Helper()
	if got := f.there(t); !slices.Equal(got, want) {
		t.Errorf("there are %q, want %q", got, want)
	}
}
