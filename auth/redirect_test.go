package auth

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"testing"
)

// witness is a server that records the Api-Key of every request it sees.
type witness struct {
	*httptest.Server
	mu   sync.Mutex
	keys []string
}

func newWitness(t *testing.T, start func(http.Handler) *httptest.Server) *witness {
	w := &witness{}
	w.Server = start(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		w.mu.Lock()
		defer w.mu.Unlock()
		w.keys = append(w.keys, r.Header.Get("Api-Key"))
	}))
	t.Cleanup(w.Close)
	return w
}

// newRedirector responds to /to?code=C&url=U with status C and Location U, and to
// other paths with 200.
func newRedirector(t *testing.T) *httptest.Server {
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/to" {
			return
		}
		code, _ := strconv.Atoi(r.FormValue("code"))
		w.Header().Set("Location", r.FormValue("url"))
		w.WriteHeader(code)
	}))
	t.Cleanup(srv.Close)
	return srv
}

func hop(base string, code int, target string) string {
	return fmt.Sprintf("%s/to?code=%d&url=%s", base, code, url.QueryEscape(target))
}

func send(t *testing.T, client *http.Client, method, target string) (*http.Response, error) {
	t.Helper()
	editor, err := APIKey(testKey)
	if err != nil {
		t.Fatal(err)
	}
	req, err := http.NewRequestWithContext(t.Context(), method, target, nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := editor(t.Context(), req); err != nil {
		t.Fatal(err)
	}
	resp, err := client.Do(req)
	if err == nil {
		resp.Body.Close()
	}
	return resp, err
}

func TestRedirectToAnotherOrigin(t *testing.T) {
	for _, code := range []int{301, 302, 303, 307, 308} {
		for _, kind := range []string{"host", "port", "scheme", "chain"} {
			t.Run(fmt.Sprint(code, " ", kind), func(t *testing.T) {
				first := newRedirector(t)
				start := httptest.NewServer
				if kind == "scheme" {
					start = httptest.NewTLSServer
				}
				other := newWitness(t, start)
				target := other.URL + "/x?token=hidden"
				if kind == "host" {
					target = strings.Replace(target, "127.0.0.1", "localhost", 1)
				}
				path := hop(first.URL, code, target)
				if kind == "chain" {
					path = hop(first.URL, code, path)
				}

				stock := &http.Client{Transport: other.Client().Transport}
				if _, err := send(t, stock, http.MethodGet, path); err != nil {
					t.Fatal(err)
				}
				if len(other.keys) != 1 || other.keys[0] != testKey {
					t.Fatalf("without CheckRedirect, the other origin got the keys %q, want the key", other.keys)
				}

				other.keys = nil
				guarded := &http.Client{Transport: other.Client().Transport, CheckRedirect: CheckRedirect}
				_, err := send(t, guarded, http.MethodGet, path)
				if !errors.Is(err, ErrRedirect) {
					t.Errorf("error %v, want %v", err, ErrRedirect)
				}
				if len(other.keys) != 0 {
					t.Errorf("the other origin got requests, with the keys %q", other.keys)
				}
				u, _ := url.Parse(target)
				inner := errors.Unwrap(err)
				want := "auth: redirect refused: from " + first.URL + " to " + u.Scheme + "://" + u.Host + ": the API key is sent only to the origin of the first request"
				if inner == nil || inner.Error() != want {
					t.Errorf("got  %v\nwant %s", inner, want)
				}
				checkHidden(t, testKey, err)
			})
		}
	}
}

func TestRedirectWithinOrigin(t *testing.T) {
	srv := newRedirector(t)
	client := &http.Client{CheckRedirect: CheckRedirect}
	tests := []struct {
		method string
		code   int
		follow bool
	}{
		{"GET", 301, true}, {"GET", 302, true}, {"GET", 303, true}, {"GET", 307, true}, {"GET", 308, true},
		{"HEAD", 301, true}, {"HEAD", 303, true},
		{"POST", 301, false}, {"POST", 302, false}, {"POST", 303, false}, {"POST", 307, true}, {"POST", 308, true},
		{"PATCH", 302, false}, {"PUT", 303, false}, {"DELETE", 301, false}, {"DELETE", 308, true},
	}
	for _, tt := range tests {
		t.Run(fmt.Sprint(tt.method, " ", tt.code), func(t *testing.T) {
			resp, err := send(t, client, tt.method, hop(srv.URL, tt.code, "/done?token=hidden"))
			if tt.follow {
				if err != nil || resp.Request.URL.Path != "/done" || resp.Request.Method != tt.method {
					t.Errorf("response %v, error %v", resp, err)
				}
				return
			}
			want := fmt.Sprintf("auth: redirect refused: on %s: the method changes from %s to GET", srv.URL, tt.method)
			if !errors.Is(err, ErrRedirect) || errors.Unwrap(err).Error() != want {
				t.Errorf("got  %v\nwant %s", err, want)
			}
		})
	}
}

func TestRedirectLoop(t *testing.T) {
	count := func(check func(*http.Request, []*http.Request) error) (requests int, err error) {
		srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			requests++
			http.Redirect(w, r, "/again", http.StatusTemporaryRedirect)
		}))
		defer srv.Close()
		_, err = send(t, &http.Client{CheckRedirect: check}, http.MethodGet, srv.URL)
		return requests, err
	}
	stock, err := count(nil)
	if err == nil {
		t.Fatal("net/http followed an endless redirect")
	}
	guarded, err := count(CheckRedirect)
	if !errors.Is(err, ErrRedirect) || guarded != stock {
		t.Errorf("%d requests, error %v; net/http stops after %d", guarded, err, stock)
	}
}

func TestCheckRedirectOrigins(t *testing.T) {
	tests := []struct {
		from, to string
		follow   bool
	}{
		{"https://api.pinecone.io/a", "https://api.pinecone.io/b", true},
		{"https://api.pinecone.io", "https://API.pinecone.IO:443/", true},
		{"https://api.pinecone.io:443", "https://api.pinecone.io.", true},
		{"http://127.0.0.1:80", "http://127.0.0.1", true},
		{"https://[::1]:8080", "https://[0::1]:8080", true},
		{"https://api.pinecone.io", "https://prod-1-data.ke.pinecone.io", false},
		{"https://api.pinecone.io", "http://api.pinecone.io", false},
		{"https://api.pinecone.io", "http://api.pinecone.io:443", false},
		{"https://api.pinecone.io", "https://api.pinecone.io:8443", false},
		{"https://api.pinecone.io", "https://api.pinecone.io@evil.com", false},
		{"https://api.pinecone.io", "https://api.pinecone。io", false},
		{"https://api.pinecone.io", "https://evil.com?https://api.pinecone.io", false},
		{"https://bücher.example", "https://bücher.example", false},
	}
	for _, tt := range tests {
		from, err := http.NewRequest(http.MethodGet, tt.from, nil)
		if err != nil {
			t.Fatal(err)
		}
		to, err := http.NewRequest("", tt.to, nil)
		if err != nil {
			t.Fatal(err)
		}
		err = CheckRedirect(to, []*http.Request{from})
		if tt.follow && err != nil || !tt.follow && !errors.Is(err, ErrRedirect) {
			t.Errorf("%s to %s: %v", tt.from, tt.to, err)
		}
		if err := CheckRedirect(to, nil); err != nil {
			t.Errorf("no earlier request: %v", err)
		}
	}
}
