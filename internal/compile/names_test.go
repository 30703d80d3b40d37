package compile

import (
	"strings"
	"testing"
)

func TestConstantName(t *testing.T) {
	spelling := map[string]string{"gpt": "GPT", "openai": "OpenAI", "ok": "OK", "us": "US"}
	for value, want := range map[string]string{
		"NOT_FOUND": "NotFound", "gpt-4.1": "GPT41", "openai": "OpenAI", "o4-mini": "O4Mini", "OK": "OK", "us": "US",
		"us-east-1": "USEast1", "InitializationFailed": "InitializationFailed", "content_filter": "ContentFilter",
		"claude-3-5-sonnet": "Claude35Sonnet", "": "Empty", "-1": "Minus1", "2048": "2048", "*": "", "état": "État",
		"a/b c": "ABC", "TOO_MANY_REQUESTS": "TooManyRequests", "tool_calls": "ToolCalls", "null": "Null",
	} {
		if got := constantName(value, spelling); got != want {
			t.Errorf("%q: %q, want %q", value, got, want)
		}
	}
}

func TestSpell(t *testing.T) {
	words := []string{"PDF", "JSON", "URL", "ID"}
	for name, want := range map[string]string{
		"PdfReference": "PDFReference", "JsonUrl": "JSONURL", "Idle": "Idle", "FileId": "FileID", "some_thing": "SomeThing",
		"HTTPError": "HTTPError", "a": "A", "": "",
	} {
		if got := spell(name, words); got != want {
			t.Errorf("%q: %q, want %q", name, got, want)
		}
	}
}

func TestVersionsInOrder(t *testing.T) {
	order := strings.Fields("2025-01 2025-10 2026-01.alpha 2026-01.rc 2026-01 2026-04.alpha 2026-04")
	for i, a := range order {
		for j, b := range order {
			if got := CompareVersions(a, b); (got < 0) != (i < j) || (got == 0) != (i == j) {
				t.Errorf("%s and %s: %d", a, b, got)
			}
		}
		if !IsVersion(a) {
			t.Errorf("%s is no version", a)
		}
	}
	for _, text := range []string{"", "2026-13", "2026-1", "2026-04.", "2026-04.RC", "../2026-04", "2026-04/x", "2026-04\n", "1999-01"} {
		if IsVersion(text) {
			t.Errorf("%q is a version", text)
		}
	}
}
