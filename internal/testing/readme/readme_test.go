// Package readme tests the README: its Go code is compiled and run here.
package readme

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/pinecone-community/assistant-go/auth"
	"github.com/pinecone-community/assistant-go/gen/2026-07/control"
	"github.com/pinecone-community/assistant-go/gen/2026-07/data"
	"github.com/pinecone-community/assistant-go/gen/2026-07/evaluation"
)

func firstProgram() {
	editor, err := auth.FromEnv() // PINECONE_API_KEY
	if err != nil {
		log.Fatal(err)
	}
	api, err := data.New("prod-1-data.ke.pinecone.io", data.WithRequestEditorFn(editor))
	if err != nil {
		log.Fatal(err)
	}
	answer, err := api.Chat(context.Background(), "example-assistant", data.ChatRequest{
		Messages: []data.Message{data.UserMessage("When is the lamp lit?")},
	})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(answer.Message.Content)
}

func authentication(ctx context.Context) error {
	editor, err := auth.APIKey("YOUR_API_KEY") // or auth.FromEnv()
	if err != nil {
		return err
	}
	ctl, err := control.New(control.WithRequestEditorFn(editor))
	if err != nil {
		return err
	}

	// Creates an assistant using the API key stored in the client.
	assistant, err := ctl.CreateAssistant(ctx, control.CreateAssistantRequest{
		Name:         "example-assistant",
		Instructions: "Use American English for spelling and grammar.",
		Region:       control.RegionUS,
	})
	if err != nil {
		return err
	}
	fmt.Println(assistant.Name)
	return nil
}

func bearerTransport() error {
	bearer, err := auth.FromEnv(auth.WithBearer())
	client := &http.Client{Transport: auth.Transport(bearer, nil)}
	_ = client
	return err
}

func uploadAndWait(ctx context.Context, api *data.API) error {
	operation, err := api.UploadFileAndWait(ctx, "example-assistant", nil, data.UploadFileRequest{
		File: data.OpenFile("manual.pdf"),
	}, nil)
	_ = operation
	return err
}

func callOptions(ctx context.Context, api *data.API, request data.ChatRequest) error {
	answer, err := api.Chat(ctx, "example-assistant", request,
		data.WithCallOptions(data.WithMaxRetries(0), data.WithIdleTimeout(10*time.Minute)))
	_ = answer
	return err
}

func rawResponse(ctx context.Context, api *data.API, request data.ChatRequest) error {
	var response data.ResponseInfo
	answer, err := api.Chat(ctx, "example-assistant", request,
		data.WithResponse(&response),
		data.WithJSONField("new_field", true),
		data.WithQueryParam("new_parameter", "value"),
	)
	if err != nil {
		return err
	}
	var newer struct {
		Field string `json:"new_field"`
	}
	if err := json.Unmarshal(response.Body, &newer); err != nil {
		return err
	}
	fmt.Println(answer.Message.Content, response.RequestID, response.Attempts, newer.Field)
	return nil
}

func errorHandling(ctx context.Context, ctl *control.API) {
	_, err := ctl.DescribeAssistant(ctx, "no-such-assistant")
	if errors.Is(err, control.ErrNotFound) {
		fmt.Println("not found")
	}
	var apiErr *control.Error
	if errors.As(err, &apiErr) {
		fmt.Println(apiErr.StatusCode, apiErr.Code, apiErr.Message, apiErr.RequestID)
	}
}

func stream(ctx context.Context, api *data.API, request data.ChatRequest) error {
	for chunk, err := range api.ChatStream(ctx, "example-assistant", request) {
		if err != nil {
			return err
		}
		switch chunk := chunk.(type) {
		case *data.ContentChunk:
			fmt.Print(chunk.Delta.Content)
		case *data.CitationChunk:
			fmt.Print(" [", chunk.Citation.References[0].File.Name, "]")
		}
	}
	return nil
}

func text(ctx context.Context, api *data.API, request data.ChatRequest) error {
	for text, err := range data.ChatText(api.ChatStream(ctx, "example-assistant", request)) {
		if err != nil {
			return err
		}
		fmt.Print(text)
	}
	return nil
}

func pages(ctx context.Context, api *data.API) error {
	files := api.AllFiles(ctx, "example-assistant", &data.ListFilesParams{
		Filter: map[string]any{"year": map[string]any{"$gte": 2025}},
	})
	for file, err := range files {
		if err != nil {
			return err
		}
		fmt.Println(file.Name, file.Status)
	}
	return nil
}

