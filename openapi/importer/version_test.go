package main

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// The tests bring newVersion into a module that has oldVersion.
const (
	oldVersion = "2026-04"
	newVersion = "2026-10"
)

// typed is the command of that name. It is built once: from its source, each
// module of a test would build its own.
var typed string

func TestMain(m *testing.M) {
	folder, err := os.MkdirTemp("", "")
	if err == nil {
		typed = filepath.Join(folder, "typed.exe")
		err = goTool(context.Background(), "../..", "build", "-o", typed, "./openapi/typed")
	}
	if err != nil {
		panic(err)
	}
	code := m.Run()
	os.RemoveAll(folder)
	os.Exit(code)
}

// change replaces a text of a published spec, everywhere. An empty text is the
// whole spec.
type change struct{ plane, old, with string }

// schemas are further schemas of the data plane.
func schemas(lines ...string) change {
	return change{"data", "  schemas:\n", "  schemas:\n    " + strings.Join(lines, "\n    ") + "\n"}
}

// usage gives a reply of the data plane a property more.
func usage(schema string) change {
	return change{"data", "        prompt_tokens:\n", "        more: " + schema + "\n        prompt_tokens:\n"}
}

// summarize is a new operation that streams.
var summarize = change{"data", "paths:\n", `paths:
  /summaries/{assistant_name}:
    post:
      operationId: summarize_assistant
      parameters:
        - {in: path, name: assistant_name, required: true, schema: {type: string}}
      requestBody:
        required: true
        content:
          application/json: {schema: {$ref: '#/components/schemas/ChatRequest'}}
      responses:
        "200":
          description: ''
          content:
            application/json: {schema: {$ref: '#/components/schemas/ChatModel'}}
            text/event-stream: {schema: {$ref: '#/components/schemas/StreamChatChunkModel'}}
`}

