package main

import (
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"time"
)

// modules are the modules whose versions the report names.
var modules = []string{
	"github.com/openai/openai-go/v3",
	"github.com/anthropics/anthropic-sdk-go",
	"github.com/oapi-codegen/oapi-codegen/v2",
	"github.com/oapi-codegen/runtime",
	"github.com/pinecone-io/go-pinecone/v5",
}

// machine describes what the numbers depend on.
type machine struct {
	cpu, system, date string
	versions          []string
}

func describeMachine() (machine, error) {
	args := append([]string{"list", "-m", "-f", "{{.Path}} {{.Version}}"}, modules...)
	list, err := exec.Command("go", args...).Output() //nolint:noctx // it ends by itself
	if err != nil {
		return machine{}, err
	}
	return machine{
		cpu:      fmt.Sprintf("%s, %d cores, load %s", cpu(), runtime.NumCPU(), load()),
		system:   runtime.GOOS + "/" + runtime.GOARCH,
		date:     time.Now().UTC().Format(time.DateOnly),
		versions: strings.Split(strings.TrimSpace(string(list)), "\n"),
	}, nil
}

func cpu() string {
	info, err := os.ReadFile("/proc/cpuinfo")
	if err == nil {
		for line := range strings.Lines(string(info)) {
			if name, value, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(name) == "model name" {
				return strings.TrimSpace(value)
			}
		}
	}
	return "unknown CPU"
}

// load returns the load average of the last minute, before the measurements.
func load() string {
	text, err := os.ReadFile("/proc/loadavg")
	if err != nil {
		return "unknown"
	}
	one, _, _ := strings.Cut(string(text), " ")
	return one + " at the start"
}
