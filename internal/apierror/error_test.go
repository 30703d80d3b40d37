package apierror

import (
	"errors"
	"io"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

func TestErrorText(t *testing.T) {
	tests := []struct {
		name string
		err  Error
		want string
	}{
		{
			"everything",
			Error{StatusCode: 404, Code: "NOT_FOUND", Message: `Assistant "x" not found`, Method: "GET", Path: "/assistant/assistants/x", RequestID: "abc"},
			`pinecone: GET /assistant/assistants/x: 404 NOT_FOUND: Assistant "x" not found (request id abc)`,
		},
		{"nothing", Error{}, "pinecone"},
		{"status alone", Error{StatusCode: 500}, "pinecone: 500"},
		{"code alone", Error{Code: "NOT_FOUND"}, "pinecone: NOT_FOUND"},
		{"message alone", Error{Message: "m"}, "pinecone: m"},
		{"request id alone", Error{RequestID: "abc"}, "pinecone (request id abc)"},
		{"path alone", Error{Path: "/p", StatusCode: 500}, "pinecone: /p: 500"},
		{"cause", Error{StatusCode: 200, Message: `<a "b">`, cause: io.ErrUnexpectedEOF}, `pinecone: 200: unexpected EOF: "<a \"b\">"`},
		{"cause without a message", Error{StatusCode: 200, cause: io.ErrUnexpectedEOF}, "pinecone: 200: unexpected EOF"},
		{"details and header stay out", Error{StatusCode: 400, Details: []byte(`"d"`), Header: map[string][]string{"A": {"b"}}, Body: []byte("body")}, "pinecone: 400"},
		{
			"one line",
			Error{StatusCode: 500, Code: "A\nB", Message: "\r\none\n\n\ttwo\x00\x1b[31mthree\u2028four\u202efive\u00a0six\n", Path: "/p\n", RequestID: "i\nd"},
			"pinecone: /p: 500 A B: one two [31mthree four five six (request id i d)",
		},
		{"invalid UTF-8", Error{Message: "a\xffb"}, "pinecone: a\uFFFDb"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := tt.err.Error(); got != tt.want {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
		})
	}
}

func TestErrorTextIsShort(t *testing.T) {
	for _, unit := range []string{"a", "é", "€", "😀", "\x80", "a\n", "\ufeff"} {
		long := strings.Repeat(unit, MaxBody)
		e := &Error{
			StatusCode: 500, Code: long, Message: long, RequestID: long, Method: long, Path: long,
			cause: errors.New(long),
		}
		text := e.Error()
		if len(text) > 12*maxText || !utf8.ValidString(text) || strings.ContainsFunc(text, unicode.IsControl) {
			t.Errorf("%q repeated: %d bytes, valid %t", unit, len(text), utf8.ValidString(text))
		}
		if got := line(long); len(got) > maxText || len(got) < maxText-8 || !strings.HasSuffix(got, "…") {
			t.Errorf("%q repeated: line of %d bytes", unit, len(got))
		}
	}
	exact := strings.Repeat("a", maxText)
	if got := line(exact); got != exact {
		t.Errorf("a line of exactly %d bytes is cut to %d", maxText, len(got))
	}
}
