// Contract checks this project's facts about the service: each fact is a named
// check with its source and certainty.
//
//	go run ./contract                                  against an emulator
//	PINECONE_API_KEY=... go run ./contract             against Pinecone
//	PINECONE_API_KEY=... go run ./contract -record out and record requests and responses
//
// It creates an assistant, uploads three small files and deletes the assistant
// at the end. Against Pinecone it observes the rate limits of the Starter plan;
// a run takes about five minutes and less than 50,000 tokens. The exit status
// is 1 if a fact differs.
package main

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"text/tabwriter"
	"time"

	"github.com/pinecone-community/assistant-go/auth"
	"github.com/pinecone-community/assistant-go/examples/emulator/emulator"
	"github.com/pinecone-community/assistant-go/examples/sample"
	"github.com/pinecone-community/assistant-go/gen/2026-07/control"
	"github.com/pinecone-community/assistant-go/gen/2026-07/data"
	"github.com/pinecone-community/assistant-go/gen/2026-07/evaluation"
)

func main() {
	if err := run(context.Background(), os.Args[1:], os.Stdout, os.Stderr, http.DefaultTransport); err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintln(os.Stderr, "contract:", err)
		os.Exit(1)
	}
}

// run writes the table to out and everything else to status.
func run(ctx context.Context, args []string, out, status io.Writer, transport http.RoundTripper) (err error) {
	flags := flag.NewFlagSet("contract", flag.ContinueOnError)
	url := sample.AddURL(flags)
	only := flags.String("run", "", "run only the checks whose name contains this `text`, and those that upload files")
	folder := flags.String("record", "", "write requests and responses to this `folder`, without keys and signatures")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if flags.NArg() > 0 {
		return fmt.Errorf("unexpected argument %q", flags.Arg(0))
	}
	if *folder != "" {
		if err := os.MkdirAll(*folder, 0o700); err != nil {
			return fmt.Errorf("-record: %w", err)
		}
	}
	ctx, stop := signal.NotifyContext(ctx, os.Interrupt, syscall.SIGTERM)
	defer stop()
	key, base := os.Getenv(auth.EnvAPIKey), *url
	if key == "" && base == "" {
		running, err := emulator.Listen(ctx, "127.0.0.1:0", emulator.WithPace(20*time.Millisecond))
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, running.Close()) }()
		key, base = running.Key, running.URL+"/assistant"
		fmt.Fprintf(status, "%s is not set, so this is an emulator at %s.\n", auth.EnvAPIKey, running.URL)
	}
	s, err := open(ctx, key, base, *folder, transport, status)
	if err != nil {
		return sample.Explain(err)
	}
	outcomes := s.try(ctx, *only, status)
	s.begin("end")
	deleted := s.close(ctx)
	return errors.Join(write(out, outcomes), s.err, deleted, ctx.Err())
}

