package main

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/pinecone-community/assistant-go/internal/testing/bench"
)

// all has the measurements on a machine with each version of Go.
type all struct {
	machine  machine
	versions []*results
}

// target is a bound of a measurement.
type target struct {
	work, goal string
	// measure returns the measured value and whether it is within the bound.
	measure func(*results) (string, bool)
}

// below returns a target that bounds the time of a work relative to a peer.
func below(work int, peer, goal string, limit float64) target {
	return target{workNames[work], goal + " of " + peer, func(r *results) (string, bool) {
		got := ratio(r.Works[work].of(bench.Project).Time, r.Works[work].of(peer).Time)
		return factor(got), got <= limit
	}}
}

// Indexes of works.
const (
	chat    = 0
	call    = 2
	context = 3 // with the first text; the other texts follow
)

var workNames = map[int]string{chat: "typed chat stream", call: "small JSON call", context: "context response, prose"}

// Bounds of the targets. The context response has a bound for each version of
// Go, as the standard library's decoder is faster since Go 1.27.
const (
	streamAllocs      = 3
	uploadPeak        = 30e6 // bytes
	uploadOfBareTLS   = 0.85
	uploadOfBarePlain = 0.5 // relative to a PUT that the kernel copies
	sizeOverBare      = 1.0e6
	memoryOfLeast     = 1.3
)

func (r *all) targets() []target {
	list := []target{
		below(chat, bench.OpenAI, "at most 1/20", 1./20),
		below(chat, bench.Anthropic, "at most 1/6", 1./6),
		target{workNames[chat], "at most 3 allocations per event", func(r *results) (string, bool) {
			allocs := median(r.Works[chat].of(bench.Project).Allocs)
			return fmt.Sprintf("%.2f", allocs), allocs <= streamAllocs
		}},
		below(call, bench.HandCall, "at most 1.1", 1.1),
		target{workNames[context], "at most 1/5 of " + bench.V1 + bench.Alone + "; with Go 1.27 1/3", func(r *results) (string, bool) {
			got := ratio(r.Works[context].of(bench.Project).Time, r.Works[context].of(bench.V1+bench.Alone).Time)
			limit := 1. / 5
			if !strings.HasPrefix(r.Go, "go1.26") {
				limit = 1. / 3
			}
			return factor(got), got <= limit
		}},
		target{workNames[context], "at most 1.3 times the bytes of the response and of its strings", func(r *results) (string, bool) {
			got := median(r.Works[context].of(bench.Project).Bytes) / float64(r.Works[context].Least)
			return fmt.Sprintf("%.2f", got), got <= memoryOfLeast
		}},
		below(context, bench.Stock, "at most 1/5", 1./5),
	}
	for i, upload := range r.versions[0].Uploads {
		limit := uploadOfBareTLS
		if upload.Transport == bench.Plain {
			limit = uploadOfBarePlain
		}
		work := "upload of 256 MiB, " + upload.Transport
		list = append(list,
			target{work, fmt.Sprintf("at least %.2f of the speed of a %s", limit, bench.BarePut), func(r *results) (string, bool) {
				got := ratio(r.Uploads[i].of(bench.Project).Speed, r.Uploads[i].of(bench.BarePut).Speed)
				return factor(got), got >= limit
			}},
			target{work, "peak under 30 MB", func(r *results) (string, bool) {
				peak := r.Uploads[i].of(bench.Project).Peak
				return megabytes(peak), peak > 0 && float64(peak) < uploadPeak
			}})
	}
	for i, size := range r.versions[0].Sizes {
		list = append(list, target{"binary, `go build " + size.Flags + "`", "at most 1.0 MB over bare net/http", func(r *results) (string, bool) {
			over := r.Sizes[i].Bytes[helloProject] - r.Sizes[i].Bytes[helloBare]
			return megabytes(over), float64(over) <= sizeOverBare
		}})
	}
	for i, first := range r.versions[0].First {
		list = append(list, target{"first chunk, " + first.Transport, "before the second is sent", func(r *results) (string, bool) {
			if failure := r.First[i].Failure; failure != "" {
				return failure, false
			}
			return "it is", true
		}})
	}
	return list
}

