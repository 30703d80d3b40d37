// Package consumer tests which dependencies a module inherits from importing
// this one.
package consumer

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// thirdParty are the third-party modules that an importer compiles: the runtime
// of the generated code and its dependencies.
var thirdParty = []string{
	"github.com/apapsch/go-jsonmerge/v2",
	"github.com/google/uuid",
	"github.com/oapi-codegen/runtime",
}

const module = "github.com/pinecone-community/assistant-go"

// newImporter creates a module with a program that imports all generated
// packages and auth. Its go.mod and go.sum are in testdata.
func newImporter(t *testing.T) string {
	t.Helper()
	root, err := filepath.Abs("../../..")
	if err != nil {
		t.Fatal(err)
	}
	packages, err := filepath.Glob(filepath.Join(root, "gen/*/*/api.gen.go"))
	if err != nil || len(packages) == 0 {
		t.Fatalf("packages %q, error %v", packages, err)
	}
	program := fmt.Sprintf("package main\n\nimport (\n\t_ %q\n", module+"/auth")
	for _, file := range packages {
		folder, err := filepath.Rel(root, filepath.Dir(file))
		if err != nil {
			t.Fatal(err)
		}
		program += fmt.Sprintf("\t_ %q\n", module+"/"+filepath.ToSlash(folder))
	}
	importer := t.TempDir()
	for name, text := range map[string]string{
		"main.go": program + ")\n\nfunc main() {}\n",
		"go.mod":  strings.Replace(read(t, "testdata/importer/go.mod"), "../../../../..", root, 1),
		"go.sum":  read(t, "testdata/importer/go.sum"),
	} {
		if err := os.WriteFile(filepath.Join(importer, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return importer
}

// An importer compiles only the runtime, and its go.mod and go.sum name only
// the modules that it compiles.
func TestImporterCompilesOnlyTheRuntime(t *testing.T) {
	importer := newImporter(t)
	goTool(t, importer, "build", "-mod=readonly", "-o", os.DevNull, ".")
	out := goTool(t, importer, "list", "-mod=readonly", "-deps", "-f", "{{with .Module}}{{.Path}}{{end}}", ".")
	var got []string
	for _, path := range strings.Fields(out) {
		if path != "example.com/importer" && path != module {
			got = append(got, path)
		}
	}
	slices.Sort(got)
	if got = slices.Compact(got); !slices.Equal(got, thirdParty) {
		t.Errorf("an importer compiles\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(thirdParty, "\n"))
	}
}

func TestImporterInheritsNoGenerator(t *testing.T) {
	for _, file := range []string{"go.mod", "go.sum"} {
		for line := range strings.Lines(read(t, filepath.Join("testdata/importer", file))) {
			for _, tool := range []string{"oapi-codegen/v2", "kin-openapi", "speakeasy", "golang.org/x/tools"} {
				if strings.Contains(line, tool) {
					t.Errorf("%s has %s", file, line)
				}
			}
		}
	}
}

func read(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// goTool runs the go command in a folder and returns its output.
func goTool(t *testing.T, folder string, args ...string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "go", args...)
	cmd.Dir = folder
	cmd.Env = append(os.Environ(), "GOWORK=off")
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go %s: %v\n%s", strings.Join(args, " "), err, stderr.String())
	}
	return string(out)
}
