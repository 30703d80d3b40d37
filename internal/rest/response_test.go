package rest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/pinecone-community/assistant-go/internal/apierror"
	"github.com/pinecone-community/assistant-go/internal/jsonscan"
	"github.com/pinecone-community/assistant-go/internal/upload"
)

type thing struct {
	Name string `json:"name"`
}

func decodeThing(v *thing, d *jsonscan.Decoder) {
	for more := d.Object(); more; more = d.NextMember() {
		if string(d.Name()) == "name" {
			v.Name = d.String()
		} else {
			d.Skip()
		}
	}
}

// watchedDoer is a Doer that counts the response bodies it returns and those
// that are closed.
type watchedDoer struct {
	Doer
	given, closed atomic.Int64
}

func (w *watchedDoer) Do(req *http.Request) (*http.Response, error) {
	resp, err := w.Doer.Do(req)
	if err == nil {
		w.given.Add(1)
		resp.Body = &countedBody{ReadCloser: resp.Body, closed: &w.closed}
	}
	return resp, err
}

// check fails the test unless n bodies were returned and all of them are
// closed.
func (w *watchedDoer) check(t *testing.T, n int64) {
	t.Helper()
	if given, closed := w.given.Load(), w.closed.Load(); given != n || closed != n {
		t.Errorf("%d bodies given, %d closed, want %d", given, closed, n)
	}
}

type countedBody struct {
	io.ReadCloser
	done   bool
	closed *atomic.Int64
}

func (c *countedBody) Close() error {
	if !c.done {
		c.done = true
		c.closed.Add(1)
	}
	return c.ReadCloser.Close()
}

// newRaw returns a server that writes answer to the connection and closes it.
func newRaw(t *testing.T, answer string) *httptest.Server {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		conn, _, err := http.NewResponseController(w).Hijack()
		if err != nil {
			t.Error(err)
			return
		}
		defer conn.Close()
		_, _ = io.WriteString(conn, answer)
	}))
	t.Cleanup(server.Close)
	return server
}

