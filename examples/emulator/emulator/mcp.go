package emulator

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strings"

	"github.com/modelcontextprotocol/go-sdk/mcp"
)

// mcpPath is the prefix of the paths of the assistants' MCP servers.
const mcpPath = "/mcp/assistants/"

// contextQuery has the arguments of the tool get_context. Whether the service's tool has
// more is not known.
type contextQuery struct {
	Query string `json:"query" jsonschema:"The query that the snippets have to fit."`
}

// bearerAsKey returns a copy of a request to an MCP server, with its bearer token as the
// API key.
func bearerAsKey(r *http.Request) *http.Request {
	r = r.Clone(r.Context())
	scheme, key, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	r.Header.Del(keyHeader)
	if strings.EqualFold(scheme, "Bearer") {
		r.Header.Set(keyHeader, strings.TrimSpace(key))
	}
	return r
}

// serveMCP serves the MCP server of an assistant, with the tool get_context, over
// streamable HTTP without sessions.
func (s *Server) serveMCP(w http.ResponseWriter, r *http.Request) error {
	name := strings.TrimPrefix(r.URL.Path, mcpPath)
	if _, err := s.find(name); err != nil {
		return err
	}
	mcp.NewStreamableHTTPHandler(
		func(*http.Request) *mcp.Server { return s.mcpServer(name, r) },
		// The protection against DNS rebinding is not needed, since requests need a key.
		&mcp.StreamableHTTPOptions{Stateless: true, DisableLocalhostProtection: true},
	).ServeHTTP(w, r)
	return nil
}

// mcpServer returns the MCP server of an assistant for the request r, which has the key.
func (s *Server) mcpServer(assistant string, r *http.Request) *mcp.Server {
	server := mcp.NewServer(&mcp.Implementation{Name: "pinecone-assistant-emulator", Version: "1"}, nil)
	mcp.AddTool(server, &mcp.Tool{
		Name:        "get_context",
		Description: "Retrieves the snippets of the assistant's files that fit a query best.",
		Annotations: &mcp.ToolAnnotations{ReadOnlyHint: true},
	}, func(ctx context.Context, _ *mcp.CallToolRequest, query contextQuery) (*mcp.CallToolResult, any, error) {
		result, err := s.contextForMCP(ctx, r, assistant, query)
		return result, nil, err
	})
	return server
}

// contextForMCP sends the query to the API's context operation, so that rate limits,
// faults and the journal apply. The result has a text content for each snippet, in the
// JSON of the operation. The JSON format is inferred from Pinecone's server
// github.com/pinecone-io/assistant-mcp.
func (s *Server) contextForMCP(ctx context.Context, r *http.Request, assistant string, query contextQuery) (_ *mcp.CallToolResult, err error) {
	defer func() { // an aborted request panics, which would end the process here
		if recover() != nil {
			err = errors.New("the context request was aborted")
		}
	}()
	body, err := json.Marshal(query)
	if err != nil {
		return nil, err
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost,
		"http://"+r.Host+basePath+"/chat/"+url.PathEscape(assistant)+"/context", bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	request.URL.Scheme, request.URL.Host, request.TLS = "", "", r.TLS // as in a request that a server receives
	request.Header.Set(keyHeader, r.Header.Get(keyHeader))
	request.Header.Set(versionHeader, versions[len(versions)-1].name)
	request.Header.Set("Content-Type", "application/json")
	response := inner{header: http.Header{}, status: http.StatusOK}
	s.ServeHTTP(&response, request)

	var found struct {
		Snippets []json.RawMessage
		Error    struct{ Message string }
	}
	if err := json.Unmarshal(response.body.Bytes(), &found); err != nil {
		return nil, err
	}
	result := &mcp.CallToolResult{Content: []mcp.Content{}}
	if response.status != http.StatusOK {
		result.IsError = true
		result.Content = append(result.Content, &mcp.TextContent{Text: found.Error.Message})
		return result, nil
	}
	for _, snippet := range found.Snippets {
		result.Content = append(result.Content, &mcp.TextContent{Text: string(snippet)})
	}
	return result, nil
}

// inner records the response to a request of the emulator to itself.
type inner struct {
	header http.Header
	status int
	body   bytes.Buffer
}

func (i *inner) Header() http.Header         { return i.header }
func (i *inner) WriteHeader(status int)      { i.status = status }
func (i *inner) Write(p []byte) (int, error) { return i.body.Write(p) }
