package main

import (
	"context"
	"flag"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "rewrite testdata/want")

func readFile(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func writeFile(t *testing.T, name, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

// copyFiles copies the files below from that match the patterns.
func copyFiles(t *testing.T, from, to string, patterns ...string) {
	t.Helper()
	for _, pattern := range patterns {
		files, err := filepath.Glob(filepath.Join(from, pattern))
		if err != nil || len(files) == 0 {
			t.Fatalf("%s: no files (%v)", pattern, err)
		}
		for _, file := range files {
			name, err := filepath.Rel(from, file)
			if err != nil {
				t.Fatal(err)
			}
			writeFile(t, filepath.Join(to, name), readFile(t, file))
		}
	}
}

// emptyModule returns a module without versions.
func emptyModule(t *testing.T) string {
	t.Helper()
	module := t.TempDir()
	writeFile(t, filepath.Join(module, "go.mod"), "module example.com/m\n")
	writeFile(t, filepath.Join(module, "generate.go"), "package tools\n\n//go:generate go run ./openapi/generate openapi/2025-01\n")
	writeFile(t, filepath.Join(module, "openapi/README.md"), "")
	return module
}

// snapshot returns the text of each file in a folder by path, and each
// subfolder.
func snapshot(t *testing.T, folder string) map[string]string {
	t.Helper()
	found := map[string]string{}
	err := filepath.WalkDir(folder, func(at string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			found[at] = "a folder"
			return err
		}
		found[at] = readFile(t, at)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func compareSnapshots(t *testing.T, before, after map[string]string) {
	t.Helper()
	for name, text := range after {
		if was, ok := before[name]; !ok || was != text {
			t.Errorf("%s is new or has changed", name)
		}
	}
	for name := range before {
		if _, ok := after[name]; !ok {
			t.Errorf("%s is gone", name)
		}
	}
}

// document returns a spec of the data plane with a schema Thing, which begins
// at line 14.
func document(openapi, thing string) string {
	return `openapi: ` + openapi + `
info: {title: Data, version: 2026-10}
servers: [{url: 'https://example.com'}]
paths:
  /things/{thing_id}:
    get:
      operationId: get_thing
      parameters: [{in: path, name: thing_id, required: true, schema: {type: string}}]
      responses:
        '200': {description: Words., content: {application/json: {schema: {$ref: '#/components/schemas/Thing'}}}}
components:
  schemas:
    Thing:
      ` + strings.ReplaceAll(thing, "\n", "\n      ") + "\n"
}

// importText imports a spec of the data plane.
func importText(_ context.Context, t *testing.T, text string) (*spec, error) {
	t.Helper()
	s := &spec{plane: "data", file: "data.yaml"}
	return s, importSpec([]byte(text), s, "2026-10", &prose{})
}
