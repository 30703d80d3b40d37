package rest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/pinecone-community/assistant-go/internal/apierror"
	"github.com/pinecone-community/assistant-go/internal/jsonscan"
	"github.com/pinecone-community/assistant-go/internal/upload"
)

func TestCaptureResponse(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		attempts := 0
		net := newNetwork(t, false, func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("X-Request-Id", "the-id")
			if attempts++; attempts%2 == 1 {
				w.WriteHeader(http.StatusTooManyRequests)
				return
			}
			switch {
			case strings.HasSuffix(r.URL.Path, "/chat"):
				newWriter(t, w).write(firstEvent + lastEvent)
			case strings.HasSuffix(r.URL.Path, "/gone"):
				w.WriteHeader(http.StatusNotFound)
			default:
				w.Header().Set("Content-Type", "application/json")
				w.WriteHeader(http.StatusAccepted)
				_, _ = io.WriteString(w, `{"name":"x","new":1}`)
			}
		})
		client := newClientWith(t, net, Options{MaxRetries: 1})
		check := func(name string, got Response, status int, body string) {
			t.Helper()
			if got.StatusCode != status || got.RequestID != "the-id" || got.Header.Get("X-Request-Id") != "the-id" || got.Attempts != 2 || string(got.Body) != body {
				t.Errorf("%s: %+v", name, got)
			}
		}
		var first, second Response
		v, err := JSON(t.Context(), newCall(client, CaptureResponse(&first), CaptureResponse(&second)), decodeThing)
		if err != nil || v.Name != "x" {
			t.Fatal(v, err)
		}
		check("call", first, 202, `{"name":"x","new":1}`)
		check("call", second, 202, `{"name":"x","new":1}`)

		var streamed Response
		call := NewCall(client, http.MethodPost, []Editor{CaptureResponse(&streamed)}).Path("/chat")
		for p, err := range Stream(t.Context(), call, decodePiece, End[piece]{Is: isLast}) {
			if err != nil || p.Text == "" {
				t.Fatal(p, err)
			}
			check("stream", streamed, 200, "")
		}

		var failed Response
		if err := Empty(t.Context(), newCall(client, CaptureResponse(&failed)).Path("/gone")); !errors.Is(err, apierror.ErrNotFound) {
			t.Error(err)
		}
		check("error", failed, 404, "")
	})

	// Without a response, and with arguments that the editor refuses.
	broken := errors.New("broken")
	var none Response
	client := newClientWith(t, doerFunc(func(*http.Request) (*http.Response, error) { return nil, broken }), Options{})
	if err := Empty(t.Context(), newCall(client, CaptureResponse(&none))); err != broken || none.Attempts != 1 || none.StatusCode != 0 {
		t.Errorf("%+v, error %v", none, err)
	}
	if err := Empty(t.Context(), newCall(client, CaptureResponse(nil))); err == nil || !strings.Contains(err.Error(), "is nil") {
		t.Errorf("nil: error %v", err)
	}
	for _, editor := range []Editor{CaptureResponse(&none), Override(func(*Options) error { return nil })} {
		if err := editor(t.Context(), nil); !errors.Is(err, errNoCall) {
			t.Errorf("stock client: error %v", err)
		}
	}
}

