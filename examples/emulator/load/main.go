// Load puts a local Assistant service under load: many concurrent clients upload, ask,
// read streams and delete. It prints the durations of the calls, and then checks that
// the service has all files that it acknowledged, and no deleted ones.
//
// Without -url it builds the emulator and runs it with a temporary data folder. It
// fails on a status of 500 or more, a broken connection, or a lost file or deletion.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"time"

	"github.com/pinecone-community/assistant-go/auth"
	"github.com/pinecone-community/assistant-go/examples/emulator/internal/program"
)

func main() {
	if err := run(context.Background(), os.Args[1:], os.Stdout); err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintln(os.Stderr, "load:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string, out io.Writer) (err error) {
	flags := flag.NewFlagSet("load", flag.ContinueOnError)
	clients := flags.Int("clients", 64, "`number` of clients")
	duration := flags.Duration("duration", time.Minute, "`duration` of the load")
	url := flags.String("url", "", "base `URL` of a running local service, whose key is in "+auth.EnvAPIKey)
	race := flags.Bool("race", false, "build the emulator with the race detector")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if *clients < 1 || *duration <= 0 {
		return errors.New("-clients and -duration must be greater than 0")
	}
	ctx, stop := signal.NotifyContext(ctx, os.Interrupt, syscall.SIGTERM)
	defer stop()

	key := os.Getenv(auth.EnvAPIKey)
	what := "the service at " + *url
	memory := func() string { return "unknown" }
	if *url == "" {
		service, remove, err2 := startProgram(ctx, *race)
		if err2 != nil {
			return err2
		}
		defer func() { err = errors.Join(err, service.Stop(), remove()) }()
		*url, key = service.URL, service.Key
		if what = "the emulator"; *race {
			what += " with the race detector"
		}
		memory = func() string { return describeMemory(service) }
	}
	t, err := newTraffic(ctx, strings.TrimSuffix(*url, "/assistant"), key, *clients)
	if err != nil {
		return err
	}
	defer t.close()
	halfway := make(chan string, 1)
	half := time.AfterFunc(*duration/2, func() { halfway <- memory() })
	defer half.Stop()
	took, err := t.run(ctx, *duration)
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "%s, %d clients, %s, %s %s/%s, %d processors\n",
		what, *clients, took.Round(time.Millisecond), runtime.Version(), runtime.GOOS, runtime.GOARCH, runtime.NumCPU())
	t.meter.print(out, took)
	fmt.Fprintf(out, "peak memory of the service: %s after half of the time, %s at the end\n", <-halfway, memory())
	return t.check(ctx, out)
}

// startProgram builds the emulator and runs it with a temporary data folder. It
// returns the program and a function that removes the folder.
func startProgram(ctx context.Context, race bool) (*program.Program, func() error, error) {
	folder, err := os.MkdirTemp("", "load-")
	if err != nil {
		return nil, nil, err
	}
	remove := func() error { return os.RemoveAll(folder) }
	path, err := program.Build(ctx, folder, race)
	if err != nil {
		return nil, nil, errors.Join(err, remove())
	}
	service, err := program.Start(ctx, path, "-data", filepath.Join(folder, "data"))
	if err != nil {
		return nil, nil, errors.Join(err, remove())
	}
	return service, remove, nil
}

func describeMemory(service *program.Program) string {
	peak, err := service.PeakMemory()
	if err != nil {
		return err.Error()
	}
	return fmt.Sprintf("%d MiB", peak>>20)
}