// What a new version may bring, and what comes of it: texts in the files of the
// module, or an error with some texts. After an error the module is as it was.
func TestBringIn(t *testing.T) {
	t.Parallel()
	const gen = "gen/" + newVersion + "/data/"
	for name, test := range map[string]struct {
		changes []change
		has     map[string][]string
		lacks   map[string]string
		err     []string
	}{
		"all that can be generated": {
			changes: []change{
				summarize,
				{"data", "        size:\n          description: Words.\n          type: integer\n          format: int64\n", ""},
				{"data", "      required:\n        - messages\n      type: object\n      properties:\n", "      required: [messages, tenant]\n      type: object\n      properties:\n        tenant: {type: string}\n"},
				schemas("Tree: {type: object, properties: {branches: {type: array, items: {$ref: '#/components/schemas/Tree'}}}}"),
				usage("{$ref: '#/components/schemas/Tree'}"),
			},
			has: map[string][]string{
				"generate.go": {
					" openapi/" + oldVersion + "/data.yaml\n", " openapi/" + newVersion + "/data.yaml\n",
				},
				"openapi/" + newVersion + "/control.yaml": {
					"description: The assistant as it stands.\n",
				},
				gen + "api.gen.go": {
					") SummarizeAssistant(", ") SummarizeAssistantStream(", "func CollectSummarizeAssistant(",
				},
				gen + "client.gen.go": {
					"`json:\"tenant\"`", "Branches []Tree",
				},
			},
			lacks: map[string]string{gen + "client.gen.go": "`json:\"size"},
		},
		"property removed that an overlay changes": {
			changes: []change{{"data", "        multimodal:\n          description: Words.\n          type: boolean\n          default: true\n", ""}},
			err: []string{
				"the specs of 2026-10 lack what these refer to:\nopenapi/2026-04/data.overlay.yaml:",
				": $.components.schemas['ContextRequest', 'ContextOptionsModel'].properties['multimodal', 'include_binary_content']: Absent and zero differ.\n",
				"copy these files to openapi/2026-10, mend them there, and import again",
			},
		},
		"schema renamed": {
			changes: []change{{"data", "ChoiceChunkModel", "ChoicePartModel"}, {"control", "UpdateAssistantRequest", "PatchAssistantRequest"}},
			err: []string{
				overlayLine(t, "control", "$.components.schemas.UpdateAssistantRequest.properties.instructions") + ": Empty instructions clear them",
				overlayLine(t, "control", "$.components.schemas.UpdateAssistantRequest.properties.metadata") + ": An empty object",
				": $.components.schemas.ChoiceChunkModel.properties.delta: The last chunk's delta can be null",
				": $.components.schemas.ChoiceChunkModel.properties.delta.properties['role', 'content']: Both can be null",
				": $.components.schemas['ChatModel', 'ChoiceModel', 'ChoiceChunkModel', 'MessageEndModel'].properties.finish_reason: Replaced",
				": $.components.schemas['ChatModel', 'ChoiceModel', 'ChoiceChunkModel', 'MessageEndModel'].properties: Refers",
				": $.components.schemas.ChoiceChunkModel.properties.delta: A name for the anonymous object.",
			},
		},
		"union renamed": {
			changes: []change{{"data", "/SnippetModel'", "/PassageModel'"}, {"data", "    SnippetModel:", "    PassageModel:"}},
			err:     []string{"\nopenapi/2026-04/data.config.yaml:", ": exclude-schemas: SnippetModel\n"},
		},
		"schema with itself": {
			changes: []change{schemas("Tree: {type: object, required: [branch], properties: {branch: {$ref: '#/components/schemas/Tree'}}}"), usage("{$ref: '#/components/schemas/Tree'}")},
			err:     []string{"the generated code does not compile", gen + "client.gen.go:", "invalid recursive type", "Tree"},
		},
		"schema that is another that is the first": {
			changes: []change{schemas("Egg: {$ref: '#/components/schemas/Hen'}", "Hen: {$ref: '#/components/schemas/Egg'}"), usage("{$ref: '#/components/schemas/Hen'}")},
			err:     []string{"data.yaml:", "schema Egg is made of itself: Egg -> Hen -> Egg"},
		},
		"schema that combines itself": {
			changes: []change{schemas("Egg: {allOf: [{type: object}, {oneOf: [{$ref: '#/components/schemas/Hen'}]}]}", "Hen: {anyOf: [{$ref: '#/components/schemas/Egg'}]}")},
			err:     []string{"data.yaml:", "schema Egg is made of itself: Egg -> Hen -> Egg"},
		},
		"two schemas of one Go name": {
			changes: []change{schemas("usage_model: {type: object}")},
			err:     []string{"data.yaml:", "schemas usage_model and UsageModel have the same name in Go"},
		},
		"operation that the typed layer cannot do": {
			changes: []change{summarize, {"data", "in: path, name: assistant_name, required: true, schema: {type: string}", "in: path, name: assistant_name, required: true, schema: {type: integer}"}},
			err:     []string{"openapi/2026-10/data.yaml", "operation summarize_assistant", "assistant_name"},
		},
		"two operations of one name": {
			changes: []change{{"control", "operationId: list_assistants", "operationId: get_assistant"}},
			err:     []string{"control.yaml", "get_assistant"},
		},
		"not YAML":    {changes: []change{{"data", "", "{"}}, err: []string{"data.yaml: ", "line 1"}},
		"not OpenAPI": {changes: []change{{"data", "", "swagger: '2.0'\n"}}, err: []string{"data.yaml:1: not an OpenAPI 3 document"}},
		"response that is nothing": {
			changes: []change{{"control", "\"200\":\n          description: Words.\n          content:\n            application/json:\n              schema:\n                $ref: '#/components/schemas/ListAssistantsResponse'\n", "\"200\":\n"}},
			err:     []string{"control.yaml:", "paths/~/assistants/get/responses/200 is not an object"},
		},
		"no paths":      {changes: []change{{"data", "\npaths:\n", "\nx-paths:\n"}}, err: []string{"data.yaml: ", "paths"}},
		"plane missing": {changes: []change{{"evaluation", "", ""}}, err: []string{"no spec of the evaluation plane"}},
		"remote reference": {
			changes: []change{usage("{$ref: 'https://example.com/usage.yaml'}")},
			err:     []string{"data.yaml: ", "https://example.com/usage.yaml"},
		},
		"other version": {
			changes: []change{{"evaluation", "version: " + newVersion, "version: 2026-11"}},
			err:     []string{`evaluation.yaml: info.version is "2026-11", want "2026-10"`},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			module := newModule(t)
			before := snapshot(t, module)
			err := bringIn(t.Context(), module, newVersion, publish(t, newVersion, test.changes...), t.Output())
			if len(test.err) > 0 {
				if err == nil {
					t.Fatal("no error")
				}
				for _, text := range test.err {
					if !strings.Contains(err.Error(), text) {
						t.Errorf("the error does not say %q:\n%v", text, err)
					}
				}
				compareSnapshots(t, before, snapshot(t, module))
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			for file, texts := range test.has {
				content := readFile(t, filepath.Join(module, file))
				for _, text := range texts {
					if !strings.Contains(content, text) {
						t.Errorf("%s has no %q", file, text)
					}
				}
			}
			for file, text := range test.lacks {
				if strings.Contains(readFile(t, filepath.Join(module, file)), text) {
					t.Errorf("%s has %q", file, text)
				}
			}
		})
	}
}

