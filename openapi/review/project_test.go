package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "rewrite the reports in testdata")

const (
	spec    = "openapi/2099-01/data.yaml"
	overlay = "openapi/2099-01/data.overlay.yaml"
	config  = "openapi/2099-01/data.config.yaml"
	client  = "gen/2099-01/data/client.gen.go"
)

// weight is an action of the overlay.
const weight = `  - target: $.components.schemas.Thing.properties
    description: Things have a weight. Source - a test.
    update:
      weight:
        type: number
`

// shared is made once for all tests: the tools, and the project in testdata with
// its generated code.
var shared struct {
	tools
	generator, version string // oapi-codegen
	project            string
}

func TestMain(m *testing.M) {
	flag.Parse()
	os.Exit(func() int {
		temp, err := os.MkdirTemp("", "review-test-")
		if err != nil {
			panic(err)
		}
		defer os.RemoveAll(temp)
		if err := makeShared(temp); err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 1
		}
		return m.Run()
	}())
}

func makeShared(temp string) (err error) {
	ctx := context.Background()
	if shared.tools, err = install(ctx, temp); err != nil {
		return err
	}
	shared.generator = filepath.Join(temp, "oapi-codegen")
	if _, err := output(ctx, "", nil, "go", "build", "-o", shared.generator, generatorModule+"/cmd/oapi-codegen"); err != nil {
		return err
	}
	shared.project = filepath.Join(temp, "project")
	if err := os.CopyFS(shared.project, os.DirFS("testdata/project")); err != nil {
		return err
	}
	for _, name := range []string{"go.mod", "go.sum"} {
		text, err := os.ReadFile("../../" + name)
		if err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(shared.project, name), text, 0o644); err != nil {
			return err
		}
	}
	if shared.version, err = requirement(tree{"the project", shared.project}, generatorModule); err != nil {
		return err
	}
	return generate(ctx, shared.project)
}

func generate(ctx context.Context, dir string) error {
	configs, err := filepath.Glob(filepath.Join(dir, "openapi/*/*.config.yaml"))
	if err != nil {
		return err
	}
	for _, config := range configs {
		config, err := filepath.Rel(dir, config)
		if err != nil {
			return err
		}
		spec := strings.Replace(config, ".config.", ".", 1)
		if err := os.MkdirAll(filepath.Join(dir, "gen", filepath.Base(filepath.Dir(config)), "data"), 0o755); err != nil {
			return err
		}
		if _, err := output(ctx, dir, nil, shared.generator, "-config", config, spec); err != nil {
			return err
		}
	}
	return nil
}

// project is a copy of the project in testdata, in a git repository of its own.
type project struct {
	*testing.T
	dir string
}

func newProject(t *testing.T) project {
	p := project{t, t.TempDir()}
	if err := os.CopyFS(p.dir, os.DirFS(shared.project)); err != nil {
		t.Fatal(err)
	}
	p.git("init", "--quiet")
	p.commit()
	return p
}

func (p project) git(args ...string) {
	p.Helper()
	env := []string{"GIT_AUTHOR_NAME=x", "GIT_AUTHOR_EMAIL=x@example.com", "GIT_COMMITTER_NAME=x", "GIT_COMMITTER_EMAIL=x@example.com"}
	if _, err := output(p.Context(), p.dir, env, "git", args...); err != nil {
		p.Fatal(err)
	}
}

func (p project) commit() {
	p.Helper()
	p.git("add", "--all")
	p.git("commit", "--quiet", "--message", "x")
}

// edit replaces each first text by the second in a file; it has to be there.
func (p project) edit(name string, pairs ...string) {
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

func (p project) read(name string) string {
	p.Helper()
	text, err := os.ReadFile(filepath.Join(p.dir, name))
	if err != nil {
		p.Fatal(err)
	}
	return string(text)
}

func (p project) write(name, text string) {
	p.Helper()
	name = filepath.Join(p.dir, name)
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		p.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
		p.Fatal(err)
	}
}

func (p project) generate() {
	p.Helper()
	if err := generate(p.Context(), p.dir); err != nil {
		p.Fatal(err)
	}
}

