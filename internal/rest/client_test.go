package rest

import (
	"context"
	"errors"
	"io"
	"math"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/pinecone-community/assistant-go/auth"
	"github.com/pinecone-community/assistant-go/internal/jsonscan"
)

const (
	template    = "https://{assistant_host}/assistant"
	testVersion = "2026-04"
)

// received is a request as a server received it.
type received struct {
	method, uri, host string
	header            http.Header
	body              string
	length            int64
	encoding          []string
}

// witness is a server that records its requests.
type witness struct {
	*httptest.Server
	mu       sync.Mutex
	requests []received
}

func (w *witness) seen() []received {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.requests
}

// one returns the only request; it fails the test if there were more or none.
func (w *witness) one(t *testing.T) received {
	t.Helper()
	seen := w.seen()
	if len(seen) != 1 {
		t.Fatalf("the server saw %d requests, want 1", len(seen))
	}
	return seen[0]
}

// newWitness returns a witness that responds with {} unless answer is set.
func newWitness(t *testing.T, answer http.HandlerFunc) *witness {
	t.Helper()
	w := &witness{}
	w.Server = httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Errorf("body of %s %s: %v", r.Method, r.RequestURI, err)
		}
		w.mu.Lock()
		w.requests = append(w.requests, received{
			r.Method, r.RequestURI, r.Host, r.Header, string(body), r.ContentLength, r.TransferEncoding,
		})
		w.mu.Unlock()
		if answer != nil {
			answer(rw, r)
			return
		}
		rw.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(rw, "{}")
	}))
	t.Cleanup(w.Close)
	return w
}

// doerFunc is a Doer other than http.Client.
type doerFunc func(*http.Request) (*http.Response, error)

func (f doerFunc) Do(req *http.Request) (*http.Response, error) { return f(req) }

// okResponse returns a 200 response with a JSON body and without the fields that
// only http.Client sets.
func okResponse(body string) *http.Response {
	return &http.Response{
		StatusCode:    http.StatusOK,
		Header:        http.Header{"Content-Type": {"application/json"}},
		Body:          io.NopCloser(strings.NewReader(body)),
		ContentLength: int64(len(body)),
	}
}

func newClient(t testing.TB, server string, doer Doer, editors ...Editor) *Client {
	t.Helper()
	if doer == nil {
		doer = DefaultDoer()
	}
	client, err := New(server, doer, editors, Options{Version: testVersion})
	if err != nil {
		t.Fatal(err)
	}
	return client
}

// newCall returns a GET call.
func newCall(client *Client, editors ...Editor) *Call {
	return NewCall(client, http.MethodGet, editors)
}

