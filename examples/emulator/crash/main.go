// Crash kills the emulator while clients upload and delete files, and restarts it with
// the same data folder, many times. After each restart it checks that every
// acknowledged file is there with its contents and metadata, that its operation
// completes, and that deleted files are gone.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"time"

	"github.com/pinecone-community/assistant-go/examples/emulator/internal/program"
)

func main() {
	if err := run(context.Background(), os.Args[1:], os.Stdout); err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintln(os.Stderr, "crash:", err)
		os.Exit(1)
	}
}

// maxRound is the longest time from the start of the clients to the kill.
const maxRound = time.Second

func run(ctx context.Context, args []string, out io.Writer) (err error) {
	flags := flag.NewFlagSet("crash", flag.ContinueOnError)
	rounds := flags.Int("rounds", 50, "`number` of kills")
	clients := flags.Int("clients", 8, "`number` of clients")
	seed := flags.Uint64("seed", uint64(time.Now().UnixNano()), "`seed` of the random times of the kills")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if *rounds < 1 || *clients < 1 {
		return errors.New("-rounds and -clients must be greater than 0")
	}
	ctx, stop := signal.NotifyContext(ctx, os.Interrupt, syscall.SIGTERM)
	defer stop()
	folder, err := os.MkdirTemp("", "crash-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(folder)) }()
	path, err := program.Build(ctx, folder, false)
	if err != nil {
		return err
	}
	work, err := newWork(*clients)
	if err != nil {
		return err
	}
	random := rand.New(rand.NewPCG(*seed, 0))
	start := func() (*program.Program, error) {
		return program.Start(ctx, path, "-key", key, "-data", filepath.Join(folder, "data"))
	}
	for round := range *rounds {
		if round%2 == 1 { // kill it also while it recovers from the previous kill
			service, err := start()
			if err == nil {
				err = service.Kill()
			}
			if err != nil {
				return fmt.Errorf("before round %d, seed %d: %w", round, *seed, err)
			}
		}
		service, err := start()
		if err != nil {
			return fmt.Errorf("round %d, seed %d: %w", round, *seed, err)
		}
		after := time.Duration(random.Int64N(int64(maxRound)))
		err = work.round(ctx, service, after)
		if err := errors.Join(err, service.Kill()); err != nil {
			return fmt.Errorf("round %d, seed %d: %w\n%s", round, *seed, err, service.Stderr())
		}
		there, gone, unknown := work.ledger.Counts()
		fmt.Fprintf(out, "round %d: up after %s, killed after %s; %d files and %d deletions acknowledged, %d without a response\n",
			round, service.Startup.Round(time.Millisecond), after.Round(time.Millisecond), there, gone, unknown)
	}
	service, err := start()
	if err != nil {
		return fmt.Errorf("after the last round, seed %d: %w", *seed, err)
	}
	if err := errors.Join(work.check(ctx, service), service.Stop()); err != nil {
		return fmt.Errorf("after the last round, seed %d: %w", *seed, err)
	}
	there, gone, _ := work.ledger.Counts()
	if there == 0 {
		return fmt.Errorf("no file was acknowledged in %d rounds with the seed %d", *rounds, *seed)
	}
	fmt.Fprintf(out, "after %d kills: %d files as acknowledged, %d deleted files gone; %d of the files failed, since two kills happened while they were read\n",
		*rounds, there, gone, work.ledger.Excused())
	return nil
}
