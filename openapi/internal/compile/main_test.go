package main

import (
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// The typed layer of testdata/spec.yaml, and its index.
func TestGolden(t *testing.T) {
	folder := generateTestdata(t, readFile(t, "testdata/spec.yaml"), readFile(t, "testdata/overlay.yaml"))
	for file, want := range map[string]string{
		filepath.Join(folder, output):                  "testdata/api.want",
		filepath.Join(filepath.Dir(folder), indexFile): "testdata/index.want",
	} {
		got := strings.ReplaceAll(readFile(t, file), filepath.ToSlash(folder), "FOLDER")
		if *update {
			if err := os.WriteFile(want, []byte(got), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		if got != readFile(t, want) {
			t.Errorf("not as in %s (go test -update rewrites it):\n%s", want, got)
		}
	}
	goTool(t, "vet", "./"+folder)
}

func TestErrors(t *testing.T) {
	const (
		listParts = "operation list_parts: "
		putFile   = "operation put_file: "
	)
	for name, test := range map[string]struct{ old, with, want string }{
		"no version":        {"version: 2099-01", `version: ""`, "version"},
		"example not Go":    {"x-example: |-\n    if _", "x-example: |-\n    if if _", "x-example"},
		"example not text":  {"x-example: |-\n    if _, err := api.GetJob(ctx, \"job\"); err != nil {\n      return err\n    }\n", "x-example: 1\n", "x-example: want code"},
		"no servers":        {"servers:\n", "x-servers:\n", "no server"},
		"no region":         {"    x-region: eu\n", "", "https://eu.example.com/assistant: one of several needs x-region"},
		"two variables":     {"  - url: https://us.example.com/assistant\n", "  - url: https://{a}.{b}/x\n    variables: {a: {default: x}, b: {default: y}}\n", "want at most one variable"},
		"path type":         {"name: thing_name, required: true, schema: {type: string}", "name: thing_name, required: true, schema: {type: integer}", listParts + "path parameter thing_name: type int"},
		"cookie":            {"in: header, name: X-Trace", "in: cookie, name: trace", listParts + "parameter trace: cookies"},
		"header type":       {"name: X-Trace, schema: {type: string}", "name: X-Trace, schema: {type: integer}", listParts + "header X-Trace: type int"},
		"two bodies":        {"          multipart/form-data:\n", "          application/json: {schema: {type: object}}\n          multipart/form-data:\n", putFile + "several kinds of request bodies"},
		"body type":         {"          multipart/form-data:\n", "          text/plain:\n", putFile + "request body of type text/plain"},
		"form field":        {"note: {type: string}", "note: {type: integer}", putFile + "form field note"},
		"two reply types":   {"description: One.\n          content:\n            application/json:\n              schema: {$ref: '#/components/schemas/Part'}", "description: One.\n          content:\n            application/json:\n              schema: {$ref: '#/components/schemas/Upload'}", "operation create_thing: replies of two types, Part and Upload"},
		"reply not JSON":    {"          content:\n            application/json:\n              schema: {$ref: '#/components/schemas/Part'}\n        '204'", "          content:\n            text/csv:\n              schema: {type: string}\n        '204'", putFile + "reply 202 has no JSON form"},
		"overlay unmatched": {"note: {type: string}", "remark: {type: string}", "overlay.yaml"},
		"overlay invalid":   {"properties:\n        name: {type: string}", "properties:\n        name: {type: strin}", "strin"},
		"remote reference":  {"schema: {$ref: '#/components/schemas/Part'}", "schema: {$ref: 'https://example.com/part.yaml'}", "refusing to resolve remote reference"},
	} {
		t.Run(name, func(t *testing.T) {
			spec := strings.Replace(readFile(t, "testdata/spec.yaml"), test.old, test.with, 1)
			if spec == readFile(t, "testdata/spec.yaml") {
				t.Fatal("the test changes nothing")
			}
			specs, folder := writeInput(t, spec, readFile(t, "testdata/overlay.yaml"))
			err := run([]string{"-templates", "../templates", specs})
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("error %v, want %q", err, test.want)
			}
			for _, file := range []string{filepath.Join(folder, output), filepath.Join(filepath.Dir(folder), indexFile)} {
				if _, err := os.Stat(file); err == nil {
					t.Error(file, "was written")
				}
			}
		})
	}
}

func TestUsage(t *testing.T) {
	for _, args := range [][]string{nil, {"a", "b"}, {"-unknown"}, {"testdata/gone"}, {"testdata"}} {
		if err := run(args); err == nil {
			t.Errorf("%q: no error", args)
		}
	}
}

// Versions that nobody has seen yet: the newest specs, changed as Pinecone may
// change them, are generated and compiled with the overlays as they are.
func TestChangedSpecsCompile(t *testing.T) {
	newest := newestVersion(t)
	spec := readFile(t, filepath.Join(newest, "data.yaml"))
	overlay := readFile(t, filepath.Join(newest, "data.overlay.yaml"))
	for name, test := range map[string]struct {
		spec, overlay func(string) string
		want          string // in the generated code
	}{
		"new operation": {
			spec: replace(t, "paths:\n", `paths:
  /feedback/{assistant_name}/{message_id}:
    put:
      operationId: rate_message
      parameters:
        - {in: path, name: assistant_name, required: true, schema: {type: string}}
        - {in: path, name: message_id, required: true, schema: {type: string}}
        - {in: query, name: tags, schema: {type: array, items: {type: string}}}
      requestBody:
        content: {application/json: {schema: {type: object, properties: {stars: {type: integer}}}}}
      responses:
        "200": {description: OK., content: {application/json: {schema: {type: object, properties: {id: {type: string}}}}}}
`),
			want: "func (a *API) RateMessage(ctx context.Context, assistantName string, messageID string, params *RateMessageParams, body RateMessageJSONBody",
		},
		"new enum value": {
			spec: replace(t, "            - ProcessingFailed\n", "            - ProcessingFailed\n            - Archived\n"),
			want: "FileStatusArchived",
		},
		"new union member": {
			spec: replace(t, "        - $ref: '#/components/schemas/TextReferenceModel'\n", "        - $ref: '#/components/schemas/TextReferenceModel'\n        - $ref: '#/components/schemas/SheetReferenceModel'\n",
				"          text: '#/components/schemas/TextReferenceModel'\n", "          text: '#/components/schemas/TextReferenceModel'\n          sheet: '#/components/schemas/SheetReferenceModel'\n",
				"  schemas:\n", "  schemas:\n    SheetReferenceModel:\n      type: object\n      properties:\n        type: {type: string}\n        cell: {type: string}\n"),
			want: "return jsonscan.Member(d, (*SheetReferenceModel).decodeJSON)",
		},
		// 2025-10 has the files of 2026-04, and no operations.
		"no operations": {
			spec: func(s string) string {
				return cut(t, s, "  /operations/{assistant_name}:\n", "  /chat/{assistant_name}/chat/completions:\n")
			},
			overlay: func(s string) string { return withoutActions(s, "/operations/") },
			want:    "UploadFile(",
		},
	} {
		t.Run(name, func(t *testing.T) {
			spec, overlay := test.spec(spec), overlay
			if test.overlay != nil {
				overlay = test.overlay(overlay)
			}
			folder := generateTestdata(t, spec, overlay)
			code := readFile(t, filepath.Join(folder, output)) + readFile(t, filepath.Join(folder, "client.gen.go"))
			if !strings.Contains(code, test.want) {
				t.Errorf("%q is not in the generated code", test.want)
			}
			goTool(t, "vet", "./"+folder)
		})
	}
}

// newestVersion returns the folder of the newest specs.
func newestVersion(t *testing.T) string {
	t.Helper()
	versions, err := filepath.Glob("../20*")
	if err != nil || len(versions) == 0 {
		t.Fatal("no version", err)
	}
	return versions[len(versions)-1]
}

// generateTestdata generates both layers of a spec into a new package of this
// module, and returns its folder.
func generateTestdata(t *testing.T, spec, overlay string) string {
	t.Helper()
	specs, folder := writeInput(t, spec, overlay)
	goTool(t, "run", "github.com/oapi-codegen/oapi-codegen/v2/cmd/oapi-codegen",
		"-config", filepath.Join(specs, "data.config.yaml"), filepath.Join(specs, "data.yaml"))
	if err := run([]string{"-templates", "../templates", specs}); err != nil {
		t.Fatal(err)
	}
	return folder
}

// writeInput writes a spec, its overlay and its configuration into a new folder,
// named after a version, and returns it and the folder of the package that is
// generated from it.
func writeInput(t *testing.T, spec, overlay string) (specs, folder string) {
	t.Helper()
	parent := tempFolder(t)
	specs, folder = filepath.Join(parent, "2099-01"), filepath.Join(parent, "gen", "data")
	newest := newestVersion(t)
	version := filepath.Base(newest)
	config := readFile(t, filepath.Join(newest, "data.config.yaml"))
	config = replace(t, "gen/"+version+"/data", folder, "openapi/"+version+"/data.overlay.yaml", filepath.Join(specs, "data.overlay.yaml"))(config)
	if strings.Contains(spec, "Source:\n") { // the made-up spec has unions of its own
		unions := regexp.MustCompile(`(?m)^  exclude-schemas:\n(    - .*\n)+`)
		config = unions.ReplaceAllString(config, "  exclude-schemas:\n    - Event\n    - Source\n")
	}
	writeFiles(t, specs, map[string]string{"data.yaml": spec, "data.overlay.yaml": overlay, "data.config.yaml": config})
	if err := os.MkdirAll(folder, 0o755); err != nil {
		t.Fatal(err)
	}
	return specs, folder
}

// writeFiles writes files by name into a folder.
func writeFiles(t *testing.T, folder string, files map[string]string) {
	t.Helper()
	if err := os.MkdirAll(folder, 0o755); err != nil {
		t.Fatal(err)
	}
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// tempFolder returns a new folder that the go command takes for a package of
// this module, so that what is generated there can import its internal ones.
func tempFolder(t *testing.T) string {
	t.Helper()
	folder, err := os.MkdirTemp("testdata", "generated-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(folder) })
	return folder
}

// replace returns a function that replaces the first of each pair of texts by
// the second, once; it has to be there.
func replace(t *testing.T, pairs ...string) func(string) string {
	return func(s string) string {
		t.Helper()
		for i := 0; i < len(pairs); i += 2 {
			if !strings.Contains(s, pairs[i]) {
				t.Fatalf("no %q", pairs[i])
			}
			s = strings.Replace(s, pairs[i], pairs[i+1], 1)
		}
		return s
	}
}

// cut returns s without what is from one text to another.
func cut(t *testing.T, s, from, to string) string {
	t.Helper()
	head, _, ok1 := strings.Cut(s, from)
	_, tail, ok2 := strings.Cut(s, to)
	if !ok1 || !ok2 {
		t.Fatalf("no %q or no %q", from, to)
	}
	return head + to + tail
}

// withoutActions returns an overlay without the actions whose text has a part.
func withoutActions(overlay, part string) string {
	actions := strings.Split(overlay, "  - target: ")
	kept := actions[:1]
	for _, action := range actions[1:] {
		if !strings.Contains(action, part) && !strings.Contains(action, "OperationModel") {
			kept = append(kept, action)
		}
	}
	return strings.Join(kept, "  - target: ")
}

func goTool(t *testing.T, args ...string) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "go", args...)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("go %s: %v\n%s", strings.Join(args, " "), err, out)
	}
}

func readFile(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
