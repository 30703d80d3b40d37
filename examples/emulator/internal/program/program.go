// Package program builds the emulator and runs it as a separate process.
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

// startLimit is the longest time that Start waits for the URL and the key.
const startLimit = 5 * time.Minute

// Build compiles the emulator into a folder, with or without the race detector, and
// returns the path of the program. The working directory must be in the module of the
// examples.
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

// Program is a running emulator. The caller must end it with Stop or Kill.
type Program struct {
	URL     string        // base URL with /assistant
	Key     string        // API key that it printed
	Startup time.Duration // time from its start until it had printed the URL and the key

	command *exec.Cmd
	printed chan struct{} // closed at the end of its standard output
	stderr  bytes.Buffer
}

// Start runs the emulator at path with arguments, and returns when it has printed its
// URL and its key. It is an error if that takes more than five minutes.
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
		err = errors.New("the standard output ended without a URL and a key")
	case <-ctx.Done():
		err = ctx.Err()
	}
	return nil, fmt.Errorf("starting the emulator: %w\n%s", errors.Join(err, p.Kill()), p.Stderr())
}

// read reads the URL and the key from the shell commands that the emulator prints.
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

// Stop interrupts the emulator and waits for its end. Any output to standard error, such
// as the report of a race, is an error.
func (p *Program) Stop() error {
	if err := p.command.Process.Signal(os.Interrupt); err != nil {
		return errors.Join(err, p.Kill())
	}
	<-p.printed
	err := p.command.Wait()
	if err == nil && p.stderr.Len() > 0 {
		err = errors.New("output on standard error")
	}
	if err != nil {
		return fmt.Errorf("stopping the emulator: %w\n%s", err, p.Stderr())
	}
	return nil
}

// Kill kills the emulator and waits for its end.
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

// Stderr returns the output of the emulator to standard error. It may be called only
// after the end of the emulator.
func (p *Program) Stderr() string { return p.stderr.String() }

// PeakMemory returns the peak resident memory of the emulator so far, in bytes. It
// works on Linux only.
func (p *Program) PeakMemory() (int64, error) {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", p.command.Process.Pid))
	if err != nil {
		return 0, err
	}
	_, rest, found := strings.Cut(string(status), "\nVmHWM:")
	if !found {
		return 0, errors.New("no VmHWM in the status of the process")
	}
	var kilobytes int64
	if _, err := fmt.Sscan(rest, &kilobytes); err != nil {
		return 0, err
	}
	return kilobytes << 10, nil
}
