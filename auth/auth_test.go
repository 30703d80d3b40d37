package auth

import (
	"cmp"
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
)

const testKey = "test-key-5e1f9c"

// generatedEditorFn is declared like the RequestEditorFn of a generated package.
type generatedEditorFn func(ctx context.Context, req *http.Request) error

func TestEditorFitsGeneratedType(t *testing.T) {
	editor, err := APIKey(testKey)
	if err != nil {
		t.Fatal(err)
	}
	var named generatedEditorFn = editor
	if err := named(t.Context(), newRequest(t, http.MethodGet, "", "")); err != nil {
		t.Error(err)
	}
}

// newRequest returns a request without a body if body is empty. An empty target
// is a URL of the control plane.
func newRequest(t *testing.T, method, target, body string) *http.Request {
	t.Helper()
	var r io.Reader
	if body != "" {
		r = strings.NewReader(body)
	}
	req, err := http.NewRequestWithContext(t.Context(), method, cmp.Or(target, "https://api.pinecone.io/assistant/assistants"), r)
	if err != nil {
		t.Fatal(err)
	}
	return req
}

func TestHeaders(t *testing.T) {
	tests := []struct {
		name   string
		opts   []Option
		body   string
		noBody bool
		header http.Header
		want   map[string]string // "" means absent
	}{
		{
			name: "GET without a body",
			want: map[string]string{
				"Api-Key": testKey, "X-Pinecone-Api-Version": DefaultVersion,
				"Content-Type": "", "User-Agent": product(),
			},
		},
		{name: "nil header map", header: nil, want: map[string]string{"Api-Key": testKey}},
		{
			name: "JSON body", body: "{}",
			want: map[string]string{"Content-Type": "application/json"},
		},
		{
			name: "http.NoBody", noBody: true,
			want: map[string]string{"Content-Type": ""},
		},
		{
			name: "multipart keeps its boundary", body: "--x--",
			header: http.Header{"Content-Type": {"multipart/form-data; boundary=x"}},
			want:   map[string]string{"Content-Type": "multipart/form-data; boundary=x"},
		},
		{
			name:   "the request's version is kept",
			header: http.Header{"X-Pinecone-Api-Version": {"2025-01"}},
			want:   map[string]string{"X-Pinecone-Api-Version": "2025-01"},
		},
		{
			name:   "an empty version of the request is replaced",
			header: http.Header{"X-Pinecone-Api-Version": {""}},
			want:   map[string]string{"X-Pinecone-Api-Version": DefaultVersion},
		},
		{
			name: "WithVersion overrides", opts: []Option{WithVersion("2026-07.rc")},
			header: http.Header{"X-Pinecone-Api-Version": {"2025-01"}},
			want:   map[string]string{"X-Pinecone-Api-Version": "2026-07.rc"},
		},
		{
			name:   "another key is replaced",
			header: http.Header{"Api-Key": {"old", "older"}},
			want:   map[string]string{"Api-Key": testKey},
		},
		{
			name:   "the request's User-Agent is kept",
			opts:   []Option{WithSourceTag("tag")},
			header: http.Header{"User-Agent": {"mine/1"}},
			want:   map[string]string{"User-Agent": "mine/1"},
		},
		{
			name:   "an empty User-Agent is kept",
			header: http.Header{"User-Agent": {""}},
			want:   map[string]string{"User-Agent": ""},
		},
		{
			name: "source tag", opts: []Option{WithSourceTag(" My  Tag! ")},
			want: map[string]string{"User-Agent": product() + " source_tag=my_tag"},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			editor, err := APIKey(testKey, tt.opts...)
			if err != nil {
				t.Fatal(err)
			}
			req := newRequest(t, http.MethodPost, "", tt.body)
			if tt.noBody {
				req.Body = http.NoBody
			}
			req.Header = tt.header
			for range 2 {
				if err := editor(t.Context(), req); err != nil {
					t.Fatal(err)
				}
			}
			for name, want := range tt.want {
				if got := strings.Join(req.Header.Values(name), "|"); got != want {
					t.Errorf("%s = %q, want %q", name, got, want)
				}
			}
		})
	}
}

