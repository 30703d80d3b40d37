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

// mcpPath is what the MCP servers are below, one for each assistant.
const mcpPath = "/mcp/assistants/"

// contextQuery is what the tool get_context takes. Whether the service's tool takes
// more is not known.
type contextQuery struct {
	Query string `json:"query" jsonschema:"The query that the snippets have to fit."`
}

// bearerAsKey returns a request to an MCP server with its bearer token as the key.
func bearerAsKey(r *http.Request) *http.Request {
	r = r.Clone(r.Context())
	scheme, key, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	r.Header.Del(keyHeader)
	if strings.EqualFold(scheme, "Bearer") {
		r.Header.Set(keyHeader, strings.TrimSpace(key))
	}
	return r
}

// serveMCP serves the MCP server of an assistant, which has one tool, get_context.
// The transport is streamable HTTP without sessions, and the key a bearer token.
func (s *Server) serveMCP(w http.ResponseWriter, r *http.Request) error {
	name := strings.TrimPrefix(r.URL.Path, mcpPath)
	if _, err := s.find(name); err != nil {
		return err
	}
	mcp.NewStreamableHTTPHandler(
		func(*http.Request) *mcp.Server { return s.mcpServer(name, r) },
		// A browser of another site has no key, so that the host need not be this machine.
		&mcp.StreamableHTTPOptions{Stateless: true, DisableLocalhostProtection: true},
	).ServeHTTP(w, r)
	return nil
}

// mcpServer is the server of an assistant, for one request, which has the key.
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

// contextForMCP sends the query through the API's own operation, so that rates,
// faults and whatever else holds for it holds here. Each snippet becomes a text
// content with the JSON that the operation has for it. That it is JSON is inferred
// from Pinecone's server github.com/pinecone-io/assistant-mcp.
func (s *Server) contextForMCP(ctx context.Context, r *http.Request, assistant string, query contextQuery) (_ *mcp.CallToolResult, err error) {
	defer func() { // a fault that drops the connection; it would end the process here
		if recover() != nil {
			err = errors.New("the request for the context was dropped")
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
	request.URL.Scheme, request.URL.Host, request.TLS = "", "", r.TLS // as a server sees them
	request.Header.Set(keyHeader, r.Header.Get(keyHeader))
	request.Header.Set(versionHeader, versions[len(versions)-1].name)
	request.Header.Set("Content-Type", "application/json")
	reply := inner{header: http.Header{}, status: http.StatusOK}
	s.ServeHTTP(&reply, request)

	var found struct {
		Snippets []json.RawMessage
		Error    struct{ Message string }
	}
	if err := json.Unmarshal(reply.body.Bytes(), &found); err != nil {
		return nil, err
	}
	result := &mcp.CallToolResult{Content: []mcp.Content{}}
	if reply.status != http.StatusOK {
		result.IsError = true
		result.Content = append(result.Content, &mcp.TextContent{Text: found.Error.Message})
		return result, nil
	}
	for _, snippet := range found.Snippets {
		result.Content = append(result.Content, &mcp.TextContent{Text: string(snippet)})
	}
	return result, nil
}

// inner keeps the reply to a request that the emulator sends itself.
type inner struct {
	header http.Header
	status int
	body   bytes.Buffer
}

func (i *inner) Header() http.Header         { return i.header }
func (i *inner) WriteHeader(status int)      { i.status = status }
func (i *inner) Write(p []byte) (int, error) { return i.body.Write(p) }
