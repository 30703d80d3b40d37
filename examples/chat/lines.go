package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"

	"github.com/peterh/liner"
	"golang.org/x/term"
)

// maxLine bounds a question, in bytes.
const maxLine = 1 << 20

// errInterrupted is Ctrl-C at the prompt.
var errInterrupted = errors.New("interrupted")

// lines are what somebody types, or what comes through a pipe.
type lines interface {
	// next returns the next line, or io.EOF, or errInterrupted.
	next(ctx context.Context) (string, error)
	close() error
}

// newLines reads in: with line editing if in and out are a terminal. Its second
// result tells whether somebody types.
func newLines(ctx context.Context, in io.Reader, out, status io.Writer) (lines, bool, error) {
	typed := isTerminal(in)
	if !typed || !isTerminal(out) || in != os.Stdin {
		p := &plain{lines: make(chan string), prompts: typed, status: status}
		go p.read(ctx, in)
		return p, typed, nil
	}
	e := &edited{}
	var err error
	if e.cooked, err = liner.TerminalMode(); err != nil {
		return nil, false, err
	}
	e.state = liner.NewLiner()
	e.state.SetCtrlCAborts(true)
	e.state.SetMultiLineMode(true)
	// The editor does this only after it has shown the prompt. A Ctrl-C in between
	// would be lost.
	err = keysAreNotSignals()
	if err == nil {
		e.raw, err = liner.TerminalMode()
	}
	if err != nil {
		return nil, false, errors.Join(err, e.state.Close())
	}
	return e, true, e.cooked.ApplyMode()
}

func isTerminal(stream any) bool {
	file, ok := stream.(*os.File)
	return ok && term.IsTerminal(int(file.Fd()))
}

// edited are lines that are edited at a terminal, with a history. Outside of next
// the terminal is in its usual mode, in which Ctrl-C is a signal; in next it is a key.
type edited struct {
	state       *liner.State
	cooked, raw liner.ModeApplier
}

func (e *edited) next(ctx context.Context) (line string, err error) {
	if err := e.raw.ApplyMode(); err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, e.cooked.ApplyMode()) }()
	typed := make(chan error, 1)
	var text string
	go func() {
		var err error
		text, err = e.state.Prompt("> ")
		typed <- err
	}()
	select {
	case err = <-typed:
	case <-ctx.Done(): // the read goes on, until the process ends
		return "", ctx.Err()
	}
	switch {
	case errors.Is(err, liner.ErrPromptAborted):
		return "", errInterrupted
	case err != nil:
		return "", err
	}
	if text != "" {
		e.state.AppendHistory(text)
	}
	return text, nil
}

func (e *edited) close() error { return e.state.Close() }

// plain are lines as they come. Where they are typed, there is a prompt.
type plain struct {
	lines   chan string
	err     error // when lines is closed
	prompts bool
	status  io.Writer
}

func (p *plain) read(ctx context.Context, in io.Reader) {
	defer close(p.lines)
	scanner := bufio.NewScanner(in)
	scanner.Buffer(nil, maxLine)
	for scanner.Scan() {
		select {
		case p.lines <- scanner.Text():
		case <-ctx.Done():
			return
		}
	}
	p.err = scanner.Err()
	if p.err == nil {
		p.err = io.EOF
	}
}

func (p *plain) next(ctx context.Context) (string, error) {
	interrupt, stop := signal.NotifyContext(ctx, os.Interrupt)
	defer stop()
	if p.prompts {
		fmt.Fprint(p.status, "> ")
	}
	select {
	case line, ok := <-p.lines:
		if !ok {
			return "", p.err
		}
		return line, nil
	case <-interrupt.Done():
		fmt.Fprintln(p.status)
		return "", errInterrupted
	}
}

func (p *plain) close() error { return nil }