func TestReplies(t *testing.T) {
	const ok = "HTTP/1.1 200 OK\r\n"
	const isJSON = "Content-Type: application/json\r\n"
	sized := func(head, body string) string { // with a Content-Length
		return fmt.Sprintf("%sContent-Length: %d\r\n\r\n%s", head, len(body), body)
	}
	chunked := func(head, body string) string { // without a Content-Length
		return fmt.Sprintf("%sTransfer-Encoding: chunked\r\n\r\n%x\r\n%s\r\n0\r\n\r\n", head, len(body), body)
	}
	const good = `{"name":"x"}` // 12 bytes
	tests := []struct {
		name   string
		answer string
		limit  int64
		// Result of JSON.
		want string // decoded name, if fail is empty
		fail string // text in the error
		is   error
		// Result of MaybeJSON if it differs.
		maybe bool // nil and no error
	}{
		{name: "JSON", answer: sized(ok+isJSON, good), want: "x"},
		{name: "JSON in chunks", answer: chunked(ok+isJSON, good), want: "x"},
		{name: "JSON up to the end", answer: ok + isJSON + "Connection: close\r\n\r\n" + good, want: "x"},
		{name: "201", answer: sized("HTTP/1.1 201 Created\r\n"+isJSON, good), want: "x"},
		{name: "202", answer: sized("HTTP/1.1 202 Accepted\r\n"+isJSON, good), want: "x"},
		{name: "with charset", answer: sized(ok+"Content-Type: application/json; charset=utf-8\r\n", good), want: "x"},
		{name: "in capitals", answer: sized(ok+"Content-Type: Application/JSON;CHARSET=UTF-8\r\n", good), want: "x"},
		{name: "with a broken parameter", answer: sized(ok+"Content-Type: application/json; charset\r\n", good), want: "x"},
		{name: "problem+json", answer: sized(ok+"Content-Type: application/problem+json\r\n", good), want: "x"},
		{name: "no content type", answer: sized(ok, good), want: "x"},
		{name: "spaces around", answer: sized(ok+isJSON, " \r\n"+good+"\n\t "), want: "x"},
		{name: "unknown fields", answer: sized(ok+isJSON, `{"new":[{}],"name":"x","more":null}`), want: "x"},

		{name: "HTML", answer: sized(ok+"Content-Type: text/html\r\n", "<html>hello"), fail: "text/html, not JSON: \"<html>hello\""},
		{name: "JSON as text", answer: sized(ok+"Content-Type: text/plain; charset=utf-8\r\n", good), fail: "the response is text/plain, not JSON"},
		{name: "a stream", answer: sized(ok+"Content-Type: text/event-stream\r\n", "data:{}\n\n"), fail: "text/event-stream"},
		{name: "JSON lines", answer: sized(ok+"Content-Type: application/jsonl\r\n", good), fail: "application/jsonl"},
		{name: "invalid type", answer: sized(ok+"Content-Type: a/b/c\r\n", good), fail: `invalid Content-Type "a/b/c"`},
		{name: "text without a type", answer: sized(ok, "hello"), fail: "cannot decode"},
		{name: "empty", answer: sized(ok+isJSON, ""), fail: "the response is empty"},
		{name: "empty, in chunks", answer: ok + isJSON + "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n", fail: "the response is empty"},
		{name: "empty, of no type", answer: sized(ok, ""), fail: "the response is empty"},
		{name: "204", answer: "HTTP/1.1 204 No Content\r\n\r\n", fail: "204: the response is empty", maybe: true},
		{name: "only space", answer: sized(ok+isJSON, " \n"), fail: "cannot decode"},
		{name: "undecodable", answer: sized(ok+isJSON, `{"name":`), fail: "unexpected end of JSON"},
		{name: "other types", answer: sized(ok+isJSON, `{"name":{}}`), fail: "cannot decode"},
		{name: "an array", answer: sized(ok+isJSON, `[]`), fail: "cannot decode"},
		{name: "garbage behind", answer: sized(ok+isJSON, good+"x"), fail: "cannot decode"},
		{name: "another value behind", answer: sized(ok+isJSON, good+good), fail: "cannot decode"},
		{name: "NUL behind", answer: sized(ok+isJSON, good+"\x00"), fail: "cannot decode"},

		{name: "truncated", answer: ok + isJSON + "Content-Length: 13\r\n\r\n" + good, fail: "cut short", is: io.ErrUnexpectedEOF},
		{name: "truncated to nothing", answer: ok + isJSON + "Content-Length: 13\r\n\r\n", fail: "cut short", is: io.ErrUnexpectedEOF},
		{name: "a claim of 1 TB", answer: ok + isJSON + "Content-Length: 1099511627776\r\n\r\n" + good, limit: math.MaxInt64, fail: "cut short", is: io.ErrUnexpectedEOF},
		{name: "chunk cut", answer: ok + isJSON + "Transfer-Encoding: chunked\r\n\r\nff\r\n" + good, fail: "cut short", is: io.ErrUnexpectedEOF},
		{name: "last chunk missing", answer: ok + isJSON + "Transfer-Encoding: chunked\r\n\r\nc\r\n" + good + "\r\n", fail: "cut short", is: io.ErrUnexpectedEOF},
		{name: "no chunks", answer: ok + isJSON + "Transfer-Encoding: chunked\r\n\r\nhello", fail: "cut short"},
		{name: "not gzip", answer: sized(ok+isJSON+"Content-Encoding: gzip\r\n", good), fail: "cut short"},

		{name: "limit met", answer: sized(ok+isJSON, good), limit: 12, want: "x"},
		{name: "limit met, in chunks", answer: chunked(ok+isJSON, good), limit: 12, want: "x"},
		{name: "limit exceeded by 1", answer: sized(ok+isJSON, good), limit: 11, fail: "longer than the limit of 11 bytes"},
		{name: "limit exceeded by 1, in chunks", answer: chunked(ok+isJSON, good), limit: 11, fail: "longer than the limit of 11 bytes: \"{\\\"name\\\":\\\"x\\\"\""},
		{name: "limit exceeded by a space", answer: chunked(ok+isJSON, good+" "), limit: 12, fail: "longer than the limit"},
		{name: "limit exceeded by a claim", answer: ok + isJSON + "Content-Length: 13\r\n\r\n" + good, limit: 12, fail: "longer than the limit"},
		{name: "the default limit", answer: fmt.Sprint(ok+isJSON+"Content-Length: ", DefaultMaxResponseBytes+1, "\r\n\r\n", good), fail: "longer than the limit of 67108864 bytes"},
		{name: "no limit", answer: chunked(ok+isJSON, good), limit: math.MaxInt64, want: "x"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			server := newRaw(t, tt.answer)
			doer := &watchedDoer{Doer: server.Client()}
			client, err := New(server.URL, doer, []Editor(nil), Options{MaxResponseBytes: tt.limit})
			if err != nil {
				t.Fatal(err)
			}
			check := func(result *thing, err error) {
				t.Helper()
				if tt.fail == "" {
					if err != nil || result == nil || result.Name != tt.want {
						t.Errorf("got %+v, error %v, want %q", result, err, tt.want)
					}
					return
				}
				var reply *apierror.Error
				if result != nil || !errors.As(err, &reply) || !strings.Contains(err.Error(), tt.fail) || !strings.Contains(err.Error(), "GET /things") {
					t.Fatalf("got %+v\nerror %v\nwant  %s", result, err, tt.fail)
				}
				if tt.is != nil && !errors.Is(err, tt.is) {
					t.Errorf("error %v is not %v", err, tt.is)
				}
				if reply.StatusCode/100 != 2 || errors.Is(err, apierror.ErrServer) || errors.Is(err, apierror.ErrBadRequest) {
					t.Errorf("error %+v", reply)
				}
			}
			check(JSON(t.Context(), newCall(client).Path("/things"), decodeThing))
			result, err := MaybeJSON(t.Context(), newCall(client).Path("/things"), decodeThing)
			if !tt.maybe {
				check(result, err)
			} else if result != nil || err != nil {
				t.Errorf("MaybeJSON: got %+v, error %v", result, err)
			}
			if err := Empty(t.Context(), newCall(client).Path("/things")); (err != nil) != (tt.name == "HTML") {
				t.Errorf("Empty: error %v", err)
			}
			doer.check(t, 3)
		})
	}
}

