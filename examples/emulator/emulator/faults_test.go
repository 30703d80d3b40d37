package emulator

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/pinecone-community/assistant-go/gen/2026-04/data"
)

func TestFaultStatuses(t *testing.T) {
	f := start(t, WithFaults())
	tests := []struct {
		version string
		status  int
		code    string
	}{
		{"2026-04", 400, "INVALID_ARGUMENT"},
		{"2026-04", 401, "UNAUTHENTICATED"},
		{"2026-04", 403, "FORBIDDEN"},
		{"2026-04", 404, "NOT_FOUND"},
		{"2026-04", 409, "ALREADY_EXISTS"},
		{"2026-04", 418, "UNKNOWN"},
		{"2026-04", 429, "TOO_MANY_REQUESTS"},
		{"2025-01", 429, "RESOURCE_EXHAUSTED"},
		{"2026-07", 429, "TOO_MANY_REQUESTS"},
		{"2026-04", 500, "INTERNAL"},
		{"2025-01", 503, "UNAVAILABLE"},
		{"2026-04", 504, "DEADLINE_EXCEEDED"},
		{"2026-04", 599, "UNKNOWN"},
	}
	for _, tt := range tests {
		t.Run(tt.version+" "+strconv.Itoa(tt.status), func(t *testing.T) {
			if err := f.Fail(Fault{Status: tt.status, RetryAfter: 1500 * time.Millisecond}); err != nil {
				t.Fatal(err)
			}
			header := http.Header{versionHeader: {tt.version}}
			resp, text := f.exchange(t, "GET", "/assistant/assistants", header, "")
			checkRefusal(t, resp.StatusCode, text, tt.status, tt.code, "injected fault")
			if got := resp.Header.Get("Retry-After"); got != "2" {
				t.Errorf("Retry-After %q", got)
			}
			if status, text := f.send(t, "GET", "/assistant/assistants", header, ""); status != 200 {
				t.Errorf("next request: status %d: %s", status, text)
			}
		})
	}

	// The evaluation plane has its own error format, and does not change the status of a
	// fault.
	for _, status := range []int{400, 429, 503} {
		if err := f.Fail(Fault{Status: status, Operation: "EvaluateAlignment"}); err != nil {
			t.Fatal(err)
		}
		got, text := f.send(t, "POST", "/assistant/evaluation/metrics/alignment", nil, `{"question":"q","answer":"a","ground_truth_answer":"g"}`)
		if got != status || decoded(t, text)["message"] == nil {
			t.Errorf("status %d: %s", got, text)
		}
	}
}

// A request takes the first fault for its operation, and a fault applies to Count
// requests.
func TestFaultsInOrder(t *testing.T) {
	f := start(t)
	f.createAssistant(t)
	for _, fault := range []Fault{
		{Status: 503, Operation: "ListFiles", Count: 2},
		{Status: 500},
		{Status: 404, Operation: "ListFiles"},
	} {
		if err := f.Fail(fault); err != nil {
			t.Fatal(err)
		}
	}
	for i, want := range []struct {
		path   string
		status int
	}{
		{"/assistant/files/a", 503},
		{"/assistant/assistants", 500},
		{"/assistant/assistants", 200},
		{"/assistant/files/a", 503},
		{"/assistant/files/a", 404},
		{"/assistant/files/a", 200},
	} {
		if status, text := f.send(t, "GET", want.path, nil, ""); status != want.status {
			t.Errorf("request %d, %s: status %d: %s", i, want.path, status, text)
		}
	}
}

// A request without a valid key, version and operation does not take a fault.
func TestFaultsNotTaken(t *testing.T) {
	f := start(t)
	if err := f.Fail(Fault{Status: 503}); err != nil {
		t.Fatal(err)
	}
	for _, request := range []struct {
		path   string
		header http.Header
		status int
	}{
		{"/assistant/assistants", http.Header{keyHeader: {"x"}}, 401},
		{"/assistant/assistants", http.Header{versionHeader: {"x"}}, 403},
		{"/assistant/nothing", nil, 404},
		{"/assistant/assistants", nil, 503},
	} {
		if status, text := f.send(t, "GET", request.path, request.header, ""); status != request.status {
			t.Errorf("%s: status %d: %s", request.path, status, text)
		}
	}
}

func TestFaultRetried(t *testing.T) {
	f := start(t)
	f.createAssistant(t)
	if err := f.Fail(Fault{Status: 503, Count: 2, Operation: "ListFiles"}); err != nil {
		t.Fatal(err)
	}
	api, err := data.New(f.URL, data.WithHTTPClient(f.client), data.WithRequestEditorFn(func(_ context.Context, req *http.Request) error {
		req.Header.Set(keyHeader, f.Key)
		return nil
	}))
	if err != nil {
		t.Fatal(err)
	}
	if list, err := api.ListFiles(t.Context(), "a", nil); err != nil || len(list.Files) != 0 {
		t.Errorf("listed %+v, error %v", list, err)
	}
}

