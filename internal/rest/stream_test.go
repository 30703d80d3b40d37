package rest

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"testing/iotest"
	"testing/synctest"
	"time"

	"github.com/pinecone-community/assistant-go/internal/apierror"
	"github.com/pinecone-community/assistant-go/internal/jsonscan"
	"github.com/pinecone-community/assistant-go/internal/sse"
)

// piece is a chunk of a stream.
type piece struct {
	Text string
	Last bool
}

func decodePiece(d *jsonscan.Decoder) (p piece) {
	for more := d.Object(); more; more = d.NextMember() {
		switch string(d.Name()) {
		case "text":
			p.Text = d.String()
		case "last":
			p.Last = d.Bool()
		default:
			d.Skip()
		}
	}
	return p
}

func isLast(p piece) bool { return p.Last }

// pieces returns the stream of a POST.
func pieces(ctx context.Context, client *Client) iter.Seq2[piece, error] {
	call := NewCall(client, http.MethodPost, []Editor(nil)).Path("/chat").JSON(map[string]bool{"stream": true})
	return Stream(ctx, call, decodePiece, End[piece]{Is: isLast, More: true})
}

// collect returns the texts of a stream and its error.
func collect(stream iter.Seq2[piece, error]) (texts []string, failure error) {
	for p, err := range stream {
		if failure != nil {
			return texts, errors.New("the stream went on after its error")
		}
		if err != nil {
			failure = err
			continue
		}
		texts = append(texts, p.Text)
	}
	return texts, failure
}

func newClientWith(t testing.TB, doer Doer, options Options, editors ...Editor) *Client {
	t.Helper()
	client, err := New("http://service.example/assistant", doer, editors, options)
	if err != nil {
		t.Fatal(err)
	}
	return client
}

// streamed returns a Doer whose response is an event stream.
func streamed(body io.Reader) doerFunc {
	return func(*http.Request) (*http.Response, error) {
		resp := okResponse("")
		resp.Header.Set("Content-Type", "text/event-stream")
		resp.ContentLength = -1
		resp.Body = io.NopCloser(body)
		return resp, nil
	}
}

// writer writes parts of a stream and flushes each.
type writer struct {
	t *testing.T
	w http.ResponseWriter
}

func newWriter(t *testing.T, w http.ResponseWriter) writer {
	w.Header().Set("Content-Type", "text/event-stream")
	writer := writer{t, w}
	writer.write("")
	return writer
}

func (w writer) write(part string) {
	_, err := io.WriteString(w.w, part)
	if err == nil {
		err = http.NewResponseController(w.w).Flush()
	}
	if err != nil {
		w.t.Errorf("writing %q: %v", part, err)
	}
}

const (
	firstEvent = `data:{"text":"a"}` + "\n\n"
	lastEvent  = `data:{"text":"z","last":true}` + "\n\n"
)

func TestStreamRequest(t *testing.T) {
	server := newWitness(t, func(w http.ResponseWriter, _ *http.Request) {
		newWriter(t, w).write(firstEvent + lastEvent)
	})
	edited := 0
	client := newClient(t, server.URL, server.Client(), func(_ context.Context, req *http.Request) error {
		edited++
		req.Header.Set("Api-Key", "k")
		return nil
	})
	stream := pieces(t.Context(), client)
	if seen := server.seen(); len(seen) != 0 || edited != 0 {
		t.Fatalf("before the loop: %d requests, edited %d times", len(seen), edited)
	}
	if texts, err := collect(stream); err != nil || fmt.Sprint(texts) != "[a z]" {
		t.Errorf("got %q, error %v", texts, err)
	}
	got := server.one(t)
	if got.method != "POST" || got.uri != "/chat" || got.header.Get("Accept") != "text/event-stream" ||
		got.header.Get("Api-Key") != "k" || got.header.Get(VersionHeader) != testVersion || got.body != `{"stream":true}` {
		t.Errorf("sent %+v", got)
	}

	for range 2 {
		if texts, err := collect(stream); texts != nil || !errors.Is(err, errStreamUsed) {
			t.Errorf("the loop again: %q, error %v", texts, err)
		}
	}
	if edited != 1 {
		t.Errorf("edited %d times", edited)
	}
	server.one(t)
}

// A stream that was left by break cannot be ranged over again.
func TestStreamIsUsedUpByBreak(t *testing.T) {
	stream := pieces(t.Context(), newClientWith(t, streamed(strings.NewReader(firstEvent+lastEvent)), Options{}))
	for _, err := range stream {
		if err != nil {
			t.Fatal(err)
		}
		break
	}
	if texts, err := collect(stream); texts != nil || !errors.Is(err, errStreamUsed) {
		t.Errorf("%q, error %v", texts, err)
	}
}

// Of several loops over a stream, one receives it.
func TestStreamConcurrently(t *testing.T) {
	var requests, whole atomic.Int64
	doer := doerFunc(func(req *http.Request) (*http.Response, error) {
		requests.Add(1)
		return streamed(strings.NewReader(firstEvent + lastEvent))(req)
	})
	stream := pieces(t.Context(), newClientWith(t, doer, Options{}))
	done := make(chan error)
	for range 8 {
		go func() {
			texts, err := collect(stream)
			if len(texts) == 2 && err == nil {
				whole.Add(1)
			}
			done <- err
		}()
	}
	for range 8 {
		if err := <-done; err != nil && !errors.Is(err, errStreamUsed) {
			t.Error(err)
		}
	}
	if requests.Load() != 1 || whole.Load() != 1 {
		t.Errorf("%d requests, %d whole streams", requests.Load(), whole.Load())
	}
}

