package main

import (
	"bytes"
	"flag"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "rewrite testdata/want and the list in openapi/README.md")

// importTestdata imports the made-up specs and returns the folder they are in.
func importTestdata(t *testing.T, from string) (folder, log string) {
	t.Helper()
	folder = filepath.Join(t.TempDir(), "2025-10")
	var out bytes.Buffer
	if err := run(t.Context(), []string{"-from", from, "-to", folder, "-prose", "testdata/prose"}, &out); err != nil {
		t.Fatal(err)
	}
	return folder, out.String()
}

func TestImport(t *testing.T) {
	got, log := importTestdata(t, "testdata/published/2025-10")
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
			t.Errorf("%s has prose of the publisher's", plane)
		}
	}
	for _, place := range []string{
		"control.yaml: no description: paths/~/assistants/{assistant_name}/patch/responses/200",
		"data.yaml: no description: paths/~/chat/{assistant_name}/post\n",
		"control.yaml: no description: components/schemas/Any\n",
	} {
		if !strings.Contains(log, place) {
			t.Errorf("%q is not listed in\n%s", place, log)
		}
	}
	for _, place := range []string{"parameters/assistant_name/schema", "items", "components/schemas/Status"} {
		if strings.Contains(log, place+"\n") {
			t.Errorf("%q is listed in\n%s", place, log)
		}
	}
}

func TestImportAgainChangesNothing(t *testing.T) {
	first, _ := importTestdata(t, "testdata/published/2025-10")
	before := map[string]string{}
	for _, plane := range planes {
		before[plane] = readFile(t, filepath.Join(first, plane+".yaml"))
	}
	// What was imported is itself a spec to import, with its own prose.
	if err := run(t.Context(), []string{"-from", first, "-to", first}, io.Discard); err != nil {
		t.Fatal(err)
	}
	for _, plane := range planes {
		if got := readFile(t, filepath.Join(first, plane+".yaml")); got != before[plane] {
			t.Errorf("%s changed to\n%s", plane, got)
		}
	}
}

// The layout of a published spec is of no consequence.
func TestLayoutDoesNotMatter(t *testing.T) {
	published := readFile(t, "testdata/published/2025-10/assistant_control_2025-10.oas.yaml")
	for name, change := range map[string]func(string) string{
		"comments": func(s string) string { return strings.ReplaceAll(s, "\n", " # a comment\n") },
		"quotes":   func(s string) string { return strings.ReplaceAll(s, "type: string", `"type": 'string'`) },
		"order of keywords": func(s string) string {
			return strings.Replace(s, "in: header, name: x-pinecone", "name: x-pinecone", 1)
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
			if name == "order of keywords" {
				published = strings.Replace(published, "x-pinecone-api-version,", "x-pinecone-api-version, in: header,", 1)
			}
			changed := change(published)
			if changed == published {
				t.Fatal("the test changes nothing")
			}
			from := copyPublished(t, "control", changed)
			got, _ := importTestdata(t, from)
			if text := readFile(t, filepath.Join(got, "control.yaml")); text != readFile(t, "testdata/want/2025-10/control.yaml") {
				t.Errorf("gives\n%s", text)
			}
		})
	}
}

func TestErrors(t *testing.T) {
	replace := func(old, with string) func(string) string {
		return func(s string) string { return strings.Replace(s, old, with, 1) }
	}
	for name, test := range map[string]struct {
		change func(string) string
		want   []string
	}{
		"not YAML":         {replace("info: {", "info: {{"), []string{"data", "line "}},
		"empty":            {func(string) string { return "" }, []string{"data", "empty"}},
		"a list":           {func(string) string { return "- a\n" }, []string{"data", ":1:", "not an OpenAPI 3 document"}},
		"other version":    {replace("version: 2025-10", "version: 2026-01"), []string{"data", `"2026-01"`, `"2025-10"`}},
		"no version":       {replace(", version: 2025-10", ""), []string{"data", "info.version"}},
		"dangling ref":     {replace("schema: {type: string}", "schema: {$ref: '#/components/schemas/Gone'}"), []string{"data", "Gone"}},
		"remote ref":       {replace("schema: {type: string}", "schema: {$ref: 'https://example.com/x.yaml'}"), []string{"data", "example.com/x.yaml"}},
		"file ref":         {replace("schema: {type: string}", "schema: {$ref: '/etc/passwd'}"), []string{"data", "/etc/passwd"}},
		"undeclared param": {replace("{in: path, name: assistant_name", "{in: query, name: assistant_name"), []string{"data", "/chat/{assistant_name}", "assistant_name"}},
		"no responses":     {replace("      responses:\n        '200': {description: The publisher's words}\n", ""), []string{"data", "responses"}},
		"bad type":         {replace("type: integer", "type: int"), []string{"data", "/chat/{assistant_name}", "POST", `"int"`}},
		"boolean default":  {replace("default: 'false'", "default: 'no'"), []string{"data", ":19:", `"no"`}},
		"two enums":        {replace("type: integer", "type: integer, enum: [1], x-enum: [1]"), []string{"data", ":20:", "both"}},
		"x-enum no list":   {replace("type: integer", "type: integer, x-enum: 1"), []string{"data", ":20:", "x-enum"}},
		"alias":            {replace("{type: integer", "&x {type: integer"), []string{"data", ":20:", "alias"}},
	} {
		t.Run(name, func(t *testing.T) {
			published := readFile(t, "testdata/published/2025-10/assistant_data_2025-10.oas.yaml")
			changed := test.change(published)
			if changed == published {
				t.Fatal("the test changes nothing")
			}
			to := filepath.Join(t.TempDir(), "2025-10")
			err := run(t.Context(), []string{"-from", copyPublished(t, "data", changed), "-to", to}, io.Discard)
			if err == nil {
				t.Fatal("no error")
			}
			for _, part := range test.want {
				if !strings.Contains(err.Error(), part) {
					t.Errorf("%q does not say %q", err, part)
				}
			}
			if entries, _ := os.ReadDir(to); len(entries) > 0 {
				t.Errorf("%v was written", entries)
			}
		})
	}
}