// An action that names several schemas is stale when one of them is gone, and all
// that is stale is told at once.
func TestBringInListsEachStaleActionOnce(t *testing.T) {
	t.Parallel()
	module := newModule(t)
	err := bringIn(t.Context(), module, newVersion, publish(t, newVersion, change{"data", "ChoiceChunkModel", "ChoicePartModel"}), t.Output())
	if err == nil {
		t.Fatal("no error")
	}
	want := 0
	for line := range strings.Lines(readFile(t, "../"+oldVersion+"/data.overlay.yaml")) {
		if strings.Contains(line, "target:") && strings.Contains(line, "ChoiceChunkModel") {
			want++
		}
	}
	if got := strings.Count(err.Error(), "data.overlay.yaml:"); got != want || got == 0 {
		t.Errorf("%d actions are listed, want %d:\n%v", got, want, err)
	}
}

// What stands in the version's folder already is kept, so that a mended overlay
// can be put there, and a spec can be brought up to date.
// overlayLine returns a new line and the place of the action with a target, with
// the target, as an error names them.
func overlayLine(t *testing.T, plane, target string) string {
	t.Helper()
	file := "openapi/" + oldVersion + "/" + plane + ".overlay.yaml"
	before, _, ok := strings.Cut(readFile(t, "../../"+file), "- target: "+target+"\n")
	if !ok {
		t.Fatalf("%s has no action with the target %s", file, target)
	}
	return fmt.Sprintf("\n%s:%d: %s", file, strings.Count(before, "\n")+1, target)
}

func TestBringInKeepsWhatIsThere(t *testing.T) {
	t.Parallel()
	module := newModule(t)
	folder := filepath.Join(module, "openapi", newVersion)
	spec, overlay := filepath.Join(folder, "data.yaml"), filepath.Join(folder, "data.overlay.yaml")
	const words = "is the length of the file in bytes, as it was uploaded."
	mended := strings.ReplaceAll(readFile(t, "../"+oldVersion+"/data.overlay.yaml"), "'multimodal', 'include_binary_content'", "'include_binary_content'")
	if err := os.Mkdir(folder, 0o755); err != nil {
		t.Fatal(err)
	}
	writeFile(t, overlay, mended)
	writeFile(t, spec, strings.Replace(readFile(t, "../"+oldVersion+"/data.yaml"), "is the length of the file in bytes.", words, 1))

	published := publish(t, newVersion, summarize, change{"data", "        multimodal:\n          description: Words.\n          type: boolean\n          default: true\n", ""})
	if err := bringIn(t.Context(), module, newVersion, published, t.Output()); err != nil {
		t.Fatal(err)
	}
	if got := readFile(t, overlay); got != mended {
		t.Errorf("the overlay has become\n%s", got)
	}
	for _, text := range []string{words, "operationId: summarize_assistant"} {
		if !strings.Contains(readFile(t, spec), text) {
			t.Errorf("the spec has no %q", text)
		}
	}

	before := snapshot(t, module)
	var log strings.Builder
	if err := bringIn(t.Context(), module, newVersion, published, &log); err != nil {
		t.Fatal(err)
	}
	compareSnapshots(t, before, snapshot(t, module))
	if !strings.HasSuffix(log.String(), newVersion+": nothing has changed\n") {
		t.Errorf("it says\n%s", log.String())
	}
}