func upload(ctx context.Context, api *data.API) error {
	operation, err := api.UploadFile(ctx, "example-assistant", nil, data.UploadFileRequest{
		File: data.OpenFile("manual.pdf").WithProgress(func(sent, total int64) {
			fmt.Println(sent, "of", total, "bytes")
		}),
		Metadata: map[string]any{"year": 2026},
	})
	if err != nil {
		return err
	}
	operation, err = api.WaitForOperation(ctx, "example-assistant", operation.ID)
	if failed := (*data.FailedError)(nil); errors.As(err, &failed) {
		fmt.Println("the service could not read it:", failed.Message)
	}
	if operation != nil {
		fmt.Println(operation.Status)
	}
	return nil
}

func retries(assistant *control.Assistant, editor auth.RequestEditorFn) (*data.API, error) {
	api, err := data.New(assistant.Host,
		data.WithRequestEditorFn(editor),
		data.WithMaxRetries(5),
		data.WithIdleTimeout(time.Minute),
	)
	return api, err
}

func snippets(ctx context.Context, api *data.API) error {
	found, err := api.RetrieveContext(ctx, "example-assistant", data.ContextRequest{Query: "lamp"})
	if err != nil {
		return err
	}
	for _, snippet := range found.Snippets {
		switch snippet := snippet.Value.(type) {
		case *data.TextSnippet:
			fmt.Println(snippet.Score, snippet.Content)
		case *data.MultimodalSnippet:
			fmt.Println(snippet.Score, len(snippet.Content), "blocks")
		case *data.UnknownSnippet:
			fmt.Println(snippet.Type, len(snippet.Raw), "bytes")
		}
	}
	return nil
}

func evaluate(ctx context.Context, editor auth.RequestEditorFn) error {
	api, err := evaluation.New(evaluation.WithRequestEditorFn(editor))
	if err != nil {
		return err
	}
	scored, err := api.EvaluateAlignment(ctx, evaluation.AlignmentRequest{
		Question:          "When is the lamp lit?",
		Answer:            "In the evening.",
		GroundTruthAnswer: "The lamp is lit at dusk.",
	})
	if err != nil {
		return err
	}
	fmt.Println(scored.Metrics.Correctness, scored.Metrics.Completeness, scored.Metrics.Alignment)
	return nil
}

func Example_firstProgram() {
	defer localService()()
	firstProgram()
	// Output: At dusk.
}

func Example_authentication() {
	defer localService()()
	fmt.Println(authentication(context.Background()))
	fmt.Println(bearerTransport())
	// Output:
	// example-assistant
	// <nil>
	// <nil>
}

func Example_errors() {
	defer localService()()
	editor, _ := auth.FromEnv()
	ctl, _ := control.New(control.WithRequestEditorFn(editor))
	errorHandling(context.Background(), ctl)
	// Output:
	// not found
	// 404 NOT_FOUND no such assistant request-1
}

func Example_unions() {
	defer localService()()
	fmt.Println(snippets(context.Background(), newAPI()))
	// Output:
	// table 16 bytes
	// 0.5 The lamp is lit at dusk.
	// <nil>
}

func Example_evaluation() {
	defer localService()()
	editor, _ := auth.FromEnv()
	fmt.Println(evaluate(context.Background(), editor))
	// Output:
	// 1 0.5 0.66
	// <nil>
}

func Example_stream() {
	defer localService()()
	request := data.ChatRequest{Messages: []data.Message{{Role: "user", Content: "When is the lamp lit?"}}}
	fmt.Println(stream(context.Background(), newAPI(), request))
	fmt.Println(text(context.Background(), newAPI(), request))
	// Output:
	// At dusk. [manual.pdf]<nil>
	// At dusk.<nil>
}

func Example_pages() {
	defer localService()()
	fmt.Println(pages(context.Background(), newAPI()))
	// Output:
	// manual.pdf Available
	// log.txt Processing
	// <nil>
}

