// Attack holds the emulator against what people upload and clients do, by accident or on
// purpose. Each attack meets a program of its own. The table tells how long it took, what
// came of it and how much memory the program had at most. An attack fails if that is more
// than 600 MiB, if the program ends, if a file fails without a reason, or if the next
// file is not read.
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
	"regexp"
	"strings"
	"syscall"
	"time"

	"github.com/pinecone-community/assistant-go/examples/emulator/internal/program"
)

func main() {
	if err := run(context.Background(), os.Args[1:], os.Stdout); err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintln(os.Stderr, "attack:", err)
		os.Exit(1)
	}
}

// mostMemory is what the program may take.
const mostMemory = 600 << 20

// errNotTried says that an attack cannot be made on this machine.
var errNotTried = errors.New("not tried")

// attack is what is done to the program, and returns what came of it.
type attack struct {
	name string
	do   func(ctx context.Context, t *target) (outcome string, err error)
}

// target is a program that is attacked.
type target struct {
	path   string // of the program
	folder string // of its data
	memory bool   // has it keep everything in memory
	*program.Program
	*program.Client
	peak int64 // of the programs that have ended
}

const assistant = "attacked"

func run(ctx context.Context, args []string, out io.Writer) (err error) {
	flags := flag.NewFlagSet("attack", flag.ContinueOnError)
	only := flags.String("run", "", "regular `expression` that the names of the attacks match")
	if err := flags.Parse(args); err != nil {
		return err
	}
	chosen, err := regexp.Compile(*only)
	if err != nil {
		return err
	}
	ctx, stop := signal.NotifyContext(ctx, os.Interrupt, syscall.SIGTERM)
	defer stop()
	folder, err := os.MkdirTemp("", "attack-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(folder)) }()
	path, err := program.Build(ctx, folder, false)
	if err != nil {
		return err
	}
	fmt.Fprint(out, "| attack | time | most memory | what came of it |\n| --- | --- | --- | --- |\n")
	var faults []error
	for i, a := range attacks() {
		if !chosen.MatchString(a.name) {
			continue
		}
		t := &target{path: path, folder: filepath.Join(folder, fmt.Sprint("data-", i))}
		began := time.Now()
		outcome, peak, err := t.meet(ctx, a)
		took := time.Since(began)
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case errors.Is(err, errNotTried):
			outcome = err.Error()
		case err != nil:
			faults = append(faults, fmt.Errorf("%s: %w", a.name, err))
			outcome = "FAILED: " + err.Error()
		}
		outcome = strings.NewReplacer("\n", " ", "|", "/").Replace(outcome)
		fmt.Fprintf(out, "| %s | %.1f s | %d MiB | %.160s |\n", a.name, took.Seconds(), peak>>20, outcome)
		if err := os.RemoveAll(t.folder); err != nil {
			return err
		}
	}
	return errors.Join(faults...)
}

func attacks() []attack {
	var all []attack
	for _, list := range [][]attack{textAttacks(), docxAttacks(), pdfAttacks(), serviceAttacks(), requestAttacks(), diskAttacks()} {
		all = append(all, list...)
	}
	return all
}

// meet makes an attack, and ends the program.
func (t *target) meet(ctx context.Context, a attack) (outcome string, peak int64, err error) {
	defer func() {
		if t.Program != nil {
			err = errors.Join(err, t.stop())
		}
		peak = t.peak
		if err == nil && peak > mostMemory {
			err = fmt.Errorf("it takes %d MiB of memory", peak>>20)
		}
	}()
	if err := t.start(ctx); err != nil {
		return "", 0, err
	}
	if err := t.Create(ctx, assistant); err != nil {
		return "", 0, err
	}
	if outcome, err = a.do(ctx, t); err != nil {
		return outcome, 0, err
	}
	return outcome, 0, t.next(ctx)
}

// start starts the program, again with what it had before.
func (t *target) start(ctx context.Context) (err error) {
	args := []string{"-key", "attacked-key"}
	if !t.memory {
		args = append(args, "-data", t.folder)
	}
	if t.Program, err = program.Start(ctx, t.path, args...); err != nil {
		return err
	}
	t.Key = "attacked-key"
	t.Client = t.NewClient("2026-04", 16)
	return nil
}

// measure notes how much memory the program takes, before it ends.
func (t *target) measure() {
	if peak, err := t.PeakMemory(); err == nil {
		t.peak = max(t.peak, peak)
	}
}

func (t *target) stop() error {
	t.measure()
	t.Close()
	err := t.Stop()
	t.Program = nil
	return err
}

func (t *target) kill() error {
	t.measure()
	t.Close()
	err := t.Kill()
	t.Program = nil
	return err
}

// next uploads a file that has to be read.
func (t *target) next(ctx context.Context) error {
	id, err := t.Upload(ctx, assistant, "next.txt", strings.NewReader("The tide is high."))
	if err != nil {
		return fmt.Errorf("the next file: %w", err)
	}
	reason, err := t.Wait(ctx, assistant, id)
	if err == nil && reason != "" {
		err = errors.New(reason)
	}
	if err != nil {
		return fmt.Errorf("the next file: %w", err)
	}
	return nil
}

// upload is an attack by one file. Whether it can be read is its own affair.
func upload(name, file string, content func() []byte) attack {
	return attack{name, func(ctx context.Context, t *target) (string, error) {
		return t.upload(ctx, file, content())
	}}
}

func (t *target) upload(ctx context.Context, file string, content []byte) (string, error) {
	id, err := t.Upload(ctx, assistant, file, strings.NewReader(string(content)))
	if err != nil {
		return "", err
	}
	reason, err := t.Wait(ctx, assistant, id)
	if reason == "" {
		reason = "read"
	}
	return fmt.Sprintf("%d bytes: %s", len(content), reason), err
}
