package main

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/pinecone-community/assistant-go/internal/bench"
)

// results are all that was measured.
type results struct {
	machine machine
	works   []*workResult
	first   []firstResult
	uploads []*uploadResults
	sizes   []sizeResults
}

// What must be reached.
const (
	streamOfOpenAI    = 1. / 12
	streamOfAnthropic = 1. / 6
	streamAllocs      = 3
	callOfFloor       = 1.2
	contextOfStock    = 1. / 5
	uploadPeak        = 30e6 // bytes
	uploadOfBareTLS   = 0.85
	uploadOfBarePlain = 0.5 // of a PUT that the kernel copies
	sizeOverBare      = 1.0e6
)

func (r *results) print(text *bytes.Buffer) {
	fmt.Fprintf(text, "# Benchmarks\n\n")
	fmt.Fprintf(text, "Measured on %s: %s; %s. Printed by `go run ./report`, in one run: contenders take\nturns, times are medians, and a ratio is the median of the rounds' ratios.\n\n",
		r.machine.date, r.machine.cpu, r.machine.system)
	for _, version := range r.machine.versions {
		fmt.Fprintf(text, "- %s\n", version)
	}
	r.summary(text)
	fmt.Fprintf(text, "\n## Calls and streams\n\nCanned replies, without a network. ± is half of the interquartile range.\n")
	for _, work := range r.works {
		work.print(text)
	}
	r.printUploads(text)
	r.printSizes(text)
	r.printFirst(text)
}

// summary holds what was measured against what must be reached.
func (r *results) summary(text *bytes.Buffer) {
	fmt.Fprintf(text, "\n## Targets\n\n")
	row(text, "work", "measured", "must reach", "reached")
	row(text, "---", "---", "---", "---")
	chat, call, reply := r.works[0], r.works[2], r.works[3]
	below := func(work *workResult, peer string, limit float64, goal string) {
		got := ratio(work.of(bench.Project).time, work.of(peer).time)
		row(text, work.Name, factor(got)+" of "+peer, goal, reached(got <= limit))
	}
	below(chat, bench.OpenAI, streamOfOpenAI, "at most 1/12")
	below(chat, bench.Anthropic, streamOfAnthropic, "at most 1/6")
	allocs := median(chat.of(bench.Project).allocs)
	row(text, chat.Name, fmt.Sprintf("%.2f allocations per event", allocs), "at most 3", reached(allocs <= streamAllocs))
	below(call, bench.HandCall, callOfFloor, "at most 1.2")
	below(reply, bench.Stock, contextOfStock, "at most 1/5")
	for _, upload := range r.uploads {
		limit := uploadOfBareTLS
		if upload.transport == bench.Plain {
			limit = uploadOfBarePlain
		}
		work := "upload of 256 MiB, " + upload.transport
		own := upload.of(bench.Project)
		got := ratio(own.speed, upload.of(bench.BarePut).speed)
		row(text, work, factor(got)+" of the speed of a "+bench.BarePut, fmt.Sprintf("at least %.2f", limit), reached(got >= limit))
		row(text, work, "peak of "+megabytes(own.peak), "under 30 MB", reached(own.peak > 0 && float64(own.peak) < uploadPeak))
	}
	for _, size := range r.sizes {
		over := size.bytes[helloProject] - size.bytes[helloBare]
		row(text, "binary, `go build "+size.flags+"`", "+ "+megabytes(over)+" over bare net/http", "+ 1.0 MB", reached(float64(over) <= sizeOverBare))
	}
	for _, first := range r.first {
		measured := "the first chunk arrives while the second is held"
		if first.err != nil {
			measured = first.err.Error()
		}
		row(text, "time to first chunk, "+first.transport, measured, "before the second is sent", reached(first.err == nil))
	}
}