// The loop over a stream yields the error of an invalid call.
func TestStreamOfBadCall(t *testing.T) {
	client := newClientWith(t, streamed(strings.NewReader(lastEvent)), Options{})
	call := NewCall(client, http.MethodPost, []Editor(nil)).Path("/chat/").PathParam("assistant_name", "..")
	texts, err := collect(Stream(t.Context(), call, decodePiece, End[piece]{Is: isLast, More: true}))
	if texts != nil || err == nil || !strings.Contains(err.Error(), "assistant_name") {
		t.Errorf("%q, error %v", texts, err)
	}
}

// An event is yielded when its last byte is received, although the service
// holds back the next event.
func TestStreamIsPrompt(t *testing.T) {
	for _, http2 := range []bool{false, true} {
		for _, end := range []string{"\n", "\r\n", "\r"} {
			t.Run(fmt.Sprintf("%q %v", end, http2), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					more := make(chan string)
					net := newNetwork(t, http2, func(rw http.ResponseWriter, _ *http.Request) {
						w := newWriter(t, rw)
						for part := range more {
							w.write(part)
						}
					})
					got := make(chan string, 10)
					go func() {
						defer close(got)
						for p, err := range pieces(t.Context(), newClientWith(t, net, Options{})) {
							if err != nil {
								t.Error(err)
								return
							}
							got <- p.Text
						}
					}()
					for _, text := range []string{"a", "b", "c"} {
						for _, part := range []string{`data:{"te`, `xt":"` + text + `"}`, end} {
							more <- part
							synctest.Wait()
							if len(got) != 0 {
								t.Fatalf("%q came before its end", <-got)
							}
						}
						more <- end // the blank line that ends the event
						synctest.Wait()
						if len(got) != 1 {
							t.Fatalf("%q has not come when its end has", text)
						}
						if p := <-got; p != text {
							t.Fatalf("%q came, want %q", p, text)
						}
					}
					more <- "data:{\"text\":\"z\",\"last\":true}" + end + end
					close(more)
					if p := <-got; p != "z" {
						t.Errorf("%q came, want the last", p)
					}
					if p, ok := <-got; ok {
						t.Errorf("%q came", p)
					}
					net.check(t, 1, 1)
				})
			})
		}
	}
}

// However a loop ends, the service's handler notices, the connection is closed
// unless the stream was read to its end, and no goroutine is left: synctest
// waits for all.
func TestStreamLeavesNothing(t *testing.T) {
	var reply *apierror.Error
	var cut *StreamError
	tests := []struct {
		name string
		send string // sent by the service, which then keeps the stream open
		hang bool   // the service hangs before it sends anything
		ends bool   // the service ends the stream after send
		loop func(context.Context, context.CancelFunc, iter.Seq2[piece, error]) error
		is   error
		as   any
		left int // idle connections with HTTP/1
	}{
		{name: "read to the end", send: firstEvent + lastEvent, ends: true, loop: readAll, left: 1},
		{name: "[DONE]", send: firstEvent + lastEvent + "data: [DONE]\n\n", loop: readAll},
		{name: "break", send: firstEvent, loop: func(_ context.Context, _ context.CancelFunc, stream iter.Seq2[piece, error]) error {
			for _, err := range stream {
				return err
			}
			return errors.New("nothing came")
		}},
		{name: "break after the last", send: firstEvent + lastEvent, loop: func(_ context.Context, _ context.CancelFunc, stream iter.Seq2[piece, error]) error {
			for p, err := range stream {
				if err != nil || p.Last {
					return err
				}
			}
			return errors.New("the last has not come")
		}},
		{name: "panic", send: firstEvent, loop: func(_ context.Context, _ context.CancelFunc, stream iter.Seq2[piece, error]) (err error) {
			defer func() {
				if recover() == nil {
					err = errors.New("no panic")
				}
			}()
			for range stream {
				panic("in the loop")
			}
			return nil
		}},
		{name: "pulled and stopped", send: firstEvent, loop: func(_ context.Context, _ context.CancelFunc, stream iter.Seq2[piece, error]) error {
			next, stop := iter.Pull2(stream)
			defer stop()
			_, err, _ := next()
			return err
		}},
		{name: "cancelled in the loop", send: firstEvent, is: context.Canceled, loop: func(_ context.Context, cancel context.CancelFunc, stream iter.Seq2[piece, error]) error {
			return cancelAt(1, cancel, stream)
		}},
		{name: "cancelled with events at hand", send: firstEvent + firstEvent + lastEvent, is: context.Canceled, loop: func(_ context.Context, cancel context.CancelFunc, stream iter.Seq2[piece, error]) error {
			return cancelAt(2, cancel, stream)
		}},
		{name: "cancelled while waiting", send: firstEvent, is: context.Canceled, loop: cancelLater},
		{name: "cancelled before the response", hang: true, is: context.Canceled, loop: cancelLater},
		{name: "deadline while waiting", send: firstEvent, is: context.DeadlineExceeded, loop: readAll},
		{name: "deadline before the response", hang: true, is: context.DeadlineExceeded, loop: readAll},
		{name: "cut", send: firstEvent, ends: true, is: io.ErrUnexpectedEOF, as: &cut, loop: readAll, left: 1},
		{name: "malformed", send: firstEvent + "data:{]\n\n", as: &cut, loop: readAll},
		{name: "error event", send: firstEvent + `data:{"error":{"code":"NOT_FOUND"},"status":404}` + "\n\n", is: apierror.ErrNotFound, as: &reply, loop: readAll},
	}
	for _, tt := range tests {
		for _, http2 := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s %v", tt.name, http2), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					over := make(chan struct{})
					net := newNetwork(t, http2, func(rw http.ResponseWriter, r *http.Request) {
						defer close(over)
						if !tt.hang {
							newWriter(t, rw).write(tt.send)
						}
						if !tt.ends {
							<-r.Context().Done()
						}
					})
					var sent context.Context
					doer := &watchedDoer{Doer: doerFunc(func(req *http.Request) (*http.Response, error) {
						sent = req.Context()
						return net.Do(req)
					})}
					ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
					defer cancel()
					err := tt.loop(ctx, cancel, pieces(ctx, newClientWith(t, doer, Options{IdleTimeout: time.Hour})))
					switch {
					case tt.is == nil && tt.as == nil && err != nil, tt.is != nil && !errors.Is(err, tt.is), tt.as != nil && !errors.As(err, tt.as):
						t.Errorf("error %v", err)
					}
					if (tt.is == context.Canceled || tt.is == context.DeadlineExceeded) && err != ctx.Err() {
						t.Errorf("error %v, want the context's as it is", err)
					}
					if sent.Err() == nil {
						t.Error("the request's context lives on")
					}
					synctest.Wait()
					select {
					case <-over:
					default:
						t.Error("the service is still at it")
					}
					given := int64(1)
					if tt.hang {
						given = 0
					}
					doer.check(t, given)
					left := tt.left
					if http2 {
						left = 1 // HTTP/2 resets the stream and keeps the connection
					}
					net.check(t, 1, left)
				})
			})
		}
	}
}

