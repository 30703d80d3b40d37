// Command report measures everything in one run and prints what it found as
// Markdown. It is run in the folder above its own:
//
//	go run ./report -o RESULTS.md
//
// Contenders take turns, round by round, so that what else the machine does
// hits all of them; a ratio is the median of the rounds' ratios.
package main

import (
	"bytes"
	"flag"
	"fmt"
	"log"
	"os"
)

func main() {
	log.SetFlags(0)
	output := flag.String("o", "", "file to write once all is measured, instead of standard output")
	rounds := flag.Int("rounds", 15, "rounds of each work")
	job := uploadFlags()
	flag.Parse()
	if job.Uploader != "" { // a process that this command has started
		if err := job.run(); err != nil {
			log.Fatal(err)
		}
		return
	}
	var text bytes.Buffer
	if err := report(&text, *rounds); err != nil {
		log.Fatal(err)
	}
	if *output == "" {
		_, _ = os.Stdout.Write(text.Bytes())
		return
	}
	if err := os.WriteFile(*output, text.Bytes(), 0o644); err != nil {
		log.Fatal(err)
	}
}

func report(text *bytes.Buffer, rounds int) error {
	folder, err := os.MkdirTemp("", "bench")
	if err != nil {
		return err
	}
	defer os.RemoveAll(folder)

	var r results
	for _, step := range []struct {
		name string
		do   func() error
	}{
		{"machine", func() (err error) { r.machine, err = describeMachine(); return err }},
		{"works", func() (err error) { r.works, err = measureWorks(rounds); return err }},
		{"first chunk", func() error { r.first = measureFirst(rounds); return nil }},
		{"uploads", func() (err error) { r.uploads, err = measureUploads(folder, (rounds+2)/3); return err }},
		{"sizes", func() (err error) { r.sizes, err = measureSizes(folder); return err }},
	} {
		log.Print(step.name)
		if err := step.do(); err != nil {
			return fmt.Errorf("%s: %w", step.name, err)
		}
	}
	r.print(text)
	return nil
}
