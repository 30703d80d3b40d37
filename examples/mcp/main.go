// Mcp is an MCP client for the MCP server of an assistant: it connects, lists
// the tools, calls get_context and prints the passages with their sources. In
// an agent, a model would choose the tool and the query.
//
//	go run ./mcp When did the shore power fail?
//	PINECONE_API_KEY=... go run ./mcp -name handbooks When did the shore power fail?
//
// Without PINECONE_API_KEY it runs against an emulator.
package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/modelcontextprotocol/go-sdk/mcp"

	"github.com/pinecone-community/assistant-go/auth"
	"github.com/pinecone-community/assistant-go/examples/cite"
	"github.com/pinecone-community/assistant-go/examples/sample"
	"github.com/pinecone-community/assistant-go/gen/2026-07/data"
)

func main() {
	if err := run(context.Background(), os.Args[1:], os.Stdout, os.Stderr, &http.Client{CheckRedirect: auth.CheckRedirect}); err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintln(os.Stderr, "mcp:", err)
		os.Exit(1)
	}
}

// run writes tools and passages to out, and everything else to status.
func run(ctx context.Context, args []string, out, status io.Writer, client *http.Client) (err error) {
	flags := flag.NewFlagSet("mcp", flag.ContinueOnError)
	base := sample.AddURL(flags)
	assistant := sample.AddFlags(flags)
	if err := flags.Parse(args); err != nil {
		return err
	}
	question := cmp.Or(strings.TrimSpace(strings.Join(flags.Args(), " ")), "How often are the prisms cleaned?")
	ctx, stop := signal.NotifyContext(ctx, os.Interrupt, syscall.SIGTERM)
	defer stop()

	c, err := connect(ctx, *base, client, status)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, c.close()) }()
	a, err := assistant.Open(ctx, c.control, status)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, a.Close(ctx)) }()
	api, err := c.data(a.Host)
	if err != nil {
		return err
	}
	if err := a.Upload(ctx, api, status); err != nil {
		return err
	}
	session, err := c.mcp(ctx, a.Host, a.Name)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, session.Close()) }()
	return ask(ctx, session, question, out)
}

// mcp connects to the MCP server of an assistant.
func (c *clients) mcp(ctx context.Context, host, assistant string) (*mcp.ClientSession, error) {
	endpoint, err := endpoint(host, assistant)
	if err != nil {
		return nil, err
	}
	agent := mcp.NewClient(&mcp.Implementation{Name: "assistant-go-example", Version: "1"}, nil)
	// The MCP transport has no option for headers, so the HTTP client's
	// transport adds the key.
	client := *c.http
	client.Transport = auth.Transport(c.bearer, c.http.Transport)
	return agent.Connect(ctx, &mcp.StreamableClientTransport{
		Endpoint: endpoint, HTTPClient: &client, DisableStandaloneSSE: true,
	}, nil)
}

// endpoint returns the URL of an assistant's MCP server. The host may lack a
// scheme and may have the path of the API.
func endpoint(host, assistant string) (string, error) {
	if !strings.Contains(host, "://") {
		host = "https://" + host
	}
	u, err := url.Parse(host)
	if err != nil || u.Host == "" {
		return "", fmt.Errorf("host %q of the assistant is not a URL", host)
	}
	u.Path = strings.TrimSuffix(strings.TrimRight(u.Path, "/"), "/assistant")
	return u.JoinPath("mcp", "assistants", url.PathEscape(assistant)).String(), nil
}

// ask lists the tools and calls get_context.
func ask(ctx context.Context, session *mcp.ClientSession, question string, out io.Writer) error {
	const tool = "get_context"
	found := false
	for described, err := range session.Tools(ctx, nil) {
		if err != nil {
			return err
		}
		found = found || described.Name == tool
		fmt.Fprintf(out, "Tool %s: %s\n", described.Name, described.Description)
	}
	if !found {
		return fmt.Errorf("the server has no tool %s", tool)
	}
	result, err := session.CallTool(ctx, &mcp.CallToolParams{Name: tool, Arguments: map[string]any{"query": question}})
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "\n%s\n", question)
	for _, content := range result.Content {
		text, ok := content.(*mcp.TextContent)
		switch {
		case !ok:
			fmt.Fprintf(out, "\n(Left out: a %T.)\n", content)
		case result.IsError:
			return fmt.Errorf("%s: %s", tool, text.Text)
		default:
			fmt.Fprintf(out, "\n%s\n", passage(text.Text))
		}
	}
	if len(result.Content) == 0 {
		fmt.Fprintln(out, "\nNo document has a passage that fits.")
	}
	return nil
}

// passage returns a text of the result with its source. A snippet is JSON;
// other text is returned as it is.
func passage(text string) string {
	var snippet data.Snippet
	if json.Unmarshal([]byte(text), &snippet) != nil {
		return text
	}
	switch snippet := snippet.Value.(type) {
	case *data.TextSnippet:
		return fmt.Sprintf("[%s]\n%s", cite.Reference(snippet.Reference), snippet.Content)
	case *data.MultimodalSnippet:
		var lines []string
		for _, block := range snippet.Content {
			if block, ok := block.Value.(*data.TextBlock); ok {
				lines = append(lines, block.Text)
			}
		}
		return fmt.Sprintf("[%s]\n%s", cite.Reference(snippet.Reference), strings.Join(lines, "\n"))
	}
	return text
}
