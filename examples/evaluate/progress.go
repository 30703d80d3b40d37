package main

import (
	"fmt"
	"io"
	"os"
	"sync"

	"golang.org/x/term"
)

// progress reports the number of scored rows: on a terminal in one line that is
// rewritten, otherwise in a line for each tenth of the rows.
type progress struct {
	out      io.Writer
	rows     int
	terminal bool

	mu   sync.Mutex
	done int
}

func newProgress(out io.Writer, rows int) *progress {
	file, ok := out.(*os.File)
	return &progress{out: out, rows: rows, terminal: ok && term.IsTerminal(int(file.Fd()))}
}

// one counts a scored row.
func (p *progress) one() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.done++
	switch {
	case p.terminal:
		fmt.Fprintf(p.out, "\rScored %d of %d rows.", p.done, p.rows)
	case p.done*10/p.rows > (p.done-1)*10/p.rows:
		fmt.Fprintf(p.out, "Scored %d of %d rows.\n", p.done, p.rows)
	}
}

// end ends the line on a terminal.
func (p *progress) end() {
	if p.terminal && p.done > 0 {
		fmt.Fprintln(p.out)
	}
}