func readAll(_ context.Context, _ context.CancelFunc, stream iter.Seq2[piece, error]) error {
	_, err := collect(stream)
	return err
}

// cancelAt cancels the context in the loop over the n-th chunk. No chunk may
// follow.
func cancelAt(n int, cancel context.CancelFunc, stream iter.Seq2[piece, error]) error {
	for _, err := range stream {
		if err != nil {
			return err
		}
		if n--; n < 0 {
			return errors.New("the stream went on")
		}
		if n == 0 {
			cancel()
		}
	}
	return errors.New("the stream ended without an error")
}

func cancelLater(_ context.Context, cancel context.CancelFunc, stream iter.Seq2[piece, error]) error {
	go func() {
		synctest.Wait() // until the loop waits for the next event
		cancel()
	}()
	_, err := collect(stream)
	return err
}

// A context that is canceled with a cause ends a stream with context.Canceled.
func TestStreamCancelCause(t *testing.T) {
	for _, send := range []string{"", firstEvent} {
		synctest.Test(t, func(t *testing.T) {
			net := newNetwork(t, false, func(rw http.ResponseWriter, r *http.Request) {
				if send != "" {
					newWriter(t, rw).write(send)
				}
				<-r.Context().Done()
			})
			ctx, cancel := context.WithCancelCause(t.Context())
			leave := func() { cancel(errors.New("the user left")) }
			if err := cancelLater(ctx, leave, pieces(ctx, newClientWith(t, net, Options{}))); err != context.Canceled {
				t.Errorf("error %v", err)
			}
			net.check(t, 1, 0)
		})
	}
}

// A stream that is cut short is an error, at every byte and with every kind of
// end.
func TestStreamTruncated(t *testing.T) {
	const events = ": hello\n\n" + firstEvent + "id: 1\r\nevent: x\r\ndata: {\"text\":\ndata: \"bé\"}\r\n\r\n" + lastEvent
	// When the last event was received, the answer is complete, however the
	// stream ends.
	want := []string{"a", "bé", "z"}
	whole := strings.LastIndex(events, "}") + 1 // the last event needs no blank line
	broken := map[string]error{
		"clean": io.EOF, "cut": io.ErrUnexpectedEOF, "reset": syscall.ECONNRESET, "odd": fmt.Errorf("tunnel: %w", io.EOF),
	}
	for name, end := range broken {
		for _, slow := range []bool{false, true} {
			for cut := range len(events) + 1 {
				body := io.MultiReader(strings.NewReader(events[:cut]), iotest.ErrReader(end))
				if slow {
					body = iotest.OneByteReader(body)
				}
				texts, err := collect(pieces(t.Context(), newClientWith(t, streamed(body), Options{})))
				if len(texts) > len(want) || !slices.Equal(texts, want[:len(texts)]) {
					t.Fatalf("%s at byte %d: got %q", name, cut, texts)
				}
				if name == "clean" && cut >= whole || cut >= len(events) {
					if err != nil || len(texts) != len(want) {
						t.Errorf("%s at byte %d: got %q, error %v", name, cut, texts, err)
					}
					continue
				}
				var failure *StreamError
				if !errors.As(err, &failure) || failure.Events != len(texts) {
					t.Fatalf("%s at byte %d: got %q, error %#v", name, cut, texts, err)
				}
				if !errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, end) != (end != io.EOF) ||
					strings.Contains(err.Error(), "ended before the answer was complete") != (name == "clean") {
					t.Fatalf("%s at byte %d: error %v", name, cut, err)
				}
			}
		}
	}
}

