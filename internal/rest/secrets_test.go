package rest

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"
	"testing"

	"github.com/pinecone-community/assistant-go/auth"
)

const secretKey = "pcsk_3kQ9vT7wXz2LmN8rB4yD6hJ1"

func withKey(_ context.Context, req *http.Request) error {
	req.Header.Set("Api-Key", secretKey)
	return nil
}

// hidden fails the test if err shows the key in any format, or is longer than
// one line.
func hidden(t *testing.T, name string, err error) {
	t.Helper()
	if err == nil {
		t.Errorf("%s: no error", name)
		return
	}
	text := ""
	for e := err; e != nil; e = errors.Unwrap(e) {
		text += fmt.Sprintf("%v %+v %#v %q", e, e, e, e)
	}
	if strings.Contains(text, secretKey) || strings.Contains(text, secretKey[:12]) {
		t.Errorf("%s: the key shows: %s", name, text)
	}
	for _, r := range err.Error() {
		if r < ' ' || r >= 0x7f && r < 0xa0 || r == '\u202e' || r == '\u2028' {
			t.Errorf("%s: the error holds %q: %q", name, r, err)
			break
		}
	}
}

// No error shows the key, wherever the response repeats it.
func TestNoErrorShowsTheKey(t *testing.T) {
	const control = "\x1b[31m\u202e\u2028"
	json := func(body string) string {
		return fmt.Sprintf("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s", len(body), body)
	}
	events := func(body string) string {
		return "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n" + body
	}
	key := secretKey
	for name, answer := range map[string]string{
		"location, another host":      "HTTP/1.1 307 x\r\nLocation: http://" + strings.ToLower(key) + ".example/" + key + "\r\nContent-Length: 0\r\n\r\n",
		"location, a query":           "HTTP/1.1 307 x\r\nLocation: http://127.0.0.1:1/?key=" + key + "\r\nContent-Length: 0\r\n\r\n",
		"location, no URL":            "HTTP/1.1 307 x\r\nLocation: http://[" + key + "\r\nContent-Length: 0\r\n\r\n",
		"location, a scheme":          "HTTP/1.1 307 x\r\nLocation: " + key + "://x\r\nContent-Length: 0\r\n\r\n",
		"status line":                 "HTTP/1.1 " + key + " OK\r\n\r\n",
		"no HTTP":                     key + "\r\n\r\n",
		"protocol":                    "HTTP/" + key + " 200 OK\r\n\r\n",
		"header without a colon":      "HTTP/1.1 200 OK\r\n" + key + "\r\n\r\n",
		"header name":                 "HTTP/1.1 200 OK\r\nX " + key + ": x\r\n\r\n",
		"content length":              "HTTP/1.1 200 OK\r\nContent-Length: " + key + "\r\n\r\n",
		"transfer encoding":           "HTTP/1.1 200 OK\r\nTransfer-Encoding: " + key + "\r\n\r\n",
		"chunk size":                  "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n" + key + "\r\n",
		"content type":                "HTTP/1.1 200 OK\r\nContent-Type: text/" + key + "\r\nContent-Length: 2\r\n\r\n{}",
		"member":                      json(`{"` + key + `":}`),
		"value":                       json(`{"name":` + key + `}`),
		"piece":                       json(`{"name":"x"` + key[:20] + `}`),
		"body":                        json(key),
		"error in JSON":               json(`{"error":{"code":"` + key + `","message":"` + key + `"}}`),
		"control characters":          json(`{"error":{"code":"` + control + `","message":"\u001b[31m\n\u202e"}}`),
		"member of an event":          events(`data:{"` + key + `":}` + "\n\n"),
		"value of an event":           events(`data:{"text":` + key + `}` + "\n\n"),
		"error of an event":           events(`data:{"error":{"message":"` + key + `"}}` + "\n\n"),
		"event of type error":         events("event: error\ndata:" + key + "\n\n"),
		"event with control":          events(`data:{"error":{"message":"\u001b[31m\n\u202e"}}` + "\n\n"),
		"control in a member":         events(`data:{"\u001b[31m\u202e":}` + "\n\n"),
		"an event that is too long":   events("data:" + strings.Repeat(key, 100) + "\n\n"),
		"status that is none":         "HTTP/1.1 999 " + key + "\r\nContent-Length: 0\r\n\r\n",
		"refused":                     "HTTP/1.1 401 x\r\nX-Request-Id: " + key + "\r\nContent-Length: 0\r\n\r\n",
		"redirect with no location":   "HTTP/1.1 307 " + key + "\r\nContent-Length: 0\r\n\r\n",
		"an unwanted 101":             "HTTP/1.1 101 " + key + "\r\n\r\n",
		"a header of many characters": "HTTP/1.1 200 OK\r\nX: " + control + "\r\nContent-Length: -" + key + "\r\n\r\n",
	} {
		server := newRaw(t, answer)
		client := newClient(t, server.URL, &http.Client{}, withKey)
		client.options.MaxEventBytes = 1000
		if !strings.Contains(answer, "event-stream") {
			_, err := JSON(t.Context(), newCall(client), decodeThing)
			hidden(t, name, err)
		}
		_, err := collect(pieces(t.Context(), client))
		hidden(t, name+", stream", err)
	}

	doer := doerFunc(func(*http.Request) (*http.Response, error) {
		return nil, &net.OpError{Op: "dial", Err: errors.New("key\n" + secretKey)}
	})
	hidden(t, "doer", Empty(t.Context(), newCall(newClient(t, "http://h", doer, withKey))))
	refuse := func(context.Context, *http.Request) error { return errors.New("refused " + secretKey) }
	hidden(t, "editor", Empty(t.Context(), newCall(newClient(t, "http://h", doer, withKey), refuse)))
	bearer := func(_ context.Context, req *http.Request) error {
		req.Header.Set("Authorization", "Bearer "+secretKey)
		return nil
	}
	hidden(t, "bearer", Empty(t.Context(), newCall(newClient(t, "http://h", doer, bearer))))

	// The key changes between attempts.
	n := 0
	rotating := func(_ context.Context, req *http.Request) error {
		n++
		req.Header.Set("Api-Key", fmt.Sprintf("%s-%d", secretKey, n))
		return nil
	}
	client := newClient(t, "http://h", doer, rotating)
	client.options.MaxRetries = 1
	hidden(t, "rotating", Empty(t.Context(), newCall(client)))
}