// stopper is a log that ends what writes to it.
type stopper struct{ stop context.CancelFunc }

func (s stopper) Write(text []byte) (int, error) {
	s.stop()
	return len(text), nil
}

func TestBringInInterrupted(t *testing.T) {
	t.Parallel()
	module := newModule(t)
	before := snapshot(t, module)
	ctx, stop := context.WithCancel(t.Context())
	// The first line of the log says that the new operation has no description.
	err := bringIn(ctx, module, newVersion, publish(t, newVersion, summarize), stopper{stop})
	if err == nil || !strings.Contains(err.Error(), context.Canceled.Error()) {
		t.Errorf("error %v, want %v", err, context.Canceled)
	}
	compareSnapshots(t, before, snapshot(t, module))
}

func TestBringInRefuses(t *testing.T) {
	module := newModule(t)
	for name, test := range map[string]struct{ tree, version, from, want string }{
		"no version":      {module, "", "x", `version ""`},
		"not a version":   {module, "2026-13", "x", `version "2026-13"`},
		"a path":          {module, "../2026-10", "x", "want one such as 2026-10"},
		"no such folder":  {module, newVersion, "testdata/gone", "testdata/gone"},
		"another folder":  {"testdata", newVersion, "testdata/published/2025-10", "not at the root of the module"},
		"nothing to copy": {emptyModule(t), "2025-10", "testdata/published/2025-10", "openapi/2025-10 has no control.config.yaml, and there is no other version"},
	} {
		t.Run(name, func(t *testing.T) {
			before := snapshot(t, test.tree)
			err := bringIn(t.Context(), test.tree, test.version, test.from, t.Output())
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("error %v, want %q", err, test.want)
			}
			compareSnapshots(t, before, snapshot(t, test.tree))
		})
	}
}

func TestAddDirectives(t *testing.T) {
	const (
		head = "package tools\n\n// The versions such as openapi/2026-04.\n\n"
		a    = "//go:generate x openapi/2025-01/a.yaml\n//go:generate y openapi/2025-01\n"
		b    = "//go:generate x openapi/2026-04/a.yaml\n//go:generate y openapi/2026-04\n"
	)
	as := func(version string) string { return strings.ReplaceAll(b, "2026-04", version) }
	for name, test := range map[string]struct{ text, base, version, want string }{
		"newest":           {head + a + "\n" + b, "2026-04", "2026-10", head + a + "\n" + b + "\n" + as("2026-10")},
		"between":          {head + a + "\n" + b, "2026-04", "2025-10", head + a + "\n" + as("2025-10") + "\n" + b},
		"oldest":           {head + a + "\n" + b, "2026-04", "2024-10", head + as("2024-10") + "\n" + a + "\n" + b},
		"there already":    {head + a + "\n" + b, "2026-04", "2025-01", head + a + "\n" + b},
		"two paragraphs":   {head + b + "\n" + b, "2026-04", "2026-10", head + b + "\n" + b + "\n" + as("2026-10") + "\n" + as("2026-10")},
		"nothing to go by": {head + a, "2026-04", "2026-10", ""},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := addDirectives(test.text, test.base, test.version)
			if got != test.want || (err == nil) != (test.want != "") {
				t.Errorf("error %v, text\n%s\nwant\n%s", err, got, test.want)
			}
		})
	}
}

