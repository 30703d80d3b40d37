package main

import (
	"context"
	"fmt"
	"net/http"
	"strings"

	"github.com/modelcontextprotocol/go-sdk/mcp"

	"github.com/pinecone-community/assistant-go/auth"
	"github.com/pinecone-community/assistant-go/gen/2026-07/data"
	"github.com/pinecone-community/assistant-go/gen/2026-07/evaluation"
)

// contextGets returns a check that the response to a retrieval has one of the
// statuses.
func contextGets(body string, statuses []int) func(context.Context, *session) error {
	return status(func(ctx context.Context, s *session) (*http.Response, error) {
		return s.rawData.RetrieveContextWithBody(ctx, s.name, "application/json", strings.NewReader(body))
	}, statuses)
}

func evaluationGets(body string, statuses []int, texts ...string) func(context.Context, *session) error {
	return status(func(ctx context.Context, s *session) (*http.Response, error) {
		return s.rawEval.EvaluateAlignmentWithBody(ctx, "application/json", strings.NewReader(body))
	}, statuses, texts...)
}

var contextChecks = []check{
	{"context: top_k 1 is one snippet at most", published, "data 2026-04", func(ctx context.Context, s *session) error {
		found, err := s.data.RetrieveContext(ctx, s.name, data.ContextRequest{Query: question, TopK: 1})
		if err == nil && len(found.Snippets) != 1 {
			err = fmt.Errorf("%d snippets", len(found.Snippets))
		}
		return err
	}},
	{"context: the reference to a Markdown file is markdown", published, "data 2026-04", func(ctx context.Context, s *session) error {
		found, err := s.data.RetrieveContext(ctx, s.name, data.ContextRequest{Query: question})
		if err != nil {
			return err
		}
		for _, snippet := range found.Snippets {
			if text, ok := snippet.Value.(*data.TextSnippet); ok {
				if markdown, ok := text.Reference.Value.(*data.MarkdownReference); ok && markdown.File.Name == manualName {
					return nil
				}
			}
		}
		return fmt.Errorf("none of %d snippets", len(found.Snippets))
	}},
	{"context: messages take the place of the query", published, "data 2026-04", func(ctx context.Context, s *session) error {
		found, err := s.data.RetrieveContext(ctx, s.name, data.ContextRequest{Messages: []data.Message{data.UserMessage(question)}})
		if err == nil && (len(found.Snippets) == 0 || found.Usage.TotalTokens == 0) {
			err = fmt.Errorf("%d snippets, usage %+v", len(found.Snippets), found.Usage)
		}
		return err
	}},
	{"context: neither query nor messages is 400", published, "data 2026-04", contextGets(`{}`, []int{400})},
	{"context: query and messages is 400", published, "data 2026-04", contextGets(`{"query":"a","messages":[{"role":"user","content":"a"}]}`, []int{400})},
	{"context: top_k 65 is 400", published, "data 2026-04", contextGets(`{"query":"a","top_k":65}`, []int{400})},
	{"context: snippet_size 511 is 400", published, "data 2026-04", contextGets(`{"query":"a","snippet_size":511}`, []int{400})},
	{"evaluation: scores of a right answer are above 0, up to 1", published, "evaluation 2026-04", func(ctx context.Context, s *session) error {
		scored, err := s.evaluation.EvaluateAlignment(ctx, evaluation.AlignmentRequest{
			Question: question, Answer: "The lamp is lit 30 minutes before sunset.", GroundTruthAnswer: "The lamp is lit 30 minutes before sunset.",
		})
		if err != nil {
			return err
		}
		for _, score := range []float32{scored.Metrics.Correctness, scored.Metrics.Completeness, scored.Metrics.Alignment} {
			if score <= 0 || score > 1 { // the answer is correct
				return fmt.Errorf("metrics %+v", scored.Metrics)
			}
		}
		return nil
	}},
	{"evaluation: an evaluated fact has reasoning", observed, "responses that SDKs decode", evaluationGets(
		`{"question":"Colour?","answer":"It is blue.","ground_truth_answer":"It is blue."}`, []int{200}, `"evaluated_facts"`, `"reasoning"`)},
	{"evaluation: an error is a message alone", published, "evaluation 2026-04", func(ctx context.Context, s *session) error {
		r, err := read(s.rawEval.EvaluateAlignmentWithBody(ctx, "application/json", strings.NewReader(`{"question":"a"}`)))
		if err != nil {
			return err
		}
		if r.status != 400 && r.status != 422 {
			return r.differs("want status 400 or 422")
		}
		return r.has("message")
	}},
}

