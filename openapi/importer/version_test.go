package main

import (
	"context"
	"errors"
	"path/filepath"
	"strings"
	"testing"
)

const readmeTable = "# A\n\n<!-- row of a version: | VERSION | -->\n| version |\n|---|\n| 2026-04 |\n"

// newModule returns a module that has a version with the data plane.
func newModule(t *testing.T) string {
	t.Helper()
	module := emptyModule(t)
	copyFiles(t, "../..", module, "go.mod", "internal/*/*.go") // go.mod has the version of the generator; internal has comments that the generator copies
	copyFiles(t, "..", filepath.Join(module, "openapi"), "generator.yaml", "templates/*")
	writeFile(t, filepath.Join(module, "README.md"), readmeTable)
	writeFile(t, filepath.Join(module, "openapi/README.md"), readmeTable)
	writeFile(t, filepath.Join(module, "openapi/2026-04/data.yaml"), strings.ReplaceAll(document("3.0.3", `type: object
description: is a thing.
properties:
  name: {type: string, description: is a name of 1 to 45 letters., maxLength: 45}
  kind: {type: string, enum: [a, b], description: 'is the kind, `+"`a` or `b`"+`.'}`), "2026-10", "2026-04"))
	writeFile(t, filepath.Join(module, "gen/2026-04/data/old.go"), "package data\n")
	return module
}

// stream is an operation that streams and has no known end.
const stream = `
  /things:
    post:
      operationId: watch_things
      responses:
        '200': {description: Words., content: {text/event-stream: {schema: {$ref: '#/components/schemas/Thing'}}}}
components:`

func passes(context.Context, string, string) error { return nil }

func TestBringIn(t *testing.T) {
	module, from := newModule(t), t.TempDir()
	text := document("3.1.0", "{type: object, properties: {name: {type: string, maxLength: 63}, kind: {x-enum: [a, c]}, more: {$ref: '#/components/schemas/Thing'}}}")
	writeFile(t, filepath.Join(from, "assistant_data_2026-10.oas.yaml"), strings.Replace(text, "\ncomponents:", stream, 1))
	writeFile(t, filepath.Join(from, "assistant_mcp_2026-10.oas.yaml"), strings.ReplaceAll(text, "Thing", "Tool"))
	writeFile(t, filepath.Join(from, "db_data_2026-10.oas.yaml"), "")
	before := snapshot(t, filepath.Join(module, "openapi/2026-04"))

	var out strings.Builder
	if err := bringIn(t.Context(), module, "2026-10", from, passes, &out); err != nil {
		t.Fatal(err)
	}
	report := strings.ReplaceAll(out.String(), from, "FROM")
	for _, line := range []string{
		"2026-10 is imported and its tests pass: openapi/2026-10 and gen/2026-10\n",
		"  data: 2 operations, 1 schemas, 2 enum values; new operations watch_things; new values c; removed values b\n",
		"  mcp: 1 operations, 1 schemas, 2 enum values; the plane is new\n",
		"  FROM/assistant_data_2026-10.oas.yaml:12: POST /things streams",
		" x-stream-end",
		": openapi/data.overlay.yaml\n",
		"  openapi/2026-10/data.yaml:25: paths/~/things/post (published: line 12)\n",
		"/properties/name: the text says 45, but maxLength is 63\n",
		"/properties/kind: `b` is not in the enum\n",
		"  db_data_2026-10.oas.yaml: a spec of another API\n",
	} {
		if !strings.Contains(report, line) {
			t.Errorf("the report has no %q:\n%s", line, report)
		}
	}
	if lines := strings.Count(report, "\n"); lines > 55 {
		t.Errorf("the report has %d lines:\n%s", lines, report)
	}
	for file, text := range map[string]string{
		"generate.go":                     "openapi/2026-04\n//go:generate go run ./openapi/generate openapi/2026-10\n",
		"README.md":                       "|---|\n| 2026-10 |\n| 2026-04 |\n",
		"openapi/README.md":               "|---|\n| 2026-10 |\n| 2026-04 |\n",
		"openapi/2026-10/data.yaml":       "is a name of 1 to 45 letters.",
		"gen/2026-10/data/client.gen.go":  "More *Thing ",
		"gen/2026-10/data/api.gen.go":     ") WatchThingsStream(",
		"gen/2026-10/mcp/api.gen.go":      "package mcp\n",
		"gen/2026-10/version_gen_test.go": "/gen/2026-10/mcp\"",
		"gen/2026-04/API.md":              "2026-04",
	} {
		if content := readFile(t, filepath.Join(module, file)); !strings.Contains(content, text) {
			t.Errorf("%s has no %q:\n%s", file, text, content)
		}
	}
	compareSnapshots(t, before, snapshot(t, filepath.Join(module, "openapi/2026-04")))

	after := snapshot(t, module)
	out.Reset()
	if err := bringIn(t.Context(), module, "2026-10", from, passes, &out); err != nil {
		t.Fatal(err)
	}
	compareSnapshots(t, after, snapshot(t, module))
	if !strings.HasPrefix(out.String(), "2026-10: nothing has changed\n") {
		t.Errorf("the report is\n%s", out.String())
	}
}

