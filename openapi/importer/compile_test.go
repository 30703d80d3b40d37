package main

import (
	"context"
	"errors"
	"path/filepath"
	"strings"
	"testing"
)

func TestBlame(t *testing.T) {
	module := t.TempDir()
	writeFile(t, filepath.Join(module, "generate.go"), "package tools\n\n//go:generate x -config c.yaml openapi/2026-04/data.yaml\n")
	for output, want := range map[string]string{
		"what it says\nexit status 1\ngenerate.go:3: running \"x\": exit status 1": "openapi/2026-04/data.yaml",
		"generate.go:2:1: expected 'package'":                                      "generate.go",
	} {
		if got := blame(module, output); got != want {
			t.Errorf("%q is for %s, want %s", output, got, want)
		}
	}
}

func TestGoTool(t *testing.T) {
	if err := goTool(t.Context(), ".", "env", "GOOS"); err != nil {
		t.Error(err)
	}
	err := goTool(t.Context(), ".", "help", "gone")
	if err == nil || !strings.Contains(err.Error(), "unknown help topic") {
		t.Errorf("error %v", err)
	}
	err = goTool(t.Context(), ".", append([]string{"vet"}, strings.Fields(strings.Repeat("./gone ", 50))...)...)
	if err == nil || strings.Count(err.Error(), "\n") > 20 {
		t.Errorf("error %v", err)
	}
	ctx, stop := context.WithCancel(t.Context())
	stop()
	if err := goTool(ctx, ".", "env"); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
}