// A stream without an End ends with the connection, unless the connection
// breaks.
func TestStreamWithoutEnd(t *testing.T) {
	for _, end := range []error{io.EOF, syscall.ECONNRESET} {
		client := newClientWith(t, streamed(io.MultiReader(strings.NewReader(firstEvent), iotest.ErrReader(end))), Options{})
		texts, err := collect(Stream(t.Context(), newCall(client), decodePiece, End[piece]{}))
		if len(texts) != 1 || (err == nil) != (end == io.EOF) || err != nil && !errors.Is(err, io.ErrUnexpectedEOF) {
			t.Errorf("%v: got %q, error %v", end, texts, err)
		}
	}
}

func TestStreamMalformed(t *testing.T) {
	for _, event := range []string{
		`{`, `{]`, `{"text":"a"`, `{"text":"a}`, `{"text":1}`, `{"text":"b"}{}`, `{"text":"b"},`, `[]`, `"x"`, `hello`, `<html>`, `nul`, `{"last":"true"}`, `{"text":"\x"}`,
	} {
		for before := range 3 {
			body := strings.NewReader(strings.Repeat(firstEvent, before) + ": comment\n\ndata:" + event + "\n\n" + lastEvent)
			texts, err := collect(pieces(t.Context(), newClientWith(t, streamed(body), Options{})))
			var failure *StreamError
			if len(texts) != before || !errors.As(err, &failure) || failure.Events != before ||
				!strings.Contains(err.Error(), fmt.Sprintf("cannot decode event %d: ", before+1)) || failure.Unwrap() == nil || errors.Is(err, io.ErrUnexpectedEOF) {
				t.Errorf("%s after %d: got %q, error %v", event, before, texts, err)
			}
		}
	}
}

func TestStreamTolerates(t *testing.T) {
	for name, body := range map[string]string{
		"LF":                  "data:{\"text\":\"a\"}\n\ndata:{\"text\":\"z\",\"last\":true}\n\n",
		"CR":                  "data:{\"text\":\"a\"}\r\rdata:{\"text\":\"z\",\"last\":true}\r\r",
		"CRLF":                "data:{\"text\":\"a\"}\r\n\r\ndata:{\"text\":\"z\",\"last\":true}\r\n\r\n",
		"mixed":               "data:{\"text\":\"a\"}\r\n\ndata:{\"text\":\"z\",\"last\":true}\r\r\n",
		"byte-order mark":     "\ufeffdata:{\"text\":\"a\"}\n\ndata:{\"text\":\"z\",\"last\":true}\n\n",
		"a space":             "data: {\"text\":\"a\"}\n\ndata: {\"text\":\"z\",\"last\":true}\n\n",
		"comments":            ":\n\n: ping\n\ndata:{\"text\":\"a\"}\n: ping\n\n:\n\ndata:{\"text\":\"z\",\"last\":true}\n\n: bye\n\n",
		"empty data":          "data\n\ndata:\n\ndata: \n\ndata:{\"text\":\"a\"}\n\ndata:{\"text\":\"z\",\"last\":true}\n\n",
		"other fields":        "event: x\nid: 7\nretry: 1000\nnew: y\ndata:{\"text\":\"a\"}\n\nevent:ping\n\ndata:{\"text\":\"z\",\"last\":true}\nid\n\n",
		"several data lines":  "data:{\ndata:\"text\":\ndata: \"a\"}\n\ndata:{\"text\":\"z\",\ndata:\"last\":true}\n\n",
		"[DONE]":              "data:{\"text\":\"a\"}\n\ndata:{\"text\":\"z\",\"last\":true}\n\ndata: [DONE]\n\ndata:{\"text\":\"after\"}\n\n",
		"no blank at the end": "data:{\"text\":\"a\"}\n\ndata:{\"text\":\"z\",\"last\":true}",
		"new members":         "data:{\"text\":\"a\",\"new\":[{}]}\n\ndata:{\"text\":\"z\",\"last\":true}\n\n",
	} {
		texts, err := collect(pieces(t.Context(), newClientWith(t, streamed(iotest.HalfReader(strings.NewReader(body))), Options{})))
		if err != nil || fmt.Sprint(texts) != "[a z]" {
			t.Errorf("%s: got %q, error %v", name, texts, err)
		}
	}
}

// With End.More, chunks after the chunk that completes the answer belong to the
// stream.
func TestStreamAfterTheLast(t *testing.T) {
	body := strings.NewReader(lastEvent + `data:{"text":"usage"}` + "\n\n")
	texts, err := collect(pieces(t.Context(), newClientWith(t, streamed(body), Options{})))
	if err != nil || fmt.Sprint(texts) != "[z usage]" {
		t.Errorf("got %q, error %v", texts, err)
	}
}

