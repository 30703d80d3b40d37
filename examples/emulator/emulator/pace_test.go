package emulator

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"runtime/pprof"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/pinecone-community/assistant-go/gen/2026-04/data"
)

// timed is a recorder of the parts of a response and their times.
type timed struct {
	*httptest.ResponseRecorder
	began time.Time
	parts []part
}

type part struct {
	at   time.Duration // since began
	text string
}

func (w *timed) Write(text []byte) (int, error) {
	if len(text) > 0 {
		w.parts = append(w.parts, part{time.Since(w.began), string(text)})
	}
	return w.ResponseRecorder.Write(text)
}

// ready returns an emulator in memory with a file about a lamp.
func ready(t *testing.T, opts ...Option) *fixture {
	t.Helper()
	f := inMemory(t, append(opts, WithPace(quick))...)
	f.createAssistant(t)
	if op := f.upload(t, "lamp.txt", "The lamp is lit at sunset.", nil); op.ErrorMessage != "" {
		t.Fatal(op.ErrorMessage)
	}
	return f
}

func streamRequest(ctx context.Context, t *testing.T, f *fixture, path string) *http.Request {
	t.Helper()
	req, err := http.NewRequestWithContext(ctx, "POST", f.URL+path, strings.NewReader(`{"stream":true,"messages":[{"content":"When is the lamp lit?"}]}`))
	if err != nil {
		t.Fatal(err)
	}
	req.Header = http.Header{keyHeader: {f.Key}, versionHeader: {defaultVersion}, "Content-Type": {"application/json"}}
	return req
}

// A chat has heartbeats between its events; a completion has none.
func TestChunkDelay(t *testing.T) {
	const delay, latency = 40 * time.Second, 5 * time.Second
	for path, beats := range map[string][]time.Duration{
		"/assistant/chat/a":                  {15 * time.Second, 30 * time.Second},
		"/assistant/chat/a/chat/completions": nil,
	} {
		synctest.Test(t, func(t *testing.T) {
			f := ready(t, WithChunkDelay(delay))
			f.latency = latency
			w := &timed{ResponseRecorder: httptest.NewRecorder(), began: time.Now()}
			f.ServeHTTP(w, received(streamRequest(t.Context(), t, f, path)))
			events := 0
			var since []time.Duration
			last := latency
			for _, part := range w.parts {
				if part.text == heartbeatText {
					since = append(since, part.at-last)
					continue
				}
				if want := latency + time.Duration(events)*delay; part.at != want || !strings.HasPrefix(part.text, "data:{") || !strings.HasSuffix(part.text, "\n\n") {
					t.Errorf("%s: event %d at %v, want %v: %q", path, events, part.at, want, part.text)
				}
				if events > 0 && len(since) != len(beats) {
					t.Errorf("%s: heartbeats before event %d after %v, want %v", path, events, since, beats)
				}
				for i := range since {
					if since[i] != beats[i] {
						t.Errorf("%s: heartbeat after %v, want %v", path, since[i], beats[i])
					}
				}
				events, last, since = events+1, part.at, nil
			}
			if events < 5 {
				t.Errorf("%s: %d events", path, events)
			}
		})
	}
}

// The client ignores heartbeats.
func TestHeartbeatsIgnored(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := ready(t, WithChunkDelay(heartbeat+time.Second))
		var text strings.Builder
		stream := f.data.ChatStream(t.Context(), "a", data.ChatRequest{Messages: ask("When is the lamp lit?")})
		for chunk, err := range data.ChatText(stream) {
			if err != nil {
				t.Fatal(err)
			}
			text.WriteString(chunk)
		}
		if text.String() != "The lamp is lit at sunset." {
			t.Errorf("text %q", text.String())
		}
	})
}

// A stream ends when the request is canceled, also between two events.
func TestCancelStream(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := ready(t, WithChunkDelay(time.Hour))
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan any, 1)
		go func() {
			defer func() { ended <- recover() }()
			f.ServeHTTP(httptest.NewRecorder(), received(streamRequest(ctx, t, f, "/assistant/chat/a")))
		}()
		time.Sleep(90 * time.Minute)
		select {
		case <-ended:
			t.Fatal("the stream ended before the request was canceled")
		default:
		}
		cancel()
		if reason := <-ended; reason != http.ErrAbortHandler {
			t.Errorf("panic %v, want http.ErrAbortHandler", reason)
		}
	})
}

func TestCancelDuringLatency(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := inMemory(t, WithLatency(time.Hour))
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		req, err := http.NewRequestWithContext(ctx, "POST", f.URL+"/assistant/assistants", strings.NewReader(`{"name":"a"}`))
		if err != nil {
			t.Fatal(err)
		}
		req.Header = http.Header{keyHeader: {f.Key}, versionHeader: {defaultVersion}, "Content-Type": {"application/json"}}
		func() {
			defer func() {
				if reason := recover(); reason != http.ErrAbortHandler {
					t.Errorf("panic %v, want http.ErrAbortHandler", reason)
				}
			}()
			f.ServeHTTP(httptest.NewRecorder(), received(req))
		}()
		f.latency = 0
		if status, text := f.send(t, "GET", "/assistant/assistants/a", nil, ""); status != 404 {
			t.Errorf("status %d: %s", status, text)
		}
	})
}

// Over a network, canceling the request and closing the emulator end streams and delays.
func TestStreamsEnd(t *testing.T) {
	serving := func() bool {
		var stacks bytes.Buffer
		if err := pprof.Lookup("goroutine").WriteTo(&stacks, 2); err != nil {
			t.Fatal(err)
		}
		return strings.Contains(stacks.String(), "emulator.(*stream).wait") || strings.Contains(stacks.String(), "(*Server).pause")
	}
	begin := func(t *testing.T) (f *fixture, body io.ReadCloser, cancel func()) {
		f = start(t, WithPace(quick), WithChunkDelay(time.Hour))
		f.createAssistant(t)
		ctx, cancel := context.WithCancel(t.Context())
		t.Cleanup(cancel)
		resp, err := f.client.Do(streamRequest(ctx, t, f, "/assistant/chat/a"))
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { resp.Body.Close() })
		if _, err := resp.Body.Read(make([]byte, 1)); err != nil {
			t.Fatal(err)
		}
		eventually(t, serving)
		return f, resp.Body, cancel
	}
	t.Run("client", func(t *testing.T) {
		_, _, cancel := begin(t)
		cancel()
		eventually(t, func() bool { return !serving() })
	})
	t.Run("emulator", func(t *testing.T) {
		f, body, _ := begin(t)
		if err := f.Close(); err != nil {
			t.Error(err)
		}
		if serving() {
			t.Error("the stream is still being served after Close")
		}
		if _, err := io.ReadAll(body); !errors.Is(err, io.ErrUnexpectedEOF) {
			t.Errorf("stream: error %v, want io.ErrUnexpectedEOF", err)
		}
	})
	t.Run("latency", func(t *testing.T) {
		f := start(t, WithLatency(time.Hour))
		done := make(chan int)
		go func() {
			status, _ := f.send(t, "GET", "/assistant/assistants", nil, "")
			done <- status
		}()
		eventually(t, serving)
		if err := f.Close(); err != nil {
			t.Error(err)
		}
		if status := <-done; status != 200 {
			t.Errorf("status %d", status)
		}
	})
}