// A failed import leaves the module as it was.
func TestBringInRefuses(t *testing.T) {
	good := document("3.0.3", "{type: object, properties: {name: {type: string}}}")
	errTests := errors.New("a test failed")
	for name, test := range map[string]struct {
		version, file, text, want string
		test                      func(context.Context, string, string) error
		cancel                    bool
	}{
		"no version":       {version: "", want: `VERSION ""`},
		"not a version":    {version: "2026-13", want: `VERSION "2026-13": want a version such as 2026-10 or 2026-10.rc`},
		"a path":           {version: "../2026-10", want: "want a version"},
		"code":             {version: "2026-10;a", want: "want a version"},
		"no spec":          {file: "README.md", want: "no spec of the Assistant API of 2026-10"},
		"a plane less":     {version: "2026-04", file: "control.yaml", text: strings.ReplaceAll(good, "2026-10", "2026-04"), want: "no spec of the data plane, which openapi/2026-04 has"},
		"a faulty spec":    {text: strings.Replace(good, "type: object", "type: obj", 1), want: `/data.yaml:14: data plane: components/schemas/Thing: "obj" is not a type`},
		"without an end":   {text: strings.Replace(good, "name: {type: string}}", "it: {$ref: '#/components/schemas/Thing'}}, required: [it]", 1), want: "data.yaml:13: data plane: schema Thing: its required property it contains the schema again"},
		"what cannot be":   {text: strings.Replace(good, "responses:", "requestBody: {content: {text/csv: {schema: {type: string}}}}\n      responses:", 1), want: "data.yaml:6: data plane: GET /things/{thing_id}: request body of type text/csv is not supported"},
		"tests that fail":  {text: good, test: func(context.Context, string, string) error { return errTests }, want: errTests.Error()},
		"an interrupt":     {text: good, cancel: true, want: context.Canceled.Error()},
		"names that clash": {text: strings.Replace(good, "{type: string}", "{type: string, enum: ['a-b', a_b]}", 1), want: "data plane: "},
		"two of an id":     {text: strings.Replace(good, "\ncomponents:", strings.Replace(stream, "watch_things", "get_thing", 1), 1), want: "get_thing"},
	} {
		t.Run(name, func(t *testing.T) {
			module, from := newModule(t), t.TempDir()
			if test.file == "" {
				test.file = "data.yaml"
			}
			if test.version == "" && name != "no version" {
				test.version = "2026-10"
			}
			writeFile(t, filepath.Join(from, test.file), test.text)
			if test.test == nil {
				test.test = passes
			}
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			if test.cancel {
				test.test = func(context.Context, string, string) error { cancel(); return nil }
			}
			before := snapshot(t, module)
			var out strings.Builder
			err := bringIn(ctx, module, test.version, from, test.test, &out)
			if err == nil || !strings.Contains(err.Error(), test.want) || strings.Contains(err.Error(), "\n") || out.Len() > 0 {
				t.Errorf("error %v, want %q, output %q", err, test.want, out.String())
			}
			compareSnapshots(t, before, snapshot(t, module))
		})
	}
}

func TestGoTool(t *testing.T) {
	if err := goTool(t.Context(), ".", "env", "GOOS"); err != nil {
		t.Error(err)
	}
	if err := goTool(t.Context(), ".", "help", "gone"); err == nil || !strings.Contains(err.Error(), "unknown help topic") {
		t.Errorf("error %v", err)
	}
	ctx, stop := context.WithCancel(t.Context())
	stop()
	if err := goTool(ctx, ".", "env"); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
}

func TestReason(t *testing.T) {
	for text, want := range map[string]string{
		"# a/gen\ngen/a/b.go:1:2: no": "gen/a/b.go:1:2: no",
		"# a\ngen/a\ngen/b\nexit":     "gen/a (and 1 more)",
		"other":                       "other",
	} {
		if got := reason(errors.New(text)); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}
