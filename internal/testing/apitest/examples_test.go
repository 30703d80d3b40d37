package apitest

import (
	"encoding/json"
	"go/doc/comment"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"strings"
	"testing"
)

// TestPackageExamples compiles the example in the comment of each package as
// the body of a function with the parameters ctx and, for the data plane, host.
func TestPackageExamples(t *testing.T) {
	files := map[string]string{}
	args := []string{"build"}
	for _, file := range glob(t, "../../../gen/*/*/api.gen.go") {
		version, plane := filepath.Base(filepath.Dir(filepath.Dir(file))), filepath.Base(filepath.Dir(file))
		text := parseFile(t, file).Doc.Text()
		words := strings.Join(strings.Fields(text), " ")
		code := codeOf(text)
		imports, body, ok := strings.Cut(code, "\n)\n\n")
		if !ok || !strings.HasPrefix(imports, "import (\n") || !strings.Contains(body, "api, err := "+plane+".New(") || strings.Count(body, "api.") == 0 {
			t.Errorf("%s: no import and use of an API in %q", file, code)
			continue
		}
		if !strings.Contains(words, "version "+version+".") || !strings.Contains(words, "https://") {
			t.Errorf("%s: does not name the version and the host: %q", file, text)
		}
		example := path.Join("internal/testing/apitest/examples", version, plane)
		files[path.Join(example, "example.go")] = "package example\n\n" + imports + "\n\"context\"\n\"fmt\"\n)\n\n" +
			"func Example(ctx context.Context" + parameter(plane) + ") error {\n" + body + "return nil\n}\n"
		args = append(args, path.Join(module, example))
	}
	runGo(t, files, args[0], args[1:]...)
}

// runGo runs a go command that builds packages of this module with additional
// files. The files are texts by path relative to the module's root. The paths
// are the same in every run, so that the build cache keeps the packages.
func runGo(t *testing.T, files map[string]string, command string, args ...string) {
	t.Helper()
	folder := t.TempDir()
	replaced := map[string]string{}
	for name, text := range files {
		file := filepath.Join(folder, filepath.FromSlash(name))
		err := os.MkdirAll(filepath.Dir(file), 0o755)
		if err == nil {
			err = os.WriteFile(file, []byte(text), 0o644)
		}
		if err != nil {
			t.Fatal(err)
		}
		replaced[root(filepath.FromSlash(name))] = file
	}
	list := filepath.Join(folder, "overlay.json")
	overlay, err := json.Marshal(map[string]any{"Replace": replaced})
	if err == nil {
		err = os.WriteFile(list, overlay, 0o644)
	}
	if err != nil {
		t.Fatal(err)
	}
	args = append([]string{command, "-overlay", list}, args...)
	if out, err := exec.CommandContext(t.Context(), "go", args...).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
}

func parameter(plane string) string {
	if plane == "data" {
		return ", host string"
	}
	return ""
}

// codeOf returns the code block in a comment.
func codeOf(text string) string {
	var code strings.Builder
	for _, block := range new(comment.Parser).Parse(text).Content {
		if block, ok := block.(*comment.Code); ok {
			code.WriteString(block.Text)
		}
	}
	return code.String()
}