func Example_uploadAndWait() {
	defer localService()()
	folder, err := os.MkdirTemp("", "")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(folder)
	before, err := os.Getwd()
	if err != nil {
		panic(err)
	}
	if err := os.Chdir(folder); err != nil {
		panic(err)
	}
	defer os.Chdir(before)
	if err := os.WriteFile("manual.pdf", []byte("%PDF-1.7"), 0o644); err != nil {
		panic(err)
	}
	fmt.Println(upload(context.Background(), newAPI()))
	fmt.Println(uploadAndWait(context.Background(), newAPI()))
	// Output:
	// 8 of 8 bytes
	// the service could not read it: no text in it
	// Failed
	// <nil>
	// pinecone: ended with status Failed: no text in it
}

func Example_singleCalls() {
	defer localService()()
	request := data.ChatRequest{Messages: []data.Message{{Role: "user", Content: "When is the lamp lit?"}}}
	fmt.Println(rawResponse(context.Background(), newAPI(), request))
	fmt.Println(callOptions(context.Background(), newAPI(), request))
	// Output:
	// At dusk. request-1 1 it is new
	// <nil>
	// <nil>
}

func Example_retries() {
	defer localService()()
	editor, _ := auth.FromEnv()
	api, err := retries(&control.Assistant{Host: "prod-1-data.ke.pinecone.io"}, editor)
	if err != nil {
		panic(err)
	}
	// The local service responds to the first request with 503.
	operations, err := api.ListOperations(context.Background(), "example-assistant", nil)
	fmt.Println(len(operations.Operations), err)
	// Output:
	// 1 <nil>
}

func newAPI() *data.API {
	editor, err := auth.FromEnv()
	if err != nil {
		panic(err)
	}
	api, err := data.New("prod-1-data.ke.pinecone.io", data.WithRequestEditorFn(editor))
	if err != nil {
		panic(err)
	}
	return api
}

// localService starts a server that responds to the requests of the examples to
// Pinecone's hosts.
func localService() (stop func()) {
	const (
		assistant = `{"name":"example-assistant","status":"Ready","host":"https://prod-1-data.ke.pinecone.io"}`
		host      = "prod-1-data.ke.pinecone.io/assistant/"
	)
	replies := map[string]string{
		"GET api.pinecone.io/assistant/assistants/example-assistant": assistant,
		"POST api.pinecone.io/assistant/assistants":                  assistant,
		"POST " + host + "chat/example-assistant":                    `{"message":{"role":"assistant","content":"At dusk."},"new_field":"it is new"}`,
		"POST " + host + "files/example-assistant":                   `{"id":"op","operation_type":"upload_file","status":"Processing","created_on":"2026-01-02T03:04:05Z"}`,
		"GET " + host + "operations/example-assistant/op":            `{"id":"op","operation_type":"upload_file","status":"Failed","error_message":"no text in it","created_on":"2026-01-02T03:04:05Z"}`,
		"GET " + host + "operations/example-assistant":               `{"operations":[{"id":"op","operation_type":"upload_file","status":"Failed","created_on":"2026-01-02T03:04:05Z"}]}`,
		"GET " + host + "files/example-assistant":                    `{"files":[{"id":"1","name":"manual.pdf","status":"Available"}],"pagination":{"next":"2"}}`,
		"GET " + host + "files/example-assistant 2":                  `{"files":[{"id":"2","name":"log.txt","status":"Processing"}]}`,
		"POST " + host + "evaluation/metrics/alignment":              `{"metrics":{"correctness":1,"completeness":0.5,"alignment":0.66},"reasoning":{"evaluated_facts":[]},"usage":{}}`,
		"POST " + host + "chat/example-assistant/context":            `{"usage":{},"snippets":[{"type":"table"},{"type":"text","score":0.5,"content":"The lamp is lit at dusk.","reference":{"type":"text"}}]}`,
	}
	const events = `data:{"type":"message_start","id":"1","model":"m","role":"assistant"}

data:{"type":"content_chunk","id":"1","model":"m","delta":{"content":"At "}}

data:{"type":"content_chunk","id":"1","model":"m","delta":{"content":"dusk."}}

data:{"type":"citation","id":"1","model":"m","citation":{"position":8,"references":[{"file":{"id":"1","name":"manual.pdf"}}]}}

data:{"type":"message_end","id":"1","model":"m","finish_reason":"stop"}

`
	busy := true
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		body, _ := io.ReadAll(req.Body)
		if bytes.Contains(body, []byte(`"stream":true`)) {
			w.Header().Set("Content-Type", "text/event-stream")
			_, _ = io.WriteString(w, events)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("X-Pinecone-Request-Id", "request-1")
		name := req.Method + " " + req.Host + req.URL.Path
		if token := req.URL.Query().Get("pagination_token"); token != "" {
			name += " " + token
		}
		reply, ok := replies[name]
		switch {
		case !ok:
			w.WriteHeader(http.StatusNotFound)
			reply = `{"status":404,"error":{"code":"NOT_FOUND","message":"no such assistant"}}`
		case busy && strings.HasSuffix(name, "/operations/example-assistant"):
			busy = false
			w.WriteHeader(http.StatusServiceUnavailable)
			reply = `{"status":503,"error":{"code":"UNAVAILABLE","message":"busy"}}`
		}
		_, _ = io.WriteString(w, reply)
	}))
	before := http.DefaultTransport
	http.DefaultTransport = transport(func(req *http.Request) (*http.Response, error) {
		req = req.Clone(req.Context())
		local, err := url.Parse(server.URL)
		if err != nil {
			return nil, err
		}
		req.Host, req.URL.Scheme, req.URL.Host = req.URL.Host, local.Scheme, local.Host
		return before.RoundTrip(req)
	})
	key, had := os.LookupEnv(auth.EnvAPIKey)
	os.Setenv(auth.EnvAPIKey, "test-key")
	return func() {
		http.DefaultTransport = before
		server.Close()
		if had {
			os.Setenv(auth.EnvAPIKey, key)
		} else {
			os.Unsetenv(auth.EnvAPIKey)
		}
	}
}