func TestStreamErrorEvents(t *testing.T) {
	tests := []struct {
		event   string
		status  int // 0 for no error
		code    string
		message string
		is      error
	}{
		{`{"error":{"code":"TOO_MANY_REQUESTS","message":"slow down"},"status":429}`, 429, "TOO_MANY_REQUESTS", "slow down", apierror.ErrRateLimited},
		{`{"status":500,"error":{"code":"INTERNAL","message":"oh"}}`, 500, "INTERNAL", "oh", apierror.ErrServer},
		{`{"id":"x","error":{"code":"NOT_FOUND","message":"no"},"status":404,"new":1}`, 404, "NOT_FOUND", "no", apierror.ErrNotFound},
		{`{"error":{"code":"NOT_FOUND","message":"no"}}`, 200, "NOT_FOUND", "no", nil},
		{`{"error":"it broke"}`, 200, "", "it broke", nil},
		{`{"error": {} }`, 200, "", "", nil},
		{`{"text":"x","error":null}`, 0, "", "", nil},
		{`{"text":"the \"error\" is","last":false}`, 0, "", "", nil},
		{`{"text":"error"}`, 0, "", "", nil},
		{`{"text":"x","detail":{"error":{"code":"NOT_FOUND"}}}`, 0, "", "", nil},
		{`{"text":"x","list":["error",{"error":1}]}`, 0, "", "", nil},
	}
	for _, tt := range tests {
		body := strings.NewReader(firstEvent + "data:" + tt.event + "\n\n" + lastEvent)
		doer := &watchedDoer{Doer: doerFunc(func(req *http.Request) (*http.Response, error) {
			resp, err := streamed(body)(req)
			resp.Header.Set("X-Request-Id", "the-id")
			return resp, err
		})}
		texts, err := collect(pieces(t.Context(), newClientWith(t, doer, DefaultOptions("v"))))
		doer.check(t, 1)
		if tt.status == 0 {
			if err != nil || len(texts) != 3 {
				t.Errorf("%s: got %q, error %v", tt.event, texts, err)
			}
			continue
		}
		var reply *apierror.Error
		if len(texts) != 1 || !errors.As(err, &reply) {
			t.Errorf("%s: got %q, error %v", tt.event, texts, err)
			continue
		}
		if reply.StatusCode != tt.status || reply.Code != tt.code || tt.message != "" && reply.Message != tt.message || reply.RequestID != "the-id" ||
			reply.Method != "POST" || reply.Path != "/assistant/chat" || tt.is != nil && !errors.Is(err, tt.is) {
			t.Errorf("%s: error %+v", tt.event, reply)
		}
	}
}

// The error of an error event does not show the key of the request.
func TestStreamErrorEventHidesTheKey(t *testing.T) {
	client := newClientWith(t, streamed(strings.NewReader(`data:{"error":{"message":"bad key s3cr3t-key"},"status":401}`+"\n\n")), Options{},
		func(_ context.Context, req *http.Request) error {
			req.Header.Set("Api-Key", "s3cr3t-key")
			return nil
		})
	_, err := collect(pieces(t.Context(), client))
	if !errors.Is(err, apierror.ErrUnauthorized) || strings.Contains(fmt.Sprintf("%+v", err), "s3cr3t") || !strings.Contains(err.Error(), "bad key") {
		t.Errorf("error %v", err)
	}
}

// A response that is not an event stream is an error.
func TestStreamRefused(t *testing.T) {
	long := strings.Repeat("x", 100<<10)
	tests := []struct {
		name        string
		status      int
		contentType string
		body        string
		want        string
		is          error
	}{
		{"JSON error with 200", 200, "application/json", `{"status":404,"error":{"code":"NOT_FOUND","message":"no such assistant"}}`, "404 NOT_FOUND: no such assistant", apierror.ErrNotFound},
		{"JSON error without a status", 200, "application/json", `{"error":{"code":"NOT_FOUND","message":"no such assistant"}}`, "NOT_FOUND: no such assistant", nil},
		{"JSON that is no error", 200, "application/json", `{"text":"a"}`, `the response is "application/json", not an event stream`, nil},
		{"JSON with an error of null", 200, "application/json", `{"error":null}`, `not an event stream`, nil},
		{"HTML", 200, "text/html", "<html>", `the response is "text/html", not an event stream`, nil},
		{"much HTML", 200, "text/html", long, `the response is "text/html", not an event stream`, nil},
		{"nothing", 200, "", "", `the response is "", not an event stream`, nil},
		{"no content", 204, "", "", `the response is "", not an event stream`, nil},
		{"another stream", 200, "application/x-ndjson", "{}\n", "not an event stream", nil},
		{"401", 401, "text/plain", "go away", "401: go away", apierror.ErrUnauthorized},
		{"404", 404, "application/json", `{"status":404,"error":{"code":"NOT_FOUND","message":"no"}}`, "404 NOT_FOUND: no", apierror.ErrNotFound},
		{"500 as a stream", 500, "text/event-stream", lastEvent, "500", apierror.ErrServer},
		{"502", 502, "text/html", "<title>Bad Gateway</title>", "502: Bad Gateway", apierror.ErrServer},
	}
	for _, tt := range tests {
		for _, length := range []bool{true, false} {
			doer := &watchedDoer{Doer: doerFunc(func(*http.Request) (*http.Response, error) {
				resp := okResponse(tt.body)
				resp.StatusCode = tt.status
				resp.Header.Set("Content-Type", tt.contentType)
				if !length {
					resp.ContentLength = -1
				}
				return resp, nil
			})}
			texts, err := collect(pieces(t.Context(), newClientWith(t, doer, DefaultOptions("v"))))
			var reply *apierror.Error
			if texts != nil || !errors.As(err, &reply) || !strings.Contains(err.Error(), tt.want) || tt.is != nil && !errors.Is(err, tt.is) {
				t.Errorf("%s: got %q, error %v", tt.name, texts, err)
			}
			doer.check(t, 1)
		}
	}

	t.Run("cut", func(t *testing.T) {
		server := newRaw(t, "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 100\r\n\r\n<html>")
		_, err := collect(pieces(t.Context(), newClient(t, server.URL, server.Client())))
		if !errors.Is(err, io.ErrUnexpectedEOF) || !strings.Contains(err.Error(), `"text/html"`) || !strings.Contains(err.Error(), "<html>") {
			t.Errorf("error %v", err)
		}
	})
	t.Run("with a charset", func(t *testing.T) {
		server := newWitness(t, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "Text/Event-Stream; charset=utf-8")
			_, _ = io.WriteString(w, lastEvent)
		})
		if texts, err := collect(pieces(t.Context(), newClient(t, server.URL, nil))); err != nil || len(texts) != 1 {
			t.Errorf("got %q, error %v", texts, err)
		}
	})
}

