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

// errUsage reports an invalid command line or environment, which parse has printed.
var errUsage = errors.New("usage")

// memoryLimit is Go's soft memory limit in bytes, unless GOMEMLIMIT is set. It does
// not include the memory of PDFium and SQLite.
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

// run serves until ctx is done or the program is interrupted. A second interrupt
// ends the program at once.
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
		fmt.Fprintf(out, "export SSL_CERT_FILE=%s # for Go, curl and Python; NODE_EXTRA_CA_CERTS for Node.js\n", file)
	}
	fmt.Fprintf(out, "export PINECONE_ASSISTANT_URL=%s/assistant\n", running.URL)
	if len(flags.keys) > 0 {
		fmt.Fprintln(out, "export PINECONE_API_KEY=YOUR_KEY # a key of -key or EMULATOR_KEY")
	} else {
		fmt.Fprintf(out, "export PINECONE_API_KEY=%s\n", running.Key)
	}
	<-ctx.Done()
	stop()
	return running.Close()
}

// writeCertificate writes the certificate to a file in a new temporary folder and
// returns the file's path.
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

// environment is the prefix of the flags' environment variables: EMULATOR_CHUNK_DELAY
// sets -chunk-delay.
const environment = "EMULATOR_"

// parse reads the environment variables of the flags, then the command line, which
// overrides them.
func parse(args []string, getenv func(string) string, complaints io.Writer) (*flags, error) {
	f := &flags{}
	set := flag.NewFlagSet("emulator", flag.ContinueOnError)
	set.SetOutput(complaints)
	set.Usage = func() {
		fmt.Fprintf(complaints, "Usage of emulator:\n")
		set.PrintDefaults()
		fmt.Fprintf(complaints, "Each flag can also be set by an environment variable: EMULATOR_ADDR sets -addr, EMULATOR_CHUNK_DELAY sets -chunk-delay, EMULATOR_FAULTS=true sets -faults.\n")
	}
	option := func(option emulator.Option) { f.options = append(f.options, option) }
	set.StringVar(&f.address, "addr", "127.0.0.1:0", "`address` to listen on; port 0 chooses a free port")
	onCommandLine := false
	set.Func("key", "accepted API `keys`, separated by commas; each key has its own project (default a random key); prefer EMULATOR_KEY, since ps shows command lines", func(text string) error {
		if onCommandLine {
			f.keys = nil
		}
		for key := range strings.SplitSeq(text, ",") {
			if key = strings.TrimSpace(key); key == "" {
				return errors.New("empty key")
			} else if slices.Contains(f.keys, key) {
				return errors.New("duplicate key")
			}
			f.keys = append(f.keys, key)
		}
		return nil
	})
	addFolder := func(name, usage string, of func(string) emulator.Option) {
		set.Func(name, usage, func(folder string) error {
			if folder == "" {
				return errors.New("empty path")
			}
			option(of(folder))
			return nil
		})
	}
	addFolder("data", "`folder` for all data, which survives restarts and crashes (default in memory)", emulator.WithData)
	addFolder("seed", "`folder` of initial data for projects without assistants: a folder of files for each assistant (default none)", emulator.WithSeed)
	addDelay := func(name, usage string, of func(time.Duration) emulator.Option) {
		set.Func(name, usage, func(text string) error {
			d, err := time.ParseDuration(text)
			if err == nil && d < 0 {
				err = errors.New("negative duration")
			}
			option(of(d))
			return err
		})
	}
	addDelay("latency", "`delay` added to every request, such as 200ms (default none)", emulator.WithLatency)
	addDelay("chunk-delay", "`delay` between two chunks of a stream (default none)", emulator.WithChunkDelay)
	addDelay("pace", "`duration` of each background step: an assistant is ready after one step, a file after three (default 50ms)", emulator.WithPace)
	set.Func("plan", "`plan` whose limits are enforced: starter, builder, standard or enterprise (default none)", func(name string) error {
		plan, err := emulator.ParsePlan(name)
		if err == nil {
			option(emulator.WithPlan(plan))
		}
		return err
	})
	addSwitch := func(name, usage string, of emulator.Option) {
		set.BoolFunc(name, usage, func(value string) error {
			if value != "true" {
				return errors.New("the flag takes no value")
			}
			option(of)
			return nil
		})
	}
	addSwitch("faults", "allow requests to inject faults, at /emulator/faults and in the header X-Emulator-Fault", emulator.WithFaults())
	addSwitch("control", "allow requests to all paths below /emulator: faults, scripted replies, the journal, the clock, a reset and snapshots", emulator.WithControl())
	addSwitch("log", "write a line for each request to standard error, without API keys and query strings", emulator.WithLog(complaints))
	addSwitch("tls", "serve HTTPS with a certificate created at the start", emulator.WithTLS())

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

// setFromEnvironment sets the flags whose environment variables are not empty. The
// variable of a boolean flag must be a value that strconv.ParseBool accepts.
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
