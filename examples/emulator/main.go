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
	"path/filepath"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/pinecone-community/assistant-go/examples/emulator/emulator"
)

// errUsage is an error of the command line, which the flags have reported.
var errUsage = errors.New("usage")

// memoryLimit is from where on Go collects memory more often, unless the variable
// GOMEMLIMIT says it. What PDFium and SQLite take comes on top.
const memoryLimit = 256 << 20

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
	if os.Getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(memoryLimit)
	}
	flags, err := parse(args, os.Getenv, complaints)
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
		return err
	}
	fmt.Fprintf(out, "The emulator listens at %s. For the examples:\n\n", running.URL)
	if running.Certificate != nil {
		file, err := writeCertificate(running.Certificate)
		if err != nil {
			return errors.Join(err, running.Close())
		}
		defer os.RemoveAll(filepath.Dir(file))
		fmt.Fprintf(out, "export SSL_CERT_FILE=%s # of Go, curl and Python; NODE_EXTRA_CA_CERTS of Node.js\n", file)
	}
	fmt.Fprintf(out, "export PINECONE_ASSISTANT_URL=%s/assistant\n", running.URL)
	if len(flags.keys) > 0 {
		fmt.Fprintln(out, "export PINECONE_API_KEY=YOUR_KEY # the one that -key or EMULATOR_KEY gives")
	} else {
		fmt.Fprintf(out, "export PINECONE_API_KEY=%s\n", running.Key)
	}
	<-ctx.Done()
	stop()
	return running.Close()
}

// writeCertificate writes a certificate to a file in a folder of its own.
func writeCertificate(certificate []byte) (string, error) {
	folder, err := os.MkdirTemp("", "emulator-")
	if err != nil {
		return "", err
	}
	file := filepath.Join(folder, "certificate.pem")
	return file, os.WriteFile(file, certificate, 0o600)
}

type flags struct {
	address string
	keys    []string
	options []emulator.Option
}

// environment is what the variables of the flags begin with: EMULATOR_CHUNK_DELAY is
// that of -chunk-delay.
const environment = "EMULATOR_"

// parse reads the variables of the flags, and the command line, which has the last
// word.
func parse(args []string, getenv func(string) string, complaints io.Writer) (*flags, error) {
	f := &flags{}
	set := flag.NewFlagSet("emulator", flag.ContinueOnError)
	set.SetOutput(complaints)
	set.Usage = func() {
		fmt.Fprintf(complaints, "Usage of emulator:\n")
		set.PrintDefaults()
		fmt.Fprintf(complaints, "Each flag is also a variable: EMULATOR_ADDR is -addr, EMULATOR_CHUNK_DELAY is -chunk-delay, EMULATOR_FAULTS=true is -faults.\n")
	}
	option := func(option emulator.Option) { f.options = append(f.options, option) }
	set.StringVar(&f.address, "addr", "127.0.0.1:0", "`address` to listen on; port 0 is any that is free")
	onCommandLine := false
	set.Func("key", "API `keys` that requests can carry, apart by commas: each has a project of its own (default a random one); EMULATOR_KEY, since a command line shows in ps", func(text string) error {
		if onCommandLine {
			f.keys = nil
		}
		for key := range strings.SplitSeq(text, ",") {
			if key = strings.TrimSpace(key); key == "" {
				return errors.New("a key is empty")
			} else if slices.Contains(f.keys, key) {
				return errors.New("a key is there twice")
			}
			f.keys = append(f.keys, key)
		}
		return nil
	})
	addFolder := func(name, usage string, of func(string) emulator.Option) {
		set.Func(name, usage, func(folder string) error {
			if folder == "" {
				return errors.New("it is empty")
			}
			option(of(folder))
			return nil
		})
	}
	addFolder("data", "`folder` to keep everything in, to go on there after a restart (default in memory)", emulator.WithData)
	addFolder("seed", "`folder` of what a project without assistants begins with: a folder of files for each assistant (default nothing)", emulator.WithSeed)
	addDelay := func(name, usage string, of func(time.Duration) emulator.Option) {
		set.Func(name, usage, func(text string) error {
			d, err := time.ParseDuration(text)
			if err == nil && d < 0 {
				err = errors.New("it is negative")
			}
			option(of(d))
			return err
		})
	}
	addDelay("latency", "`time` that every request waits, such as 200ms (default none)", emulator.WithLatency)
	addDelay("chunk-delay", "`time` between two chunks of a stream (default none)", emulator.WithChunkDelay)
	addDelay("pace", "`time` of each step of what goes on after a reply: an assistant is ready after one, a file after three (default 50ms)", emulator.WithPace)
	set.Func("plan", "the `plan` whose limits hold: starter, builder, standard or enterprise (default none)", func(name string) error {
		plan, err := emulator.ParsePlan(name)
		if err == nil {
			option(emulator.WithPlan(plan))
		}
		return err
	})
	addSwitch := func(name, usage string, of emulator.Option) {
		set.BoolFunc(name, usage, func(value string) error {
			if value != "true" {
				return errors.New("it takes no value")
			}
			option(of)
			return nil
		})
	}
	addSwitch("faults", "let requests ask for faults, at /emulator/faults and in the header X-Emulator-Fault", emulator.WithFaults())
	addSwitch("control", "let requests ask for everything below /emulator: faults, scripted replies, the journal, the clock, a reset and snapshots", emulator.WithControl())
	addSwitch("log", "print a line for each request to the standard error", emulator.WithLog(complaints))
	addSwitch("tls", "listen with HTTPS, with a certificate made at the start", emulator.WithTLS())

	if err := setFromEnvironment(set, getenv); err != nil {
		fmt.Fprintln(complaints, err)
		set.Usage()
		return nil, errUsage
	}
	onCommandLine = true
	if err := set.Parse(args); err != nil {
		return nil, err
	}
	if set.NArg() > 0 {
		fmt.Fprintf(complaints, "unexpected argument: %s\n", set.Arg(0))
		set.Usage()
		return nil, errUsage
	}
	if len(f.keys) > 0 {
		option(emulator.WithKeys(f.keys...))
	}
	return f, nil
}

// setFromEnvironment sets the flags whose variables are not empty. One that takes no
// value is off with false or 0.
func setFromEnvironment(set *flag.FlagSet, getenv func(string) string) error {
	var err error
	set.VisitAll(func(f *flag.Flag) {
		name := environment + strings.ToUpper(strings.ReplaceAll(f.Name, "-", "_"))
		value := getenv(name)
		if value == "" || err != nil {
			return
		}
		if boolean, ok := f.Value.(interface{ IsBoolFlag() bool }); ok && boolean.IsBoolFlag() {
			on, bad := strconv.ParseBool(value)
			if bad != nil {
				err = fmt.Errorf("%s: %q, want true or false", name, value)
			}
			if bad != nil || !on {
				return
			}
			value = "true"
		}
		if failed := set.Set(f.Name, value); failed != nil {
			err = fmt.Errorf("%s: %w", name, failed)
		}
	})
	return err
}
