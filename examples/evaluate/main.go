// Evaluate scores answers by answers that are known to be true. Correctness tells
// how much of an answer is true, completeness how much of the truth it has, and
// alignment is their harmonic mean. It reads CSV with the columns question, answer
// and ground_truth; where the answer is empty, it asks an assistant.
//
//	go run ./evaluate                    questions.csv of this folder
//	go run ./evaluate -csv rows.csv      or - for the standard input
//
// Without PINECONE_API_KEY an emulator does it, whose scores compare words.
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

	"github.com/pinecone-community/assistant-go/examples/internal/service"
	"github.com/pinecone-community/assistant-go/gen/2026-07/data"
	"github.com/pinecone-community/assistant-go/gen/2026-07/evaluation"
)

func main() {
	if err := run(context.Background(), os.Args[1:], os.Stdin, os.Stdout, os.Stderr, nil); err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintln(os.Stderr, "evaluate:", err)
		os.Exit(1)
	}
}

// run writes scores to out and all else to status. A nil client stands for the
// library's own.
func run(ctx context.Context, args []string, in io.Reader, out, status io.Writer, client *http.Client) (err error) {
	flags := flag.NewFlagSet("evaluate", flag.ContinueOnError)
	connection := service.AddFlags(flags)
	assistant := service.AddAssistantFlags(flags)
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

	s, err := connection.Connect(ctx, client)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	fmt.Fprintln(status, s.What)
	var a *service.Assistant // nil if nobody has to be asked
	if slices.ContainsFunc(rows, func(r *row) bool { return r.answer == "" }) {
		if a, err = assistant.Open(ctx, s, status); err != nil {
			return err
		}
		defer func() { err = errors.Join(err, a.Close(ctx)) }()
	}

	group, working := errgroup.WithContext(ctx) // the first error ends the others
	group.SetLimit(*parallel)
	for _, r := range rows {
		group.Go(func() error { return r.score(working, s, a) })
	}
	err = group.Wait()
	rows = slices.DeleteFunc(rows, func(r *row) bool { return r.metrics == nil })
	switch {
	case len(rows) == 0:
		return err
	case *asCSV:
		return errors.Join(err, writeCSV(out, rows))
	}
	return errors.Join(err, writeTable(out, rows))
}

// score fills in the scores, and the answer if there is none.
func (r *row) score(ctx context.Context, s *service.Service, a *service.Assistant) error {
	if r.answer == "" {
		reply, err := a.Data.Chat(ctx, a.Name, data.ChatRequest{Messages: []data.Message{{Role: "user", Content: r.question}}})
		if err != nil {
			return fmt.Errorf("line %d: %w", r.line, err)
		}
		r.answer = reply.Message.Content
	}
	reply, err := s.Evaluation.EvaluateAlignment(ctx, evaluation.AlignmentRequest{
		Question: r.question, Answer: r.answer, GroundTruthAnswer: r.truth,
	})
	if err != nil {
		return fmt.Errorf("line %d: %w", r.line, err)
	}
	r.metrics = &reply.Metrics
	return nil
}
