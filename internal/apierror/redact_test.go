package apierror

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
)

// shown returns all texts of an error, in every usual format.
func shown(e *Error) string {
	encoded, _ := json.Marshal(e)
	text := fmt.Sprintf("%v %+v %#v %q %s\n%v %+v %#v\n%s %s %s\n", e, e, e, e, encoded, *e, *e, *e, e.Body, e.Details, e.Path)
	for err := error(e); err != nil; err = errors.Unwrap(err) {
		text += fmt.Sprintf("%v %+v %#v %d\n", err, err, err, err)
	}
	return text
}

func TestKeyIsRedacted(t *testing.T) {
	resp := fetch(t, "/p/"+testKey+"?key="+testKey, func(w http.ResponseWriter, r *http.Request) {
		key := r.Header.Get("Api-Key")
		w.Header().Set("X-Request-Id", "id-"+key)
		w.Header().Set("X-Echo", key)
		w.WriteHeader(http.StatusUnauthorized)
		fmt.Fprintf(w, `{"error":{"code":"%[1]s","message":"key %[1]s and %[1]s","details":{"%[1]s":["%[1]s"]}}}`, key)
	})
	e := FromResponse(resp)
	if e.Code != "REDACTED" || e.Message != "key REDACTED and REDACTED" || e.RequestID != "id-REDACTED" ||
		string(e.Details) != `{"REDACTED":["REDACTED"]}` || e.Header.Get("X-Echo") != "REDACTED" || e.Path != "/p/REDACTED" {
		t.Errorf("%+v", *e)
	}
	if strings.Contains(shown(e), testKey) {
		t.Errorf("the key shows: %s", shown(e))
	}
}

func TestSecretsOfRequest(t *testing.T) {
	tests := []struct {
		name   string
		header http.Header
		body   string
		want   string
	}{
		{"no header", nil, "text", "text"},
		{"empty key", http.Header{"Api-Key": {"", " "}}, "a b", "a b"},
		{"several keys", http.Header{"Api-Key": {"key-one", "key-two"}}, "key-two key-one", "REDACTED REDACTED"},
		{"one key begins another", http.Header{"Api-Key": {"key", "key-two"}}, "key-two key", "REDACTED REDACTED"},
		{"name as written", http.Header{"api-key": {"key-one"}}, "key-one", "REDACTED"},
		{"space around", http.Header{"Api-Key": {" key-one\t"}}, "key-one", "REDACTED"},
		{"bearer token", http.Header{"Authorization": {"Bearer token-one"}}, "Bearer token-one", "Bearer REDACTED"},
		{"token without a scheme", http.Header{"Authorization": {" token-one "}}, "token-one", "REDACTED"},
		{"other headers", http.Header{"Accept": {"text"}}, "text", "text"},
		{"adjacent", http.Header{"Api-Key": {"key-one"}}, "key-onekey-one", "REDACTEDREDACTED"},
		{"quote and backslash", http.Header{"Api-Key": {`k"e\y`}}, `raw k"e\y, JSON k\"e\\y`, "raw REDACTED, JSON REDACTED"},
		{"HTML-safe JSON", http.Header{"Api-Key": {"k<e&y"}}, `raw k<e&y, JSON k\u003ce\u0026y`, "raw REDACTED, JSON REDACTED"},
		{"decoded message", http.Header{"Api-Key": {"key-one"}}, `{"message":"\u006bey\u002done"}`, "REDACTED"},
		{"decoded code", http.Header{"Api-Key": {"key-one"}}, `{"error":{"code":"\u006bey-one","message":"m"}}`, "m"},
		{"entities in a title", http.Header{"Api-Key": {"key-one"}}, "<html><title>&#107;ey-one</title>", "REDACTED"},
		{"end cut in the key", http.Header{"Api-Key": {"key-one"}}, "your key-on", "your"},
		{"end cut in the escaped key", http.Header{"Api-Key": {`k"e"y`}}, `your k\"e`, "your"},
		{"end like the key by chance", http.Header{"Api-Key": {"key-one"}}, "your key", "your key"},
		{"key that breaks the JSON", http.Header{"Api-Key": {`"`}}, `{"message":"m"}`, "{REDACTEDmessageREDACTED:REDACTEDmREDACTED}"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			resp := reply(401, "", tt.body)
			resp.Request.Header = tt.header
			e := FromResponse(resp)
			if e.Message != tt.want {
				t.Errorf("message %q, want %q", e.Message, tt.want)
			}
			if strings.Contains(e.Code, "key-one") {
				t.Errorf("code %q", e.Code)
			}
		})
	}
}

func TestKeyAtBodyLimit(t *testing.T) {
	for shift := -2; shift <= len(testKey)+2; shift++ {
		body := strings.Repeat(".", MaxBody-shift) + testKey + "."
		for _, e := range []*Error{
			FromResponse(reply(500, "", body)),
			FromSuccess(reply(200, "", ""), []byte(body), nil),
		} {
			if len(e.Body) > MaxBody || strings.Contains(string(e.Body), testKey[:minFragment]) {
				t.Errorf("shift %d: %d bytes, ending in %q", shift, len(e.Body), e.Body[len(e.Body)-20:])
			}
		}
	}
	if e := FromResponse(reply(500, "", strings.Repeat("ab", MaxBody))); len(e.Body) != MaxBody {
		t.Errorf("%d bytes", len(e.Body))
	}
}

// A key that is shorter than REDACTED makes the redacted body longer; the limit
// still holds.
func TestRedactionKeepsTheLimit(t *testing.T) {
	resp := reply(500, "", strings.Repeat("k", MaxBody))
	resp.Request.Header.Set("Api-Key", "k")
	if e := FromResponse(resp); len(e.Body) != MaxBody {
		t.Errorf("%d bytes", len(e.Body))
	}
}

// valueError is an error whose fields every formatting verb prints.
type valueError struct{ text string }

func (e valueError) Error() string { return e.text }

func TestCauseIsRedacted(t *testing.T) {
	cause := valueError{"cannot parse " + testKey}
	failing := reply(500, "", "")
	failing.Body = io.NopCloser(io.MultiReader(strings.NewReader("x"), readerFunc(func([]byte) (int, error) { return 0, cause })))
	for name, e := range map[string]*Error{
		"FromSuccess":  FromSuccess(reply(200, "application/json", ""), []byte("{"), cause),
		"FromResponse": FromResponse(failing),
		"URL error":    FromSuccess(reply(200, "", ""), nil, &url.Error{Op: "Get", URL: "https://a/?k=" + testKey, Err: cause}),
		"content type": FromSuccess(reply(200, "text/"+testKey, ""), nil, nil),
	} {
		var target valueError
		if name != "content type" && (!errors.Is(e, cause) || !errors.As(e, &target)) {
			t.Errorf("%s: the cause cannot be matched", name)
		}
		if strings.Contains(shown(e), testKey) || !strings.Contains(e.Error(), "REDACTED") {
			t.Errorf("%s: %s", name, shown(e))
		}
	}
}

type readerFunc func([]byte) (int, error)

func (f readerFunc) Read(p []byte) (int, error) { return f(p) }
