package apitest

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"testing"
)

// glob returns the files that match a pattern. It fails the test if there are
// none.
func glob(t *testing.T, pattern string) []string {
	t.Helper()
	files, err := filepath.Glob(pattern)
	if err != nil || len(files) == 0 {
		t.Fatalf("%s: no file (%v)", pattern, err)
	}
	return files
}

// parse returns the files of a package, sorted by name.
func parse(t *testing.T, folder string) []*ast.File {
	t.Helper()
	var files []*ast.File
	for _, name := range glob(t, filepath.Join(folder, "*.go")) {
		files = append(files, parseFile(t, name))
	}
	return files
}

func parseFile(t *testing.T, name string) *ast.File {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	return file
}