type transport func(*http.Request) (*http.Response, error)

func (f transport) RoundTrip(req *http.Request) (*http.Response, error) { return f(req) }

// TestGoCodeStandsHere checks that each block of Go code in the README is in
// this file or in the examples of the emulator.
func TestGoCodeStandsHere(t *testing.T) {
	readme := read(t, "../../../README.md")
	compiled := []string{squeeze(read(t, "readme_test.go")), squeeze(read(t, "../../../examples/emulator/emulator/example_test.go"))}
	blocks := strings.Split(readme, "```go\n")[1:]
	if len(blocks) < 5 {
		t.Fatalf("only %d blocks of Go code", len(blocks))
	}
	for _, block := range blocks {
		code, _, _ := strings.Cut(block, "```")
		if head, body, ok := strings.Cut(code, "\n)\n"); ok && strings.HasPrefix(head, "package main\n") {
			for line := range strings.Lines(head) {
				if line = strings.TrimSpace(line); strings.HasPrefix(line, `"`) && !strings.Contains(compiled[0], line) {
					t.Errorf("the first program imports %s, and this file does not", line)
				}
			}
			code = strings.Replace(body, "func main() {", "func firstProgram() {", 1)
		}
		if !slices.ContainsFunc(compiled, func(file string) bool { return strings.Contains(file, squeeze(code)) }) {
			t.Errorf("this code of the README is not compiled:\n%s", code)
		}
	}
}

// TestFirstProgram checks the number of lines of the first program between its
// imports and its output.
func TestFirstProgram(t *testing.T) {
	_, program, _ := strings.Cut(read(t, "../../../README.md"), "```go\npackage main\n")
	_, program, _ = strings.Cut(program, "\n)\n\n")
	program, _, ok := strings.Cut(program, "\tfmt.Println(")
	if lines := strings.Count(program, "\n"); !ok || lines > 15 {
		t.Errorf("%d lines, want at most 15:\n%s", lines, program)
	}
}

// TestPathsExist checks that the files that the README links to exist.
func TestPathsExist(t *testing.T) {
	readme := regexp.MustCompile(`<!--.*?-->`).ReplaceAllString(read(t, "../../../README.md"), "")
	for _, link := range strings.Split(readme, "](")[1:] {
		target, _, _ := strings.Cut(link, ")")
		if strings.Contains(target, "://") || strings.HasPrefix(target, "#") {
			continue
		}
		target, _, _ = strings.Cut(target, "#")
		if _, err := os.Stat(filepath.Join("../../..", target)); err != nil {
			t.Errorf("the README links to %s: %v", target, err)
		}
	}
}

func read(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(bytes.ReplaceAll(text, []byte("\r\n"), []byte("\n")))
}

// squeeze removes the indentation of code.
func squeeze(code string) string {
	lines := strings.Split(code, "\n")
	for i, line := range lines {
		lines[i] = strings.TrimSpace(line)
	}
	return strings.TrimSpace(strings.Join(lines, "\n"))
}
