package apitest

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	control202501 "github.com/pinecone-community/assistant-go/gen/2025-01/control"
	control202604 "github.com/pinecone-community/assistant-go/gen/2026-04/control"
	data202604 "github.com/pinecone-community/assistant-go/gen/2026-04/data"
	evaluation202604 "github.com/pinecone-community/assistant-go/gen/2026-04/evaluation"
	control202607 "github.com/pinecone-community/assistant-go/gen/2026-07/control"
	data202607 "github.com/pinecone-community/assistant-go/gen/2026-07/data"
	evaluation202607 "github.com/pinecone-community/assistant-go/gen/2026-07/evaluation"
	"github.com/pinecone-community/assistant-go/internal/apierror"
)

// All planes and versions have the same error type and the same sentinels.
var (
	_ *control202501.Error    = (*apierror.Error)(nil)
	_ *control202604.Error    = (*control202501.Error)(nil)
	_ *data202604.Error       = (*control202501.Error)(nil)
	_ *evaluation202604.Error = (*control202501.Error)(nil)
	_ *control202607.Error    = (*control202501.Error)(nil)
	_ *data202607.Error       = (*control202501.Error)(nil)
	_ *evaluation202607.Error = (*control202501.Error)(nil)
)

// answer returns a client of a server with the given handler.
func answer(t *testing.T, handler http.HandlerFunc, opts ...data202604.Option) *data202604.API {
	t.Helper()
	s := httptest.NewServer(handler)
	t.Cleanup(s.Close)
	api, err := data202604.New(s.URL, append([]data202604.Option{
		data202604.WithRequestEditorFn(newEditor(t)), data202604.WithMaxRetries(0),
	}, opts...)...)
	if err != nil {
		t.Fatal(err)
	}
	return api
}

func write(status int, contentType, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		if contentType != "" {
			w.Header().Set("Content-Type", contentType)
		} else {
			w.Header()["Content-Type"] = nil
		}
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}
}

func TestRepliesThatCannotBeUsed(t *testing.T) {
	cut := func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Content-Length", "1000")
		_, _ = io.WriteString(w, `{"id":"`)
	}
	for name, test := range map[string]struct {
		handler http.HandlerFunc
		status  int
		is      error
		want    []string
	}{
		"JSON error":       {write(400, "application/json", `{"status":400,"error":{"code":"INVALID_ARGUMENT","message":"bad filter"}}`), 400, data202604.ErrBadRequest, []string{"INVALID_ARGUMENT", "bad filter"}},
		"message":          {write(422, "application/json", `{"message":"answer is missing"}`), 422, data202604.ErrBadRequest, []string{"answer is missing"}},
		"plain 401":        {write(401, "text/plain", "Malformed API key\n"), 401, data202604.ErrUnauthorized, []string{"Malformed API key"}},
		"HTML of a proxy":  {write(502, "text/html", "<html><head><title>502 Bad Gateway</title></head></html>"), 502, data202604.ErrServer, []string{"502 Bad Gateway"}},
		"empty":            {write(503, "", ""), 503, data202604.ErrServer, []string{"503"}},
		"unlisted status":  {write(418, "application/json", `{"a":1}`), 418, nil, []string{"418"}},
		"redirect":         {write(304, "", ""), 304, nil, []string{"304"}},
		"name taken":       {write(429, "application/json", `{"status":429,"error":{"code":"ALREADY_EXISTS","message":"taken"}}`), 429, data202604.ErrConflict, []string{"taken"}},
		"rate":             {write(429, "application/json", `{"status":429,"error":{"code":"TOO_MANY_REQUESTS","message":"slow down"}}`), 429, data202604.ErrRateLimited, []string{"slow down"}},
		"cut error":        {func(w http.ResponseWriter, req *http.Request) { w.WriteHeader(500); cut(w, req) }, 500, data202604.ErrServer, []string{"500"}},
		"success, HTML":    {write(200, "text/html", "<html>welcome"), 200, nil, []string{"text/html", "<html>welcome"}},
		"success, no JSON": {write(200, "application/json", "{]"), 200, nil, []string{"decode", "{]"}},
		"success, empty":   {write(200, "application/json", ""), 200, nil, []string{"empty"}},
		"success, list":    {write(200, "application/json", "[1]"), 200, nil, []string{"decode", "[1]"}},
		"success, cut":     {cut, 200, io.ErrUnexpectedEOF, []string{"cut short"}},
		"success, 204":     {write(204, "", ""), 204, nil, []string{"empty"}},
	} {
		t.Run(name, func(t *testing.T) {
			file, err := answer(t, test.handler).DescribeFile(t.Context(), "a", "f", nil)
			var apiErr *data202604.Error
			if !errors.As(err, &apiErr) {
				t.Fatalf("file %v, error %v", file, err)
			}
			if apiErr.StatusCode != test.status {
				t.Errorf("status %d, want %d", apiErr.StatusCode, test.status)
			}
			if test.is != nil && !errors.Is(err, test.is) {
				t.Errorf("%v is not %v", err, test.is)
			}
			for _, part := range append(test.want, "GET /assistant/files/a/f") {
				if !strings.Contains(err.Error(), part) {
					t.Errorf("%q does not say %q", err, part)
				}
			}
		})
	}
}

func TestResponseLimit(t *testing.T) {
	const body = `{"id":"0123456789","name":"a.txt"}`
	for _, test := range []struct {
		limit int
		fails bool
	}{{len(body), false}, {len(body) - 1, true}, {1, true}} {
		api := answer(t, write(200, "application/json", body), data202604.WithMaxResponseBytes(int64(test.limit)))
		_, err := api.DescribeFile(t.Context(), "a", "f", nil)
		if fails := err != nil; fails != test.fails {
			t.Errorf("limit %d: error %v", test.limit, err)
		}
		if test.fails && !strings.Contains(err.Error(), "limit") {
			t.Errorf("limit %d: %q does not say so", test.limit, err)
		}
	}
	if _, err := data202604.New("h", data202604.WithMaxResponseBytes(-1)); err == nil {
		t.Error("no error for a negative limit")
	}
}

func TestContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	api := answer(t, func(_ http.ResponseWriter, req *http.Request) {
		cancel()
		<-req.Context().Done()
	})
	_, err := api.DescribeFile(ctx, "a", "f", nil)
	if !errors.Is(err, context.Canceled) {
		t.Errorf("error %v, want %v", err, context.Canceled)
	}
}

// The typed layer's default client does not send the key to another origin.
func TestRedirectDoesNotTakeTheKeyAlong(t *testing.T) {
	for _, status := range []int{301, 302, 303, 307, 308} {
		var leaked []string
		other := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, req *http.Request) {
			leaked = append(leaked, req.Header.Get("Api-Key"))
		}))
		api := answer(t, func(w http.ResponseWriter, req *http.Request) {
			http.Redirect(w, req, other.URL, status)
		})
		_, err := api.DescribeFile(t.Context(), "a", "f", nil)
		var urlErr *url.Error
		if !errors.As(err, &urlErr) || len(leaked) > 0 {
			t.Errorf("%d: error %v, keys at the other host: %q", status, err, leaked)
		}
		if err != nil && strings.Contains(err.Error(), "test-key") {
			t.Errorf("%d: %q", status, err)
		}
		other.Close()
	}
}