func TestStreamEventLimit(t *testing.T) {
	event := func(n int) string { // an event with n bytes of data
		const frame = `{"text":"","last":true}`
		return "data:" + `{"text":"` + strings.Repeat("x", n-len(frame)) + `","last":true}` + "\n\n"
	}
	tests := []struct {
		limit, size int
		fits        bool
	}{
		{100, 100, true}, {100, 101, false}, {0, 5 << 20, true}, {0, DefaultMaxEventBytes, true}, {0, DefaultMaxEventBytes + 1, false},
	}
	for _, tt := range tests {
		client := newClientWith(t, streamed(strings.NewReader(firstEvent+event(tt.size))), Options{MaxEventBytes: tt.limit})
		texts, err := collect(pieces(t.Context(), client))
		if tt.fits {
			if err != nil || len(texts) != 2 || len(texts[1]) != tt.size-len(`{"text":"","last":true}`) {
				t.Errorf("%d of %d: %d texts, error %v", tt.size, tt.limit, len(texts), err)
			}
			continue
		}
		var failure *StreamError
		limit := cmp.Or(tt.limit, DefaultMaxEventBytes)
		if len(texts) != 1 || !errors.As(err, &failure) || failure.Events != 1 || !errors.Is(err, sse.ErrTooLong) || errors.Is(err, io.ErrUnexpectedEOF) ||
			!strings.Contains(err.Error(), fmt.Sprintf("more than %d bytes", limit)) {
			t.Errorf("%d of %d: %d texts, error %v", tt.size, tt.limit, len(texts), err)
		}
	}
	// MaxResponseBytes does not bound a stream.
	client := newClientWith(t, streamed(strings.NewReader(strings.Repeat(firstEvent, 1000)+lastEvent)), Options{MaxResponseBytes: 100})
	if texts, err := collect(pieces(t.Context(), client)); err != nil || len(texts) != 1001 {
		t.Errorf("%d texts, error %v", len(texts), err)
	}
}

