package apierror

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

const testKey = "test-key-5e1f9c"

// reply returns a response to GET /assistant/assistants/x?q=1 with the API key
// testKey.
func reply(status int, contentType, body string) *http.Response {
	req := httptest.NewRequest(http.MethodGet, "https://api.pinecone.io/assistant/assistants/x?q=1", nil)
	req.Header.Set("Api-Key", testKey)
	header := http.Header{}
	if contentType != "" {
		header.Set("Content-Type", contentType)
	}
	return &http.Response{StatusCode: status, Header: header, Body: io.NopCloser(strings.NewReader(body)), Request: req}
}

// fetch sends a GET with testKey to a server with the given handler.
func fetch(t *testing.T, path string, handler http.HandlerFunc) *http.Response {
	t.Helper()
	srv := httptest.NewServer(handler)
	t.Cleanup(srv.Close)
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, srv.URL+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Api-Key", testKey)
	resp, err := srv.Client().Do(req)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { resp.Body.Close() })
	return resp
}