// get sends a GET request, and does not validate the response against the spec.
func (f *fixture) get(t *testing.T, path string, header http.Header) (*http.Response, string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), "GET", f.URL+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header = http.Header{keyHeader: {f.Key}, versionHeader: {defaultVersion}}
	for name, values := range header {
		req.Header[name] = values
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp, string(text)
}

func TestHTMLFault(t *testing.T) {
	f := start(t)
	for _, test := range []struct {
		fault  Fault
		status int
	}{{Fault{HTML: true}, 502}, {Fault{HTML: true, Status: 200}, 200}, {Fault{HTML: true, Status: 503, RetryAfter: time.Second}, 503}} {
		if err := f.Fail(test.fault); err != nil {
			t.Fatal(err)
		}
		resp, text := f.get(t, "/assistant/assistants", nil)
		if resp.StatusCode != test.status || resp.Header.Get("Content-Type") != "text/html" || !strings.HasPrefix(text, "<html>") || (resp.Header.Get("Retry-After") == "1") != (test.status == 503) {
			t.Errorf("status %d, %v: %s", resp.StatusCode, resp.Header, text)
		}
	}
}

func TestFaultDelay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := inMemory(t, WithLatency(3*time.Second))
		for _, fault := range []struct {
			Fault
			status int
			took   time.Duration
		}{{Fault{Delay: time.Minute}, 200, 63 * time.Second}, {Fault{Delay: time.Second, Status: 503}, 503, 4 * time.Second}} {
			if err := f.Fail(fault.Fault); err != nil {
				t.Fatal(err)
			}
			began := time.Now()
			status, text := f.send(t, "GET", "/assistant/assistants", nil, "")
			if took := time.Since(began); status != fault.status || took != fault.took {
				t.Errorf("status %d after %v: %s", status, took, text)
			}
		}
	})
}

// cutStream requests a stream, and returns its events and the error of reading it.
func cutStream(t *testing.T, f *fixture, path string) ([]string, error) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), "POST", f.URL+path, strings.NewReader(`{"stream":true,"messages":[{"content":"When is the lamp lit?"}]}`))
	if err != nil {
		t.Fatal(err)
	}
	req.Header = http.Header{keyHeader: {f.Key}, versionHeader: {defaultVersion}, "Content-Type": {"application/json"}}
	resp, err := f.client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != 200 || resp.Header.Get("Content-Type") != "text/event-stream" {
		t.Errorf("status %d, %v", resp.StatusCode, resp.Header)
	}
	var events []string
	lines := bufio.NewScanner(resp.Body)
	for lines.Scan() {
		if event, ok := strings.CutPrefix(lines.Text(), "data:"); ok {
			events = append(events, event)
		}
	}
	return events, lines.Err()
}

func TestCutStream(t *testing.T) {
	f := startWithFiles(t)
	for _, path := range []string{"/assistant/chat/a", "/assistant/chat/a/chat/completions"} {
		whole, err := cutStream(t, f, path)
		if err != nil || len(whole) < 5 {
			t.Fatalf("%d events, error %v", len(whole), err)
		}
		for _, n := range []int{0, 1, 3, len(whole) - 1, len(whole), len(whole) + 1} {
			if err := f.Fail(Fault{CutAfterEvents: &n}); err != nil {
				t.Fatal(err)
			}
			events, err := cutStream(t, f, path)
			if aborted := errors.Is(err, io.ErrUnexpectedEOF); len(events) != min(n, len(whole)) || aborted != (n <= len(whole)) {
				t.Errorf("%s cut after %d: %d events, error %v", path, n, len(events), err)
			}
		}
	}

	// The client returns an error for a cut stream.
	n := 3
	if err := f.Fail(Fault{CutAfterEvents: &n, Operation: "Chat"}); err != nil {
		t.Fatal(err)
	}
	_, err := data.CollectChat(f.data.ChatStream(t.Context(), "a", data.ChatRequest{Messages: ask("When is the lamp lit?")}))
	if !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("error %v", err)
	}

	// The fault does not affect other responses.
	if err := f.Fail(Fault{CutAfterEvents: &n}); err != nil {
		t.Fatal(err)
	}
	if _, err := f.data.ListFiles(t.Context(), "a", nil); err != nil {
		t.Error(err)
	}
}