// The idle timeout of a stream counts only the time without a byte.
func TestStreamIdle(t *testing.T) {
	const idle = time.Minute
	wait := func(r *http.Request) { <-r.Context().Done() }
	tests := []struct {
		name    string
		serve   func(t *testing.T, w http.ResponseWriter, r *http.Request)
		consume time.Duration // time that the loop takes for each chunk
		chunks  int
		fails   bool
		lasts   time.Duration
	}{
		{"before the response", func(_ *testing.T, _ http.ResponseWriter, r *http.Request) { wait(r) }, 0, 0, true, idle},
		{"before the first event", func(t *testing.T, w http.ResponseWriter, r *http.Request) { newWriter(t, w); wait(r) }, 0, 0, true, idle},
		{"after an event", func(t *testing.T, w http.ResponseWriter, r *http.Request) {
			newWriter(t, w).write(firstEvent)
			wait(r)
		}, 0, 1, true, idle},
		{"in an event", func(t *testing.T, w http.ResponseWriter, r *http.Request) {
			newWriter(t, w).write(firstEvent + `data:{"te`)
			wait(r)
		}, 0, 1, true, idle},
		{"after the last", func(t *testing.T, w http.ResponseWriter, r *http.Request) {
			newWriter(t, w).write(lastEvent)
			wait(r)
		}, 0, 1, false, tailTime},
		{"in a response that is no stream", func(_ *testing.T, w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			_, _ = io.WriteString(w, `{"error":`)
			_ = http.NewResponseController(w).Flush()
			wait(r)
		}, 0, 0, true, idle},
		{"in the response of an error", func(_ *testing.T, w http.ResponseWriter, r *http.Request) {
			w.WriteHeader(http.StatusBadRequest)
			_ = http.NewResponseController(w).Flush()
			wait(r)
		}, 0, 0, true, idle},
		{"an event a day later", func(t *testing.T, rw http.ResponseWriter, _ *http.Request) {
			w := newWriter(t, rw)
			w.write(firstEvent)
			for range 24 * 60 { // just before the timeout, for a day
				time.Sleep(idle - time.Second)
				w.write(": heartbeat\n\n")
			}
			w.write(lastEvent)
		}, 0, 2, false, 24 * 60 * (idle - time.Second)},
		{"single bytes", func(t *testing.T, rw http.ResponseWriter, _ *http.Request) {
			w := newWriter(t, rw)
			for _, c := range lastEvent {
				time.Sleep(idle - time.Second)
				w.write(string(c))
			}
		}, 0, 1, false, time.Duration(len(lastEvent)) * (idle - time.Second)},
		{"a slow reader", func(t *testing.T, rw http.ResponseWriter, _ *http.Request) {
			newWriter(t, rw).write(strings.Repeat(firstEvent, 10) + lastEvent)
		}, time.Hour, 11, false, 11 * time.Hour},
		{"a slow reader of a slow service", func(t *testing.T, rw http.ResponseWriter, _ *http.Request) {
			w := newWriter(t, rw)
			w.write(firstEvent)
			time.Sleep(time.Hour + idle - time.Second)
			w.write(lastEvent)
		}, time.Hour, 2, false, 2*time.Hour + idle - time.Second},
		{"silence after a slow reader", func(t *testing.T, rw http.ResponseWriter, r *http.Request) {
			newWriter(t, rw).write(firstEvent)
			wait(r)
		}, time.Hour, 1, true, time.Hour + idle},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				net := newNetwork(t, false, func(w http.ResponseWriter, r *http.Request) { tt.serve(t, w, r) })
				client := newClientWith(t, net, Options{IdleTimeout: idle, MaxRetries: 2, RetryNonIdempotent: true})
				start, chunks := time.Now(), 0
				var failure error
				for _, err := range pieces(t.Context(), client) {
					if failure = err; err == nil {
						chunks++
						time.Sleep(tt.consume)
					}
				}
				if chunks != tt.chunks || tt.fails != (failure != nil) {
					t.Errorf("%d chunks, error %v", chunks, failure)
				}
				if tt.fails && (!errors.Is(failure, ErrIdleTimeout) || !strings.Contains(failure.Error(), "1m0s") ||
					errors.Is(failure, context.Canceled) || errors.Is(failure, io.ErrUnexpectedEOF)) {
					t.Errorf("error %v", failure)
				}
				var broken *StreamError // expected once the stream has begun
				if begun := tt.chunks > 0 || tt.name == "before the first event"; tt.fails && errors.As(failure, &broken) != begun || broken != nil && broken.Events != tt.chunks {
					t.Errorf("error %#v", failure)
				}
				if lasted := time.Since(start); lasted != tt.lasts {
					t.Errorf("it lasted %s, want %s", lasted, tt.lasts)
				}
				synctest.Wait()
			})
		})
	}
}

// The pause before a retry does not count toward the idle timeout.
func TestStreamIdleBetweenAttempts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		attempts := 0
		net := newNetwork(t, false, func(w http.ResponseWriter, _ *http.Request) {
			if attempts++; attempts < 3 {
				time.Sleep(9 * time.Second)
				w.Header().Set("Retry-After", "45")
				w.WriteHeader(http.StatusTooManyRequests)
				return
			}
			time.Sleep(9 * time.Second)
			newWriter(t, w).write(lastEvent)
		})
		start := time.Now()
		texts, err := collect(pieces(t.Context(), newClientWith(t, net, Options{IdleTimeout: 10 * time.Second, MaxRetries: 2})))
		if err != nil || len(texts) != 1 || attempts != 3 {
			t.Errorf("%q after %d attempts, error %v", texts, attempts, err)
		}
		if lasted := time.Since(start); lasted < 117*time.Second {
			t.Errorf("it lasted %s", lasted)
		}
		net.check(t, 1, 1)
	})
}

