// Evaluate scores answers by comparing them with known correct answers.
// Correctness is the share of an answer that is correct, completeness is the
// share of the correct answer that it has, and alignment is the harmonic mean
// of both. The program reads CSV with the columns question, answer and
// ground_truth. If the answer is empty, it asks an assistant.
//
//	go run ./evaluate                    questions.csv of this folder
//	go run ./evaluate -csv rows.csv      or - for the standard input
//
// Without PINECONE_API_KEY it uses an emulator, whose scores compare words.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/signal"
	"slices"
	"syscall"

	"golang.org/x/sync/errgroup"

	"github.com/pinecone-community/assistant-go/auth"
	"github.com/pinecone-community/assistant-go/examples/sample"
	"github.com/pinecone-community/assistant-go/gen/2026-07/data"
	"github.com/pinecone-community/assistant-go/gen/2026-07/evaluation"
)

func main() {
	if err := run(context.Background(), os.Args[1:], os.Stdin, os.Stdout, os.Stderr, &http.Client{CheckRedirect: auth.CheckRedirect}); err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintln(os.Stderr, "evaluate:", err)
		os.Exit(1)
	}
}

// run writes scores to out and everything else to status.
func run(ctx context.Context, args []string, in io.Reader, out, status io.Writer, client *http.Client) (failed error) {
	flags := flag.NewFlagSet("evaluate", flag.ContinueOnError)
	url := sample.AddURL(flags)
	assistant := sample.AddFlags(flags)
	asCSV := flags.Bool("csv", false, "write CSV, with the answers, instead of a table")
	parallel := flags.Int("parallel", 4, "work on `n` rows at a time")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if *parallel < 1 || flags.NArg() > 1 {
		return fmt.Errorf("-parallel is %d, want 1 or more; the files are %q, want one at most", *parallel, flags.Args())
	}
	rows, err := readRows(flags.Arg(0), in)
	if err != nil {
		return err
	}
	ctx, stop := signal.NotifyContext(ctx, os.Interrupt, syscall.SIGTERM)
	defer stop()

	c, err := connect(ctx, *url, client, status)
	if err != nil {
		return err
	}
	defer func() { failed = errors.Join(failed, c.close()) }()
	s := &scorer{evaluation: c.evaluation}
	if slices.ContainsFunc(rows, func(r *row) bool { return r.answer == "" }) {
		a, err := assistant.Open(ctx, c.control, status)
		if err != nil {
			return err
		}
		defer func() { failed = errors.Join(failed, a.Close(ctx)) }()
		if s.data, err = c.data(a.Host); err != nil {
			return err
		}
		if err := a.Upload(ctx, s.data, status); err != nil {
			return err
		}
		s.assistant = a.Name
	}

	s.progress = newProgress(status, len(rows))
	group, working := errgroup.WithContext(ctx) // the first error cancels the others
	group.SetLimit(*parallel)
	for _, r := range rows {
		group.Go(func() error { return s.score(working, r) })
	}
	err = group.Wait()
	s.progress.end()
	rows = slices.DeleteFunc(rows, func(r *row) bool { return r.metrics == nil })
	switch {
	case len(rows) == 0:
		return err
	case *asCSV:
		return errors.Join(err, writeCSV(out, rows))
	}
	return errors.Join(err, writeTable(out, rows))
}

// scorer scores answers, and asks an assistant for missing answers.
type scorer struct {
	evaluation *evaluation.API
	data       *data.API // nil if no answer is missing
	assistant  string
	progress   *progress
}

// score fills in the scores, and the answer if it is missing.
func (s *scorer) score(ctx context.Context, r *row) error {
	if r.answer == "" {
		reply, err := s.data.Chat(ctx, s.assistant, data.ChatRequest{Messages: []data.Message{data.UserMessage(r.question)}})
		if err != nil {
			return fmt.Errorf("line %d: %w", r.line, err)
		}
		r.answer = reply.Message.Content
	}
	reply, err := s.evaluation.EvaluateAlignment(ctx, evaluation.AlignmentRequest{
		Question: r.question, Answer: r.answer, GroundTruthAnswer: r.truth,
	})
	if err != nil {
		return fmt.Errorf("line %d: %w", r.line, err)
	}
	r.metrics = &reply.Metrics
	s.progress.one()
	return nil
}