// open builds the clients and creates the assistant. An empty base means
// Pinecone's service.
func open(ctx context.Context, key, base, folder string, transport http.RoundTripper, status io.Writer) (*session, error) {
	editor, err := auth.APIKey(key)
	if err != nil {
		return nil, err
	}
	suffix := make([]byte, 4)
	if _, err := rand.Read(suffix); err != nil {
		return nil, err
	}
	s := &session{name: "contract-" + hex.EncodeToString(suffix), secret: key, folder: folder, current: "begin"}
	if s.bearer, err = auth.APIKey(key, auth.WithBearer()); err != nil {
		return nil, err
	}
	s.http = &http.Client{Transport: newRecorder(transport, s, base == ""), CheckRedirect: auth.CheckRedirect}
	controlOptions := []control.Option{control.WithHTTPClient(s.http), control.WithRequestEditorFn(editor)}
	evaluationOptions := []evaluation.Option{evaluation.WithHTTPClient(s.http), evaluation.WithRequestEditorFn(editor)}
	controlBase, evaluationBase := "https://api.pinecone.io/assistant", "https://prod-1-data.ke.pinecone.io/assistant"
	if base != "" {
		controlBase, evaluationBase = base, base
		controlOptions = append(controlOptions, control.WithBaseURL(base))
		evaluationOptions = append(evaluationOptions, evaluation.WithBaseURL(base))
	}
	var errs [4]error
	s.control, errs[0] = control.New(controlOptions...)
	s.evaluation, errs[1] = evaluation.New(evaluationOptions...)
	s.rawControl, errs[2] = control.NewClient(controlBase, control.WithHTTPClient(s.http), control.WithRequestEditorFn(editor))
	s.rawEval, errs[3] = evaluation.NewClient(evaluationBase, evaluation.WithHTTPClient(s.http), evaluation.WithRequestEditorFn(editor))
	if err := errors.Join(errs[:]...); err != nil {
		return nil, err
	}
	if _, err := s.control.CreateAssistant(ctx, control.CreateAssistantRequest{Name: s.name}); err != nil {
		return nil, err
	}
	fmt.Fprintf(status, "Created the assistant %s.\n", s.name)
	assistant, err := s.control.WaitForAssistant(ctx, s.name)
	if err != nil {
		return nil, errors.Join(err, s.close(ctx))
	}
	s.host = strings.TrimSuffix(strings.TrimRight(assistant.Host, "/"), "/assistant")
	if !strings.Contains(s.host, "://") {
		s.host = "https://" + s.host
	}
	s.data, errs[0] = data.New(s.host, data.WithHTTPClient(s.http), data.WithRequestEditorFn(editor))
	s.rawData, errs[1] = data.NewClient(s.host+"/assistant", data.WithHTTPClient(s.http), data.WithRequestEditorFn(editor))
	if err := errors.Join(errs[:]...); err != nil {
		return nil, errors.Join(err, s.close(ctx))
	}
	return s, nil
}

// close deletes the assistant. It does not use the cancellation of ctx, as ctx
// may have ended the run.
func (s *session) close(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Minute)
	defer cancel()
	var errs []error
	for _, name := range []string{s.name, refusedAssistant} { // the second exists only if a refusal failed
		if err := s.control.DeleteAssistant(ctx, name); err != nil && !errors.Is(err, control.ErrNotFound) {
			errs = append(errs, fmt.Errorf("the assistant %s may still exist: %w", name, err))
		}
	}
	return errors.Join(errs...)
}

// try runs the checks.
func (s *session) try(ctx context.Context, only string, status io.Writer) []outcome {
	var outcomes []outcome
	all := checks()
	for i, c := range all {
		uploads := strings.HasPrefix(c.name, "files: upload is") || strings.HasPrefix(c.name, "files: an operation ends") || strings.HasPrefix(c.name, "files: upsert takes")
		if !strings.Contains(c.name, only) && !uploads {
			continue
		}
		fmt.Fprintf(status, "%d of %d: %s\n", i+1, len(all), c.name)
		outcomes = append(outcomes, try(ctx, s, c))
	}
	return outcomes
}

// write writes the table. Its error has the number of facts that differ.
func write(out io.Writer, outcomes []outcome) error {
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "RESULT\tFACT\tCERTAINTY\tSOURCE")
	counts := make(map[string]int)
	for _, o := range outcomes {
		counts[o.result]++
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\n", o.result, o.check.name, o.check.sure, o.check.source)
	}
	if err := table.Flush(); err != nil {
		return err
	}
	for _, result := range []string{"differs", "not tried"} {
		for _, o := range outcomes {
			if o.result == result {
				fmt.Fprintf(out, "\n%s: %s\n    %s\n", result, o.check.name, o.detail)
			}
		}
	}
	fmt.Fprintf(out, "\n%d hold, %d differ, %d not tried\n", counts["holds"], counts["differs"], counts["not tried"])
	if n := counts["differs"]; n > 0 {
		return fmt.Errorf("facts that differ: %d", n)
	}
	return nil
}