func TestRenameVersion(t *testing.T) {
	for name, test := range map[string]struct{ text, want string }{
		"config":  {"output: gen/2026-04/a.go\npath: openapi/2026-04/a.yaml\n", "output: gen/2026-10/a.go\npath: openapi/2026-10/a.yaml\n"},
		"overlay": {"title: Data 2026-04\nactions:\n  - description: New in 2026-04.\n", "title: Data 2026-10\nactions:\n  - description: New in 2026-04.\n"},
	} {
		if got := renameVersion(test.text, "2026-04", "2026-10"); got != test.want {
			t.Errorf("%s:\n%s", name, got)
		}
	}
}

// newModule copies what is needed of this module to generate oldVersion, and of
// its versions only that.
func newModule(t *testing.T) string {
	t.Helper()
	module := t.TempDir()
	const root = "../.."
	err := eachFile(root, func(name string) error {
		slashed := filepath.ToSlash(name)
		version, _, _ := strings.Cut(strings.TrimPrefix(slashed, "openapi/"), "/")
		top, _, _ := strings.Cut(slashed, "/")
		switch {
		case !slices.Contains([]string{"go.mod", "go.sum", "generate.go", "tools.go", "auth", "internal", "openapi"}, top),
			strings.HasSuffix(name, "_test.go"), strings.Contains(slashed, "/testdata/"), strings.HasPrefix(slashed, "internal/bench/"),
			versionForm.MatchString(version) && version != oldVersion:
			return nil
		}
		text := readFile(t, filepath.Join(root, name))
		if slashed == "generate.go" {
			paragraphs := slices.DeleteFunc(strings.Split(strings.TrimSpace(text), "\n\n"), func(paragraph string) bool {
				return versionOf(paragraph) != "" && versionOf(paragraph) != oldVersion
			})
			text = strings.Join(paragraphs, "\n\n") + "\n"
			text = strings.ReplaceAll(text, "go run ./openapi/typed ", typed+" ")
		}
		if err := os.MkdirAll(filepath.Dir(filepath.Join(module, name)), 0o755); err != nil {
			return err
		}
		return os.WriteFile(filepath.Join(module, name), []byte(text), 0o644)
	})
	if err != nil {
		t.Fatal(err)
	}
	return module
}

// emptyModule is one without a version.
func emptyModule(t *testing.T) string {
	t.Helper()
	module := t.TempDir()
	if err := os.Mkdir(filepath.Join(module, "openapi"), 0o755); err != nil {
		t.Fatal(err)
	}
	writeFile(t, filepath.Join(module, "go.mod"), "module example.com/m\n")
	writeFile(t, filepath.Join(module, "generate.go"), "package tools\n")
	return module
}

// publish writes the specs of oldVersion as a version is published, with other
// words and changed, and returns the folder.
func publish(t *testing.T, version string, changes ...change) string {
	t.Helper()
	folder := t.TempDir()
	prose := regexp.MustCompile(`(?m)^( *(?:description|summary)): .*$`)
	for _, plane := range planes {
		text := prose.ReplaceAllString(readFile(t, filepath.Join("..", oldVersion, plane+".yaml")), "$1: Words.")
		text = inPublishersDress(text)
		text = strings.Replace(text, "version: "+oldVersion, "version: "+version, 1)
		for _, c := range changes {
			switch {
			case c.plane != plane:
			case c.old == "":
				text = c.with
			case !strings.Contains(text, c.old):
				t.Fatalf("%s has no %q", plane, c.old)
			default:
				text = strings.ReplaceAll(text, c.old, c.with)
			}
		}
		if text != "" {
			writeFile(t, filepath.Join(folder, plane+".yaml"), text)
		}
	}
	return folder
}

// snapshot returns what is in a folder: the text of each file by its path, and
// each folder.
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
