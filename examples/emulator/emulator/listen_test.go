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
	"time"

	"github.com/pinecone-community/assistant-go/gen/2026-04/control"
	"github.com/pinecone-community/assistant-go/gen/2026-04/data"
)

func TestConcurrentUse(t *testing.T) {
	f := start(t, WithPace(quick))
	ctx := t.Context()
	f.createAssistant(t)
	var group sync.WaitGroup
	for worker := range 8 {
		group.Go(func() {
			name := fmt.Sprintf("worker-%d", worker)
			instructions := "Be brief."
			for range 5 {
				if _, err := f.control.CreateAssistant(ctx, control.CreateAssistantRequest{Name: name}); err != nil {
					t.Error(err)
				}
				if _, err := f.control.UpdateAssistant(ctx, "a", control.UpdateAssistantRequest{Instructions: &instructions, Metadata: map[string]any{"x": worker}}); err != nil {
					t.Error(err)
				}
				if _, err := f.control.ListAssistants(ctx, nil); err != nil {
					t.Error(err)
				}
				op, err := f.data.UpsertFile(ctx, "a", name, nil, data.FileData{File: data.FileBytes("a.txt", []byte("The tide is high.")), Metadata: map[string]any{"x": worker}})
				if err != nil {
					t.Error(err)
					return
				}
				if _, err := f.data.ChatAssistant(ctx, "a", data.ChatRequest{Messages: ask("How is the tide?")}); err != nil {
					t.Error(err)
				}
				if _, err := f.data.ListFiles(ctx, "a", &data.ListFilesParams{Filter: map[string]any{"x": map[string]any{"$gte": 0}}}); err != nil {
					t.Error(err)
				}
				f.wait(t, op)
				if _, err := f.data.DeleteFile(ctx, "a", name); err != nil {
					t.Error(err)
				}
				if err := f.control.DeleteAssistant(ctx, name); err != nil {
					t.Error(err)
				}
				eventually(t, func() bool {
					_, err := f.control.GetAssistant(ctx, name)
					return err != nil
				})
			}
		})
	}
	group.Wait()
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
	running.service.mu.Lock()
	running.service.spawn(func() { t.Error("work after the end") })
	running.service.mu.Unlock()
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

// An empty key does not let requests without a key in.
func TestEmptyKey(t *testing.T) {
	f := start(t, WithKey("x"))
	f.service.key = ""
	if status, text := f.send(t, "GET", "/assistant/assistants", http.Header{keyHeader: nil}, ""); status != 401 {
		t.Errorf("status %d: %s", status, text)
	}
}