func (w *workResult) print(text *bytes.Buffer) {
	fmt.Fprintf(text, "\n### %s\n\n", strings.ToUpper(w.Name[:1])+w.Name[1:])
	row(text, "", "ns per "+w.Unit, "±", "B per "+w.Unit, "allocations", "this project takes")
	row(text, "---", "---:", "---:", "---:", "---:", "---:")
	own := w.of(bench.Project)
	for _, s := range w.contenders {
		takes := ""
		if s.name != bench.Project {
			takes = factor(ratio(own.time, s.time)) + " of it"
		}
		row(text, s.name, number(median(s.time)), fmt.Sprintf("%.0f %%", 100*spread(s.time)),
			number(median(s.bytes)), number(median(s.allocs)), takes)
	}
}

func (r *results) printUploads(text *bytes.Buffer) {
	fmt.Fprintf(text, "\n## Upload of 256 MiB from a path, over loopback\n\n"+
		"Each in a process of its own, which holds the code of all contenders; the server is in another.\n"+
		"A peak is the largest resident set (VmHWM) that any of its processes had with one upload, and with three in turn.\n")
	for _, upload := range r.uploads {
		fmt.Fprintf(text, "\n### %s\n\n", upload.transport)
		row(text, "", "MB/s", "±", "peak of one", "peak of three", "this project's speed")
		row(text, "---", "---:", "---:", "---:", "---:", "---:")
		own := upload.of(bench.Project)
		for _, u := range upload.uploaders {
			speed, peakOfOne, peak := "", "not known", "not known"
			if u.name != bench.Project {
				speed = factor(ratio(own.speed, u.speed)) + " of it"
			}
			if u.peak > 0 {
				peakOfOne, peak = megabytes(u.peakOfOne), megabytes(u.peak)
			}
			row(text, u.name, number(median(u.speed)), fmt.Sprintf("%.0f %%", 100*spread(u.speed)), peakOfOne, peak, speed)
		}
	}
}

func (r *results) printSizes(text *bytes.Buffer) {
	fmt.Fprintf(text, "\n## Size of a client that makes one call\n\n"+
		"With CGO_ENABLED=0. Each asks a question, but for bare, which gets a URL, and gopinecone, which lists indexes.\n\n")
	head, line := []string{"`go build` with"}, []string{"---"}
	for _, hello := range hellos {
		head, line = append(head, hello), append(line, "---:")
	}
	row(text, head...)
	row(text, line...)
	for _, size := range r.sizes {
		cells := []string{"`" + size.flags + "`"}
		for _, hello := range hellos {
			cells = append(cells, megabytes(size.bytes[hello]))
		}
		row(text, cells...)
	}
}

func (r *results) printFirst(text *bytes.Buffer) {
	fmt.Fprintf(text, "\n## Time to first chunk\n\nFrom when the server has written the event to when the loop has it. The server holds the second until then.\n\n")
	row(text, "", "µs")
	row(text, "---", "---:")
	for _, first := range r.first {
		took := number(median(first.took) / 1e3)
		if first.err != nil {
			took = first.err.Error()
		}
		row(text, first.transport, took)
	}
}

func row(text *bytes.Buffer, cells ...string) {
	fmt.Fprintf(text, "| %s |\n", strings.Join(cells, " | "))
}

func reached(ok bool) string {
	if ok {
		return "yes"
	}
	return "**no**"
}

// factor writes a ratio below a half as a fraction.
func factor(ratio float64) string {
	if ratio < 0.5 {
		return fmt.Sprintf("1/%.1f", 1/ratio)
	}
	return fmt.Sprintf("%.2f", ratio)
}

func megabytes(bytes int64) string { return fmt.Sprintf("%.2f MB", float64(bytes)/1e6) }

func number(n float64) string {
	switch {
	case n < 10:
		return fmt.Sprintf("%.2f", n)
	case n < 100:
		return fmt.Sprintf("%.1f", n)
	}
	return fmt.Sprintf("%.0f", n)
}
