package main

import (
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/pinecone-community/assistant-go/internal/compile"
)

var planes = []string{"control", "data", "evaluation"}

// importTestdata imports the specs in testdata and returns the folder of the
// results.
func importTestdata(t *testing.T, from string) (folder string, in *imported) {
	t.Helper()
	folder = t.TempDir()
	in, err := importSpecs(t.Context(), from, "2025-10", "testdata/prose")
	if err == nil {
		err = in.writeTo(folder)
	}
	if err != nil {
		t.Fatal(err)
	}
	return folder, in
}

func TestImport(t *testing.T) {
	got, in := importTestdata(t, "testdata/published/2025-10")
	for _, plane := range planes {
		text := readFile(t, filepath.Join(got, plane+".yaml"))
		want := filepath.Join("testdata/want/2025-10", plane+".yaml")
		if *update {
			if err := os.WriteFile(want, []byte(text), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		if text != readFile(t, want) {
			t.Errorf("%s: not as in %s (go test -update rewrites it):\n%s", plane, want, text)
		}
		if strings.Contains(text, "publisher") {
			t.Errorf("%s has prose or an extension of the publisher's", plane)
		}
	}
	var missing []string
	for _, s := range in.specs {
		for _, e := range s.missing {
			missing = append(missing, s.plane+" "+e.place)
		}
	}
	for _, place := range []string{
		"control paths/~/assistants/{assistant_name}/patch/responses/200",
		"data paths/~/chat/{assistant_name}/post",
		"control components/schemas/Any",
	} {
		if !slices.Contains(missing, place) {
			t.Errorf("%q is not listed in %q", place, missing)
		}
	}
	for _, place := range missing {
		for _, ending := range []string{"parameters/assistant_name/schema", "items", "components/schemas/Status"} {
			if strings.HasSuffix(place, ending) {
				t.Errorf("%q is listed", place)
			}
		}
	}
	if want := (ignored{"db_data_2025-10.oas.yaml", "a spec of another API"}); !slices.Equal(in.ignored, []ignored{want}) {
		t.Errorf("ignored are %v, want %v", in.ignored, want)
	}
}

func TestImportAgainChangesNothing(t *testing.T) {
	prose := t.TempDir()
	first, _ := importTestdata(t, "testdata/published/2025-10")
	copyFiles(t, first, filepath.Join(prose, "2025-10"), "*.yaml")
	// Importing the result again, with its own descriptions, gives the same
	// result.
	in, err := importSpecs(t.Context(), first, "2025-10", prose)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range in.specs {
		if string(s.text) != readFile(t, filepath.Join(first, s.plane+".yaml")) {
			t.Errorf("%s changed to\n%s", s.plane, s.text)
		}
	}
}

// The layout of a published spec does not affect the import.
func TestLayoutDoesNotMatter(t *testing.T) {
	published := readFile(t, "testdata/published/2025-10/assistant_control_2025-10.oas.yaml")
	for name, change := range map[string]func(string) string{
		"comments": func(s string) string { return strings.ReplaceAll(s, "\n", " # a comment\n") },
		"quotes":   func(s string) string { return strings.ReplaceAll(s, "type: string", `"type": 'string'`) },
		"order of keywords": func(s string) string {
			return strings.Replace(s, "in: path, name: assistant_name", "name: assistant_name, in: path", 1)
		},
		"order of components": func(s string) string {
			head, schemas, _ := strings.Cut(s, "    Status: {")
			status, rest, _ := strings.Cut(schemas, "\n")
			anything, rest, _ := strings.Cut(rest, "  securitySchemes")
			return head + anything + "    Status: {" + status + "\n  securitySchemes" + rest
		},
		"prose": func(s string) string {
			return strings.ReplaceAll(s, "The publisher's words", "Other words of the publisher")
		},
	} {
		t.Run(name, func(t *testing.T) {
			changed := change(published)
			if changed == published {
				t.Fatal("the test changes nothing")
			}
			from := t.TempDir()
			copyFiles(t, "testdata/published/2025-10", from, "assistant_*")
			writeFile(t, filepath.Join(from, "assistant_control_2025-10.oas.yaml"), changed)
			got, _ := importTestdata(t, from)
			if text := readFile(t, filepath.Join(got, "control.yaml")); text != readFile(t, "testdata/want/2025-10/control.yaml") {
				t.Errorf("gives\n%s", text)
			}
		})
	}
}

// `make conformance` checks that importing the published specs gives the
// committed specs, apart from descriptions. Without the published specs, this
// test converts the committed specs to a publisher's form. Importing them gives
// the committed specs back, byte for byte.
func TestCommittedSpecsSurvivePublication(t *testing.T) {
	versions, err := compile.Versions("..")
	if err != nil || len(versions) == 0 {
		t.Fatalf("versions %v, error %v", versions, err)
	}
	for _, version := range versions {
		t.Run(version, func(t *testing.T) {
			published := t.TempDir()
			committed := snapshot(t, filepath.Join("..", version))
			for file, text := range committed {
				if plane, ok := strings.CutSuffix(filepath.Base(file), ".yaml"); ok {
					writeFile(t, filepath.Join(published, "assistant_"+plane+"_"+version+".oas.yaml"), inPublishersDress(text))
				}
			}
			in, err := importSpecs(t.Context(), published, version, "..")
			if err != nil {
				t.Fatal(err)
			}
			if len(in.specs) != len(committed)-1 {
				t.Errorf("%d specs of %d files", len(in.specs), len(committed)-1)
			}
			for _, s := range in.specs {
				if want := committed[filepath.Join("..", version, s.plane+".yaml")]; string(s.text) != want {
					t.Errorf("%s: not the committed spec:\n%s", s.plane, s.text)
				}
			}
		})
	}
}

// inPublishersDress undoes what the importer does to a spec, apart from
// descriptions.
func inPublishersDress(text string) string {
	text = strings.ReplaceAll(text, " enum:\n", " x-enum:\n")
	text = strings.ReplaceAll(text, "default: false", "default: 'false'")
	text = strings.ReplaceAll(text, "{assistant_host}/assistant", "{assistant_host}")
	text = strings.ReplaceAll(text, "default: "+defaultHost, "default: "+unknownHost)
	text = strings.ReplaceAll(text, "      operationId:", "      x-go-name: PublishersName\n      parameters:\n        - {in: header, name: "+versionHeader+", schema: {type: string}}\n      operationId:")
	// Add the header to the parameters of an operation that has parameters.
	return mergeParameters(text)
}

// mergeParameters moves the header that was inserted before an operation's
// keywords into the operation's list of parameters.
func mergeParameters(text string) string {
	const header = "      parameters:\n        - {in: header, name: " + versionHeader + ", schema: {type: string}}\n"
	operations := strings.Split(text, header)
	for i := range operations[1:] {
		operation := operations[i+1]
		if own := strings.Index(operation, "\n      parameters:\n"); own >= 0 {
			at := own + len("\n      parameters:\n")
			operations[i+1] = operation[:at] + header[len("      parameters:\n"):] + operation[at:]
		} else {
			operations[i+1] = header + operation
		}
	}
	return strings.Join(operations, "")
}

// The descriptions of the committed specs do not contradict the specs' facts.
func TestDescriptionsAgreeWithTheSpecs(t *testing.T) {
	versions, err := compile.Versions("..")
	if err != nil || len(versions) == 0 {
		t.Fatalf("versions %v, error %v", versions, err)
	}
	for _, version := range versions {
		found, err := contradictionsIn("..", version)
		if err != nil {
			t.Fatal(err)
		}
		for _, text := range found {
			t.Error(text)
		}
	}
}

func TestReadmesListTheVersions(t *testing.T) {
	versions, err := compile.Versions("..")
	if err != nil {
		t.Fatal(err)
	}
	for name, list := range lists {
		text := readFile(t, filepath.Join("../..", name))
		if want, err := list(text, versions); err != nil || want != text {
			t.Errorf("%s: does not list %q (error %v)", name, versions, err)
		}
	}
}

func TestUsage(t *testing.T) {
	for _, args := range [][]string{nil, {"-from", "x"}, {"-version", "2026-10"}, {"-from", "x", "-version", "2026-10", "z"}, {"-unknown"}} {
		if err := run(t.Context(), args, io.Discard, io.Discard); err == nil {
			t.Errorf("%q: no error", args)
		}
	}
}
