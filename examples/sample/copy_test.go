package sample

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// A program can be copied into another module: all its imports can be imported
// there.
func TestCopies(t *testing.T) {
	examples, err := filepath.Abs("..")
	if err != nil {
		t.Fatal(err)
	}
	module := t.TempDir()
	for _, file := range []string{"go.mod", "go.sum"} {
		text, err := os.ReadFile(filepath.Join(examples, file))
		if err != nil {
			t.Fatal(err)
		}
		copied := strings.Replace(string(text), "module github.com/pinecone-community/assistant-go/examples\n", "module example.com/copies\n", 1)
		copied = strings.Replace(copied, "=> ../", "=> "+filepath.Dir(examples), 1)
		if file == "go.mod" {
			copied += "\nrequire github.com/pinecone-community/assistant-go/examples v0.0.0\n" +
				"replace github.com/pinecone-community/assistant-go/examples => " + examples + "\n"
		}
		if err := os.WriteFile(filepath.Join(module, file), []byte(copied), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	programs := []string{"quickstart", "chat", "rag", "evaluate", "mcp", "observe", "sync", "web"}
	for _, program := range programs {
		if err := os.CopyFS(filepath.Join(module, program), os.DirFS(filepath.Join(examples, program))); err != nil {
			t.Fatal(err)
		}
	}
	args := []string{"list", "-mod=mod", "-deps", "-f", "{{.ImportPath}}"} // fails if a package cannot be imported
	for _, program := range programs {
		args = append(args, "./"+program)
	}
	list := exec.CommandContext(t.Context(), "go", args...)
	list.Dir = module
	list.Env = append(os.Environ(), "GOFLAGS=", "GOWORK=off")
	if out, err := list.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}
