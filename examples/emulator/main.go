// Emulator serves the Pinecone Assistant API on this machine.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/pinecone-community/assistant-go/examples/emulator/emulator"
)

// errUsage is an error of the command line, which the flags have reported.
var errUsage = errors.New("usage")

func main() {
	switch err := run(context.Background(), os.Args[1:], os.Stdout, os.Stderr); {
	case errors.Is(err, errUsage):
		os.Exit(2)
	case err != nil:
		fmt.Fprintln(os.Stderr, "emulator:", err)
		os.Exit(1)
	}
}

// run serves until ctx is done or the program is interrupted. A second
// interruption ends it at once.
func run(ctx context.Context, args []string, out, complaints io.Writer) error {
	flags, err := parse(args, complaints)
	if errors.Is(err, flag.ErrHelp) {
		return nil
	}
	if err != nil {
		return errUsage
	}
	ctx, stop := signal.NotifyContext(ctx, os.Interrupt, syscall.SIGTERM)
	defer stop()
	running, err := emulator.Listen(ctx, flags.address, flags.options...)
	if err != nil {
		return fmt.Errorf("-addr: %w", err)
	}
	fmt.Fprintf(out, "The emulator listens at %s. For the examples:\n\n", running.URL)
	fmt.Fprintf(out, "export PINECONE_ASSISTANT_URL=%s/assistant\n", running.URL)
	if flags.keyGiven {
		fmt.Fprintln(out, "export PINECONE_API_KEY=YOUR_KEY # the one that -key gives")
	} else {
		fmt.Fprintf(out, "export PINECONE_API_KEY=%s\n", running.Key)
	}
	<-ctx.Done()
	stop()
	return running.Close()
}

type flags struct {
	address  string
	keyGiven bool
	options  []emulator.Option
}

func parse(args []string, complaints io.Writer) (*flags, error) {
	f := &flags{}
	set := flag.NewFlagSet("emulator", flag.ContinueOnError)
	set.SetOutput(complaints)
	set.StringVar(&f.address, "addr", "127.0.0.1:0", "`address` to listen on; port 0 is any that is free")
	set.Func("key", "the API `key` that requests have to carry (default a random one)", func(key string) error {
		if key == "" {
			return errors.New("it is empty")
		}
		f.keyGiven = true
		f.options = append(f.options, emulator.WithKey(key))
		return nil
	})
	addDelay := func(name, usage string, option func(time.Duration) emulator.Option) {
		set.Func(name, usage, func(text string) error {
			d, err := time.ParseDuration(text)
			if err == nil && d < 0 {
				err = errors.New("it is negative")
			}
			f.options = append(f.options, option(d))
			return err
		})
	}
	addDelay("latency", "`time` that every request waits, such as 200ms (default none)", emulator.WithLatency)
	addDelay("chunk-delay", "`time` between two chunks of a stream (default none)", emulator.WithChunkDelay)
	set.Func("plan", "the `plan` whose limits hold: starter, standard or enterprise (default none)", func(name string) error {
		plan, err := emulator.ParsePlan(name)
		if err == nil {
			f.options = append(f.options, emulator.WithPlan(plan))
		}
		return err
	})
	set.BoolFunc("faults", "let requests ask for faults, at /emulator/faults and in the header X-Emulator-Fault", func(value string) error {
		if value != "true" {
			return errors.New("it takes no value")
		}
		f.options = append(f.options, emulator.WithFaults())
		return nil
	})
	if err := set.Parse(args); err != nil {
		return nil, err
	}
	if set.NArg() > 0 {
		fmt.Fprintf(complaints, "unexpected argument: %s\n", set.Arg(0))
		set.Usage()
		return nil, errUsage
	}
	return f, nil
}