func TestRemoteFaults(t *testing.T) {
	f := start(t, WithFaults())
	if status, text := f.send(t, "POST", faultsPath, nil, `{"operation":"ListAssistants","count":2,"status":429,"retry_after":7}`); status != 204 || text != "" {
		t.Fatalf("status %d: %s", status, text)
	}
	resp, text := f.exchange(t, "GET", "/assistant/assistants", nil, "")
	if resp.StatusCode != 429 || resp.Header.Get("Retry-After") != "7" {
		t.Errorf("status %d: %s", resp.StatusCode, text)
	}
	if status, text := f.send(t, "DELETE", faultsPath, nil, ""); status != 204 || text != "" {
		t.Errorf("status %d: %s", status, text)
	}
	if status, text := f.send(t, "GET", "/assistant/assistants", nil, ""); status != 200 {
		t.Errorf("status %d: %s", status, text)
	}

	// A fault in the header applies to its request only, and precedes pending faults.
	if err := f.Fail(Fault{Status: 500}); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		header http.Header
		status int
	}{
		{http.Header{faultHeader: {`{"status":503}`}}, 503},
		{nil, 500},
		{nil, 200},
		{http.Header{faultHeader: {`{"delay":0.001}`}}, 200},
		{http.Header{faultHeader: {`{"status":503,"count":2}`}}, 400},
		{http.Header{faultHeader: {`{"status":503,"operation":"ListAssistants"}`}}, 400},
		{http.Header{faultHeader: {`503`}}, 400},
	} {
		if status, text := f.send(t, "GET", "/assistant/assistants", test.header, ""); status != test.status {
			t.Errorf("%v: status %d: %s", test.header, status, text)
		}
	}
}

func TestRemoteFaultsOff(t *testing.T) {
	f := start(t)
	for _, method := range []string{"POST", "DELETE"} {
		status, text := f.send(t, method, faultsPath, nil, `{"status":503}`)
		checkRefusal(t, status, text, 404, "NOT_FOUND", faultsPath)
	}
	if status, text := f.send(t, "GET", "/assistant/assistants", http.Header{faultHeader: {`{"status":503}`}}, ""); status != 200 {
		t.Errorf("status %d: %s", status, text)
	}
}

func TestInvalidFaults(t *testing.T) {
	f := start(t, WithFaults())
	for _, test := range []struct{ name, body, message string }{
		{"empty", ``, "want a JSON object"},
		{"invalid JSON", `{"status":`, "want a JSON object"},
		{"a list", `[]`, "want a JSON object"},
		{"two", `{"status":503}{"status":503}`, "data after the JSON object"},
		{"rest", `{"status":503}x`, "data after the JSON object"},
		{"large", `{"operation":"` + strings.Repeat("x", maxLocalBytes) + `"}`, "too large"},
		{"no effect", `{}`, "empty fault"},
		{"only a count", `{"count":3,"operation":"ListFiles"}`, "empty fault"},
		{"unknown field", `{"status":503,"retry-after":1}`, "retry-after"},
		{"unknown operation", `{"status":503,"operation":"list_nothing"}`, "ListFiles"},
		{"count", `{"status":503,"count":-1}`, "count: -1"},
		{"status 200", `{"status":200}`, "400 to 599"},
		{"status 600", `{"status":600}`, "400 to 599"},
		{"status 199 as HTML", `{"status":199,"html":true}`, "200 to 599"},
		{"status is text", `{"status":"503"}`, "status"},
		{"retry_after without a status", `{"retry_after":1,"delay":1}`, "retry_after"},
		{"negative retry_after", `{"status":503,"retry_after":-1}`, "retry_after"},
		{"long retry_after", `{"status":503,"retry_after":3601}`, "retry_after: want 0 to 3600"},
		{"negative delay", `{"delay":-0.5}`, "delay"},
		{"long delay", `{"delay":1e300}`, "delay: want 0 to 3600"},
		{"negative cut", `{"cut_after_events":-1}`, "cut_after_events"},
		{"cut and status", `{"cut_after_events":1,"status":503}`, "cut_after_events"},
	} {
		t.Run(test.name, func(t *testing.T) {
			status, text := f.send(t, "POST", faultsPath, nil, test.body)
			checkRefusal(t, status, text, 400, "INVALID_ARGUMENT", test.message)
		})
	}
	status, text := f.send(t, "POST", faultsPath, http.Header{keyHeader: nil}, `{"status":503}`)
	checkRefusal(t, status, text, 401, "UNAUTHENTICATED", "Invalid API key.")
	if err := f.Fail(Fault{}); err == nil {
		t.Error("empty fault: no error")
	}

	// Invalid faults have no effect.
	if status, text := f.send(t, "GET", "/assistant/assistants", nil, ""); status != 200 {
		t.Errorf("status %d: %s", status, text)
	}
}
