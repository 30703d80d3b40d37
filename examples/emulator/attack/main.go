// Attack tests the emulator with hostile files and requests. Each attack has its own
// emulator process. The program prints a table of the duration, the peak memory and the
// outcome of each attack. An attack fails if the emulator uses more than 600 MiB of
// memory or ends, if a file fails without a reason, or if an ordinary file is not
// processed afterwards.
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

// maxMemory is the most memory that the emulator may use, in bytes.
const maxMemory = 600 << 20

// errNotTried reports that an attack is not possible on this machine.
var errNotTried = errors.New("not tried")

// attack is a test of the emulator. Its function do returns a description of the
// outcome.
type attack struct {
	name string
	do   func(ctx context.Context, t *target) (outcome string, err error)
}

// target is an emulator under attack.
type target struct {
	path   string // of the program
	folder string // of its data
	memory bool   // run without a data folder
	*program.Program
	*program.Client
	peak int64 // peak memory of the processes that have ended, in bytes
}

const assistant = "attacked"

func run(ctx context.Context, args []string, out io.Writer) (err error) {
	flags := flag.NewFlagSet("attack", flag.ContinueOnError)
	only := flags.String("run", "", "regular `expression` that selects attacks by name")
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
	fmt.Fprint(out, "| attack | duration | peak memory | outcome |\n| --- | --- | --- | --- |\n")
	var faults []error
	for i, a := range attacks() {
		if !chosen.MatchString(a.name) {
			continue
		}
		t := &target{path: path, folder: filepath.Join(folder, fmt.Sprint("data-", i))}
		began := time.Now()
		outcome, peak, err := t.run(ctx, a)
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

// run starts the emulator, makes an attack, uploads an ordinary file and stops the
// emulator.
func (t *target) run(ctx context.Context, a attack) (outcome string, peak int64, err error) {
	defer func() {
		if t.Program != nil {
			err = errors.Join(err, t.stop())
		}
		peak = t.peak
		if err == nil && peak > maxMemory {
			err = fmt.Errorf("the emulator used %d MiB of memory", peak>>20)
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
	return outcome, 0, t.uploadOrdinary(ctx)
}

// start starts the emulator, with the data of the previous process if there was one.
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

// measure records the peak memory of the running emulator.
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

// uploadOrdinary uploads an ordinary file, which must be processed.
func (t *target) uploadOrdinary(ctx context.Context) error {
	id, err := t.Upload(ctx, assistant, "ordinary.txt", strings.NewReader("The tide is high."))
	if err != nil {
		return fmt.Errorf("ordinary file: %w", err)
	}
	reason, err := t.Wait(ctx, assistant, id)
	if err == nil && reason != "" {
		err = errors.New(reason)
	}
	if err != nil {
		return fmt.Errorf("ordinary file: %w", err)
	}
	return nil
}

// upload returns an attack with one file. The file may be processed or fail.
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