// ByStatus decodes a response as the type that belongs to its status.
func TestByStatus(t *testing.T) {
	as := func(status int) Decode[thing] {
		return func(v *thing, d *jsonscan.Decoder) {
			decodeThing(v, d)
			v.Name = fmt.Sprint(status, " ", v.Name)
		}
	}
	for status, want := range map[int]string{200: "200 x", 202: "202 x", 204: ""} {
		doer := newScript(failed(status))
		result, err := ByStatus(t.Context(), newCall(newClient(t, "http://service.example", doer)).Path("/things"), as)
		if err != nil || result == nil || result.Name != want {
			t.Errorf("%d: got %+v, error %v; want %q", status, result, err, want)
		}
	}
	doer := newScript(coded(403, "FORBIDDEN"))
	result, err := ByStatus(t.Context(), newCall(newClient(t, "http://service.example", doer)).Path("/things"), as)
	if result != nil || !errors.Is(err, apierror.ErrForbidden) {
		t.Errorf("got %+v, error %v", result, err)
	}
}

func TestStatuses(t *testing.T) {
	const problem = `{"status":500,"error":{"code":"THE_CODE","message":"the message"}}`
	tests := []struct {
		status   int
		body     string
		contains string
		is       error
	}{
		{199, problem, "THE_CODE: the message", nil},
		{300, problem, "THE_CODE: the message", nil},
		{304, "", "Not Modified", nil},
		{307, problem, "THE_CODE: the message", nil}, // without a Location
		{400, problem, "THE_CODE: the message", apierror.ErrBadRequest},
		{401, "go away", "go away", apierror.ErrUnauthorized},
		{404, problem, "THE_CODE: the message", apierror.ErrNotFound},
		{429, problem, "THE_CODE: the message", apierror.ErrRateLimited},
		{502, "<html><title>Bad Gateway</title>", "Bad Gateway", apierror.ErrServer},
		{503, strings.Repeat("x", 1<<20), "xxx", apierror.ErrServer},
		{599, "", "599", apierror.ErrServer},
		{600, problem, "THE_CODE: the message", apierror.ErrServer},
	}
	for _, tt := range tests {
		t.Run(fmt.Sprint(tt.status), func(t *testing.T) {
			// net/http never returns a 199 as the final response; another Doer
			// may.
			doer := &watchedDoer{Doer: doerFunc(func(*http.Request) (*http.Response, error) {
				resp := okResponse(tt.body)
				resp.StatusCode = tt.status
				resp.Header.Set("X-Pinecone-Request-Id", "the-id")
				return resp, nil
			})}
			client := newClient(t, "https://h.example/assistant", doer)
			call := func() *Call { return newCall(client).Path("/things/").PathParam("name", "a/b") }
			result, err := JSON(t.Context(), call(), decodeThing)
			maybe, maybeErr := MaybeJSON(t.Context(), call(), decodeThing)
			emptyErr := Empty(t.Context(), call())
			if result != nil || maybe != nil {
				t.Errorf("results %v, %v", result, maybe)
			}
			for _, err := range []error{err, maybeErr, emptyErr} {
				var reply *apierror.Error
				if !errors.As(err, &reply) {
					t.Fatalf("error %v", err)
				}
				if reply.StatusCode != tt.status || reply.RequestID != "the-id" || reply.Method != "GET" ||
					reply.Path != "/assistant/things/a%2Fb" || !strings.Contains(err.Error(), tt.contains) {
					t.Errorf("error %v, %+v", err, reply)
				}
				if tt.is != nil && !errors.Is(err, tt.is) {
					t.Errorf("error %v is not %v", err, tt.is)
				}
				if strings.Contains(tt.body, "THE_CODE") && reply.Code != "THE_CODE" {
					t.Errorf("code %q", reply.Code)
				}
			}
			doer.check(t, 3)
		})
	}
}

