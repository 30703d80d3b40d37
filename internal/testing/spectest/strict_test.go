package spectest

import (
	"io"
	"net/http"
	"strings"
	"testing"
)

// replying returns a transport that returns the same response to every request.
func replying(contentType, body string) http.RoundTripper {
	return roundTripper(func(req *http.Request) (*http.Response, error) {
		return &http.Response{
			StatusCode: http.StatusOK,
			Header:     http.Header{"Content-Type": {contentType}},
			Body:       io.NopCloser(strings.NewReader(body)),
			Request:    req,
		}, nil
	})
}

func TestStrict(t *testing.T) {
	specs := map[string][2]*Spec{}
	for _, version := range []string{"2025-01", "2026-04"} {
		specs[version] = [2]*Spec{Load(t, version, "data"), LoadStrict(t, version, "data")}
	}
	const (
		json   = "application/json"
		answer = `{"citations":[{"references":[{"file":{"id":"f","name":"n","size":1}}]}]}`
		start  = `{"type":"message_start","id":"i","model":"m","role":"assistant","context_snippet_count":0}`
	)
	for _, test := range []struct {
		name, version, method, path string
		contentType, reply          string
		want                        string // report of the strict spec; the other spec reports nothing
	}{
		{"known", "2025-01", "GET", "/files/a/f", json, `{"id":"f","name":"n","percent_done":1,"metadata":{"any":1}}`, ""},
		{"unknown", "2025-01", "GET", "/files/a/f", json, `{"id":"f","name":"n","size":1}`, "size"},
		{"unknown, described in place", "2025-01", "GET", "/files/a", json, `{"files":[],"pagination":{}}`, "pagination"},
		{"unknown, deep", "2025-01", "POST", "/chat/a", json, answer, "size"},
		{"known, deep", "2026-04", "POST", "/chat/a", json, answer, ""},
		{"unknown, in an event", "2025-01", "POST", "/chat/a", eventStream, "data:" + start + "\n\n", "context_snippet_count"},
		{"known, in an event", "2026-04", "POST", "/chat/a", eventStream, "data:" + start + "\n\n", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			for i, want := range []string{"", test.want} {
				var got reports
				req, err := http.NewRequestWithContext(t.Context(), test.method, "http://localhost/assistant"+test.path, nil)
				if err != nil {
					t.Fatal(err)
				}
				resp, err := Replies(&got, replying(test.contentType, test.reply), specs[test.version][i]).RoundTrip(req)
				if err != nil {
					t.Fatal(err)
				}
				if body, _ := io.ReadAll(resp.Body); string(body) != test.reply {
					t.Errorf("the response's body became %q", body)
				}
				resp.Body.Close()
				if all := strings.Join(got, "\n"); (all == "") != (want == "") || !strings.Contains(all, want) {
					t.Errorf("reported %q, want %q", all, want)
				}
			}
		})
	}
}

// Replies passes on a request without an operation, and validates no requests.
func TestReplies(t *testing.T) {
	spec := Load(t, "2026-04", "data")
	for _, test := range []struct{ method, target, want string }{
		{"GET", "/assistant/nothing", ""},
		{"PATCH", "/assistant/files/a", ""},
		{"GET", "/elsewhere", ""},
		{"GET", "/assistant/operations/a?limit=101", ""},
		{"GET", "/assistant/files/a/f", "name"},
	} {
		var got reports
		req, err := http.NewRequestWithContext(t.Context(), test.method, "http://localhost"+test.target, nil)
		if err != nil {
			t.Fatal(err)
		}
		resp, err := Replies(&got, replying("application/json", `{}`), spec).RoundTrip(req)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		if all := strings.Join(got, "\n"); (all == "") != (test.want == "") || !strings.Contains(all, test.want) {
			t.Errorf("%s %s: reported %q, want %q", test.method, test.target, all, test.want)
		}
	}
}
