package apierror

import (
	"encoding/json"
	"io"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

func FuzzFromResponse(f *testing.F) {
	for _, body := range []string{
		"", "{}", "null", `"text"`, "[1]", "\ufeff{}", "Invalid API Key", "\xff\x80", testKey, testKey[:8],
		`{"status":404,"error":{"code":"NOT_FOUND","message":"m","details":{"a":1}}}`,
		`{"error":{"code":5,"message":{}},"message":"m"}`,
		`{"message":"\u0074est-key-5e1f9c","details":"` + testKey + `"}`,
		"<html><title>502 Bad Gateway</title></html>",
		"<title>&#116;est-key-5e1f9c</title>",
		"test-key\xff-5e1f9c", "test-key\x00-5e1f9c\u202e",
	} {
		f.Add(404, "application/json", body, uint(0))
		f.Add(502, "text/html", body, uint(0))
	}
	f.Add(429, "text/"+testKey, "", uint(0))
	f.Add(500, "text/plain", testKey, uint(MaxBody-4))
	f.Fuzz(func(t *testing.T, status int, contentType, body string, pad uint) {
		body = strings.Repeat(".", int(pad%(2*MaxBody))) + body
		resp := reply(status, contentType, body)
		resp.Header.Set("X-Request-Id", body)
		rest := resp.Body.(io.Reader)
		e := FromResponse(resp)
		check(t, e, status)
		check(t, FromSuccess(resp, []byte(body), nil), status)

		if left, _ := io.ReadAll(rest); len(left) != max(0, len(body)-MaxBody) {
			t.Errorf("%d bytes of %d are left unread", len(left), len(body))
		}
		if e.Details != nil && !json.Valid(e.Details) {
			t.Errorf("details %q", e.Details)
		}
	})
}

func check(t *testing.T, e *Error, status int) {
	t.Helper()
	text := e.Error()
	if e.StatusCode != status {
		t.Errorf("status %d, want %d", e.StatusCode, status)
	}
	for _, part := range []string{text, e.Message, e.Code, e.RequestID, string(e.Body), string(e.Details)} {
		if strings.Contains(part, testKey) {
			t.Errorf("the key shows: %q", part)
		}
	}
	if len(e.Body) > MaxBody || len(text) > 12*maxText {
		t.Errorf("%d bytes of body, %d of text", len(e.Body), len(text))
	}
	if !utf8.ValidString(text) || strings.ContainsFunc(text, unicode.IsControl) {
		t.Errorf("text %q", text)
	}
	e.RetryAfter()
	matched := 0
	for _, kind := range kinds {
		if e.Is(kind) {
			matched++
		}
	}
	if matched > 1 || matched > 0 && status/100 == 2 {
		t.Errorf("%d kinds match status %d code %q", matched, status, e.Code)
	}
}
