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

func TestCloseEndsEverything(t *testing.T) {
	running, err := Listen(t.Context(), "127.0.0.1:0", WithPace(time.Hour), WithKey("chosen"))
	if err != nil {
		t.Fatal(err)
	}
	if running.Key != "chosen" || !strings.HasPrefix(running.URL, "http://127.0.0.1:") {
		t.Errorf("at %s with the key %s", running.URL, running.Key)
	}
	req, err := http.NewRequestWithContext(t.Context(), "POST", running.URL+"/assistant/assistants", strings.NewReader(`{"name":"a"}`))
	if err != nil {
		t.Fatal(err)
	}
	req.Header = http.Header{keyHeader: {"chosen"}, versionHeader: {usual}, "Content-Type": {"application/json"}}
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

	// What is asked of a service that is closed is answered, but not worked on.
	running.soon(&running.general, func() { t.Error("work after the end") })
}

func TestAddressInUse(t *testing.T) {
	running, err := Listen(t.Context(), "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer running.Close()
	if second, err := Listen(t.Context(), strings.TrimPrefix(running.URL, "http://")); err == nil {
		t.Error("a second one at the same address")
		second.Close()
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if third, err := Listen(ctx, "localhost:0"); err == nil {
		third.Close()
	}
}

// Whoever waits for the requests waits for those that a server has given up.
func TestRequestsAreWaitedFor(t *testing.T) {
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
			t.Error("it did not wait")
		}
		func() {
			defer func() {
				if reason := recover(); reason != http.ErrAbortHandler {
					t.Errorf("one more ended with %v", reason)
				}
			}()
			q.ServeHTTP(nil, nil)
		}()
		close(release)
		synctest.Wait()
		if !waited {
			t.Error("it waits for ever")
		}
	})
}

// A request that does not end in time is cut off, and Close waits for its handler.
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
			t.Error("the request was not cut off")
		}
	}()
	<-began
	if err := running.Close(); err != nil { // nothing that was acknowledged is lost
		t.Error(err)
	}
	if !ended {
		t.Error("the handler still runs")
	}
}

// An empty key does not let requests without a key in.
func TestEmptyKey(t *testing.T) {
	f := start(t, WithKey("x"))
	f.key = ""
	if status, text := f.send(t, "GET", "/assistant/assistants", http.Header{keyHeader: nil}, ""); status != 401 {
		t.Errorf("status %d: %s", status, text)
	}
}
