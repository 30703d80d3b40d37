package emulator

import (
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/modelcontextprotocol/go-sdk/mcp"

	"github.com/pinecone-community/assistant-go/auth"
	"github.com/pinecone-community/assistant-go/gen/2026-07/data"
)

// agent connects an MCP client to the assistant a.
func agent(t *testing.T, f *fixture) *mcp.ClientSession {
	t.Helper()
	editor, err := auth.APIKey(f.Key, auth.WithBearer())
	if err != nil {
		t.Fatal(err)
	}
	base := &http.Transport{}
	t.Cleanup(base.CloseIdleConnections)
	client := mcp.NewClient(&mcp.Implementation{Name: "test", Version: "1"}, nil)
	session, err := client.Connect(t.Context(), &mcp.StreamableClientTransport{
		Endpoint:   f.URL + mcpPath + "a",
		HTTPClient: &http.Client{Transport: auth.Transport(editor, base)},
	}, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := session.Close(); err != nil {
			t.Error(err)
		}
	})
	return session
}

func getContext(t *testing.T, session *mcp.ClientSession, arguments any) (*mcp.CallToolResult, error) {
	t.Helper()
	return session.CallTool(t.Context(), &mcp.CallToolParams{Name: "get_context", Arguments: arguments})
}

func TestMCP(t *testing.T) {
	f := start(t, WithPace(quick))
	f.createAssistant(t)
	f.upload(t, "bees.md", "Bees swarm in May. A hive has one queen.", nil)
	session := agent(t, f)
	tools, err := session.ListTools(t.Context(), nil)
	if err != nil || len(tools.Tools) != 1 || tools.Tools[0].Name != "get_context" {
		t.Fatalf("tools %+v, error %v", tools, err)
	}
	schema, err := json.Marshal(tools.Tools[0].InputSchema)
	if err != nil || !strings.Contains(string(schema), `"required":["query"]`) {
		t.Errorf("schema %s, error %v", schema, err)
	}
	result, err := getContext(t, session, map[string]any{"query": "When do bees swarm?"})
	if err != nil || result.IsError || len(result.Content) != 1 {
		t.Fatalf("result %+v, %v, error %v", result, texts(result), err)
	}
	var snippet data.Snippet
	if err := json.Unmarshal([]byte(result.Content[0].(*mcp.TextContent).Text), &snippet); err != nil {
		t.Fatal(err)
	}
	text, ok := snippet.Value.(*data.TextSnippet)
	if !ok || !strings.Contains(text.Content, "Bees swarm in May.") {
		t.Fatalf("snippet %+v", snippet.Value)
	}
	if source, ok := text.Reference.Value.(*data.MarkdownReference); !ok || source.File.Name != "bees.md" {
		t.Errorf("reference %+v", text.Reference.Value)
	}
	if result, err = getContext(t, session, map[string]any{"query": "zeppelin"}); err != nil || result.IsError || len(result.Content) != 0 {
		t.Errorf("result %+v, %v, error %v", result, texts(result), err)
	}
}

// An error of the context operation is a tool error, which a model can read.
func TestMCPErrors(t *testing.T) {
	f := start(t, WithPace(quick))
	f.createAssistant(t)
	session := agent(t, f)
	for name, arguments := range map[string]map[string]any{
		"empty": {"query": ""}, "no query": {}, "not a string": {"query": 1}, "unknown argument": {"query": "x", "assistant_name": "b"},
	} {
		if result, err := getContext(t, session, arguments); err == nil && !result.IsError {
			t.Errorf("%s: result %+v", name, result)
		}
	}
	for _, fault := range []Fault{{Status: http.StatusServiceUnavailable}, {HTML: true}} {
		if err := f.Fail(fault); err != nil {
			t.Fatal(err)
		}
		if result, err := getContext(t, session, map[string]any{"query": "x"}); err != nil || !result.IsError {
			t.Errorf("%+v: result %+v, error %v", fault, result, err)
		}
	}
}

func TestMCPRefused(t *testing.T) {
	f := start(t)
	f.createAssistant(t)
	const initialize = `{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-06-18","capabilities":{},"clientInfo":{"name":"t","version":"1"}}}`
	for name, test := range map[string]struct {
		path   string
		header http.Header
		status int
	}{
		"key":             {"a", http.Header{"Authorization": {"Bearer " + f.Key}}, http.StatusOK},
		"lower case":      {"a", http.Header{"Authorization": {"bearer " + f.Key}}, http.StatusOK},
		"no key":          {"a", nil, http.StatusUnauthorized},
		"other key":       {"a", http.Header{"Authorization": {"Bearer x"}}, http.StatusUnauthorized},
		"key of the API":  {"a", http.Header{"Api-Key": {f.Key}}, http.StatusUnauthorized},
		"other scheme":    {"a", http.Header{"Authorization": {"Basic " + f.Key}}, http.StatusUnauthorized},
		"other assistant": {"b", http.Header{"Authorization": {"Bearer " + f.Key}}, http.StatusNotFound},
		"no assistant":    {"", http.Header{"Authorization": {"Bearer " + f.Key}}, http.StatusNotFound},
		"below it":        {"a/x", http.Header{"Authorization": {"Bearer " + f.Key}}, http.StatusNotFound},
	} {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, f.URL+mcpPath+test.path, strings.NewReader(initialize))
		if err != nil {
			t.Fatal(err)
		}
		for key, value := range test.header {
			req.Header[key] = value
		}
		req.Header.Set("Content-Type", "application/json")
		req.Header.Set("Accept", "application/json, text/event-stream")
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(resp.Body)
		resp.Body.Close()
		if err != nil || resp.StatusCode != test.status || strings.Contains(string(body), f.Key) {
			t.Errorf("%s: status %d, error %v, %s", name, resp.StatusCode, err, body)
		}
		if got := resp.Header.Get("WWW-Authenticate"); (got == "Bearer") != (test.status == http.StatusUnauthorized) {
			t.Errorf("%s: WWW-Authenticate %q", name, got)
		}
	}
}

// texts returns the text contents of a result.
func texts(result *mcp.CallToolResult) []string {
	var texts []string
	for _, content := range result.Content {
		if text, ok := content.(*mcp.TextContent); ok {
			texts = append(texts, text.Text)
		}
	}
	return texts
}
