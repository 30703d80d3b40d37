package emulator

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"runtime/pprof"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/pinecone-community/assistant-go/gen/2026-04/control"
	"github.com/pinecone-community/assistant-go/gen/2026-04/data"
)

func TestConcurrentUse(t *testing.T) {
	for name, options := range map[string][]Option{"in memory": nil, "in a folder": {WithData(t.TempDir())}} {
		t.Run(name, func(t *testing.T) { useConcurrently(t, start(t, append(options, WithPace(quick))...)) })
	}
}

func useConcurrently(t *testing.T, f *fixture) {
	ctx := t.Context()
	f.createAssistant(t)
	var group sync.WaitGroup
	for worker := range 64 {
		group.Go(func() {
			instructions := "Be brief."
			name := fmt.Sprintf("worker-%d", worker)
			if _, err := f.control.CreateAssistant(ctx, control.CreateAssistantRequest{Name: name}); err != nil {
				t.Error(err)
			}
			if _, err := f.control.UpdateAssistant(ctx, "a", control.UpdateAssistantRequest{Instructions: &instructions, Metadata: map[string]any{"x": worker}}); err != nil {
				t.Error(err)
			}
			if _, err := f.control.ListAssistants(ctx, nil); err != nil {
				t.Error(err)
			}
			op, err := f.data.UpsertFile(ctx, "a", name, nil, data.UploadFileRequest{File: data.FileBytes("a.txt", []byte("The tide is high.")), Metadata: map[string]any{"x": worker}})
			if err != nil {
				t.Error(err)
				return
			}
			if _, err := f.data.Chat(ctx, "a", data.ChatRequest{Messages: ask("How is the tide?")}); err != nil {
				t.Error(err)
			}
			if _, err := f.data.ListFiles(ctx, "a", &data.ListFilesParams{Filter: map[string]any{"x": map[string]any{"$gte": 0}}}); err != nil {
				t.Error(err)
			}
			if _, err := f.data.WaitForOperation(ctx, "a", op.ID); err != nil {
				t.Error(err)
			}
			if _, err := f.data.DeleteFile(ctx, "a", name); err != nil {
				t.Error(err)
			}
			if err := f.control.DeleteAssistant(ctx, name); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	eventually(t, func() bool {
		files, err := f.data.ListFiles(ctx, "a", nil)
		if err != nil {
			t.Fatal(err)
		}
		assistants, err := f.control.ListAssistants(ctx, nil)
		if err != nil {
			t.Fatal(err)
		}
		return len(files.Files) == 0 && len(assistants.Assistants) == 1
	})
}

func TestClose(t *testing.T) {
	running, err := Listen(t.Context(), "127.0.0.1:0", WithPace(time.Hour), WithKey("chosen"))
	if err != nil {
		t.Fatal(err)
	}
	if running.Key != "chosen" || !strings.HasPrefix(running.URL, "http://127.0.0.1:") {
		t.Errorf("URL %s, key %s", running.URL, running.Key)
	}
	req, err := http.NewRequestWithContext(t.Context(), "POST", running.URL+"/assistant/assistants", strings.NewReader(`{"name":"a"}`))
	if err != nil {
		t.Fatal(err)
	}
	req.Header = http.Header{keyHeader: {"chosen"}, versionHeader: {defaultVersion}, "Content-Type": {"application/json"}}
	transport := &http.Transport{}
	resp, err := (&http.Client{Transport: transport}).Do(req)
	if err != nil || resp.StatusCode != 200 {
		t.Fatalf("%v, error %v", resp, err)
	}
	resp.Body.Close()
	transport.CloseIdleConnections()
	if err := running.Close(); err != nil {
		t.Error(err)
	}
	eventually(t, func() bool {
		var stacks bytes.Buffer
		if err := pprof.Lookup("goroutine").WriteTo(&stacks, 2); err != nil {
			t.Fatal(err)
		}
		return strings.Count(stacks.String(), "emulator.(*Server)") == 0 && !strings.Contains(stacks.String(), "http.(*conn).serve")
	})

	// A closed server does not run tasks.
	running.soon(&running.general, func() { t.Error("task after Close") })
}

func TestAddressInUse(t *testing.T) {
	running, err := Listen(t.Context(), "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer running.Close()
	if second, err := Listen(t.Context(), strings.TrimPrefix(running.URL, "http://")); err == nil {
		t.Error("second emulator at the same address: no error")
		second.Close()
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if third, err := Listen(ctx, "localhost:0"); err == nil {
		third.Close()
	}
}

// requests.wait waits for requests in progress, and aborts new ones.
func TestRequestsWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		release := make(chan struct{})
		q := &requests{handler: http.HandlerFunc(func(http.ResponseWriter, *http.Request) { <-release })}
		go q.ServeHTTP(nil, nil)
		synctest.Wait()
		waited := false
		go func() {
			q.wait()
			waited = true
		}()
		synctest.Wait()
		if waited {
			t.Error("wait returned during a request")
		}
		func() {
			defer func() {
				if reason := recover(); reason != http.ErrAbortHandler {
					t.Errorf("new request: panic %v, want http.ErrAbortHandler", reason)
				}
			}()
			q.ServeHTTP(nil, nil)
		}()
		close(release)
		synctest.Wait()
		if !waited {
			t.Error("wait does not return")
		}
	})
}

// Close closes the connection of a request that exceeds the grace period, and waits for
// its handler.
func TestCloseWaits(t *testing.T) {
	running, err := Listen(t.Context(), "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	began, cut, ended := make(chan struct{}), make(chan struct{}), false
	running.grace = time.Millisecond
	running.requests.mu.Lock()
	running.requests.handler = http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		close(began)
		<-r.Context().Done()
		<-cut
		ended = true
	})
	running.requests.mu.Unlock()
	go func() {
		defer close(cut)
		if resp, err := http.Get(running.URL); err == nil {
			resp.Body.Close()
			t.Error("request: no error, want a closed connection")
		}
	}()
	<-began
	if err := running.Close(); err != nil {
		t.Error(err)
	}
	if !ended {
		t.Error("Close did not wait for the handler")
	}
}

// A request without a key is refused, even if the key of the server is empty.
func TestEmptyKey(t *testing.T) {
	f := start(t, WithKey("x"))
	f.key = ""
	if status, text := f.send(t, "GET", "/assistant/assistants", http.Header{keyHeader: nil}, ""); status != 401 {
		t.Errorf("status %d: %s", status, text)
	}
}