// endless is a body without an end that counts the bytes read from it.
type endless struct{ read int64 }

func (e *endless) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = ' '
	}
	e.read += int64(len(p))
	return len(p), nil
}

// Reading stops at the first bytes beyond the limit.
func TestLimitBoundsReading(t *testing.T) {
	for _, limit := range []int64{1, 10, 511, 512, 513, 1 << 20} {
		for _, length := range []int64{-1, 0, limit} { // a careless Doer leaves it 0
			body := &endless{}
			doer := &watchedDoer{Doer: doerFunc(func(*http.Request) (*http.Response, error) {
				resp := okResponse("")
				resp.Body, resp.ContentLength = io.NopCloser(body), length
				return resp, nil
			})}
			client, err := New("https://h", doer, []Editor(nil), Options{MaxResponseBytes: limit})
			if err != nil {
				t.Fatal(err)
			}
			_, err = JSON(t.Context(), newCall(client), decodeThing)
			if err == nil || !strings.Contains(err.Error(), fmt.Sprintf("limit of %d bytes", limit)) {
				t.Errorf("limit %d, length %d: error %v", limit, length, err)
			}
			if body.read != limit+1 {
				t.Errorf("limit %d, length %d: %d bytes were read", limit, length, body.read)
			}
			body.read = 0
			if err := Empty(t.Context(), newCall(client)); err != nil || body.read > maxDrain {
				t.Errorf("Empty: %d bytes were read, error %v", body.read, err)
			}
			doer.check(t, 2)
		}
	}
}

// allocated returns the number of bytes that f allocates.
func allocated(f func()) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}

// A large Content-Length does not allocate memory before the body is received.
func TestClaimIsNotAllocated(t *testing.T) {
	doer := doerFunc(func(*http.Request) (*http.Response, error) {
		resp := okResponse(`{"name":"x"}`)
		resp.ContentLength = 1 << 40
		return resp, nil
	})
	client, err := New("https://h", doer, []Editor(nil), Options{MaxResponseBytes: 2 << 40})
	if err != nil {
		t.Fatal(err)
	}
	if got := allocated(func() {
		if result, err := JSON(t.Context(), newCall(client), decodeThing); err != nil || result.Name != "x" {
			t.Errorf("got %v, error %v", result, err)
		}
	}); got > 8*maxClaim {
		t.Errorf("%d bytes were allocated", got)
	}
}

// Reading a response allocates about its length, with and without
// Content-Length.
func TestMemoryOfReplies(t *testing.T) {
	body := `{"name":"` + strings.Repeat("x", 100_000) + `"}`
	for _, length := range []int64{-1, 0, int64(len(body))} {
		resp := okResponse("")
		resp.ContentLength = length
		least := uint64(math.MaxUint64) // a sync.Pool may drop its items
		for range 50 {
			resp.Body = io.NopCloser(strings.NewReader(body))
			least = min(least, allocated(func() {
				if text, err := read(resp, 1<<20); err != nil || string(text) != body {
					t.Fatalf("length %d: %.20q, error %v", length, text, err)
				}
			}))
		}
		if least > uint64(len(body))*13/10 {
			t.Errorf("length %d: %d bytes for a response of %d", length, least, len(body))
		}
	}
}

