package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestCountLines(t *testing.T) {
	write := func(files map[string]string) string {
		dir := t.TempDir()
		for name, text := range files {
			if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		return dir
	}
	base := write(map[string]string{"a.go": "package a\n\n// Old.\nvar x = 1\n", "API.md": "old\n", "gone.go": "package a\n"})
	head := write(map[string]string{"a.go": "package a\n\n// New.\n\t// More.\nvar x = 1\n--x\n", "API.md": "new\n++ more", "new.go": "// Package a.\npackage a\n"})
	for name, test := range map[string]struct {
		base, head string
		want       lineCount
	}{
		"equal":     {base, base, lineCount{}},
		"different": {base, head, lineCount{files: 4, added: 7, removed: 3, code: 3}},
		"new":       {filepath.Join(base, "gone"), head, lineCount{files: 3, added: 10, code: 4}},
	} {
		got, err := countLines(t.Context(), t.TempDir(), test.base, test.head)
		if err != nil || got != test.want {
			t.Errorf("%s: %+v, %v, want %+v", name, got, err, test.want)
		}
	}
}

func TestRequirement(t *testing.T) {
	for name, test := range map[string]struct{ text, want string }{
		"block":   {"require (\n\texample.com/x/v2 v2.1.0\n\texample.com/x v1.0.0 // indirect\n)\n", "v1.0.0"},
		"line":    {"require example.com/x v1.2.3\n", "v1.2.3"},
		"comment": {"// example.com/x v1.2.3\nrequire example.com/x/y v1.0.0\n", ""},
	} {
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, "go.mod"), []byte(test.text), 0o644); err != nil {
			t.Fatal(err)
		}
		got, err := requirement(tree{"here", dir}, "example.com/x")
		if got != test.want || (err == nil) != (test.want != "") {
			t.Errorf("%s: %q, %v, want %q", name, got, err, test.want)
		}
	}
	if _, err := requirement(tree{"here", t.TempDir()}, "example.com/x"); err == nil || !strings.Contains(err.Error(), "go.mod") {
		t.Errorf("no go.mod: %v", err)
	}
}
