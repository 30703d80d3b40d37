package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"

	"github.com/pinecone-community/assistant-go/internal/compile"
)

var update = flag.Bool("update", false, "rewrite the reports in testdata")

const (
	spec    = "openapi/2099-01/data.yaml"
	overlay = "openapi/data.overlay.yaml"
	config  = "openapi/generator.yaml"
	client  = "gen/2099-01/data/client.gen.go"
)

// weight is an action of the overlay.
const weight = `  - target: $.components.schemas.Thing.properties
    description: Things have a weight. Source - a test.
    update:
      weight:
        type: number
`

// shared is created once for all tests: the project in testdata with its
// generated code, the files of the generator and the packages that the
// generated code imports.
var shared struct{ project, version string }

func TestMain(m *testing.M) {
	flag.Parse()
	os.Exit(func() int {
		temp, err := os.MkdirTemp("", "review-test-")
		if err != nil {
			panic(err)
		}
		defer os.RemoveAll(temp)
		shared.project = temp
		if err := makeShared(); err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 1
		}
		code := m.Run()
		if *update && code == 0 {
			err = answers.write()
		}
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 1
		}
		return code
	}())
}

func makeShared() error {
	const root = "../.."
	if err := os.CopyFS(shared.project, os.DirFS("testdata/project")); err != nil {
		return err
	}
	files := []string{"go.mod", "go.sum", config, "openapi/templates/*"}
	here := &goPackages{tree: tree{"this module", root}, module: "github.com/pinecone-community/assistant-go"}
	generated, err := packages(here.tree, "gen")
	if err != nil {
		return err
	}
	used, _, err := here.imports(generated)
	if err != nil {
		return err
	}
	for _, folder := range used[len(generated):] {
		files = append(files, folder+"/*.go")
	}
	for _, pattern := range files {
		found, err := filepath.Glob(filepath.Join(root, pattern))
		if err != nil {
			return err
		}
		for _, file := range found {
			if strings.HasSuffix(file, "_test.go") {
				continue
			}
			text, err := os.ReadFile(file)
			if err != nil {
				return err
			}
			name, err := filepath.Rel(root, file)
			if err != nil {
				return err
			}
			target := filepath.Join(shared.project, name)
			if err := os.MkdirAll(filepath.Dir(target), 0o755); err != nil {
				return err
			}
			if err := os.WriteFile(target, text, 0o644); err != nil {
				return err
			}
		}
	}
	if shared.version, err = requirement(tree{"the project", shared.project}, generatorModule); err != nil {
		return err
	}
	if err := generate(shared.project); err != nil {
		return err
	}
	for _, args := range [][]string{{"init", "--quiet", "--template="}, {"add", "--all"}, {"commit", "--quiet", "--message", "x"}, {"repack", "-a", "-d", "--quiet"}, {"prune-packed", "--quiet"}} {
		if err := git(context.Background(), shared.project, args...); err != nil {
			return err
		}
	}
	return nil
}

// generating serializes the use of oapi-codegen, which has global variables.
var generating sync.Mutex

func generate(dir string) error {
	generating.Lock()
	defer generating.Unlock()
	versions, err := compile.Versions(filepath.Join(dir, "openapi"))
	if err != nil {
		return err
	}
	for _, version := range versions {
		result, err := compile.Version(dir, version)
		if err != nil {
			return err
		}
		for name, text := range result.Files {
			name = filepath.Join(dir, name)
			if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
				return err
			}
			if err := os.WriteFile(name, text, 0o644); err != nil {
				return err
			}
		}
	}
	return nil
}

// testProject is a copy of the project in testdata in its own git repository.
type testProject struct {
	*testing.T
	dir string
}

func newProject(t *testing.T) testProject {
	p := testProject{t, t.TempDir()}
	if err := os.CopyFS(p.dir, os.DirFS(shared.project)); err != nil {
		t.Fatal(err)
	}
	return p
}

func git(ctx context.Context, dir string, args ...string) error {
	env := []string{"GIT_AUTHOR_NAME=x", "GIT_AUTHOR_EMAIL=x@example.com", "GIT_COMMITTER_NAME=x", "GIT_COMMITTER_EMAIL=x@example.com"}
	_, err := output(ctx, dir, env, "git", args...)
	return err
}

func (p testProject) git(args ...string) {
	p.Helper()
	if err := git(p.Context(), p.dir, args...); err != nil {
		p.Fatal(err)
	}
}

