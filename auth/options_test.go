package auth

import (
	"net/http"
	"strings"
	"testing"
)

func TestOptionErrors(t *testing.T) {
	tests := []struct {
		name, option string
		opt          Option
	}{
		{"empty version", "WithVersion", WithVersion("")},
		{"version with a space", "WithVersion", WithVersion("2026 04")},
		{"version with a line break", "WithVersion", WithVersion("2026-04\r\nApi-Key: x")},
		{"non-ASCII version", "WithVersion", WithVersion("２０２６-04")},
		{"invalid host", "WithHost", WithHost("")},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			editor, err := APIKey(testKey, WithSourceTag("fine"), tt.opt)
			if editor != nil || err == nil || !strings.HasPrefix(err.Error(), "auth: "+tt.option+": ") {
				t.Errorf("editor %t, error %v, want an error that names %s", editor != nil, err, tt.option)
			}
		})
	}
}

func TestLastOptionWins(t *testing.T) {
	editor, err := APIKey(testKey, WithVersion("2025-01"), WithSourceTag("one"), WithVersion("2025-04"), WithSourceTag("two"))
	if err != nil {
		t.Fatal(err)
	}
	req := newRequest(t, http.MethodGet, "", "")
	if err := editor(t.Context(), req); err != nil {
		t.Fatal(err)
	}
	if v := req.Header.Get("X-Pinecone-Api-Version"); v != "2025-04" {
		t.Errorf("version %q", v)
	}
	if ua := req.Header.Get("User-Agent"); !strings.HasSuffix(ua, " source_tag=two") {
		t.Errorf("User-Agent %q", ua)
	}
}