func TestServer(t *testing.T) {
	tests := []struct{ host, want string }{
		{"prod-1-data.ke.pinecone.io", "https://prod-1-data.ke.pinecone.io/assistant"},
		{"https://prod-1-data.ke.pinecone.io", "https://prod-1-data.ke.pinecone.io/assistant"},
		{"https://prod-1-data.ke.pinecone.io/", "https://prod-1-data.ke.pinecone.io/assistant"},
		{"https://prod-1-data.ke.pinecone.io//", "https://prod-1-data.ke.pinecone.io/assistant"},
		{"https://prod-1-data.ke.pinecone.io/assistant", "https://prod-1-data.ke.pinecone.io/assistant"},
		{"https://prod-1-data.ke.pinecone.io/assistant/", "https://prod-1-data.ke.pinecone.io/assistant"},
		{"prod-1-data.ke.pinecone.io/assistant", "https://prod-1-data.ke.pinecone.io/assistant"},
		{"prod-1-data.ke.pinecone.io/assistant/", "https://prod-1-data.ke.pinecone.io/assistant"},
		{"HTTPS://Prod-1.pinecone.io", "https://Prod-1.pinecone.io/assistant"},
		{"h:8443", "https://h:8443/assistant"},
		{"https://h:8443/assistant", "https://h:8443/assistant"},
		{"http://127.0.0.1:8080", "http://127.0.0.1:8080/assistant"},
		{"http://localhost:8080/", "http://localhost:8080/assistant"},
		{"localhost:8080", "https://localhost:8080/assistant"},
		{"[::1]", "https://[::1]/assistant"},
		{"[::1]:8080", "https://[::1]:8080/assistant"},
		{"http://[2001:db8::1]:8080/assistant", "http://[2001:db8::1]:8080/assistant"},
		{"http://[fe80::1%25eth0]:80", "http://[fe80::1%25eth0]:80/assistant"},
		{"https://proxy.example/pinecone", "https://proxy.example/pinecone/assistant"},
		{"https://proxy.example/pinecone/", "https://proxy.example/pinecone/assistant"},
		{"https://proxy.example/pinecone/assistant", "https://proxy.example/pinecone/assistant"},
		{"https://h/myassistant", "https://h/myassistant/assistant"},
		{"https://h/assistant/v1", "https://h/assistant/v1/assistant"},
		{"https://h/Assistant", "https://h/Assistant/assistant"},
		{"https://assistant", "https://assistant/assistant"},
		{"https://h/a%2Fb", "https://h/a%2Fb/assistant"},
		{"https://h/a%2F", "https://h/a%2F/assistant"},
		{"https://h/a%2F/", "https://h/a%2F/assistant"},
		{"https://h/a%2Fassistant", "https://h/a%2Fassistant/assistant"},
		{"https://h/a b", "https://h/a%20b/assistant"},
		{"https://h/~me@work", "https://h/~me@work/assistant"},
	}
	for _, tt := range tests {
		t.Run(tt.host, func(t *testing.T) {
			got, err := Server(template, tt.host)
			if err != nil || got != tt.want {
				t.Fatalf("got %q, error %v, want %q", got, err, tt.want)
			}
			if again, err := Server(template, got); err != nil || again != got {
				t.Errorf("%q is not a host itself: %q, error %v", got, again, err)
			}
			var sent string
			client := newClient(t, got, doerFunc(func(req *http.Request) (*http.Response, error) {
				sent = req.URL.String()
				return okResponse("{}"), nil
			}))
			if err := Empty(t.Context(), newCall(client).Path("/files/").PathParam("name", "x")); err != nil {
				t.Fatal(err)
			}
			if want := tt.want + "/files/x"; sent != want {
				t.Errorf("request to %q, want %q", sent, want)
			}
		})
	}
}

func TestServerTemplates(t *testing.T) {
	tests := []struct{ template, host, want string }{
		{"https://{host}", "h", "https://h"},
		{"https://{host}", "h/", "https://h"},
		{"https://{host}/", "h", "https://h/"},
		{"https://{host}/v1/assistant", "h/v1", "https://h/v1/v1/assistant"},
		{"https://{host}/v1/assistant", "h/v1/assistant", "https://h/v1/assistant"},
	}
	for _, tt := range tests {
		if got, err := Server(tt.template, tt.host); err != nil || got != tt.want {
			t.Errorf("%s of %s: got %q, error %v, want %q", tt.template, tt.host, got, err, tt.want)
		}
	}
}