// agent connects to the MCP server of the assistant.
func (s *session) agent(ctx context.Context) (*mcp.ClientSession, error) {
	client := *s.http
	client.Transport = auth.Transport(s.bearer, s.http.Transport)
	return mcp.NewClient(&mcp.Implementation{Name: "contract", Version: "1"}, nil).Connect(ctx, &mcp.StreamableClientTransport{
		Endpoint: s.mcpURL(), HTTPClient: &client, DisableStandaloneSSE: true,
	}, nil)
}

func (s *session) mcpURL() string { return s.host + "/mcp/assistants/" + s.name }

// asks returns a check that uses a session with the MCP server.
func asks(check func(context.Context, *mcp.ClientSession) error) func(context.Context, *session) error {
	return func(ctx context.Context, s *session) error {
		agent, err := s.agent(ctx)
		if err != nil {
			return err
		}
		defer agent.Close()
		return check(ctx, agent)
	}
}

var mcpChecks = []check{
	{"mcp: get_context is the only tool", documented, "documentation of MCP", asks(func(ctx context.Context, agent *mcp.ClientSession) error {
		tools, err := agent.ListTools(ctx, nil)
		if err == nil && (len(tools.Tools) != 1 || tools.Tools[0].Name != "get_context") {
			err = fmt.Errorf("%d tools: %+v", len(tools.Tools), tools.Tools)
		}
		return err
	})},
	{"mcp: get_context takes query and nothing else", guessed, "whether it takes more is not known", asks(func(ctx context.Context, agent *mcp.ClientSession) error {
		tools, err := agent.ListTools(ctx, nil)
		if err != nil || len(tools.Tools) == 0 {
			return fmt.Errorf("no tools, error %w", err)
		}
		schema, _ := tools.Tools[0].InputSchema.(map[string]any)
		properties, _ := schema["properties"].(map[string]any)
		if _, ok := properties["query"]; !ok || len(properties) != 1 {
			return fmt.Errorf("schema %v", schema)
		}
		return nil
	})},
	{"mcp: the result is text", documented, "documentation of MCP", asks(func(ctx context.Context, agent *mcp.ClientSession) error {
		result, err := agent.CallTool(ctx, &mcp.CallToolParams{Name: "get_context", Arguments: map[string]any{"query": question}})
		if err != nil {
			return err
		}
		if result.IsError || len(result.Content) == 0 {
			return fmt.Errorf("result %+v", result)
		}
		for _, content := range result.Content {
			if text, ok := content.(*mcp.TextContent); !ok || text.Text == "" {
				return fmt.Errorf("a %T", content)
			}
		}
		return nil
	})},
	{"mcp: without a bearer token it is 401", documented, "documentation of MCP", status(func(ctx context.Context, s *session) (*http.Response, error) {
		req, err := http.NewRequestWithContext(ctx, http.MethodPost, s.mcpURL(), strings.NewReader(`{"jsonrpc":"2.0","id":1,"method":"ping"}`))
		if err != nil {
			return nil, err
		}
		req.Header.Set("Content-Type", "application/json")
		req.Header.Set("Accept", "application/json, text/event-stream")
		return s.http.Do(req)
	}, []int{401})},
}
