//go:build conformance

package main

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

// The conformance check reports every difference in facts from the published
// specs, and ignores descriptions. The test needs oasdiff, so `make
// conformance` runs it.
func TestConformanceNotices(t *testing.T) {
	for name, test := range map[string]struct {
		plane, old, with string
		differs          bool
	}{
		"nothing":        {"control", "", "", false},
		"a description":  {"control", "Our words on the status.", "Their words.", false},
		"an enum value":  {"control", "- Ready", "- Steady", true},
		"a property":     {"data", "top_k:", "top_n:", true},
		"a type":         {"data", "type: integer", "type: number", true},
		"a default":      {"data", "default: 16", "default: 15", true},
		"a status code":  {"control", `"404":`, `"403":`, true},
		"a path":         {"evaluation", "/evaluation:", "/evaluations:", true},
		"a header":       {"control", "Location:", "Place:", true},
		"a parameter":    {"control", "          required: true\n", "", true},
		"a server":       {"evaluation", "https://eu.", "https://us2.", true},
		"a security":     {"control", "name: Api-Key", "name: X-Key", true},
		"an operation":   {"control", "operationId: get_assistant", "operationId: describe_assistant", true},
		"discrimination": {"control", "b: '#/", "c: '#/", true},
	} {
		t.Run(name, func(t *testing.T) {
			specs := t.TempDir()
			for _, plane := range planes {
				text := readFile(t, filepath.Join("testdata/want/2025-10", plane+".yaml"))
				if plane == test.plane {
					changed := strings.Replace(text, test.old, test.with, 1)
					if changed == text && test.old != test.with {
						t.Fatalf("no %q in\n%s", test.old, text)
					}
					text = changed
				}
				if err := os.MkdirAll(filepath.Join(specs, "2025-10"), 0o755); err != nil {
					t.Fatal(err)
				}
				writeFile(t, filepath.Join(specs, "2025-10", plane+".yaml"), text)
			}
			cmd := exec.CommandContext(t.Context(), "openapi/conformance.sh", "openapi/importer/testdata/published", specs)
			cmd.Dir = "../.."
			var out bytes.Buffer
			cmd.Stdout, cmd.Stderr = &out, &out
			err := cmd.Run()
			if differs := err != nil; differs != test.differs {
				t.Errorf("differs: %t, want %t\n%s", differs, test.differs, out.String())
			}
			if said := strings.Contains(out.String(), "2025-10/"+test.plane+": differs"); said != test.differs {
				t.Errorf("it says\n%s", out.String())
			}
		})
	}
}

// All enum values in the published files are in the committed specs. The test
// reads the values without the importer. TestVersion of each version checks
// that each has a constant.
func TestConformancePublishedValues(t *testing.T) {
	files, err := filepath.Glob(filepath.Join("../..", cmp.Or(os.Getenv("UPSTREAM"), "../shared/upstream"), "*/assistant_*.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	if len(files) == 0 {
		t.Skip("no published specs: set UPSTREAM")
	}
	values := func(file string) map[string]bool {
		var document any
		if err := yaml.Unmarshal([]byte(readFile(t, file)), &document); err != nil {
			t.Fatal(err)
		}
		found := map[string]bool{}
		var visit func(node any)
		visit = func(node any) {
			switch node := node.(type) {
			case map[string]any:
				for _, keyword := range []string{"enum", "x-enum"} {
					list, _ := node[keyword].([]any)
					for _, value := range list {
						found[fmt.Sprint(value)] = true
					}
				}
				for _, below := range node {
					visit(below)
				}
			case []any:
				for _, below := range node {
					visit(below)
				}
			}
		}
		visit(document)
		return found
	}
	for _, file := range files {
		version := filepath.Base(filepath.Dir(file))
		planes, _, err := findPlanes([]string{filepath.Base(file)}, version)
		if err != nil {
			t.Fatal(err)
		}
		for plane := range planes {
			committed := filepath.Join("..", version, plane+".yaml")
			if _, err := os.Stat(committed); errors.Is(err, fs.ErrNotExist) {
				continue // this module does not have the version
			}
			if got, want := values(committed), values(file); len(want) == 0 || !maps.Equal(got, want) {
				t.Errorf("%s has the values\n%v\nwant\n%v", committed, got, want)
			}
		}
	}
}
