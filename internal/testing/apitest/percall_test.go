package apitest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	data202501 "github.com/pinecone-community/assistant-go/gen/2025-01/data"
	control202607 "github.com/pinecone-community/assistant-go/gen/2026-07/control"
	data202607 "github.com/pinecone-community/assistant-go/gen/2026-07/data"
)

// A nil, empty or zero argument is an error that names the argument.
func TestNilThings(t *testing.T) {
	ctx := t.Context()
	api, err := data202607.New("http://127.0.0.1:1")
	if err != nil {
		t.Fatal(err)
	}
	_, zero := new(data202607.API).Chat(ctx, "a", data202607.ChatRequest{})
	_, none := (*data202607.API)(nil).Chat(ctx, "a", data202607.ChatRequest{})
	_, editor := api.Chat(ctx, "a", data202607.ChatRequest{}, nil)
	_, context := api.Chat(nil, "a", data202607.ChatRequest{}) //nolint:staticcheck // the subject
	_, wait := api.WaitForOperation(ctx, "a", "b", nil)
	_, response := api.Chat(ctx, "a", data202607.ChatRequest{}, data202607.WithResponse(nil))
	_, option := api.Chat(ctx, "a", data202607.ChatRequest{}, data202607.WithCallOptions(data202607.WithMaxRetries(1), nil))
	_, clientOption := api.Chat(ctx, "a", data202607.ChatRequest{}, data202607.WithCallOptions(data202607.WithBaseURL("http://h")))
	_, badOption := api.Chat(ctx, "a", data202607.ChatRequest{}, data202607.WithCallOptions(data202607.WithMaxRetries(-1)))
	of := func(opts ...data202607.Option) error {
		_, err := data202607.New("h", opts...)
		return err
	}
	for want, err := range map[string]error{
		"the API is a zero value":                    zero,
		"zero value: make one with New":              none,
		"request editor 1 of the call is nil":        editor,
		"the context is nil":                         context,
		"wait option 1 is nil":                       wait,
		"response to fill in is nil":                 response,
		"option 2: the option is nil":                option,
		"option 1: the option configures a client":   clientOption,
		"retries: -1":                                badOption,
		"data: option 1: the option is nil":          of(nil),
		"data: option 2: the option is nil":          of(data202607.WithMaxRetries(1), data202607.ClientOption(nil)),
		"data: HTTP client is nil":                   of(data202607.WithHTTPClient(nil)),
		"HTTP client is nil":                         of(data202607.WithHTTPClient((*http.Client)(nil))),
		"data: request editor 1 is nil":              of(data202607.WithRequestEditorFn(nil)),
		`option 1: base URL "": it is empty`:         of(data202607.WithBaseURL("")),
		`option 1: base URL "https://REDACTED@h%zz"`: of(data202607.WithBaseURL("https://me:password@h%zz")),
		"idle timeout: -1s":                          of(data202607.WithIdleTimeout(-time.Second)),
		"event timeout: -1s":                         of(data202607.WithEventTimeout(-time.Second)),
		"longest Retry-After: -1s":                   of(data202607.WithMaxRetryAfter(-time.Second)),
	} {
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "password") {
			t.Errorf("error %v, want %s", err, want)
		}
	}
}

// desk starts a server that returns the answers in order.
func desk(t *testing.T, answers ...string) (url string, requests *[]string) {
	t.Helper()
	requests = new([]string)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		*requests = append(*requests, r.Method+" "+r.RequestURI+" "+string(body))
		answer := answers[min(len(*requests), len(answers))-1]
		w.Header().Set("X-Request-Id", fmt.Sprint("id-", len(*requests)))
		w.Header().Set("Content-Type", "application/json")
		if strings.HasPrefix(answer, "data:") {
			w.Header().Set("Content-Type", "text/event-stream")
		}
		if strings.Contains(answer, `"status":429`) {
			w.WriteHeader(http.StatusTooManyRequests)
		}
		_, _ = io.WriteString(w, answer)
	}))
	t.Cleanup(server.Close)
	return server.URL, requests
}