// newVersion adds a version like the one that is there.
func (p project) newVersion(version string) {
	for _, name := range []string{spec, overlay, config} {
		p.write(strings.Replace(name, "2099-01", version, 1), strings.ReplaceAll(p.read(name), "2099-01", version))
	}
}

var commits = regexp.MustCompile(`\([0-9a-f]{7}\)`)

// review runs the command and returns its report, without the names of commits
// and the version of the generator.
func (p project) review(args ...string) (string, error) {
	var out strings.Builder
	err := run(p.Context(), p.dir, args, func(context.Context, string) (tools, error) { return shared.tools, nil }, &out)
	return strings.ReplaceAll(commits.ReplaceAllString(out.String(), "(COMMIT)"), shared.version, "VERSION"), err
}

// The report of each change is as in testdata.
func TestReports(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		change func(project)
		args   []string // -base HEAD if none
	}{
		"unchanged": {change: func(p project) { p.write("openapi/notes.md", "This is no spec.\n") }},
		"optional-property": {change: func(p project) {
			p.edit(spec, "        note:\n", "        colour:\n          type: string\n        note:\n")
			p.generate()
		}},
		"removed-property": {change: func(p project) {
			p.edit(spec, "        size:\n          type: integer\n", "", "required: [name, size]", "required: [name]")
			p.generate()
		}},
		"renamed-and-retyped": {change: func(p project) {
			p.edit(spec, "NewThing", "ThingRequest", "size:\n          type: integer", "size:\n          type: string")
			p.generate()
		}},
		"new-stream": {change: func(p project) {
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
		"description": {change: func(p project) {
			p.edit(spec, "description: Lists the things.", "description: Lists all things.")
			p.generate()
		}},
		"overlay-removed": {change: func(p project) {
			p.edit(overlay, weight, "")
			p.generate()
		}},
		"overlay-published": {change: func(p project) { // what an overlay said, the spec says now
			p.edit(spec, "        state:\n", "        weight:\n          type: number\n        state:\n")
			p.edit(overlay, weight, "")
			p.generate()
		}},
		"overlay-unmatched": {change: func(p project) { p.edit(spec, "        state:\n", "        condition:\n") }},
		"generator": {change: func(p project) {
			p.edit("go.mod", generatorModule+" "+shared.version, generatorModule+" v2.0.0")
			p.edit(client, shared.version, "v2.0.0")
			p.commit()
			p.git("tag", "v1.2.3")
			p.edit("go.mod", generatorModule+" v2.0.0", generatorModule+" "+shared.version)
			p.edit(client, "v2.0.0", shared.version)
		}},
		"generator-not-run": {change: func(p project) { p.edit("go.mod", generatorModule+" "+shared.version, generatorModule+" v2.99.0") }},
		"edited-by-hand":    {change: func(p project) { p.edit(client, " int    ", " int64  ") }},
		"configuration": {change: func(p project) {
			p.edit(config, "  prefer-skip-optional-pointer: true\n", "")
			p.generate()
		}},
		"new-version": {change: func(p project) {
			p.newVersion("2099-02")
			p.edit("openapi/2099-02/data.yaml", "        note:\n", "        remark:\n")
			p.generate()
		}},
		"removed-version": {change: func(p project) {
			p.newVersion("2099-02")
			p.generate()
			p.commit()
			for _, folder := range []string{"openapi/2099-02", "gen/2099-02"} {
				if err := os.RemoveAll(filepath.Join(p.dir, folder)); err != nil {
					p.Fatal(err)
				}
			}
		}},
		"exported-internal-type": {change: func(p project) {
			p.edit("internal/apierror/error.go", "	Code    int\n", "	Status  int\n", "Hidden struct{ Field int }", "Hidden struct{ Other int }")
		}},
		"two-revisions": {change: func(p project) {
			p.git("tag", "v0.3.4")
			p.edit(spec, "name: kind\n", "name: sort\n")
			p.generate()
			p.commit()
			p.git("tag", "v0.4.0-rc.1")
			p.edit(spec, "name: sort\n", "name: never\n") // in neither
		}, args: []string{"-base", "v0.3.4", "-head", "HEAD"}},
		"two-versions": {change: func(p project) {
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
			if err != nil {
				t.Fatal(err)
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
