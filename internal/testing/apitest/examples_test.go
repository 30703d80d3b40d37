package apitest

import (
	"encoding/json"
	"go/doc/comment"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestPackageExamples compiles the example in the comment of each package as
// the body of a function with the parameters ctx and, for the data plane, host.
func TestPackageExamples(t *testing.T) {
	parent := t.TempDir()
	replaced := map[string]string{} // files of the build overlay by path
	args := []string{"build", "-overlay", filepath.Join(parent, "overlay.json")}
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
		folder := filepath.Join(parent, version, plane)
		if err := os.MkdirAll(folder, 0o755); err != nil {
			t.Fatal(err)
		}
		program := "package example\n\n" + imports + "\n\"context\"\n\"fmt\"\n)\n\n" +
			"func Example(ctx context.Context" + parameter(plane) + ") error {\n" + body + "return nil\n}\n"
		if err := os.WriteFile(filepath.Join(folder, "example.go"), []byte(program), 0o644); err != nil {
			t.Fatal(err)
		}
		args = append(args, "./examples/"+version+"/"+plane)
		replaced[root("internal/testing/apitest/examples", version, plane, "example.go")] = filepath.Join(folder, "example.go")
	}
	overlay, err := json.Marshal(map[string]any{"Replace": replaced})
	if err == nil {
		err = os.WriteFile(filepath.Join(parent, "overlay.json"), overlay, 0o644)
	}
	if err != nil {
		t.Fatal(err)
	}
	if out, err := exec.CommandContext(t.Context(), "go", args...).CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
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
