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

// maxLine is the maximum length of a question in bytes.
const maxLine = 1 << 20

// errInterrupted is the error of Ctrl-C at the prompt.
var errInterrupted = errors.New("interrupted")

// lines reads questions from a terminal or a pipe.
type lines interface {
	// next returns the next line, or io.EOF, or errInterrupted.
	next(ctx context.Context) (string, error)
	close() error
}

// newLines returns the lines of in, with line editing if in and out are a
// terminal. Its second result reports whether in is a terminal.
func newLines(ctx context.Context, in io.Reader, out, status io.Writer) (lines, bool, error) {
	typed := isTerminal(in)
	if !typed || !isTerminal(out) || in != os.Stdin {
		p := &plain{lines: make(chan string), prompts: typed, status: status}
		go p.read(ctx, in)
		return p, typed, nil
	}
	e := &edited{interrupts: make(chan os.Signal, 1)}
	var err error
	if e.cooked, err = liner.TerminalMode(); err != nil {
		return nil, false, err
	}
	e.state = liner.NewLiner()
	e.state.SetCtrlCAborts(true)
	e.state.SetMultiLineMode(true)
	if e.raw, err = liner.TerminalMode(); err != nil {
		return nil, false, errors.Join(err, e.state.Close())
	}
	signal.Notify(e.interrupts, os.Interrupt) // from prompts that liner does not read yet
	return e, true, e.cooked.ApplyMode()
}

func isTerminal(stream any) bool {
	file, ok := stream.(*os.File)
	return ok && term.IsTerminal(int(file.Fd()))
}

// edited reads lines with line editing and a history. Outside of next, the
// terminal is in its normal mode, in which Ctrl-C sends a signal.
type edited struct {
	state       *liner.State
	cooked, raw liner.ModeApplier
	interrupts  chan os.Signal
	asked       chan answer // answer to the prompt on the screen; nil if there is none
}

type answer struct {
	text string
	err  error
}

func (e *edited) next(ctx context.Context) (line string, err error) {
	select {
	case <-e.interrupts: // meant for the last answer
	default:
	}
	if err := e.raw.ApplyMode(); err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, e.cooked.ApplyMode()) }()
	if e.asked == nil {
		e.asked = make(chan answer, 1)
		go func(asked chan<- answer) {
			text, err := e.state.Prompt("> ")
			asked <- answer{text, err}
		}(e.asked)
	} else {
		fmt.Print("> ")
	}
	select {
	case a := <-e.asked:
		e.asked = nil
		if errors.Is(a.err, liner.ErrPromptAborted) {
			return "", errInterrupted
		}
		if a.err == nil && a.text != "" {
			e.state.AppendHistory(a.text)
		}
		return a.text, a.err
	case <-e.interrupts: // until liner reads the keyboard; the goroutine keeps reading
		fmt.Println("^C")
		return "", errInterrupted
	case <-ctx.Done(): // the goroutine reads until the process ends
		return "", ctx.Err()
	}
}

func (e *edited) close() error {
	signal.Stop(e.interrupts)
	return e.state.Close()
}

// plain reads lines without line editing. It shows a prompt if they are typed.
type plain struct {
	lines   chan string
	err     error // set before lines is closed
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