// Invalid hosts and base URLs are errors that name the fault.
func TestServerRefused(t *testing.T) {
	tests := []struct {
		name, host string
		want       string // in both errors
	}{
		{"space", "https://a b", `"https://a b"`},
		{"spaces around", " https://h ", `" https://h "`},
		{"nothing but a space", " ", `" "`},
		{"ftp", "ftp://h", "ftp://h"},
		{"ftp", "ftp://h", "neither https nor http"},
		{"no scheme before ://", "://x", `"://x"`},
		{"only a scheme", "https://", "no host"},
		{"only a scheme, and a path", "https:///assistant", "no host"},
		{"only a port", "https://:8080", "no host"},
		{"empty brackets", "https://[]", "https://[]"},
		{"a scheme twice", "https://https://h", "https://https://h"},
		{"no port after the colon", "https://h:", "https://h:"},
		{"port of letters", "https://h:port", "https://h:port"},
		{"IPv6 without brackets", "https://::1", "brackets"},
		{"IPv6 without brackets", "https://2001:db8::1", "https://2001:db8::1"},
		{"open bracket", "https://[::1", "https://[::1"},
		{"user", "https://user@h", "user"},
		{"query", "https://h?a=b", "query"},
		{"query", "https://h?a=b", "https://h?a=b"},
		{"empty query", "https://h/?", "query"},
		{"fragment", "https://h#f", "fragment"},
		{"URL in the query", "h?u=https://x", "h?u=https://x"},
		{"line feed", "https://h\nX: y", `h\nX: y`},
		{"NUL", "https://h\x00", `h\x00`},
		{"DEL in the path", "https://h/\x7f", `h/\x7f`},
		{"backslash", `https://h\evil`, `h\\evil`},
		{"bad escape", "https://h/%zz", "https://h/%zz"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := Server(template, tt.host)
			if err == nil || !strings.Contains(err.Error(), tt.want) || strings.Count(err.Error(), "\n") > 0 {
				t.Errorf("Server: %q, error %v, want one with %q", got, err, tt.want)
			}
			_, err = New(tt.host, nil, []Editor(nil), Options{})
			if err == nil || !strings.Contains(err.Error(), tt.want) && !strings.Contains(err.Error(), "neither https nor http") {
				t.Errorf("New: error %v, want one with %q", err, tt.want)
			}
		})
	}

	if got, err := Server(template, ""); err == nil || !strings.Contains(err.Error(), "host is empty") {
		t.Errorf("an empty host: %q, error %v", got, err)
	}
	for _, server := range []string{"", "h", "h:8080", "/assistant", "//h", "mailto:h", "https:h", "file:///etc/passwd"} {
		if _, err := New(server, nil, []Editor(nil), Options{}); err == nil || !strings.Contains(err.Error(), `base URL "`+server+`"`) {
			t.Errorf("New(%q): error %v", server, err)
		}
	}
}

func TestServerHidesPasswords(t *testing.T) {
	for _, host := range []string{
		"https://user:hunter2@h.example",
		"http://user:hunter2@h.example/path",
		"user:hunter2@h.example",
		"HTTPS://user:hunter2@h.example",
		"ftp://user:hunter2@h.example",
		"https://:hunter2@h.example",
		"https://user:hun@ter2@h.example",
		"https://user:hunter2/@h.example",
		"https://user:hunter2?@h.example",
		"https://user:hunter2#@h.example",
		"https://user:hunter2%zz@h.example",
		"https://user:%hunter2@h.example",
		"https://user:hunter2 @h.example",
		"https://user:hunter2\n@h.example",
		"https://user:hunter2@h.example:port",
		"https://user:x://hunter2@h.example",
		"user:hun://ter2@h.example",
		"user:hunter2@h.example/x@y",
		"://user:hunter2@h.example",
	} {
		t.Run(host, func(t *testing.T) {
			_, hostErr := Server(template, host)
			_, baseErr := New(host, nil, []Editor(nil), Options{})
			for _, err := range []error{hostErr, baseErr} {
				if err == nil {
					t.Fatal("no error")
				}
				for e := err; e != nil; e = errors.Unwrap(e) {
					if text := e.Error(); strings.Contains(text, "hun") || strings.Contains(text, "ter2") || strings.Contains(text, "%zz") || strings.Contains(text, "user:") {
						t.Errorf("the password shows: %v", e)
					}
				}
				if !strings.Contains(err.Error(), "h.example") && !strings.Contains(host, "/x@y") {
					t.Errorf("the host does not show: %v", err)
				}
			}
		})
	}
}

