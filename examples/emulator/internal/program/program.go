// Package program builds the emulator and runs it as a process of its own.
package program

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"time"
)

const source = "github.com/pinecone-community/assistant-go/examples/emulator"

// startLimit is how long Start waits for the URL and the key of a program that hangs.
const startLimit = 5 * time.Minute

// Build compiles the emulator into a folder, with or without the race detector,
// and returns the program's path. The working folder has to be in the examples'
// module.
func Build(ctx context.Context, folder string, race bool) (string, error) {
	path := filepath.Join(folder, "emulator")
	if runtime.GOOS == "windows" {
		path += ".exe"
	}
	args := []string{"build", "-buildvcs=false", "-o", path}
	if race {
		args = append(args, "-race")
	}
	if output, err := exec.CommandContext(ctx, "go", append(args, source)...).CombinedOutput(); err != nil {
		return "", fmt.Errorf("building the emulator: %w\n%s", err, output)
	}
	return path, nil
}

// Program is an emulator that runs. Stop or Kill it.
type Program struct {
	URL     string        // base URL of the planes, with /assistant
	Key     string        // the one that it made, if it was given none
	Startup time.Duration // until it had printed both

	command *exec.Cmd
	printed chan struct{} // closed when it has closed its output
	stderr  bytes.Buffer
}

// Start runs the emulator at path with arguments, and returns when it has
// printed its URL and its key.
func Start(ctx context.Context, path string, args ...string) (*Program, error) {
	p := &Program{command: exec.Command(path, args...), printed: make(chan struct{})} //nolint:noctx // Kill ends it
	p.command.Stderr = &p.stderr
	stdout, err := p.command.StdoutPipe()
	if err != nil {
		return nil, err
	}
	began := time.Now()
	if err := p.command.Start(); err != nil {
		return nil, err
	}
	ready := make(chan struct{})
	go p.read(stdout, began, ready)
	ctx, cancel := context.WithTimeout(ctx, startLimit)
	defer cancel()
	select {
	case <-ready:
		return p, nil
	case <-p.printed:
		err = errors.New("it ended or printed no URL and key")
	case <-ctx.Done():
		err = ctx.Err()
	}
	return nil, fmt.Errorf("starting the emulator: %w\n%s", errors.Join(err, p.Kill()), p.Stderr())
}

// read looks for the variables that the emulator prints for a shell.
func (p *Program) read(stdout io.Reader, began time.Time, ready chan<- struct{}) {
	defer close(p.printed)
	lines := bufio.NewScanner(stdout)
	for lines.Scan() && (p.URL == "" || p.Key == "") {
		line := strings.TrimSpace(lines.Text())
		if url, ok := strings.CutPrefix(line, "export PINECONE_ASSISTANT_URL="); ok {
			p.URL = url
		}
		if key, ok := strings.CutPrefix(line, "export PINECONE_API_KEY="); ok {
			p.Key = key
		}
		if p.URL != "" && p.Key != "" {
			p.Startup = time.Since(began)
			close(ready)
		}
	}
	_, _ = io.Copy(io.Discard, stdout)
}

// Stop interrupts the emulator and waits for its end. What it printed to its
// standard error, such as a race, is an error.
func (p *Program) Stop() error {
	if err := p.command.Process.Signal(os.Interrupt); err != nil {
		return errors.Join(err, p.Kill())
	}
	<-p.printed
	err := p.command.Wait()
	if err == nil && p.stderr.Len() > 0 {
		err = errors.New("it printed to its standard error")
	}
	if err != nil {
		return fmt.Errorf("the emulator: %w\n%s", err, p.Stderr())
	}
	return nil
}

// Kill ends the emulator without any warning.
func (p *Program) Kill() error {
	if err := p.command.Process.Kill(); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return err
	}
	<-p.printed
	if err := p.command.Wait(); err != nil && p.command.ProcessState == nil {
		return err
	}
	return nil
}

// Stderr is what the emulator printed to its standard error. Ask after its end.
func (p *Program) Stderr() string { return p.stderr.String() }

// PeakMemory is the most memory that the emulator has had resident so far, in
// bytes. Only Linux tells.
func (p *Program) PeakMemory() (int64, error) {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", p.command.Process.Pid))
	if err != nil {
		return 0, err
	}
	_, rest, found := strings.Cut(string(status), "\nVmHWM:")
	if !found {
		return 0, errors.New("no VmHWM among the process's figures")
	}
	var kilobytes int64
	if _, err := fmt.Sscan(rest, &kilobytes); err != nil {
		return 0, err
	}
	return kilobytes << 10, nil
}
