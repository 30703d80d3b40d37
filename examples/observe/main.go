// Observe logs every request with log/slog and traces it with OpenTelemetry,
// from the upload of documents to the answer to a question. The span of the
// answer follows the conventions for generative AI: it has the model, the
// number of tokens and the time to the first chunk. Each attempt of a request
// has its own log line and its own span, which is a child of the span of the
// call. Without PINECONE_API_KEY it runs against an emulator.
//
//	go run ./observe When did the shore power fail? 2>log
package main

import (
	"cmp"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"go.opentelemetry.io/contrib/instrumentation/net/http/otelhttp"
	sdk "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
	"go.opentelemetry.io/otel/trace"

	"github.com/pinecone-community/assistant-go/auth"
	"github.com/pinecone-community/assistant-go/examples/sample"
	"github.com/pinecone-community/assistant-go/gen/2026-07/data"
)

func main() {
	if err := run(context.Background(), os.Args[1:], os.Stdout, os.Stderr, http.DefaultTransport); err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintln(os.Stderr, "observe:", err)
		os.Exit(1)
	}
}

// run writes the answer and the trace to out, and the log to status.
func run(ctx context.Context, args []string, out, status io.Writer, base http.RoundTripper) (err error) {
	flags := flag.NewFlagSet("observe", flag.ContinueOnError)
	url := sample.AddURL(flags)
	assistant := sample.AddFlags(flags)
	if err := flags.Parse(args); err != nil {
		return err
	}
	question := cmp.Or(strings.Join(flags.Args(), " "), "How often are the prisms cleaned?")
	ctx, stop := signal.NotifyContext(ctx, os.Interrupt, syscall.SIGTERM)
	defer stop()
	// A server would use sdk.WithBatcher and an exporter that sends the spans
	// to a collector.
	spans := tracetest.NewInMemoryExporter()
	provider := sdk.NewTracerProvider(sdk.WithSyncer(spans))
	defer func() { writeTrace(out, spans.GetSpans()) }()
	client := &http.Client{
		Transport: otelhttp.NewTransport(
			logging{base, slog.New(slog.NewTextHandler(status, nil))}, // logs within the span
			otelhttp.WithTracerProvider(provider),
		),
		CheckRedirect: auth.CheckRedirect, // keeps the key at its host
	}
	c, err := connect(ctx, *url, client, status)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, c.close()) }()
	t := provider.Tracer("observe")
	return inSpan(ctx, t, "observe", func(ctx context.Context) (err error) {
		var a *sample.Assistant
		err = inSpan(ctx, t, "open", func(ctx context.Context) (err error) {
			a, err = assistant.Open(ctx, c.control, status)
			return err
		})
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, inSpan(ctx, t, "close", a.Close)) }()
		api, err := c.data(a.Host)
		if err != nil {
			return err
		}
		err = inSpan(ctx, t, "upload", func(ctx context.Context) error { return a.Upload(ctx, api, status) })
		if err != nil {
			return err
		}
		request := data.ChatRequest{Messages: []data.Message{data.UserMessage(question)}}
		for text, err := range data.ChatText(chatStream(ctx, t, api, a.Name, request)) {
			if err != nil {
				return err
			}
			fmt.Fprint(out, text)
		}
		_, err = fmt.Fprint(out, "\n\n")
		return err
	})
}

// inSpan calls do within a span, which becomes the parent of the requests'
// spans.
func inSpan(ctx context.Context, t trace.Tracer, name string, do func(context.Context) error) error {
	ctx, span := t.Start(ctx, name)
	defer span.End()
	err := do(ctx)
	if err != nil {
		fail(span, err)
	}
	return err
}