// The errors of waits and pages do not show the key either.
func TestWaitsAndPagesHideTheKey(t *testing.T) {
	client := newClient(t, "http://h", doerFunc(func(*http.Request) (*http.Response, error) { return okResponse(`{}`), nil }), withKey)
	ask := func(state State) func(context.Context) (int, State, error) {
		return func(ctx context.Context) (int, State, error) {
			return 0, state, Empty(ctx, newCall(client))
		}
	}
	_, err := Wait(t.Context(), nil, ask(State{Status: "Failed\n\x1b[31m" + secretKey, Message: secretKey + "\u202e\r\n", Failed: true}))
	hidden(t, "failed", err)
	var failed *FailedError
	if !errors.As(err, &failed) || strings.Contains(failed.Message+failed.Status, secretKey) {
		t.Errorf("%#v", failed)
	}
	ctx, cancel := context.WithCancel(t.Context())
	_, err = Wait(ctx, []WaitOption{WaitProgress(func(string, float64) { cancel() })}, ask(State{Status: secretKey}))
	hidden(t, "state", err)

	for _, err := range Pages(t.Context(), func(ctx context.Context, _ string) ([]int, string, error) {
		return nil, secretKey + "\n", Empty(ctx, newCall(client))
	}) {
		hidden(t, "page token", err)
	}
}

// A caller's http.Client does not send the key to another origin, and is not
// modified.
func TestCustomClientsAreGuarded(t *testing.T) {
	other := newWitness(t, nil)
	server := newWitness(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Location", other.URL)
		w.WriteHeader(http.StatusTemporaryRedirect)
	})
	mine := &http.Client{Timeout: 1 << 40}
	client := newClient(t, server.URL, mine, withKey)
	for name, send := range ways(client) {
		if err := send(t.Context()); !errors.Is(err, auth.ErrRedirect) {
			t.Errorf("%s: error %v", name, err)
		}
	}
	if seen := other.seen(); len(seen) != 0 {
		t.Errorf("the other origin saw %v", seen)
	}
	if mine.CheckRedirect != nil || mine.Timeout != 1<<40 {
		t.Error("the caller's client was changed")
	}

	// The caller's CheckRedirect is used as it is.
	asked := 0
	own := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { asked++; return http.ErrUseLastResponse }}
	if err := Empty(t.Context(), newCall(newClient(t, server.URL, own, withKey))); err == nil || asked != 1 {
		t.Errorf("asked %d times, error %v", asked, err)
	}
}

// The error of an invalid URL does not show the URL's password.
func TestBaseURLHidesPasswords(t *testing.T) {
	for _, server := range []string{
		"https://me:" + secretKey + "@h", "https://me:" + secretKey + "%zz@h", "https://me:" + secretKey + " @h", "http://me:" + secretKey + "\x7f@h",
		"https://me:" + secretKey + "@[::1", "me:" + secretKey + "@h", "https://me:a/b" + secretKey + "@h:port",
	} {
		_, err := BaseURL(server)
		hidden(t, server, err)
		_, err = New(server, DefaultDoer(), []Editor(nil), Options{})
		hidden(t, server, err)
	}
	for _, server := range []string{"", " "} {
		if _, err := BaseURL(server); err == nil {
			t.Errorf("%q is a base URL", server)
		}
	}
}
