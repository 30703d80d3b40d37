// Package consumer shows what a module inherits from importing this one.
package consumer

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// importer is a module that imports all generated packages and auth.
const importer = "testdata/importer"

// thirdParty are the modules of others that an importer compiles: the generated
// code's runtime, and what that needs.
var thirdParty = []string{
	"github.com/apapsch/go-jsonmerge/v2",
	"github.com/google/uuid",
	"github.com/oapi-codegen/runtime",
}

func TestImporterCompilesOnlyTheRuntime(t *testing.T) {
	out := goTool(t, "list", "-mod=readonly", "-deps", "-f", "{{with .Module}}{{.Path}}{{end}}", ".")
	var got []string
	for _, module := range strings.Fields(out) {
		if module != "example.com/importer" && module != "github.com/pinecone-community/assistant-go" {
			got = append(got, module)
		}
	}
	slices.Sort(got)
	if got = slices.Compact(got); !slices.Equal(got, thirdParty) {
		t.Errorf("an importer compiles\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(thirdParty, "\n"))
	}
}

func TestImporterInheritsNoGenerator(t *testing.T) {
	for _, file := range []string{"go.mod", "go.sum"} {
		text, err := os.ReadFile(filepath.Join(importer, file))
		if err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(string(text)) {
			for _, tool := range []string{"oapi-codegen/v2", "kin-openapi", "speakeasy", "golang.org/x/tools"} {
				if strings.Contains(line, tool) {
					t.Errorf("%s has %s", file, line)
				}
			}
		}
	}
}

func TestImporterRuns(t *testing.T) {
	out := goTool(t, "run", "-mod=readonly", ".")
	want := strings.Repeat("*control.API\n*data.API\n*evaluation.API\n", 3)
	if out != want {
		t.Errorf("it prints\n%swant\n%s", out, want)
	}
}

// goTool runs the go command in the importer's module and returns its output.
func goTool(t *testing.T, args ...string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "go", args...)
	cmd.Dir = importer
	cmd.Env = append(os.Environ(), "GOWORK=off")
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go %s: %v\n%s", strings.Join(args, " "), err, stderr.String())
	}
	return string(out)
}
