// Rag retrieves the passages of an assistant's documents that are relevant to a
// question and prints a prompt with them, for a language model of your choice.
// It does not call a model.
//
//	go run ./rag When did the shore power fail?
//	go run ./rag -filter '{"kind":"log"}' -top-k 3 When did the shore power fail?
//
// Without PINECONE_API_KEY it runs against an emulator. It writes the prompt to
// standard output and everything else to standard error.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/pinecone-community/assistant-go/auth"
	"github.com/pinecone-community/assistant-go/examples/sample"
	"github.com/pinecone-community/assistant-go/gen/2026-07/data"
)

func main() {
	if err := run(context.Background(), os.Args[1:], os.Stdout, os.Stderr, &http.Client{CheckRedirect: auth.CheckRedirect}); err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintln(os.Stderr, "rag:", err)
		os.Exit(1)
	}
}

// run writes the prompt to out.
func run(ctx context.Context, args []string, out, status io.Writer, client *http.Client) (err error) {
	flags := flag.NewFlagSet("rag", flag.ContinueOnError)
	url := sample.AddURL(flags)
	assistant := sample.AddFlags(flags)
	request, err := parse(flags, args)
	if err != nil {
		return err
	}
	ctx, stop := signal.NotifyContext(ctx, os.Interrupt, syscall.SIGTERM)
	defer stop()

	c, err := connect(ctx, *url, client, status)
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

	found, err := api.RetrieveContext(ctx, a.Name, request)
	if err != nil {
		return err
	}
	passages, unknown := passages(found.Snippets)
	for _, kind := range unknown {
		fmt.Fprintf(status, "Left out: a snippet of the new type %q.\n", kind)
	}
	if len(passages) == 0 {
		return fmt.Errorf("no document has a passage that fits %q", request.Query)
	}
	fmt.Fprintf(status, "Passages: %d. Tokens, as the service counts them: %d.\n\n", len(passages), found.Usage.TotalTokens)
	_, err = io.WriteString(out, prompt(request.Query, passages))
	return err
}

// parse returns the request that the command line describes.
func parse(flags *flag.FlagSet, args []string) (data.ContextRequest, error) {
	// A text prompt uses the captions of images, not their bytes.
	request := data.ContextRequest{IncludeBinaryContent: data.Ptr(false)}
	filter := flags.String("filter", "", "metadata that the documents must have, as `JSON` such as {\"year\":{\"$gte\":2026}}")
	flags.IntVar(&request.TopK, "top-k", 0, "at most `n` passages, up to 64 (default: the service's, 16)")
	flags.IntVar(&request.SnippetSize, "snippet-size", 0, "passages of at most `n` tokens, 512 to 8192 (default: the service's, 2048)")
	if err := flags.Parse(args); err != nil {
		return request, err
	}
	request.Query = strings.TrimSpace(strings.Join(flags.Args(), " "))
	switch {
	case request.Query == "":
		return request, errors.New("no question: write it after the flags")
	case request.TopK < 0 || request.TopK > 64:
		return request, fmt.Errorf("-top-k is %d, want 1 to 64", request.TopK)
	case request.SnippetSize != 0 && (request.SnippetSize < 512 || request.SnippetSize > 8192):
		return request, fmt.Errorf("-snippet-size is %d, want 512 to 8192", request.SnippetSize)
	}
	if *filter != "" {
		if err := json.Unmarshal([]byte(*filter), &request.Filter); err != nil {
			return request, fmt.Errorf("-filter is not a JSON object: %w", err)
		}
		if request.Filter == nil { // the filter is null, which would match all documents
			return request, errors.New("-filter is null, want a JSON object")
		}
	}
	return request, nil
}