func TestResponses(t *testing.T) {
	url, _ := desk(t,
		`{"status":429,"error":{"code":"RESOURCE_EXHAUSTED","message":"slow down"}}`,
		`{"message":{"role":"assistant","content":"x"},"new_field":7}`,
		`data:{"type":"message_end","finish_reason":"stop"}`+"\n\n",
		`{"files":[{"name":"a"}],"pagination":{"next":"t"}}`,
		`{"files":[{"name":"b"}]}`,
	)
	api, err := data202607.New(url)
	if err != nil {
		t.Fatal(err)
	}
	var info data202607.ResponseInfo
	if _, err := api.Chat(t.Context(), "a", data202607.ChatRequest{}, data202607.WithResponse(&info)); err != nil {
		t.Fatal(err)
	}
	var newer struct {
		NewField int `json:"new_field"`
	}
	if err := json.Unmarshal(info.Body, &newer); err != nil || newer.NewField != 7 || info.Attempts != 2 || info.StatusCode != 200 || info.RequestID != "id-2" {
		t.Errorf("%+v, error %v", info, err)
	}
	for _, err := range api.ChatStream(t.Context(), "a", data202607.ChatRequest{}, data202607.WithResponse(&info)) {
		if err != nil || info.RequestID != "id-3" || info.Attempts != 1 || info.Body != nil {
			t.Errorf("%+v, error %v", info, err)
		}
	}
	ids := ""
	for file, err := range api.AllFiles(t.Context(), "a", nil, data202607.WithResponse(&info)) {
		if err != nil {
			t.Fatal(err)
		}
		ids += file.Name + info.RequestID + " "
	}
	if ids != "aid-4 bid-5 " {
		t.Error(ids)
	}
}

func TestExtras(t *testing.T) {
	url, requests := desk(t, `{"message":{}}`)
	api, err := data202607.New(url)
	if err != nil {
		t.Fatal(err)
	}
	_, err = api.Chat(t.Context(), "a", data202607.ChatRequest{Model: "<m>"},
		data202607.WithJSONField("new", []int{1}), data202607.WithQueryParam("debug", "a&b"))
	if want := `POST /assistant/chat/a?debug=a%26b {"messages":null,"model":"<m>","new":[1]}`; err != nil || (*requests)[0] != want {
		t.Errorf("sent %s, error %v", *requests, err)
	}
}

