package spectest

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
)

// faults is a Reporter that collects what is reported.
type faults struct {
	testing.TB
	list []string
}

func (f *faults) Errorf(format string, args ...any) {
	f.list = append(f.list, fmt.Sprintf(format, args...))
}

func TestFake(t *testing.T) {
	const host = "https://prod-1-data.ke.pinecone.io/assistant"
	for _, test := range []struct {
		method, path, body string
		status             int
		want, absent       string // in the response body
		fault              string
	}{
		{"GET", "/files/a", "", 200, `"pagination":{"next":`, "", ""},
		{"GET", "/files/a?pagination_token=2", "", 200, `"files":[`, "pagination", ""},
		{"GET", "/files/no-such-assistant", "", 404, `"error":`, "", ""},
		{"GET", "/operations/a/b", "", 200, `"status":"Completed"`, "", ""},
		{"POST", "/chat/a", `{"messages":[{"role":"user","content":"b"}],"stream":true}`, 200, "data:", "", ""},
		{"POST", "/chat/a", `{"messages":[{"role":"user","content":"b"}]}`, 200, `"citations":[`, "data:", ""},
		{"POST", "/chat/a", `{}`, 200, "", "", "the request does not conform to the spec"},
		{"GET", "/chats/a", "", 404, "", "", "no spec has this operation"},
	} {
		found := &faults{TB: t}
		req, err := http.NewRequestWithContext(t.Context(), test.method, host+test.path, strings.NewReader(test.body))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Api-Key", "key")
		req.Header.Set("X-Pinecone-Api-Version", "2026-04")
		if test.body != "" {
			req.Header.Set("Content-Type", "application/json")
		}
		resp, err := Fake(found, Load(t, "2026-04", "data")).RoundTrip(req)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(resp.Body)
		resp.Body.Close()
		if err != nil || resp.StatusCode != test.status || !strings.Contains(string(body), test.want) || test.absent != "" && strings.Contains(string(body), test.absent) {
			t.Errorf("%s %s: status %d, error %v, %s", test.method, test.path, resp.StatusCode, err, body)
		}
		if all := strings.Join(found.list, "\n"); (test.fault == "") != (all == "") || !strings.Contains(all, test.fault) {
			t.Errorf("%s %s: reported %q, want %q", test.method, test.path, all, test.fault)
		}
		if strings.HasPrefix(string(body), "data:") {
			events := strings.Split(strings.TrimSpace(string(body)), "\n\n")
			if len(events) != 4 || !strings.Contains(events[3], `"type":"message_end"`) {
				t.Errorf("the stream is %s", body)
			}
		}
	}
}