func TestOverride(t *testing.T) {
	set := func(adjust func(*Options)) Editor {
		return Override(func(o *Options) error { adjust(o); return nil })
	}
	doer := newScript(failed(503), failed(503), failed(503), success)
	synctest.Test(t, func(t *testing.T) {
		client := newClientWith(t, doer, DefaultOptions("v"))
		if _, err := JSON(t.Context(), newCall(client, set(func(o *Options) { o.MaxRetries = 0 })), decodeThing); err == nil || len(doer.times) != 1 {
			t.Errorf("%d attempts, error %v", len(doer.times), err)
		}
		if _, err := JSON(t.Context(), newCall(client), decodeThing); err != nil || len(doer.times) != 4 {
			t.Errorf("the client's own: %d attempts, error %v", len(doer.times), err)
		}
		if client.options.MaxRetries != DefaultMaxRetries {
			t.Error("the client has changed")
		}

		net := newNetwork(t, false, func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
		client = newClientWith(t, net, Options{})
		start := time.Now()
		err := Empty(t.Context(), newCall(client, set(func(o *Options) { o.IdleTimeout = time.Second })))
		if !errors.Is(err, ErrIdleTimeout) || time.Since(start) != time.Second {
			t.Errorf("error %v after %s", err, time.Since(start))
		}
	})
	client := newClientWith(t, doerFunc(func(*http.Request) (*http.Response, error) { return okResponse(`{"name":"x"}`), nil }), Options{})
	if _, err := JSON(t.Context(), newCall(client, set(func(o *Options) { o.MaxResponseBytes = 5 })), decodeThing); err == nil || !strings.Contains(err.Error(), "limit of 5 bytes") {
		t.Errorf("error %v", err)
	}
	if _, err := JSON(t.Context(), newCall(client, set(func(o *Options) { o.MaxRetries = -1 })), decodeThing); err == nil || !strings.Contains(err.Error(), "retries: -1") {
		t.Errorf("error %v", err)
	}
}

func TestExtraFieldsAndQuery(t *testing.T) {
	server := newWitness(t, nil)
	client := newClient(t, server.URL, nil)
	call := NewCall(client, http.MethodPost, []Editor{
		SetField("new", map[string]any{"a": "<"}), SetField("name", "y"), SetField("big", 1), AddQuery("q", "a b&"), AddQuery("q", "c"),
	}).JSON(map[string]any{"name": "x", "n": 9007199254740993, "t": "<&>"})
	call.Query("first", "1", true)
	if err := Empty(t.Context(), call); err != nil {
		t.Fatal(err)
	}
	got := server.one(t)
	if want := `{"big":1,"n":9007199254740993,"name":"y","new":{"a":"<"},"t":"<&>"}`; got.body != want || got.length != int64(len(want)) || got.header.Get("Content-Type") != "application/json" {
		t.Errorf("sent %s", got.body)
	}
	if got.uri != "/?first=1&q=a+b%26&q=c" {
		t.Errorf("sent to %s", got.uri)
	}

	form := NewCall(client, http.MethodPost, []Editor{SetField("a", 1)}).Form(upload.TextPart("a", "b"))
	list := NewCall(client, http.MethodPost, []Editor{SetField("a", 1)}).JSON([]int{1})
	for name, call := range map[string]*Call{
		"no body": newCall(client, SetField("a", 1)), "a form": form, "a list": list,
		"no JSON": NewCall(client, http.MethodPost, []Editor{SetField("a", func() {})}).JSON(struct{}{}), "no name": newCall(client, AddQuery("", "x")),
	} {
		if err := Empty(t.Context(), call); err == nil || !strings.Contains(err.Error(), "extra") {
			t.Errorf("%s: error %v", name, err)
		}
	}
	server.one(t)
}

// A nil argument is an error that names the argument.
func TestNilThings(t *testing.T) {
	client := newClient(t, "http://127.0.0.1:1", nil)
	//lint:ignore SA1012 the nil context is tested
	for name, send := range ways(client) {
		if err := send(nil); err == nil || !strings.Contains(err.Error(), "the context is nil") {
			t.Errorf("%s: error %v", name, err)
		}
	}
	for name, send := range ways(nil) {
		if err := send(t.Context()); err == nil || !strings.Contains(err.Error(), "make one with New") {
			t.Errorf("%s of the zero API: error %v", name, err)
		}
	}
	for _, doer := range []Doer{nil, (*http.Client)(nil)} {
		if _, err := New("http://h", doer, []Editor(nil), Options{}); err == nil || err.Error() != "HTTP client is nil" {
			t.Errorf("error %v", err)
		}
	}
	ask := func(context.Context) (int, State, error) { return 0, State{Done: true}, nil }
	if _, err := Wait(nil, nil, ask); err == nil || !strings.Contains(err.Error(), "context is nil") { //nolint:staticcheck // the nil context is tested
		t.Errorf("error %v", err)
	}
	if _, err := Wait(t.Context(), []WaitOption{WaitProgress(nil), nil}, ask); err == nil || err.Error() != "wait option 2 is nil" {
		t.Errorf("error %v", err)
	}
}

// A DELETE whose response was lost succeeds if the response to the retry is 404.
func TestRepeatedDelete(t *testing.T) {
	gone := coded(404, "NOT_FOUND")
	lost := answer{err: urlError(io.ErrUnexpectedEOF)}
	for name, tt := range map[string]struct {
		answers []answer
		method  string
		fails   bool
	}{
		"response lost":        {[]answer{lost, gone}, "DELETE", false},
		"502":                  {[]answer{failed(502), gone}, "DELETE", false},
		"504, then limited":    {[]answer{failed(504), failed(429), gone}, "DELETE", false},
		"limited":              {[]answer{failed(429), gone}, "DELETE", true},
		"unavailable":          {[]answer{failed(503), gone}, "DELETE", true},
		"at once":              {[]answer{gone}, "DELETE", true},
		"lost, then forbidden": {[]answer{lost, failed(403)}, "DELETE", true},
		"a GET":                {[]answer{lost, gone}, "GET", true},
		"a PUT":                {[]answer{lost, gone}, "PUT", true},
	} {
		synctest.Test(t, func(t *testing.T) {
			for kind, send := range map[string]func(*Call) (bool, error){
				"Empty":     func(c *Call) (bool, error) { return true, Empty(t.Context(), c) },
				"JSON":      func(c *Call) (bool, error) { v, err := JSON(t.Context(), c, decodeThing); return v != nil, err },
				"MaybeJSON": func(c *Call) (bool, error) { v, err := MaybeJSON(t.Context(), c, decodeThing); return v == nil, err },
			} {
				doer := newScript(tt.answers...)
				ok, err := send(NewCall(newClientWith(t, doer, DefaultOptions("v")), tt.method, []Editor(nil)))
				if (err != nil) != tt.fails || !tt.fails && !ok || len(doer.times) != len(tt.answers) {
					t.Errorf("%s, %s: %d attempts, error %v", name, kind, len(doer.times), err)
				}
			}
		})
	}
}

// MaxRetryAfter bounds the Retry-After that is waited for.
func TestMaxRetryAfter(t *testing.T) {
	for _, tt := range []struct {
		limit time.Duration
		after string
		waits bool
	}{
		{0, "60", true}, {0, "61", false}, {time.Hour, "3600", true}, {time.Hour, "3601", false}, {time.Second, "2", false},
	} {
		synctest.Test(t, func(t *testing.T) {
			doer := newScript(failed(429, "Retry-After", tt.after), success)
			client := newClientWith(t, doer, Options{MaxRetries: 1, MaxRetryAfter: tt.limit})
			start := time.Now()
			_, err := ask(t.Context(), client, "POST")
			var reply *apierror.Error
			if tt.waits != (err == nil) || !tt.waits && (!errors.As(err, &reply) || time.Since(start) != 0) {
				t.Errorf("%+v: error %v after %s", tt, err, time.Since(start))
			}
			if !tt.waits {
				after, _ := reply.RetryAfter()
				if !strings.Contains(err.Error(), fmt.Sprintf("retry after %s", after)) {
					t.Errorf("%+v: error %v", tt, err)
				}
			}
		})
	}
}

// A 2xx response that reports an error is an error.
func TestFalseSuccess(t *testing.T) {
	send := func(contentType, body string) (map[string]error, *thing) {
		doer := doerFunc(func(*http.Request) (*http.Response, error) {
			resp := okResponse(body)
			resp.Header.Set("Content-Type", contentType)
			return resp, nil
		})
		client := newClientWith(t, doer, Options{})
		v, err := JSON(t.Context(), newCall(client), decodeThing)
		_, maybe := MaybeJSON(t.Context(), newCall(client), decodeThing)
		return map[string]error{"JSON": err, "MaybeJSON": maybe, "Empty": Empty(t.Context(), newCall(client))}, v
	}
	errs, _ := send("application/json", "\ufeff {\"status\":404,\"error\":{\"code\":\"NOT_FOUND\",\"message\":\"no\"}}")
	for name, err := range errs {
		if !errors.Is(err, apierror.ErrNotFound) {
			t.Errorf("%s: error %v", name, err)
		}
	}
	for _, page := range []string{"<!DOCTYPE html><title>Log in</title>", "\n<HTML>", "<!-- x --><html>"} {
		errs, _ = send("text/html; charset=utf-8", page)
		for name, err := range errs {
			var reply *apierror.Error
			if !errors.As(err, &reply) || !strings.Contains(err.Error(), strings.TrimSpace(page)[:5]) {
				t.Errorf("%s: error %v", name, err)
			}
		}
	}
	errs, v := send("application/json", "\ufeff{\"name\":\"x\",\"error\":null}")
	if errs["JSON"] != nil || errs["Empty"] != nil || v.Name != "x" {
		t.Errorf("%v, %v", v, errs)
	}
	for _, body := range []string{"", "OK", "{}", `{"text":"an \"error\" of mine"}`} {
		if errs, _ = send("text/plain", body); errs["Empty"] != nil {
			t.Errorf("%q: error %v", body, errs["Empty"])
		}
	}
}

// A 409 with a long body is still ErrConflict and is not retried.
func TestLongConflictIsNotRetried(t *testing.T) {
	doer := newScript(answer{status: 429, body: strings.NewReader(`{"error":{"details":"` + strings.Repeat("x", 1<<20) + `","code":"ALREADY_EXISTS","message":"it is taken"}}`)}, success)
	_, err := ask(t.Context(), newClientWith(t, doer, DefaultOptions("v")), "POST")
	if !errors.Is(err, apierror.ErrConflict) || len(doer.times) != 1 || !strings.Contains(err.Error(), "it is taken") {
		t.Errorf("%d attempts, error %v", len(doer.times), err)
	}
}

func TestStreamEventTypes(t *testing.T) {
	for text, fails := range map[string]bool{
		"event: error\ndata: {\"message\":\"oh no\"}\n\n":  true,
		"event: error\ndata: oh no\n\n":                    true,
		"event:error\r\ndata:{\"text\":\"oh no\"}\r\n\r\n": true,
		"event: errors\ndata: {\"text\":\"b\"}\n\n":        false,
		"event: message\ndata: \ufeff{\"text\":\"b\"}\n\n": false,
	} {
		texts, err := collect(pieces(t.Context(), newClientWith(t, streamed(strings.NewReader(firstEvent+text+lastEvent)), Options{})))
		var reply *apierror.Error
		if errors.As(err, &reply) != fails || fails && !strings.Contains(err.Error(), "oh no") || !fails && (err != nil || len(texts) != 3) {
			t.Errorf("%q: %q, error %v", text, texts, err)
		}
	}
}

// MaxResponseBytes bounds a collected stream, not a stream that is ranged over.
func TestCollectLimit(t *testing.T) {
	type chunk struct{ text string }
	decode := func(d *jsonscan.Decoder) *chunk { return &chunk{decodePiece(d).Text} }
	collect := func(limit int64, events int) (read int, err error) {
		body := strings.Repeat(firstEvent, events)
		client := newClientWith(t, streamed(strings.NewReader(body)), Options{MaxResponseBytes: limit})
		var text Text
		for c, err := range Stream(t.Context(), newCall(client), decode, End[*chunk]{}) {
			if err != nil {
				return read, err
			}
			if err := text.Check(c); err != nil {
				return read, err
			}
			text.Add(0, c.text)
			read++
		}
		return read, nil
	}
	size := int64(len(firstEvent) - len("data:\n\n"))
	if read, err := collect(10*size, 10); err != nil || read != 10 {
		t.Errorf("%d events, error %v", read, err)
	}
	if read, err := collect(10*size, 1000); err == nil || read != 10 || !strings.Contains(err.Error(), fmt.Sprint(10*size)) {
		t.Errorf("%d events, error %v", read, err)
	}
	if read, err := collect(0, 1000); err != nil || read != 1000 {
		t.Errorf("by default: %d events, error %v", read, err)
	}
	n := 0
	sizes.Range(func(any, any) bool { n++; return true })
	if n != 0 {
		t.Errorf("%d streams are remembered", n)
	}
	// A stream that was not made by Stream.
	var text Text
	var err error
	for range DefaultMaxResponseBytes>>20 + 1 {
		if err = text.Check(nil); err != nil {
			break
		}
		text.Add(0, strings.Repeat("x", 1<<20))
	}
	if err = text.Check(nil); err == nil {
		t.Error("no limit")
	}
}