// One call uploads a file and waits for its operation.
func TestUploadAndWait(t *testing.T) {
	operation := func(status string) string {
		return `{"id":"op","status":"` + status + `","error_message":"it is no PDF"}`
	}
	file := data202607.UploadFileRequest{File: data202607.FileBytes("a.txt", nil)}
	url, requests := desk(t, operation("Processing"), operation("Processing"), operation("Completed"), operation("Processing"), operation("Failed"), operation("Completed"), operation("Completed"))
	api, err := data202607.New(url)
	if err != nil {
		t.Fatal(err)
	}
	states := ""
	wait := []data202607.WaitOption{data202607.WaitInterval(1, 1), data202607.WaitProgress(func(status string, _ float64) { states += status + " " })}
	op, err := api.UploadFileAndWait(t.Context(), "a", nil, file, wait, data202607.WithQueryParam("x", "1"))
	if err != nil || op.Status != "Completed" || states != "Processing Completed " {
		t.Errorf("%+v, error %v, states %s", op, err, states)
	}
	for i, want := range []string{"POST /assistant/files/a?x=1 ", "GET /assistant/operations/a/op?x=1 ", "GET /assistant/operations/a/op?x=1 "} {
		if !strings.HasPrefix((*requests)[i], want) {
			t.Errorf("request %d: %s", i, (*requests)[i])
		}
	}
	op, err = api.UpsertFileAndWait(t.Context(), "a", "f", nil, file, nil)
	var failed *data202607.FailedError
	if !errors.As(err, &failed) || failed.Message != "it is no PDF" || op == nil || op.ID != "op" {
		t.Errorf("%+v, error %v", op, err)
	}
	if op, err := api.DeleteFileAndWait(t.Context(), "a", "f", nil); err != nil || op.Status != "Completed" {
		t.Errorf("%+v, error %v", op, err)
	}

	url, _ = desk(t, `{"status":429,"error":{}}`)
	if api, err = data202607.New(url, data202607.WithMaxRetries(0)); err != nil {
		t.Fatal(err)
	}
	if op, err := api.UploadFileAndWait(t.Context(), "a", nil, file, nil); op != nil || !errors.Is(err, data202607.ErrRateLimited) {
		t.Errorf("%+v, error %v", op, err)
	}

	url, _ = desk(t, `{"id":"f","status":"Processing"}`, `{"id":"f","status":"Available"}`)
	old, err := data202501.New(url)
	if err != nil {
		t.Fatal(err)
	}
	if f, err := old.UploadFileAndWait(t.Context(), "a", nil, data202501.UploadFileRequest{File: file.File}, nil); err != nil || f.Status != "Available" {
		t.Errorf("%+v, error %v", f, err)
	}
	url, _ = desk(t, `{"name":"a","status":"Initializing"}`, `{"name":"a","status":"Ready"}`)
	ctl, err := control202607.New(control202607.WithBaseURL(url))
	if err != nil {
		t.Fatal(err)
	}
	if a, err := ctl.CreateAssistantAndWait(t.Context(), control202607.CreateAssistantRequest{Name: "a"}, nil); err != nil || a.Status != "Ready" {
		t.Errorf("%+v, error %v", a, err)
	}
}

// A collected stream is bounded by the limit of a response.
func TestCollectIsBounded(t *testing.T) {
	chunk := `data:{"type":"content_chunk","delta":{"content":"` + strings.Repeat("x", 1000) + `"}}` + "\n\n"
	url, _ := desk(t, strings.Repeat(chunk, 1000)+`data:{"type":"message_end"}`+"\n\n")
	api, err := data202607.New(url, data202607.WithMaxResponseBytes(100_000))
	if err != nil {
		t.Fatal(err)
	}
	r, err := data202607.CollectChat(api.ChatStream(t.Context(), "a", data202607.ChatRequest{}))
	if err == nil || !strings.Contains(err.Error(), "100000 bytes") || len(r.Message.Content) > 100_000 || len(r.Message.Content) < 90_000 {
		t.Errorf("%d bytes, error %v", len(r.Message.Content), err)
	}
	n := 0
	for _, err := range api.ChatStream(t.Context(), "a", data202607.ChatRequest{}) {
		if n++; err != nil {
			t.Fatal(err)
		}
	}
	if n != 1001 {
		t.Errorf("%d events", n)
	}
}

// A completion ends at most a second after its finish reason; a chat ends with
// its last event.
func TestStreamsThatStayOpen(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		w.Header().Set("Content-Type", "text/event-stream")
		last := `data:{"type":"message_end","finish_reason":"stop"}`
		if strings.HasSuffix(r.URL.Path, "/completions") {
			last = `data:{"choices":[{"finish_reason":"stop","delta":{}}]}` + "\n\n" + `data:{"choices":[],"usage":{"total_tokens":7}}`
		}
		_, _ = io.WriteString(w, last+"\n\n")
		_ = http.NewResponseController(w).Flush()
		<-r.Context().Done()
	}))
	defer server.Close()
	api, err := data202607.New(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute) // against a hang
	defer cancel()
	if r, err := data202607.CollectChat(api.ChatStream(ctx, "a", data202607.ChatRequest{})); err != nil || r.FinishReason != "stop" {
		t.Errorf("%+v, error %v", r, err)
	}
	if r, err := data202607.CollectChatCompletion(api.ChatCompletionStream(ctx, "a", data202607.ChatCompletionRequest{})); err != nil || r.Usage.TotalTokens != 7 {
		t.Errorf("%+v, error %v", r, err)
	}
}