func (p testProject) commit() {
	p.Helper()
	p.git("add", "--all")
	p.git("commit", "--quiet", "--message", "x")
}

// edit replaces the first of each pair of texts by the second in a file. The
// first must be in the file.
func (p testProject) edit(name string, pairs ...string) {
	p.Helper()
	text := p.read(name)
	for i := 0; i < len(pairs); i += 2 {
		if !strings.Contains(text, pairs[i]) {
			p.Fatalf("%s has no %q", name, pairs[i])
		}
		text = strings.ReplaceAll(text, pairs[i], pairs[i+1])
	}
	p.write(name, text)
}

func (p testProject) read(name string) string {
	p.Helper()
	text, err := os.ReadFile(filepath.Join(p.dir, name))
	if err != nil {
		p.Fatal(err)
	}
	return string(text)
}

func (p testProject) write(name, text string) {
	p.Helper()
	name = filepath.Join(p.dir, name)
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		p.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
		p.Fatal(err)
	}
}

func (p testProject) remove(name string) {
	p.Helper()
	if err := os.RemoveAll(filepath.Join(p.dir, name)); err != nil {
		p.Fatal(err)
	}
}

func (p testProject) generate() {
	p.Helper()
	if err := generate(p.dir); err != nil {
		p.Fatal(err)
	}
}

// newVersion adds a copy of the existing version.
func (p testProject) newVersion(version string) {
	p.write(strings.Replace(spec, "2099-01", version, 1), strings.ReplaceAll(p.read(spec), "2099-01", version))
}

var (
	commits        = regexp.MustCompile(`\([0-9a-f]{7}\)`)
	generatedLines = regexp.MustCompile(`\d+ generated lines? \(\+\d+ −\d+\) in \d+ files?`)
)

// review runs the command and returns its report without commit names, the
// generator's version and the number of generated lines.
func (p testProject) review(args ...string) (string, error) {
	var out strings.Builder
	err := run(p.Context(), p.dir, args, func(context.Context, string) (differ, error) { return answers.diff, nil }, &out)
	text := generatedLines.ReplaceAllString(commits.ReplaceAllString(out.String(), "(COMMIT)"), "N generated lines")
	return strings.ReplaceAll(text, shared.version, "VERSION"), err
}