func (r *all) print(text *bytes.Buffer) {
	fmt.Fprintf(text, "# Benchmarks\n\n")
	fmt.Fprintf(text, "Measured on %s: %s; %s. Printed by `make bench`: contenders take turns, times are\nmedians, ± is half of the interquartile range, and a ratio is the median of the rounds' ratios. Columns are of\n%s.\n\n",
		r.machine.date, r.machine.cpu, r.machine.system, r.goVersions(" and of "))
	for _, version := range r.machine.versions {
		fmt.Fprintf(text, "- %s\n", version)
	}
	r.printTexts(text)
	r.printTargets(text)
	fmt.Fprintf(text, "\n## Calls and streams\n\nCanned responses, without a network, that do not say how long they are. Snippets are prose, as above; a stream is\n"+
		"an answer of 4,000 tokens: words and parts of words, typographic quotation marks, dashes, line breaks, lists.\n")
	for i := range r.versions[0].Works {
		r.printWork(text, i)
	}
	if len(r.versions[0].Sizes) > 0 {
		r.printUploads(text)
		r.printSizes(text)
		r.printFirst(text)
	}
}

func (r *all) goVersions(separator string) string {
	var names []string
	for _, v := range r.versions {
		names = append(names, v.Go)
	}
	return strings.Join(names, separator)
}

// columns repeats the headings for each version of Go.
func (r *all) columns(first []string, heads ...string) (head, line []string) {
	head = first
	for range first {
		line = append(line, "---")
	}
	for _, v := range r.versions {
		for _, h := range heads {
			head, line = append(head, v.Go+" "+h), append(line, "---:")
		}
	}
	return head, line
}

// printTexts prints the results for other kinds of text.
func (r *all) printTexts(text *bytes.Buffer) {
	fmt.Fprintf(text, "\n## What to expect of your text\n\n"+
		"A response to a context request: 16 snippets of 2.2 KB from PDF files, each with its reference. The columns are what this project takes\n"+
		"for the whole call, with every union resolved, and that as a part of what the decoders of the standard library take for\n"+
		"the decoding alone, into structs without unions. A long run of plain letters is cheap; each line break, quotation mark, and\n"+
		"letter beyond ASCII ends a run.\n\n")
	head, line := r.columns([]string{"text", "in 1000 bytes"}, "µs", "of "+bench.V1, "of "+bench.V2)
	row(text, head...)
	row(text, line...)
	for i, of := range bench.Texts {
		cells := []string{of.Name, of.Description()}
		for _, v := range r.versions {
			work := v.Works[context+i]
			own := work.of(bench.Project)
			cells = append(cells, number(median(own.Time)/1e3))
			for _, decoder := range []string{bench.V1, bench.V2} {
				if peer := work.of(decoder + bench.Alone); peer != nil {
					cells = append(cells, factor(ratio(own.Time, peer.Time)))
				} else {
					cells = append(cells, "not in it")
				}
			}
		}
		row(text, cells...)
	}
}

func (r *all) printTargets(text *bytes.Buffer) {
	fmt.Fprintf(text, "\n## Targets\n\n")
	head, line := r.columns([]string{"work", "must reach"}, "")
	row(text, head...)
	row(text, line...)
	for _, t := range r.targets() {
		cells := []string{t.work, t.goal}
		for _, v := range r.versions {
			measured, ok := t.measure(v)
			if !ok {
				measured = "**" + measured + "**"
			}
			cells = append(cells, measured)
		}
		row(text, cells...)
	}
	fmt.Fprintf(text, "\nWhat does not reach its target is bold.\n")
}

