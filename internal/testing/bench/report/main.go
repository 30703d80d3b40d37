// Command report runs all measurements, with each of several versions of Go,
// and prints the results as Markdown. Run it in the parent folder:
//
//	go generate ./stock
//	go run ./report -o RESULTS.md
//
// Contenders take turns in rounds, so that other load on the machine affects
// all of them. A ratio is the median of the rounds' ratios.
package main

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"log"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
)

func main() {
	log.SetFlags(0)
	output := flag.String("o", "", "file to write once all is measured, instead of standard output")
	rounds := flag.Int("rounds", 15, "rounds of each work")
	versions := flag.String("go", "go1.26.8,go1.27.3", "versions of Go to measure with")
	works := flag.Bool("works", false, "measure calls and streams alone")
	child := flag.Bool("measure", false, "of a process that measures; not for people")
	job := uploadFlags()
	flag.Parse()
	var err error
	switch {
	case job.Uploader != "":
		err = job.run()
	case *child:
		var r *results
		if r, err = measureAll(*rounds, *works); err == nil {
			err = json.NewEncoder(os.Stdout).Encode(r)
		}
	default:
		err = report(*output, strings.Split(*versions, ","), *rounds, *works)
	}
	if err != nil {
		log.Fatal(err)
	}
}

// results are the measurements with one version of Go.
type results struct {
	Go      string
	Works   []*workResult
	First   []firstResult
	Uploads []*uploadResults
	Sizes   []sizeResults
}

func measureAll(rounds int, worksAlone bool) (*results, error) {
	folder, err := os.MkdirTemp("", "bench")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(folder)
	r := &results{Go: runtime.Version()}
	log.Print(r.Go, ": calls and streams")
	if r.Works, err = measureWorks(rounds); err != nil || worksAlone {
		return r, err
	}
	log.Print(r.Go, ": first chunk")
	r.First = measureFirst(rounds)
	log.Print(r.Go, ": uploads")
	if r.Uploads, err = measureUploads(folder, (rounds+2)/3); err != nil {
		return r, err
	}
	log.Print(r.Go, ": sizes")
	r.Sizes, err = measureSizes(folder)
	return r, err
}

// report runs the measurements in one process for each version of Go.
func report(output string, versions []string, rounds int, worksAlone bool) error {
	folder, err := os.MkdirTemp("", "bench")
	if err != nil {
		return err
	}
	defer os.RemoveAll(folder)
	machine, err := describeMachine()
	if err != nil {
		return err
	}
	r := all{machine: machine}
	for _, version := range versions {
		binary := filepath.Join(folder, "report-"+version)
		if _, err := runGo(version, "go", "build", "-o", binary, "./report"); err != nil {
			return err
		}
		text, err := runGo(version, binary, "-measure", "-rounds", strconv.Itoa(rounds), "-works="+strconv.FormatBool(worksAlone))
		if err != nil {
			return err
		}
		one := new(results)
		if err := json.Unmarshal(text, one); err != nil {
			return fmt.Errorf("%s: %w", version, err)
		}
		r.versions = append(r.versions, one)
	}
	var text bytes.Buffer
	r.print(&text)
	if output == "" {
		_, err = os.Stdout.Write(text.Bytes())
		return err
	}
	return os.WriteFile(output, text.Bytes(), 0o644)
}

// runGo runs a command with the given version of Go and returns its output.
func runGo(version, name string, args ...string) ([]byte, error) {
	cmd := exec.Command(name, args...) //nolint:noctx // it ends by itself
	cmd.Env = append(os.Environ(), "GOTOOLCHAIN="+version)
	cmd.Stderr = os.Stderr
	text, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("%s: %s: %w", version, filepath.Base(name), err)
	}
	return text, nil
}