func TestFindPlanes(t *testing.T) {
	for name, test := range map[string]struct {
		files []string
		want  string
	}{
		"none":     {[]string{"assistant_control.yaml", "assistant_data.yaml"}, `no spec of the evaluation plane`},
		"two":      {[]string{"control.yaml", "control.json", "data.yaml", "evaluation.yaml"}, "which one is the spec of the control plane? control.json, control.yaml"},
		"no specs": {[]string{"control.md", "metadata.yaml", "evaluations.yaml"}, "no spec of the control plane"},
		"plain":    {[]string{"control.yaml", "data.yml", "evaluation.json"}, ""},
		"mixed":    {[]string{"db_control.yaml", "assistant-control.yaml", "db_data.yaml", "assistant.data.v2.yaml", "evaluation.yaml"}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			folder := t.TempDir()
			for _, file := range test.files {
				writeFile(t, filepath.Join(folder, file), "")
			}
			_, err := findPlanes(folder)
			switch {
			case test.want == "" && err != nil:
				t.Error(err)
			case test.want != "" && (err == nil || !strings.Contains(err.Error(), test.want)):
				t.Errorf("error %v, want %q", err, test.want)
			}
		})
	}
	if _, err := findPlanes("testdata/gone"); err == nil {
		t.Error("no error for a folder that does not exist")
	}
}

func TestUsage(t *testing.T) {
	for _, args := range [][]string{nil, {"-from", "x"}, {"-to", "x"}, {"-from", "x", "-to", "y", "z"}, {"-unknown"},
		{"-from", "x", "-to", "y", "-version", "2026-10"}, {"-from", "x", "-version", "2026-10", "-prose", "y"}} {
		if err := run(t.Context(), args, io.Discard); err == nil {
			t.Errorf("%q: no error", args)
		}
	}
}

// The committed specs are what the published ones are imported as, prose aside;
// that is `make conformance`. Here, with no published spec at hand: importing
// the committed specs in a publisher's dress gives them back to the byte.
func TestCommittedSpecsSurvivePublication(t *testing.T) {
	versions, err := filepath.Glob("../20*")
	if err != nil || len(versions) == 0 {
		t.Fatalf("versions %v, error %v", versions, err)
	}
	for _, version := range versions {
		t.Run(filepath.Base(version), func(t *testing.T) {
			published := t.TempDir()
			for _, plane := range planes {
				text := inPublishersDress(readFile(t, filepath.Join(version, plane+".yaml")))
				writeFile(t, filepath.Join(published, plane+".yaml"), text)
			}
			to := filepath.Join(t.TempDir(), filepath.Base(version))
			if err := run(t.Context(), []string{"-from", published, "-to", to, "-prose", ".."}, io.Discard); err != nil {
				t.Fatal(err)
			}
			for _, plane := range planes {
				if got := readFile(t, filepath.Join(to, plane+".yaml")); got != readFile(t, filepath.Join(version, plane+".yaml")) {
					t.Errorf("%s: not the committed spec:\n%s", plane, got)
				}
			}
		})
	}
}

// inPublishersDress undoes what importing does to a spec, our words aside.
func inPublishersDress(text string) string {
	text = strings.ReplaceAll(text, " enum:\n", " x-enum:\n")
	text = strings.ReplaceAll(text, "default: false", "default: 'false'")
	text = strings.ReplaceAll(text, "{assistant_host}/assistant", "{assistant_host}")
	text = strings.ReplaceAll(text, "default: "+defaultHost, "default: "+unknownHost)
	text = strings.ReplaceAll(text, "      operationId:", "      parameters:\n        - {in: header, name: "+versionHeader+", schema: {type: string}}\n      operationId:")
	// An operation with parameters of its own has the header among them.
	return mergeParameters(text)
}

// mergeParameters moves the header that was put in front of an operation into
// the list of parameters that it has already.
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

// copyPublished copies the made-up specs with another text for one plane.
func copyPublished(t *testing.T, plane, text string) string {
	t.Helper()
	folder := t.TempDir()
	for _, other := range planes {
		if other != plane {
			file, err := filepath.Glob("testdata/published/2025-10/assistant_" + other + "*")
			if err != nil || len(file) != 1 {
				t.Fatal(file, err)
			}
			writeFile(t, filepath.Join(folder, filepath.Base(file[0])), readFile(t, file[0]))
		}
	}
	writeFile(t, filepath.Join(folder, plane+".yaml"), text)
	return folder
}

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
	if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}
