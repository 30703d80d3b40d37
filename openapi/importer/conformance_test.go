//go:build conformance

package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// Conformance has to notice what differs from the published specs, and words
// alone must not count. It needs oasdiff, so `make conformance` runs this.
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