// The report of each change equals the file in testdata.
func TestReports(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		change func(testProject)
		args   []string // default: -base HEAD
		err    string
	}{
		"unchanged": {change: func(p testProject) { p.write("openapi/notes.md", "This is no spec.\n") }},
		"optional-property": {change: func(p testProject) {
			p.edit(spec, "        note:\n", "        colour:\n          type: string\n        note:\n")
			p.generate()
		}},
		"removed-property": {change: func(p testProject) {
			p.edit(spec, "        size:\n          type: integer\n", "", "required: [name, size]", "required: [name]")
			p.generate()
		}},
		"renamed-and-retyped": {change: func(p testProject) {
			p.edit(spec, "NewThing", "ThingRequest", "size:\n          type: integer", "size:\n          type: string")
			p.generate()
		}},
		"new-stream": {change: func(p testProject) {
			p.edit(spec, "components:\n", `  /things/{name}/events:
    get:
      operationId: watch_thing
      description: What becomes of a thing.
      parameters:
        - name: name
          in: path
          required: true
          schema:
            type: string
      responses:
        '200':
          description: One event after another.
          content:
            text/event-stream:
              schema:
                $ref: '#/components/schemas/Event'
components:
`, "  schemas:\n", `  schemas:
    Event:
      type: object
      properties:
        text:
          type: string
`)
			p.generate()
		}},
		"description": {change: func(p testProject) {
			p.edit(spec, "description: Lists the things.", "description: Lists all things.")
			p.generate()
		}},
		"overlay-removed": {change: func(p testProject) {
			p.edit(overlay, weight, "")
			p.generate()
		}},
		"overlay-published": {change: func(p testProject) { // the spec now has what the overlay added
			p.edit(spec, "        state:\n", "        weight:\n          type: number\n        state:\n")
			p.edit(overlay, weight, "")
			p.generate()
		}},
		"overlay-unmatched": {change: func(p testProject) { p.edit(spec, "        state:\n", "        condition:\n") }},
		"generator": {change: func(p testProject) {
			p.edit("go.mod", generatorModule+" "+shared.version, generatorModule+" v2.0.0")
			p.edit(client, shared.version, "v2.0.0")
			p.commit()
			p.git("tag", "v1.2.3")
			p.edit("go.mod", generatorModule+" v2.0.0", generatorModule+" "+shared.version)
			p.edit(client, "v2.0.0", shared.version)
		}},
		"generator-not-run": {change: func(p testProject) { p.edit("go.mod", generatorModule+" "+shared.version, generatorModule+" v2.99.0") }},
		"edited-by-hand":    {change: func(p testProject) { p.edit(client, " int    ", " int64  ") }},
		"configuration": {change: func(p testProject) {
			p.edit(config, "  prefer-skip-optional-pointer: true\n", "")
			p.generate()
		}},
		"new-version": {change: func(p testProject) {
			p.newVersion("2099-02")
			p.edit("openapi/2099-02/data.yaml", "        note:\n", "        remark:\n")
			p.generate()
		}},
		"removed-version": {change: func(p testProject) {
			p.newVersion("2099-02")
			p.generate()
			p.commit()
			p.remove("openapi/2099-02")
			p.remove("gen/2099-02")
		}},
		"exported-internal-type": {change: func(p testProject) {
			p.edit("internal/apierror/error.go", "	StatusCode int", "	Status     int")
		}},
		"overlay-for-one-version": {change: func(p testProject) { // the same facts for one of two versions
			p.newVersion("2099-02")
			p.generate()
			p.commit()
			p.edit(overlay, "    description: Things have a weight. Source - a test.\n", "    description: Things have a weight. Source - a test.\n    x-versions: [\"2099-02\"]\n")
			p.generate()
		}},
		"overlay-added": {change: func(p testProject) { // in no spec
			p.edit(overlay, "actions:\n", "actions:\n"+strings.NewReplacer("weight", "colour", "number", "string").Replace(weight))
			p.generate()
		}},
		"changelog": {change: func(p testProject) {
			p.edit(spec, "        size:\n          type: integer\n", "", "required: [name, size]", "required: [name]", "        note:\n", "        remark:\n")
			p.generate()
			p.write("CHANGELOG.md", "# Changelog\n\n## v0.2.0\n\n`Thing` has no `Size`.\n\n## v0.1.0\n\n`NewThing.Note`\n")
		}, args: []string{"-base", "HEAD", "-changelog", "CHANGELOG.md"}, err: "does not name these breaking changes: NewThing.Note"},
		"two-revisions": {change: func(p testProject) {
			p.git("tag", "v0.3.4")
			p.edit(spec, "name: kind\n", "name: sort\n")
			p.generate()
			p.commit()
			p.git("tag", "v0.4.0-rc.1")
			p.edit(spec, "name: sort\n", "name: never\n") // matches no version
		}, args: []string{"-base", "v0.3.4", "-head", "HEAD"}},
		"two-versions": {change: func(p testProject) {
			p.newVersion("2099-02")
			p.edit("openapi/2099-02/data.yaml", "enum: [new, old]", "enum: [new, old, ancient]")
			p.generate()
		}, args: []string{"-base", "openapi/2099-01", "-head", "openapi/2099-02"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newProject(t)
			test.change(p)
			if test.args == nil {
				test.args = []string{"-base", "HEAD"}
			}
			got, err := p.review(test.args...)
			if (err != nil) != (test.err != "") || err != nil && !strings.HasSuffix(err.Error(), test.err) {
				t.Fatalf("error %v, want %q", err, test.err)
			}
			want := filepath.Join("testdata", name+".md")
			if *update {
				if err := os.WriteFile(want, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			text, err := os.ReadFile(want)
			if err != nil {
				t.Fatal(err)
			}
			if got != string(text) {
				t.Errorf("not as in %s (go test -update rewrites it):\n%s", want, got)
			}
		})
	}
}

// An optional property changes at most five lines of a version, apart from
// comments.
func TestOneProperty(t *testing.T) {
	p := newProject(t)
	p.edit(spec, "        note:\n", "        colour:\n          type: string\n        note:\n")
	p.generate()
	count, err := countLines(t.Context(), t.TempDir(), filepath.Join(shared.project, "gen"), filepath.Join(p.dir, "gen"))
	if err != nil || count.code == 0 || count.code > 5 {
		t.Errorf("%+v, %v", count, err)
	}
}
