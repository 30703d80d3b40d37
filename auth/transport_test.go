package auth

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
)

type roundTripperFunc func(*http.Request) (*http.Response, error)

func (f roundTripperFunc) RoundTrip(req *http.Request) (*http.Response, error) { return f(req) }

// closeCounter is a body that counts how often it is closed.
type closeCounter struct {
	io.Reader
	closed int
}

func (c *closeCounter) Close() error {
	c.closed++
	return nil
}

func apiKey(t *testing.T, opts ...Option) RequestEditorFn {
	t.Helper()
	editor, err := APIKey(testKey, opts...)
	if err != nil {
		t.Fatal(err)
	}
	return editor
}

func TestTransportSendsTheKey(t *testing.T) {
	for _, base := range []http.RoundTripper{nil, (*http.Transport)(nil), http.DefaultTransport, &http.Transport{}} {
		got := newWitness(t, httptest.NewServer)
		client := &http.Client{Transport: Transport(apiKey(t), base)}
		req, err := http.NewRequest(http.MethodGet, got.URL, nil)
		if err != nil {
			t.Fatal(err)
		}
		resp, err := client.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		if len(got.keys) != 1 || got.keys[0] != testKey {
			t.Errorf("base %T: the server got the keys %q", base, got.keys)
		}
		if len(req.Header) != 0 {
			t.Errorf("base %T: the caller's request was changed: %v", base, req.Header)
		}
		client.CloseIdleConnections()
	}
}

func TestTransportOnRedirects(t *testing.T) {
	for _, code := range []int{301, 302, 303, 307, 308} {
		first := newRedirector(t)
		editor := apiKey(t, WithHost("http://gateway.example"))
		var hosts, keys []string
		// The redirector serves the requests to all hosts.
		base := roundTripperFunc(func(req *http.Request) (*http.Response, error) {
			hosts = append(hosts, req.URL.Host)
			keys = append(keys, req.Header.Get("Api-Key"))
			local, _ := url.Parse(first.URL)
			req.URL.Host = local.Host
			return http.DefaultTransport.RoundTrip(req)
		})
		client := &http.Client{Transport: Transport(editor, base)}

		resp, err := client.Get(hop("http://gateway.example", code, hop("http://localhost", code, "http://127.0.0.1/done")))
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		if len(hosts) != 3 || hosts[0] != "gateway.example" || hosts[1] != "localhost" || hosts[2] != "127.0.0.1" {
			t.Fatalf("%d: requests to %q", code, hosts)
		}
		for i, key := range keys {
			if key != testKey {
				t.Errorf("%d: %s got the key %q", code, hosts[i], key)
			}
		}

		hosts, keys = nil, nil
		_, err = client.Get(hop("http://gateway.example", code, "http://elsewhere.example/?token=hidden"))
		if !errors.Is(err, ErrForeignHost) || len(hosts) != 1 {
			t.Errorf("%d: error %v, requests to %q", code, err, hosts)
		}
		checkHidden(t, testKey, err)
	}
}

func TestTransportRefuses(t *testing.T) {
	own := errors.New("the editor's own")
	tests := []struct {
		name   string
		editor RequestEditorFn
		target string
		want   error // nil means any error
		text   string
	}{
		{"foreign host", apiKey(t), "https://evil.example/", ErrForeignHost, "evil.example"},
		{"error of the editor", func(context.Context, *http.Request) error { return own }, "https://api.pinecone.io/", own, ""},
		{"nil editor", nil, "https://api.pinecone.io/", nil, "auth: Transport: the request editor is nil"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			base := roundTripperFunc(func(req *http.Request) (*http.Response, error) {
				t.Errorf("a request was sent to %s", req.URL)
				return nil, errors.New("sent")
			})
			body := &closeCounter{Reader: strings.NewReader("{}")}
			req, err := http.NewRequest(http.MethodPost, tt.target, body)
			if err != nil {
				t.Fatal(err)
			}
			resp, err := Transport(tt.editor, base).RoundTrip(req)
			if resp != nil || err == nil || tt.want != nil && !errors.Is(err, tt.want) || !strings.Contains(err.Error(), tt.text) {
				t.Errorf("response %v, error %v", resp, err)
			}
			if body.closed == 0 {
				t.Error("the body was not closed")
			}
		})
	}
}

func TestTransportUsesTheRequestsContext(t *testing.T) {
	type ctxKey struct{}
	var got any
	editor := func(ctx context.Context, _ *http.Request) error {
		got = ctx.Value(ctxKey{})
		return errors.New("enough")
	}
	req, err := http.NewRequestWithContext(context.WithValue(t.Context(), ctxKey{}, "mine"), http.MethodGet, "https://api.pinecone.io", nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Transport(editor, nil).RoundTrip(req); err == nil || got != "mine" {
		t.Errorf("context value %v, error %v", got, err)
	}
}

type idleCloser struct {
	roundTripperFunc
	closed int
}

func (c *idleCloser) CloseIdleConnections() { c.closed++ }

func TestTransportClosesIdleConnections(t *testing.T) {
	base := &idleCloser{}
	(&http.Client{Transport: Transport(apiKey(t), base)}).CloseIdleConnections()
	if base.closed != 1 {
		t.Errorf("CloseIdleConnections reached the base %d times", base.closed)
	}
	(&http.Client{Transport: Transport(apiKey(t), roundTripperFunc(nil))}).CloseIdleConnections()
}

func TestBearer(t *testing.T) {
	editor := apiKey(t, WithBearer())
	req := newRequest(t, http.MethodPost, "https://prod-1-data.ke.pinecone.io/mcp/assistants/x", "{}")
	req.Header.Set("Api-Key", "other")
	req.Header.Set("Authorization", "Basic other")
	for range 2 {
		if err := editor(t.Context(), req); err != nil {
			t.Fatal(err)
		}
	}
	if got := req.Header.Values("Authorization"); len(got) != 1 || got[0] != "Bearer "+testKey {
		t.Errorf("Authorization %q", got)
	}
	if got, ok := req.Header["Api-Key"]; ok {
		t.Errorf("Api-Key %q was sent as well", got)
	}

	foreign := newRequest(t, http.MethodGet, "https://evil.example", "")
	if err := editor(t.Context(), foreign); !errors.Is(err, ErrForeignHost) || len(foreign.Header) != 0 {
		t.Errorf("error %v, headers %v", err, foreign.Header)
	}
}

func TestEditorNilRequest(t *testing.T) {
	if err := apiKey(t)(t.Context(), nil); !errors.Is(err, ErrForeignHost) {
		t.Errorf("error %v", err)
	}
}

func TestNilOption(t *testing.T) {
	editor, err := APIKey(testKey, WithSourceTag("fine"), nil)
	if editor != nil || err == nil || err.Error() != "auth: option 2 is nil" {
		t.Errorf("editor %t, error %v", editor != nil, err)
	}
}
