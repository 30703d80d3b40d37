package apitest

import (
	"fmt"
	"go/ast"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// TestExamples runs the examples of all packages against a server that conforms
// to the specs. The examples have no output to compare. An example that fails
// ends the program.
func TestExamples(t *testing.T) {
	const parent = "internal/testing/apitest/examples_run"
	files := map[string]string{}
	var imports, calls strings.Builder
	for i, file := range glob(t, "../../../gen/*/*/example_gen_test.go") {
		folder := filepath.Dir(file)
		version, plane := filepath.Base(filepath.Dir(folder)), filepath.Base(folder)
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		code := strings.Replace(string(text), "package "+plane+"_test\n", "package example\n", 1)
		example := path.Join(parent, version, plane)
		files[path.Join(example, "example.go")] = code
		fmt.Fprintf(&imports, "\tp%d %q\n", i, path.Join(module, example))
		for _, name := range exampleNames(t, file) {
			fmt.Fprintf(&calls, "\trun(t, %q, %q, %q, p%d.%s)\n", version, plane, name, i, name)
		}
	}
	files[path.Join(parent, "run_test.go")] = fmt.Sprintf(`package run

import (
	"net/http"
	"os"
	"testing"

	"%[1]s/internal/testing/spectest"
%[2]s)

func TestRun(t *testing.T) {
	t.Chdir(t.TempDir())
	if err := os.WriteFile("manual.pdf", []byte("%%PDF-1.7"), 0o644); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PINECONE_API_KEY", "test-key")
%[3]s}

func run(t *testing.T, version, plane, name string, example func()) {
	t.Run(version+"/"+plane+"/"+name, func(t *testing.T) {
		before := http.DefaultTransport
		defer func() { http.DefaultTransport = before }()
		sent := 0
		fake := spectest.Fake(t, spectest.Load(t, version, plane))
		http.DefaultTransport = count(func(req *http.Request) (*http.Response, error) {
			sent++
			return fake.RoundTrip(req)
		})
		example()
		if sent == 0 {
			t.Error("nothing was sent")
		}
	})
}

type count func(*http.Request) (*http.Response, error)

func (f count) RoundTrip(req *http.Request) (*http.Response, error) { return f(req) }
`, module, imports.String(), calls.String())
	program := filepath.Join(t.TempDir(), "examples.exe")
	runGo(t, files, "test", "-c", "-vet=off", "-o", program, path.Join(module, parent))
	if out, err := exec.CommandContext(t.Context(), program).CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

// TestExamplesAreComplete checks that each method of API and the error type
// have an example.
func TestExamplesAreComplete(t *testing.T) {
	for _, file := range glob(t, "../../../gen/*/*/api.gen.go") {
		have := exampleNames(t, filepath.Join(filepath.Dir(file), "example_gen_test.go"))
		want := []string{"ExampleError"}
		for _, n := range names(parseFile(t, file)) {
			if method, ok := strings.CutPrefix(n.path, "API."); ok {
				want = append(want, "ExampleAPI_"+method)
			}
		}
		for _, name := range want {
			if !slices.Contains(have, name) {
				t.Errorf("%s: there is no %s", filepath.Dir(file), name)
			}
		}
	}
}

const module = "github.com/pinecone-community/assistant-go"

func exampleNames(t *testing.T, file string) []string {
	t.Helper()
	var found []string
	for _, declared := range parseFile(t, file).Decls {
		if f, ok := declared.(*ast.FuncDecl); ok {
			found = append(found, f.Name.Name)
		}
	}
	return found
}
