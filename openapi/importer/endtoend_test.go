//go:build conformance

package main

import (
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/pinecone-community/assistant-go/internal/compile"
)

// TestConformanceImport runs the importer command in a copy of this module. It
// imports the newest version as its next release candidate, with an additional
// plane.
func TestConformanceImport(t *testing.T) {
	module := t.TempDir()
	if err := eachFile("../..", func(name string) error {
		writeFile(t, filepath.Join(module, name), readFile(t, filepath.Join("../..", name)))
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	before := snapshot(t, module)
	versions, err := compile.Versions(filepath.Join(module, "openapi"))
	if err != nil {
		t.Fatal(err)
	}
	newest, from := versions[len(versions)-1], t.TempDir()
	for _, plane := range planes {
		text := inPublishersDress(readFile(t, filepath.Join(module, "openapi", newest, plane+".yaml")))
		writeFile(t, filepath.Join(from, "assistant_"+plane+"_2099-10.rc.oas.yaml"), strings.Replace(text, "version: "+newest, "version: 2099-10.rc", 1))
	}
	writeFile(t, filepath.Join(from, "assistant_mcp_2099-10.rc.oas.yaml"), strings.ReplaceAll(document("3.1.0", "{type: object}"), "2026-10", "2099-10.rc"))

	cmd := exec.CommandContext(t.Context(), "make", "import", "VERSION=2099-10.rc", "FROM="+from)
	cmd.Dir = module
	out, err := cmd.CombinedOutput()
	if err != nil || !strings.Contains(string(out), "2099-10.rc is imported and its tests pass") {
		t.Fatalf("error %v\n%s", err, out)
	}
	var changed []string
	for at, text := range snapshot(t, module) {
		name, err := filepath.Rel(module, at)
		if err != nil {
			t.Fatal(err)
		}
		if was, ok := before[at]; (!ok || was != text) && !strings.Contains(name, "2099-10.rc") {
			changed = append(changed, name)
		}
	}
	slices.Sort(changed)
	if want := []string{"README.md", "generate.go", "openapi/README.md"}; !slices.Equal(changed, want) {
		t.Errorf("%q have changed, want %q", changed, want)
	}
}
