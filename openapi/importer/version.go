package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/pinecone-community/assistant-go/internal/compile"
	"github.com/pinecone-community/assistant-go/openapi/internal/tables"
)

// bringIn imports a version into the module in the folder tree, or updates it:
// its specs, its line in generate.go, its rows in the READMEs, and the
// generated code. It works in a copy of the module. If test passes there, it
// changes the module in one step; after an error the module is unchanged. It
// writes the report to out.
func bringIn(ctx context.Context, tree, version, from string, test func(ctx context.Context, module, version string) error, out io.Writer) (err error) {
	openapi := filepath.Join(tree, "openapi")
	in, err := importSpecs(ctx, from, version, openapi)
	if err != nil {
		return err
	}
	if err := in.checkComplete(openapi); err != nil {
		return err
	}
	work, err := copyTree(tree)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, work.remove()) }()

	result, err := in.compileIn(work.folder)
	if err != nil {
		return err
	}
	if err := test(ctx, work.folder, version); err != nil {
		return err
	}
	if err := context.Cause(ctx); err != nil {
		return err
	}
	changed, err := work.moveInto(tree)
	if err != nil {
		return err
	}
	return in.report(out, openapi, result, changed)
}

// checkComplete returns an error if the import lacks a plane that the version
// in the module has.
func (in *imported) checkComplete(openapi string) error {
	planes, err := compile.Planes(openapi, in.version)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	for _, plane := range planes {
		if !slices.ContainsFunc(in.specs, func(s *spec) bool { return s.plane == plane }) {
			return fmt.Errorf("no spec of the %s plane, which openapi/%s has", plane, in.version)
		}
	}
	return err
}

// compileIn writes the specs into a module and compiles all versions: comments
// in a newer version name the oldest version that has an operation.
func (in *imported) compileIn(module string) (*compile.Result, error) {
	if err := in.writeTo(filepath.Join(module, "openapi", in.version)); err != nil {
		return nil, err
	}
	versions, err := compile.Versions(filepath.Join(module, "openapi"))
	if err != nil {
		return nil, err
	}
	results := map[string]*compile.Result{}
	for _, version := range versions {
		result, err := compile.Version(module, version)
		if err != nil {
			return nil, in.blame(err)
		}
		if err := writeFiles(module, filepath.Join("gen", version), result.Files); err != nil {
			return nil, err
		}
		results[version] = result
	}
	for name, list := range lists {
		if err := rewrite(filepath.Join(module, name), func(text string) (string, error) { return list(text, versions) }); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
	}
	err = rewrite(filepath.Join(module, "openapi/README.md"), func(text string) (string, error) { return tables.Rewrite(module, text) })
	return results[in.version], err
}

// writeFiles replaces a folder of a module by generated files.
func writeFiles(module, folder string, files map[string][]byte) error {
	if err := os.RemoveAll(filepath.Join(module, folder)); err != nil {
		return err
	}
	for name, text := range files {
		file := filepath.Join(module, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(file, text, 0o644); err != nil {
			return err
		}
	}
	return nil
}

var (
	endpoints  = regexp.MustCompile(`\b(GET|PUT|POST|DELETE|OPTIONS|HEAD|PATCH|TRACE) (/[^\s:,]*)`)
	schemaName = regexp.MustCompile(`\b(?:schema|union) ([A-Z]\w+)`)
	words      = regexp.MustCompile(`\w+`)
	quotes     = regexp.MustCompile(`"([^"]+)"`)
)

// blame prefixes an error of the compiler with the file and line of the
// published spec.
func (in *imported) blame(err error) error {
	for _, s := range in.specs {
		if text, ok := strings.CutPrefix(err.Error(), "openapi/"+in.version+"/"+s.plane+".yaml: "); ok {
			return fmt.Errorf("%s: %s plane: %s", s.at(s.placeIn(text)), s.plane, text)
		}
	}
	return err
}

// placeIn returns the place that a message of the compiler is about: an
// operation, a schema, whose Go name may be shorter, or an enum with a value.
// It returns "" if the message names none.
func (s *spec) placeIn(text string) string {
	if match := endpoints.FindStringSubmatch(text); match != nil {
		return "paths/~" + match[2] + "/" + strings.ToLower(match[1])
	}
	if match := schemaName.FindStringSubmatch(text); match != nil {
		text = match[1]
	}
	names, values := words.FindAllString(text, -1), quotes.FindAllStringSubmatch(text, -1)
	nearest := ""
	_ = walk(s.root, func(e element) error {
		schema, ok := strings.CutPrefix(e.place, "components/schemas/")
		switch {
		case !ok || strings.Contains(schema, "/"):
		case slices.Contains(names, schema):
			nearest = e.place
			return errFound
		case len(names) > 0 && strings.HasPrefix(strings.ToLower(schema), strings.ToLower(names[0])) && (nearest == "" || len(e.place) < len(nearest)):
			nearest = e.place
		}
		if enum := get(e.node, "enum"); enum != nil && nearest == "" {
			for _, value := range enum.Content {
				if slices.ContainsFunc(values, func(match []string) bool { return match[1] == value.Value }) {
					nearest = e.place
				}
			}
		}
		return nil
	})
	return nearest
}

// errFound ends a walk.
var errFound = errors.New("found")

// patience is the timeout of the tests.
const patience = 10 * time.Minute

// runTests builds a version's packages and runs their tests.
func runTests(ctx context.Context, module, version string) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	packages := "./gen/" + version + "/..."
	if err := goTool(ctx, module, "build", packages); err != nil {
		return fmt.Errorf("the generated code does not compile: %s", reason(err))
	}
	if err := goTool(ctx, module, "test", packages); err != nil {
		return fmt.Errorf("the generated code fails its tests: %w", err)
	}
	// The local service is generated from the specs, too.
	examples := filepath.Join(module, "examples")
	if text, err := os.ReadFile(filepath.Join(examples, "generate.go")); err == nil && bytes.Contains(text, []byte("openapi/"+version)) {
		return goTool(ctx, examples, "generate", "./...")
	}
	return nil
}

// reason returns the first line of the compiler's output that names a file, and
// the number of further such lines.
func reason(err error) string {
	var about []string
	for line := range strings.SplitSeq(err.Error(), "\n") {
		if strings.HasPrefix(line, "gen/") {
			about = append(about, line)
		}
	}
	switch len(about) {
	case 0:
		return err.Error()
	case 1:
		return about[0]
	}
	return fmt.Sprintf("%s (and %d more)", about[0], len(about)-1)
}

// goTool runs the go command in a folder. Its error is the output of the
// command, shortened to the first lines and the last.
func goTool(ctx context.Context, folder string, args ...string) error {
	const most = 20
	var out bytes.Buffer
	cmd := exec.CommandContext(ctx, "go", args...)
	cmd.Dir = folder
	cmd.Env = append(os.Environ(), "GOWORK=off") // the copy of the module is not in a workspace
	cmd.Stdout, cmd.Stderr = &out, &out
	cmd.WaitDelay = time.Second
	err := cmd.Run()
	switch {
	case context.Cause(ctx) != nil:
		return fmt.Errorf("go %s: %w", args[0], context.Cause(ctx))
	case err == nil:
		return nil
	}
	lines := strings.Split(strings.TrimSpace(out.String()), "\n")
	if len(lines) > most {
		lines = append(lines[:most-1], "...", lines[len(lines)-1])
	}
	return errors.New(strings.Join(lines, "\n"))
}