func (r *all) printWork(text *bytes.Buffer, i int) {
	// The last version of Go has the most contenders.
	work := r.versions[len(r.versions)-1].Works[i]
	fmt.Fprintf(text, "\n### %s\n\n", strings.ToUpper(work.Name[:1])+work.Name[1:])
	head, line := r.columns([]string{""}, "ns per "+work.Unit, "±", "B", "allocations", "this project takes")
	row(text, head...)
	row(text, line...)
	for _, contender := range work.Contenders {
		cells := []string{contender.Name}
		for _, v := range r.versions {
			own, s := v.Works[i].of(bench.Project), v.Works[i].of(contender.Name)
			if s == nil {
				cells = append(cells, "", "", "", "", "")
				continue
			}
			takes := ""
			if s.Name != bench.Project {
				takes = factor(ratio(own.Time, s.Time)) + " of it"
			}
			cells = append(cells, number(median(s.Time)), percent(spread(s.Time)), number(median(s.Bytes)), number(median(s.Allocs)), takes)
		}
		row(text, cells...)
	}
}

func (r *all) printUploads(text *bytes.Buffer) {
	fmt.Fprintf(text, "\n## Upload of 256 MiB from a path, over loopback\n\n"+
		"Each in a process of its own, which holds the code of all contenders; the server is in another.\n"+
		"A peak is the largest resident set (VmHWM) that any of its processes had with one upload, and with three in turn.\n")
	for i, upload := range r.versions[0].Uploads {
		fmt.Fprintf(text, "\n### %s\n\n", upload.Transport)
		head, line := r.columns([]string{""}, "MB/s", "±", "peak of one", "peak of three", "this project's speed")
		row(text, head...)
		row(text, line...)
		for _, uploader := range upload.Uploaders {
			cells := []string{uploader.Name}
			for _, v := range r.versions {
				own, u := v.Uploads[i].of(bench.Project), v.Uploads[i].of(uploader.Name)
				speed, peakOfOne, peak := "", "not known", "not known"
				if u.Name != bench.Project {
					speed = factor(ratio(own.Speed, u.Speed)) + " of it"
				}
				if u.Peak > 0 {
					peakOfOne, peak = megabytes(u.PeakOfOne), megabytes(u.Peak)
				}
				cells = append(cells, number(median(u.Speed)), percent(spread(u.Speed)), peakOfOne, peak, speed)
			}
			row(text, cells...)
		}
	}
}

func (r *all) printSizes(text *bytes.Buffer) {
	fmt.Fprintf(text, "\n## Size of a client that makes one call\n\n"+
		"With CGO_ENABLED=0. Each asks a question, but for bare, which gets a URL, and gopinecone, which lists indexes.\n\n")
	head, line := []string{"`go build` with"}, []string{"---"}
	for _, hello := range hellos {
		head, line = append(head, hello), append(line, "---:")
	}
	row(text, head...)
	row(text, line...)
	for _, v := range r.versions {
		for _, size := range v.Sizes {
			cells := []string{v.Go + ", `" + size.Flags + "`"}
			for _, hello := range hellos {
				cells = append(cells, megabytes(size.Bytes[hello]))
			}
			row(text, cells...)
		}
	}
}

func (r *all) printFirst(text *bytes.Buffer) {
	fmt.Fprintf(text, "\n## Time to first chunk\n\nFrom when the server has written the event to when the loop has it. The server holds the second until then.\n\n")
	head, line := r.columns([]string{""}, "µs")
	row(text, head...)
	row(text, line...)
	for i, first := range r.versions[0].First {
		cells := []string{first.Transport}
		for _, v := range r.versions {
			took := number(median(v.First[i].Took) / 1e3)
			if failure := v.First[i].Failure; failure != "" {
				took = failure
			}
			cells = append(cells, took)
		}
		row(text, cells...)
	}
}

func row(text *bytes.Buffer, cells ...string) {
	fmt.Fprintf(text, "| %s |\n", strings.Join(cells, " | "))
}

// factor formats a ratio. It writes a ratio below a half as a fraction.
func factor(ratio float64) string {
	if ratio < 0.5 {
		return fmt.Sprintf("1/%.1f", 1/ratio)
	}
	return fmt.Sprintf("%.2f", ratio)
}

func percent(part float64) string { return fmt.Sprintf("%.0f %%", 100*part) }

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
