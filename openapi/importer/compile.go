package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// patience is how long a command may take. It ends what would never end.
const patience = 10 * time.Minute

// compile generates everything in a module anew and compiles what a version is
// generated to. An error of the generation names the spec that is the reason.
func compile(ctx context.Context, module, version string) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	if err := os.RemoveAll(filepath.Join(module, "gen")); err != nil {
		return err
	}
	if err := goTool(ctx, module, "generate", "./..."); err != nil {
		return fmt.Errorf("%s: %w", blame(module, err.Error()), err)
	}
	if err := goTool(ctx, module, "build", "./gen/"+version+"/..."); err != nil {
		return fmt.Errorf("the generated code does not compile: %w", err)
	}
	// The local service is generated from a version's specs, too.
	examples := filepath.Join(module, "examples")
	if _, err := os.Stat(filepath.Join(examples, "go.mod")); err != nil {
		return nil
	}
	return goTool(ctx, examples, "generate", "./...")
}

// goTool runs the go command in a folder. An error is what it printed: all of it,
// or the first lines and the last one.
func goTool(ctx context.Context, folder string, args ...string) error {
	const most = 20
	var out bytes.Buffer
	cmd := exec.CommandContext(ctx, "go", args...)
	cmd.Dir = folder
	cmd.Env = append(os.Environ(), "GOWORK=off") // the copy of a module is in no workspace
	cmd.Stdout, cmd.Stderr = &out, &out
	cmd.WaitDelay = time.Second
	err := cmd.Run()
	switch {
	case context.Cause(ctx) != nil:
		return fmt.Errorf("go %s: %w", args[0], context.Cause(ctx))
	case err == nil:
		return nil
	}
	lines := strings.Split(strings.TrimSpace(out.String()), "\n")
	if len(lines) > most {
		lines = append(lines[:most-1], "...", lines[len(lines)-1])
	}
	return errors.New(strings.Join(lines, "\n"))
}

var failedDirective = regexp.MustCompile(`(?m)^generate\.go:(\d+): running`)

// blame returns what a directive of generate.go that failed compiles: its last
// word.
func blame(module, output string) string {
	match := failedDirective.FindStringSubmatch(output)
	text, err := os.ReadFile(filepath.Join(module, "generate.go"))
	if match == nil || err != nil {
		return "generate.go"
	}
	n, _ := strconv.Atoi(match[1])
	words := strings.Fields(strings.Split(string(text), "\n")[n-1])
	return words[len(words)-1]
}