func TestHeadersOnTheWire(t *testing.T) {
	var got http.Header
	srv := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { got = r.Header }))
	defer srv.Close()
	editor, err := APIKey(testKey, WithVersion("2025-01"), WithSourceTag("tag"))
	if err != nil {
		t.Fatal(err)
	}
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, srv.URL, strings.NewReader("{}"))
	if err != nil {
		t.Fatal(err)
	}
	if err := editor(t.Context(), req); err != nil {
		t.Fatal(err)
	}
	resp, err := srv.Client().Do(req)
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	for name, want := range map[string]string{
		"Api-Key": testKey, "X-Pinecone-API-Version": "2025-01", "Content-Type": "application/json",
		"User-Agent": product() + " source_tag=tag",
	} {
		if got.Get(name) != want {
			t.Errorf("%s = %q, want %q", name, got.Get(name), want)
		}
	}
}

func TestFromEnv(t *testing.T) {
	t.Setenv(EnvAPIKey, testKey)
	editor, err := FromEnv(WithVersion("2025-01"))
	if err != nil {
		t.Fatal(err)
	}
	t.Setenv(EnvAPIKey, "changed-later")
	req := newRequest(t, http.MethodGet, "", "")
	if err := editor(t.Context(), req); err != nil {
		t.Fatal(err)
	}
	if got := req.Header.Get("Api-Key"); got != testKey {
		t.Errorf("Api-Key = %q, want the value during FromEnv", got)
	}

	for _, tt := range []struct {
		value string
		want  error
	}{{"", ErrNoKey}, {testKey + "\n", ErrInvalidKey}} {
		t.Setenv(EnvAPIKey, tt.value)
		editor, err := FromEnv()
		if editor != nil || !errors.Is(err, tt.want) {
			t.Errorf("FromEnv with %q: editor %t, error %v; want %v", tt.value, editor != nil, err, tt.want)
		}
		if !strings.Contains(err.Error(), "PINECONE_API_KEY") {
			t.Errorf("FromEnv with %q: error %v does not name the variable", tt.value, err)
		}
	}
}

func TestKeyFuncRotates(t *testing.T) {
	type ctxKey struct{}
	calls := 0
	editor, err := KeyFunc(func(ctx context.Context) (string, error) {
		calls++
		return ctx.Value(ctxKey{}).(string), nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []string{"first", "second"} {
		req := newRequest(t, http.MethodGet, "", "")
		if err := editor(context.WithValue(t.Context(), ctxKey{}, want), req); err != nil {
			t.Fatal(err)
		}
		if got := req.Header.Get("Api-Key"); got != want || calls != i+1 {
			t.Errorf("Api-Key = %q after %d calls, want %q after %d", got, calls, want, i+1)
		}
	}
}

func TestKeyFuncFailure(t *testing.T) {
	if editor, err := KeyFunc(nil); editor != nil || !errors.Is(err, ErrNoKey) {
		t.Errorf("KeyFunc(nil): editor %t, error %v", editor != nil, err)
	}
	tests := []struct {
		name string
		fn   func(ctx context.Context) (string, error)
		want error
	}{
		{"empty key", func(context.Context) (string, error) { return "", nil }, ErrNoKey},
		{"malformed key", func(context.Context) (string, error) { return testKey + "\r\nX: y", nil }, ErrInvalidKey},
		{"own error", func(context.Context) (string, error) { return "", errVault }, errVault},
		{"cancelled context", func(ctx context.Context) (string, error) { return testKey, ctx.Err() }, context.Canceled},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			editor, err := KeyFunc(tt.fn)
			if err != nil {
				t.Fatal(err)
			}
			ctx, cancel := context.WithCancel(t.Context())
			cancel()
			req := newRequest(t, http.MethodGet, "", "")
			before := len(req.Header)
			err = editor(ctx, req)
			if !errors.Is(err, tt.want) || !strings.Contains(err.Error(), "auth.KeyFunc") {
				t.Errorf("error %v, want %v and the name of the constructor", err, tt.want)
			}
			if len(req.Header) != before {
				t.Errorf("a failed editor changed the headers: %v", req.Header)
			}
		})
	}
}

func TestEditorIgnoresCancelledContext(t *testing.T) {
	editor, err := APIKey(testKey)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := editor(ctx, newRequest(t, http.MethodGet, "", "")); err != nil {
		t.Error(err)
	}
}

func TestConcurrentUse(t *testing.T) {
	editor, err := APIKey(testKey, WithHost("gateway.example"), WithSourceTag("tag"))
	if err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	for range 16 {
		wg.Go(func() {
			req := newRequest(t, http.MethodPost, "https://gateway.example/x", "{}")
			if err := editor(t.Context(), req); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
}
