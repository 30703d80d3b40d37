// Package batch processes many files: several at a time, within the rate limits
// of the plan, and with a report of the outcomes.
package batch

import (
	"fmt"
	"io"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/vbauerster/mpb/v8"
	"github.com/vbauerster/mpb/v8/cwriter"

	"github.com/pinecone-community/assistant-go/gen/2026-07/data"
)

// Outcomes of files for a summary. Processing, CutOff and NotBegun occur only
// after an interrupt: the service had accepted the file, the file was being
// sent, or was not begun. A file that was cut off may have arrived.
const (
	Failed     = "failed"
	Processing = "in processing"
	CutOff     = "cut off"
	NotBegun   = "not begun"
)

// Report writes a line for the outcome of each file and, on a terminal,
// progress bars below the lines. It is safe for concurrent use.
type Report struct {
	// Dry reports whether the run is a dry run, in which outcomes are only
	// predicted.
	Dry bool

	mu     sync.Mutex
	out    io.Writer
	bars   *mpb.Progress // nil if there are none
	start  time.Time
	counts map[string]int
	failed []Outcome
	bytes  int64
}

// Outcome is the outcome of a file.
type Outcome struct {
	What  string // such as "uploaded"
	Path  string
	Bytes int64 // number of bytes sent
	Err   error // reason of a failure
	Quiet bool  // print no line

	// Operation is the operation that the service has begun, or nil. The
	// outcome is final when the operation has ended.
	Operation *data.Operation
}

// NewReport returns a report that is written to out. The caller must close it.
func NewReport(out io.Writer) *Report {
	r := &Report{out: out, start: time.Now(), counts: make(map[string]int)}
	if file, ok := out.(*os.File); ok && cwriter.IsTerminal(int(file.Fd())) {
		r.bars = newBars(file)
	}
	return r
}

// Line writes a line.
func (r *Report) Line(format string, args ...any) {
	r.mu.Lock()
	defer r.mu.Unlock()
	out := r.out
	if r.bars != nil {
		out = r.bars
	}
	fmt.Fprintf(out, format+"\n", args...)
}

// Note counts an outcome and writes its line. Names are quoted, as they may
// contain any character.
func (r *Report) Note(o Outcome) {
	r.mu.Lock()
	r.counts[o.What]++
	r.bytes += o.Bytes
	if o.What == Failed {
		r.failed = append(r.failed, o)
	}
	r.mu.Unlock()
	switch {
	case o.Err != nil:
		r.Line("%s %q: %v", o.What, o.Path, o.Err)
	case o.Quiet:
	case r.Dry:
		r.Line("would be %s %q", o.What, o.Path)
	default:
		r.Line("%s %q", o.What, o.Path)
	}
}

// Count returns the number of files with an outcome.
func (r *Report) Count(what string) int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.counts[what]
}

// Summary closes the report. It writes the failures again, as they may be far
// above, and a line with the counts of the given outcomes and of the outcomes
// of an interrupt. It returns an error if files have failed.
func (r *Report) Summary(outcomes ...string) error {
	r.Close()
	if len(r.failed) > 0 {
		r.Line("\nThese have failed:")
	}
	for _, o := range r.failed {
		r.Line("  %q: %v", o.Path, o.Err)
	}
	for _, what := range []string{Processing, CutOff, NotBegun} {
		if r.Count(what) > 0 {
			outcomes = append(outcomes, what)
		}
	}
	when := ""
	if r.Dry {
		when = "would be: "
	}
	for i, what := range outcomes {
		outcomes[i] = fmt.Sprintf("%d %s", r.Count(what), what)
	}
	r.Line("%s%s; %d bytes in %.1f s", when, strings.Join(outcomes, ", "), r.bytes, time.Since(r.start).Seconds())
	if n := r.Count(Failed); n > 0 {
		return fmt.Errorf("%d %s", n, Failed)
	}
	return nil
}
