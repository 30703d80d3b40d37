// Growth measures how the duration of calls to the emulator grows with the number of
// files in an assistant. It prints a table. It fails if a question takes more than ten
// times as long with the most files as with the fewest.
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
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/pinecone-community/assistant-go/examples/emulator/internal/program"
)

func main() {
	if err := run(context.Background(), os.Args[1:], os.Stdout); err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintln(os.Stderr, "growth:", err)
		os.Exit(1)
	}
}

// maxGrowth is the largest accepted ratio of the duration of a question with the most
// files to the duration with the fewest.
const maxGrowth = 10

func run(ctx context.Context, args []string, out io.Writer) (err error) {
	flags := flag.NewFlagSet("growth", flag.ContinueOnError)
	numbers := flags.String("files", "100,1000,10000", "`numbers` of files, the fewest first")
	samples := flags.Int("samples", 21, "`number` of calls of which the median is reported")
	if err := flags.Parse(args); err != nil {
		return err
	}
	var files []int
	for text := range strings.SplitSeq(*numbers, ",") {
		n, err := strconv.Atoi(strings.TrimSpace(text))
		if err != nil || n < 1 {
			return fmt.Errorf("-files: %q, want a number of at least 1", text)
		}
		files = append(files, n)
	}
	if *samples < 1 {
		return errors.New("-samples must be greater than 0")
	}
	ctx, stop := signal.NotifyContext(ctx, os.Interrupt, syscall.SIGTERM)
	defer stop()
	folder, err := os.MkdirTemp("", "growth-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(folder)) }()
	path, err := program.Build(ctx, folder, false)
	if err != nil {
		return err
	}
	service, err := program.Start(ctx, path, "-data", filepath.Join(folder, "data"))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, service.Stop()) }()
	m, err := newMeasurement(service, files[0], *samples)
	if err != nil {
		return err
	}
	var columns []*column
	for _, n := range files {
		measured, err := m.column(ctx, n)
		if err != nil {
			return fmt.Errorf("%d files: %w", n, err)
		}
		columns = append(columns, measured)
	}
	for _, c := range columns {
		if err := m.remove(ctx, c); err != nil {
			return err
		}
	}
	fmt.Fprintf(out, "%s %s/%s, %d processors, medians of %d\n\n", runtime.Version(), runtime.GOOS, runtime.GOARCH, runtime.NumCPU(), *samples)
	printTable(out, columns)
	if peak, err := service.PeakMemory(); err == nil {
		fmt.Fprintf(out, "\npeak memory of the emulator: %d MiB\n", peak>>20)
	}
	first, last := columns[0].times[question], columns[len(columns)-1].times[question]
	if last > maxGrowth*first {
		return fmt.Errorf("a question takes %s with %d files and %s with %d files: more than %d times as long", last, files[len(files)-1], first, files[0], maxGrowth)
	}
	return nil
}

// column holds the measurements with a number of files.
type column struct {
	files     int
	assistant string
	calls     []string
	times     map[string]time.Duration
}

func (c *column) add(call string, d time.Duration) {
	c.calls = append(c.calls, call)
	c.times[call] = d
}

func printTable(out io.Writer, columns []*column) {
	fmt.Fprint(out, "| call |")
	for _, c := range columns {
		fmt.Fprintf(out, " %d files |", c.files)
	}
	fmt.Fprint(out, "\n| --- |", strings.Repeat(" --- |", len(columns)), "\n")
	for _, call := range columns[0].calls {
		fmt.Fprintf(out, "| %s |", call)
		for _, c := range columns {
			fmt.Fprintf(out, " %.1f ms |", float64(c.times[call].Microseconds())/1000)
		}
		fmt.Fprintln(out)
	}
}
