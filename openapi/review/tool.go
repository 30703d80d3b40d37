package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// What the report is made with, pinned, and outside go.mod.
const (
	oasdiffModule = "github.com/oasdiff/oasdiff@v1.35.0"
	apidiffModule = "golang.org/x/exp/cmd/apidiff@v0.0.0-20261014143641-f0251eb4aa3e"
)

// tools are the paths of the programs that compare.
type tools struct{ oasdiff, apidiff string }

// install builds the tools into a folder. What is in the module cache is taken
// from there, so that nothing is downloaded twice and a second run needs no
// network.
func install(ctx context.Context, folder string) (tools, error) {
	settings, err := output(ctx, "", nil, "go", "env", "GOMODCACHE", "GOPROXY")
	if err != nil {
		return tools{}, err
	}
	cache, proxy, _ := strings.Cut(strings.TrimSpace(settings), "\n")
	cache = "/" + strings.TrimPrefix(filepath.ToSlash(cache), "/") + "/cache/download"
	env := []string{"GOBIN=" + folder, "GOPROXY=file://" + cache + "," + proxy, "GOOS=", "GOARCH=", "GOFLAGS=", "GOWORK=off"}
	for _, module := range []string{oasdiffModule, apidiffModule} {
		if _, err := output(ctx, folder, env, "go", "install", module); err != nil {
			return tools{}, err
		}
	}
	return tools{filepath.Join(folder, "oasdiff"), filepath.Join(folder, "apidiff")}, err
}

// output runs a program in a folder, with more environment, and returns what it
// prints. If it fails, the error is what it complains about.
func output(ctx context.Context, dir string, env []string, program string, args ...string) (string, error) {
	cmd := exec.CommandContext(ctx, program, args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), env...)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		return string(out), fmt.Errorf("%s %s: %w: %s", filepath.Base(program), strings.Join(args, " "), err, strings.TrimSpace(stderr.String()))
	}
	return string(out), nil
}