func TestNewRefused(t *testing.T) {
	ok := func(context.Context, *http.Request) error { return nil }
	for _, limit := range []int64{-1, math.MinInt64} {
		if _, err := New("https://h", DefaultDoer(), []Editor{ok}, Options{MaxResponseBytes: limit}); err == nil || !strings.Contains(err.Error(), "limit") {
			t.Errorf("limit %d: error %v", limit, err)
		}
	}
	for want, options := range map[string]Options{
		"event":   {MaxEventBytes: -1},
		"idle":    {IdleTimeout: -1},
		"retries": {MaxRetries: -1},
	} {
		if _, err := New("https://h", DefaultDoer(), []Editor{ok}, options); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: error %v", want, err)
		}
	}
	if _, err := New("https://h", DefaultDoer(), []Editor{ok, nil}, Options{}); err == nil || !strings.Contains(err.Error(), "request editor 2 is nil") {
		t.Errorf("nil editor: error %v", err)
	}
}

// Requests carry the version of the client unless an editor replaces it.
func TestVersionHeader(t *testing.T) {
	set := func(version string) Editor {
		return func(_ context.Context, req *http.Request) error {
			if got := req.Header.Get(VersionHeader); got == "" {
				return errors.New("an editor does not see the version")
			}
			req.Header.Set("x-pinecone-API-version", version)
			return nil
		}
	}
	tests := []struct {
		name         string
		client, call []Editor
		want         string
	}{
		{"no editor", nil, nil, testVersion},
		{"the client's editor", []Editor{set("2026-07")}, nil, "2026-07"},
		{"the call's editor", nil, []Editor{set("2025-10")}, "2025-10"},
		{"both", []Editor{set("2026-07")}, []Editor{set("2025-10")}, "2025-10"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			server := newWitness(t, nil)
			if err := Empty(t.Context(), newCall(newClient(t, server.URL, nil, tt.client...), tt.call...)); err != nil {
				t.Fatal(err)
			}
			if got := server.one(t).header.Values("X-Pinecone-Api-Version"); len(got) != 1 || got[0] != tt.want {
				t.Errorf("sent %q, want %q", got, tt.want)
			}
		})
	}
}

// The default Doer follows a redirect within an origin with key and body, and
// none to another origin.
func TestDefaultDoerRedirects(t *testing.T) {
	key := func(_ context.Context, req *http.Request) error {
		req.Header.Set("Api-Key", "hidden")
		return nil
	}
	redirect := func(code int, target string) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path == "/start" {
				w.Header().Set("Location", target)
				w.WriteHeader(code)
				return
			}
			w.Header().Set("Content-Type", "application/json")
			_, _ = io.WriteString(w, `{"ok":true}`)
		}
	}
	post := func(client *Client) (*map[string]any, error) {
		call := NewCall[Editor](client, http.MethodPost, nil).Path("/start").JSON(map[string]string{"a": "<b>"})
		return JSON(t.Context(), call, jsonscan.Map)
	}
	for _, code := range []int{301, 302, 303, 307, 308} {
		other := newWitness(t, nil)
		first := newWitness(t, redirect(code, other.URL+"/end"))
		_, err := post(newClient(t, first.URL, nil, key))
		if !errors.Is(err, auth.ErrRedirect) {
			t.Errorf("%d to another host: error %v", code, err)
		}
		if got := first.one(t).header.Get("Api-Key"); got != "hidden" {
			t.Errorf("%d: the first host got the key %q", code, got)
		}
		if got := other.seen(); len(got) != 0 {
			t.Errorf("%d: the other host was reached: %v", code, got)
		}
	}
	for _, code := range []int{307, 308} {
		server := newWitness(t, redirect(code, "/end"))
		result, err := post(newClient(t, server.URL, nil, key))
		if err != nil || (*result)["ok"] != true {
			t.Fatalf("%d: %v, error %v", code, result, err)
		}
		seen := server.seen()
		if len(seen) != 2 {
			t.Fatalf("%d: %d requests", code, len(seen))
		}
		for _, got := range seen {
			if got.method != "POST" || got.body != `{"a":"<b>"}` || got.length != int64(len(got.body)) ||
				got.header.Get("Api-Key") != "hidden" || got.header.Get(VersionHeader) != testVersion ||
				got.header.Get("Content-Type") != "application/json" {
				t.Errorf("%d: the server saw %+v", code, got)
			}
		}
		if seen[1].uri != "/end" {
			t.Errorf("%d: redirected to %s", code, seen[1].uri)
		}
	}
}