// Opening a stream is retried like any POST; a stream that has begun is not
// retried.
func TestStreamRetries(t *testing.T) {
	status := func(code int, header ...string) func(http.ResponseWriter) {
		return func(w http.ResponseWriter) {
			for i := 0; i < len(header); i += 2 {
				w.Header().Set(header[i], header[i+1])
			}
			w.WriteHeader(code)
		}
	}
	events := func(text string) func(http.ResponseWriter) {
		return func(w http.ResponseWriter) {
			w.Header().Set("Content-Type", "text/event-stream")
			_, _ = io.WriteString(w, text)
		}
	}
	abort := func(text string) func(http.ResponseWriter) {
		return func(w http.ResponseWriter) {
			events(text)(w)
			_ = http.NewResponseController(w).Flush()
			panic(http.ErrAbortHandler)
		}
	}
	type answers = []func(http.ResponseWriter)
	tests := map[string]struct {
		answers  answers
		forced   bool // RetryNonIdempotent
		attempts int
		texts    int
		fails    bool
	}{
		"429":                       {answers{status(429), status(429), events(lastEvent)}, false, 3, 1, false},
		"429 too often":             {answers{status(429), status(429), status(429)}, false, 3, 0, true},
		"503 with Retry-After":      {answers{status(503, "Retry-After", "3"), events(lastEvent)}, false, 2, 1, false},
		"503":                       {answers{status(503)}, false, 1, 0, true},
		"503, forced":               {answers{status(503), events(lastEvent)}, true, 2, 1, false},
		"500":                       {answers{status(500)}, false, 1, 0, true},
		"500, forced":               {answers{status(500), status(500), events(lastEvent)}, true, 3, 1, false},
		"400, forced":               {answers{status(400)}, true, 1, 0, true},
		"no stream, forced":         {answers{func(w http.ResponseWriter) { _, _ = io.WriteString(w, "hello") }}, true, 1, 0, true},
		"error event, forced":       {answers{events(firstEvent + `data:{"error":{"code":"INTERNAL"},"status":503}` + "\n\n")}, true, 1, 1, true},
		"first event a 429":         {answers{events(`data:{"error":{"code":"TOO_MANY_REQUESTS"},"status":429}` + "\n\n"), events(lastEvent)}, false, 2, 1, false},
		"first event a 503":         {answers{events(`data:{"status":503,"error":{"code":"UNAVAILABLE"}}` + "\n\n"), events(lastEvent)}, false, 2, 1, false},
		"first event a 500":         {answers{events(`data:{"status":500,"error":{"code":"INTERNAL"}}` + "\n\n")}, false, 1, 0, true},
		"first event a 500, forced": {answers{events(`data:{"status":500,"error":{"code":"INTERNAL"}}` + "\n\n"), events(lastEvent)}, true, 2, 1, false},
		"first event a conflict":    {answers{events(`data:{"status":429,"error":{"code":"ALREADY_EXISTS"}}` + "\n\n")}, true, 1, 0, true},
		"first event always a 429":  {answers{events(`data:{"error":{},"status":429}` + "\n\n"), events(`data:{"error":{},"status":429}` + "\n\n"), events(`data:{"error":{},"status":429}` + "\n\n")}, false, 3, 0, true},
		"second event a 429":        {answers{events(firstEvent + `data:{"error":{},"status":429}` + "\n\n")}, true, 1, 1, true},
		"cut, forced":               {answers{events(firstEvent)}, true, 1, 1, true},
		"broken, forced":            {answers{abort(firstEvent)}, true, 1, 1, true},
		"broken at once, forced":    {answers{abort("")}, true, 1, 0, true},
		"malformed, forced":         {answers{events(firstEvent + "data:{\n\n")}, true, 1, 1, true},
		"no answer at all":          {answers{func(http.ResponseWriter) { panic(http.ErrAbortHandler) }}, false, 1, 0, true},
		"no answer at all, forced":  {answers{func(http.ResponseWriter) { panic(http.ErrAbortHandler) }, events(lastEvent)}, true, 2, 1, false},
		"JSON error with 200 and RA": {answers{func(w http.ResponseWriter) {
			w.Header().Set("Content-Type", "application/json")
			w.Header().Set("Retry-After", "1")
			_, _ = io.WriteString(w, `{"status":429,"error":{"code":"TOO_MANY_REQUESTS"}}`)
		}, events(lastEvent)}, false, 2, 1, false},
	}
	for _, name := range slices.Sorted(maps.Keys(tests)) {
		tt := tests[name]
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				attempts := 0
				net := newNetwork(t, false, func(w http.ResponseWriter, r *http.Request) {
					var body struct{ Stream bool }
					if err := json.NewDecoder(r.Body).Decode(&body); err != nil || !body.Stream {
						t.Errorf("body %+v, error %v", body, err)
					}
					if attempts++; attempts > len(tt.answers) {
						t.Fatalf("attempt %d", attempts)
					}
					tt.answers[attempts-1](w)
				})
				doer := &watchedDoer{Doer: net}
				client := newClientWith(t, doer, Options{MaxRetries: 2, RetryNonIdempotent: tt.forced})
				texts, err := collect(pieces(t.Context(), client))
				if attempts != tt.attempts || len(texts) != tt.texts || (err != nil) != tt.fails {
					t.Errorf("%d attempts, %q, error %v", attempts, texts, err)
				}
				if given, closed := doer.given.Load(), doer.closed.Load(); given != closed {
					t.Errorf("%d bodies given, %d closed", given, closed)
				}
				synctest.Wait()
			})
		})
	}
}

// The caller may keep a chunk, including its raw JSON.
func TestStreamChunksAreKept(t *testing.T) {
	var body bytes.Buffer
	var want []string
	for i := range 1000 {
		want = append(want, fmt.Sprintf(`{"text":"%d%s"}`, i, strings.Repeat("x", i)))
		body.WriteString("data:" + want[i] + "\n\n")
	}
	client := newClientWith(t, streamed(&body), Options{})
	var got [][]byte
	for raw, err := range Stream(t.Context(), newCall(client), (*jsonscan.Decoder).Raw, End[[]byte]{}) {
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, raw)
	}
	if len(got) != len(want) {
		t.Fatalf("%d chunks", len(got))
	}
	for i := range want {
		if string(got[i]) != want[i] {
			t.Fatalf("chunk %d is %.40q, want %.40q", i, got[i], want[i])
		}
	}
}