// A response keeps its body when later responses are read.
func TestRepliesAreTheirOwn(t *testing.T) {
	replyOf := func(text string, length int64) []byte {
		resp := okResponse(text)
		resp.ContentLength = length
		body, err := read(resp, 4<<20)
		if err != nil {
			t.Fatal(err)
		}
		return body
	}
	for _, size := range []int{1, 1000, maxClaim / 2, 2 * maxClaim} {
		want := strings.Repeat("a", size)
		first := replyOf(want, -1)
		for range 10 {
			replyOf(strings.Repeat("b", size), -1)
		}
		if string(first) != want {
			t.Errorf("%d bytes: the response became another", size)
		}
	}
}

// A response of a Doer other than http.Client may lack Request and Body.
func TestCarelessDoer(t *testing.T) {
	status := http.StatusNotFound
	client := newClient(t, "https://h", doerFunc(func(*http.Request) (*http.Response, error) {
		return &http.Response{StatusCode: status}, nil
	}), func(_ context.Context, req *http.Request) error {
		req.Header.Set("Api-Key", "hidden")
		return nil
	})
	var reply *apierror.Error
	_, err := JSON(t.Context(), newCall(client).Path("/things"), decodeThing)
	if !errors.As(err, &reply) || reply.Method != "GET" || reply.Path != "/things" || !errors.Is(err, apierror.ErrNotFound) {
		t.Errorf("error %v", err)
	}
	status = http.StatusOK
	if _, err := JSON(t.Context(), newCall(client), decodeThing); !errors.As(err, &reply) || !strings.Contains(err.Error(), "empty") {
		t.Errorf("error %v", err)
	}
	if err := Empty(t.Context(), newCall(client)); err != nil {
		t.Error(err)
	}
	status = http.StatusNoContent
	if result, err := MaybeJSON(t.Context(), newCall(client), decodeThing); result != nil || err != nil {
		t.Errorf("got %v, error %v", result, err)
	}
}

// An error response that echoes the API key does not show the key, also if the
// Doer does not set Request.
func TestEchoedKey(t *testing.T) {
	client := newClient(t, "https://h", doerFunc(func(*http.Request) (*http.Response, error) {
		resp := okResponse(`{"message":"bad key s3cr3t-key"}`)
		resp.StatusCode = http.StatusUnauthorized
		return resp, nil
	}), func(_ context.Context, req *http.Request) error {
		req.Header.Set("Api-Key", "s3cr3t-key")
		return nil
	})
	err := Empty(t.Context(), newCall(client))
	if !errors.Is(err, apierror.ErrUnauthorized) || strings.Contains(err.Error(), "s3cr3t") || !strings.Contains(err.Error(), "bad key") {
		t.Errorf("error %v", err)
	}
}

// A Doer's error is returned as it is, and the file of an upload is closed.
func TestDoerFails(t *testing.T) {
	broken := errors.New("broken")
	name := filepath.Join(t.TempDir(), "a.txt")
	if err := os.WriteFile(name, []byte("content"), 0o600); err != nil {
		t.Fatal(err)
	}
	var body io.Reader
	client := newClient(t, "https://h", doerFunc(func(req *http.Request) (*http.Response, error) {
		body = req.Body
		return nil, broken
	}))
	if _, err := JSON(t.Context(), newCall(client), decodeThing); err != broken {
		t.Errorf("error %v", err)
	}
	call := newCall(client).Form(upload.FilePart("file", upload.OpenFile(name)))
	if _, err := MaybeJSON(t.Context(), call, decodeThing); err != broken {
		t.Errorf("error %v", err)
	}
	if _, err := io.Copy(io.Discard, body); !errors.Is(err, os.ErrClosed) {
		t.Errorf("the file is still open: reading it, error %v", err)
	}
	if err := Empty(t.Context(), newCall(client)); err != broken {
		t.Errorf("error %v", err)
	}
}

