// Package readme keeps the README true: its Go code stands here too, where it is
// compiled and run.
package readme

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/pinecone-community/assistant-go/auth"
	"github.com/pinecone-community/assistant-go/gen/2026-04/control"
	"github.com/pinecone-community/assistant-go/gen/2026-04/data"
)

func firstLook(ctx context.Context) error {
	editor, err := auth.FromEnv() // PINECONE_API_KEY
	if err != nil {
		return err
	}
	ctl, err := control.New(control.WithRequestEditorFn(editor))
	if err != nil {
		return err
	}
	assistant, err := ctl.GetAssistant(ctx, "example-assistant")
	if err != nil {
		return err
	}
	api, err := data.New(assistant.Host, data.WithRequestEditorFn(editor))
	if err != nil {
		return err
	}
	answer, err := api.ChatAssistant(ctx, assistant.Name, data.ChatRequest{
		Messages: []data.MessageModel{{Role: "user", Content: "When is the lamp lit?"}},
	})
	if err != nil {
		return err
	}
	fmt.Println(answer.Message.Content)
	return nil
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

func redirects(editor auth.RequestEditorFn) error {
	client := &http.Client{CheckRedirect: auth.CheckRedirect}
	ctl, err := control.New(control.WithHTTPClient(client), control.WithRequestEditorFn(editor))
	_ = ctl
	return err
}

func errorHandling(ctx context.Context, ctl *control.API) {
	_, err := ctl.GetAssistant(ctx, "no-such-assistant")
	if errors.Is(err, control.ErrNotFound) {
		fmt.Println("there is none of that name")
	}
	var apiErr *control.Error
	if errors.As(err, &apiErr) {
		fmt.Println(apiErr.StatusCode, apiErr.Code, apiErr.Message, apiErr.RequestID)
	}
}

func upload(ctx context.Context, api *data.API) error {
	operation, err := api.UploadFile(ctx, "example-assistant", nil, data.FileData{
		File:     data.OpenFile("manual.pdf"),
		Metadata: map[string]any{"year": 2026},
	})
	if err == nil {
		fmt.Println(operation.Status)
	}
	return err
}

func snippets(found *data.ContextModel) {
	for _, snippet := range found.Snippets {
		switch snippet := snippet.Value.(type) {
		case *data.TextSnippetModel:
			fmt.Println(snippet.Score, snippet.Content)
		case *data.MultiModalSnippetModel:
			fmt.Println(snippet.Score, len(snippet.Content), "blocks")
		case *data.UnknownSnippetModel:
			fmt.Println(snippet.Type, len(snippet.Raw), "bytes")
		}
	}
}

func Example() {
	stop := localService()
	defer stop()
	folder, err := os.MkdirTemp("", "")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(folder)
	if err := os.WriteFile(filepath.Join(folder, "manual.pdf"), []byte("%PDF-1.7"), 0o644); err != nil {
		panic(err)
	}
	before, err := os.Getwd()
	if err != nil {
		panic(err)
	}
	if err := os.Chdir(folder); err != nil {
		panic(err)
	}
	defer os.Chdir(before)

	ctx := context.Background()
	fmt.Println(firstLook(ctx))
	fmt.Println(authentication(ctx))
	editor, _ := auth.FromEnv()
	fmt.Println(redirects(editor))
	ctl, _ := control.New(control.WithRequestEditorFn(editor))
	errorHandling(ctx, ctl)
	api, _ := data.New("prod-1-data.ke.pinecone.io", data.WithRequestEditorFn(editor))
	fmt.Println(upload(ctx, api))
	found, err := api.ContextAssistant(ctx, "example-assistant", data.ContextRequest{Query: "lamp"})
	if err != nil {
		panic(err)
	}
	snippets(found)
	// Output:
	// At dusk.
	// <nil>
	// example-assistant
	// <nil>
	// <nil>
	// there is none of that name
	// 404 NOT_FOUND no such assistant request-1
	// Processing
	// <nil>
	// table 16 bytes
	// 0.5 The lamp is lit at dusk.
}

// localService answers for Pinecone's hosts what the examples ask.
func localService() (stop func()) {
	const assistant = `{"name":"example-assistant","status":"Ready","host":"https://prod-1-data.ke.pinecone.io"}`
	replies := map[string]string{
		"GET api.pinecone.io/assistant/assistants/example-assistant":               assistant,
		"POST api.pinecone.io/assistant/assistants":                                assistant,
		"POST prod-1-data.ke.pinecone.io/assistant/chat/example-assistant":         `{"message":{"role":"assistant","content":"At dusk."}}`,
		"POST prod-1-data.ke.pinecone.io/assistant/files/example-assistant":        `{"id":"op","operation_type":"upload_file","status":"Processing","created_on":"2026-01-02T03:04:05Z"}`,
		"POST prod-1-data.ke.pinecone.io/assistant/chat/example-assistant/context": `{"usage":{},"snippets":[{"type":"table"},{"type":"text","score":0.5,"content":"The lamp is lit at dusk.","reference":{"type":"text"}}]}`,
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		_, _ = io.Copy(io.Discard, req.Body)
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("X-Pinecone-Request-Id", "request-1")
		reply, ok := replies[req.Method+" "+req.Host+req.URL.Path]
		if !ok {
			w.WriteHeader(http.StatusNotFound)
			reply = `{"status":404,"error":{"code":"NOT_FOUND","message":"no such assistant"}}`
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

// TestGoCodeStandsHere finds each block of Go code of the README in this file.
func TestGoCodeStandsHere(t *testing.T) {
	readme := read(t, "../../README.md")
	here := squeeze(read(t, "readme_test.go"))
	blocks := strings.Split(readme, "```go\n")[1:]
	if len(blocks) < 5 {
		t.Fatalf("only %d blocks of Go code", len(blocks))
	}
	for _, block := range blocks {
		code, _, _ := strings.Cut(block, "```")
		if strings.HasPrefix(code, "import (") {
			code = strings.TrimSuffix(strings.TrimPrefix(code, "import ("), ")\n")
		}
		if !strings.Contains(here, squeeze(code)) {
			t.Errorf("this code of the README is not compiled:\n%s", code)
		}
	}
}

// TestPathsExist looks for the files that the README links to.
func TestPathsExist(t *testing.T) {
	readme := read(t, "../../README.md")
	for _, link := range strings.Split(readme, "](")[1:] {
		target, _, _ := strings.Cut(link, ")")
		if strings.Contains(target, "://") || strings.HasPrefix(target, "#") {
			continue
		}
		if _, err := os.Stat(filepath.Join("../..", target)); err != nil {
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

// squeeze takes the indentation out of a code.
func squeeze(code string) string {
	lines := strings.Split(code, "\n")
	for i, line := range lines {
		lines[i] = strings.TrimSpace(line)
	}
	return strings.TrimSpace(strings.Join(lines, "\n"))
}