func TestCancel(t *testing.T) {
	head := func(w http.ResponseWriter, status int) {
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("X-Request-Id", "the-id")
		w.WriteHeader(status)
		_, _ = io.WriteString(w, `{"name":`)
		_ = http.NewResponseController(w).Flush()
	}
	tests := []struct {
		name   string
		answer func(w http.ResponseWriter)
		reply  bool // the error is an *apierror.Error
		empty  bool // Empty succeeds
	}{
		{"before the response", func(http.ResponseWriter) {}, false, false},
		{"in the body", func(w http.ResponseWriter) { head(w, http.StatusOK) }, true, true},
		{"in the body of an error", func(w http.ResponseWriter) { head(w, http.StatusBadGateway) }, true, false},
	}
	ends := []struct {
		name string
		with func(context.Context) (context.Context, context.CancelFunc)
		want error
	}{
		{"cancel", context.WithCancel, context.Canceled},
		{"deadline", func(ctx context.Context) (context.Context, context.CancelFunc) {
			return context.WithTimeout(ctx, 100*time.Millisecond)
		}, context.DeadlineExceeded},
	}
	for _, tt := range tests {
		for _, end := range ends {
			t.Run(tt.name+" "+end.name, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					doer := &watchedDoer{Doer: newNetwork(t, false, func(w http.ResponseWriter, r *http.Request) {
						tt.answer(w)
						<-r.Context().Done()
					})}
					client := newClientWith(t, doer, Options{})
					for name, send := range map[string]func(context.Context) error{
						"JSON":      func(ctx context.Context) error { _, err := JSON(ctx, newCall(client), decodeThing); return err },
						"MaybeJSON": func(ctx context.Context) error { _, err := MaybeJSON(ctx, newCall(client), decodeThing); return err },
						"Empty":     func(ctx context.Context) error { return Empty(ctx, newCall(client)) },
					} {
						ctx, cancel := end.with(t.Context())
						if end.want == context.Canceled {
							go func() {
								synctest.Wait() // until the service has sent its part
								cancel()
							}()
						}
						err := send(ctx)
						cancel()
						if name == "Empty" && tt.empty {
							if err != nil {
								t.Errorf("Empty: error %v", err)
							}
							continue
						}
						var reply *apierror.Error
						if !errors.Is(err, end.want) || errors.As(err, &reply) != tt.reply || tt.reply && reply.RequestID != "the-id" {
							t.Errorf("%s: error %v", name, err)
						}
					}
					want := int64(0)
					if tt.reply {
						want = 3
					}
					doer.check(t, want)
				})
			})
		}
	}

	t.Run("beforehand", func(t *testing.T) {
		server := newWitness(t, nil)
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if err := Empty(ctx, newCall(newClient(t, server.URL, nil))); !errors.Is(err, context.Canceled) {
			t.Errorf("error %v", err)
		}
		if got := server.seen(); len(got) != 0 {
			t.Errorf("sent %v", got)
		}
	})
}

// All calls share a connection, as each response is read to its end.
func TestConnectionIsReused(t *testing.T) {
	var connections atomic.Int64
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		text := strings.Repeat(" ", 10<<10)
		switch r.URL.Path {
		case "/none":
			w.WriteHeader(http.StatusNoContent)
			return
		case "/missing":
			w.WriteHeader(http.StatusNotFound)
		case "/chunks":
			_ = http.NewResponseController(w).Flush()
		case "/json":
			w.Header().Set("Content-Type", "application/json")
			text += "{}"
		}
		_, _ = io.WriteString(w, text)
	}))
	server.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		if state == http.StateNew {
			connections.Add(1)
		}
	}
	server.Start()
	defer server.Close()
	client := newClient(t, server.URL, server.Client())
	for range 3 {
		for path, fail := range map[string]bool{"/none": false, "/missing": true, "/chunks": false, "/json": false, "/text": false} {
			if err := Empty(t.Context(), newCall(client).Path(path)); (err != nil) != fail {
				t.Errorf("Empty of %s: error %v", path, err)
			}
		}
		for path, fail := range map[string]bool{"/none": true, "/missing": true, "/chunks": true, "/json": false, "/text": true} {
			if _, err := JSON(t.Context(), newCall(client).Path(path), decodeThing); (err != nil) != fail {
				t.Errorf("JSON of %s: error %v", path, err)
			}
		}
		if result, err := MaybeJSON(t.Context(), newCall(client).Path("/none"), decodeThing); result != nil || err != nil {
			t.Errorf("MaybeJSON: %v, error %v", result, err)
		}
	}
	if got := connections.Load(); got != 1 {
		t.Errorf("%d connections", got)
	}
}
