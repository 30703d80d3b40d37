package readme

import (
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// internalReadme describes the packages in folder internal.
const internalReadme = "../../README.md"

// Every name in the README of the internal packages is declared.
func TestInternalNames(t *testing.T) {
	folders := map[string]string{"auth": "../../../auth", "data": "../../../gen/2026-07/data"}
	declared := map[string]map[string]bool{}
	names := regexp.MustCompile("`(\\w+)\\.([\\w.]+)`").FindAllStringSubmatch(read(t, internalReadme), -1)
	if len(names) < 40 {
		t.Fatalf("only %d names", len(names))
	}
	for _, name := range names {
		pkg := name[1]
		if pkg == "http" {
			continue
		}
		if declared[pkg] == nil {
			folder := folders[pkg]
			if folder == "" {
				folder = filepath.Join("../..", pkg)
			}
			declared[pkg] = declarations(t, folder)
		}
		if !declared[pkg][name[2]] {
			t.Errorf("package %s has no %s", pkg, name[2])
		}
	}
}

// The table names all folders. The packages that run in a user's program are
// those that the generated packages and auth import.
func TestInternalFolders(t *testing.T) {
	rows := strings.Split(read(t, internalReadme), "\n| ")[2:]
	if len(rows) != 3 {
		t.Fatalf("%d rows", len(rows))
	}
	var listed []string
	var runs []string
	for i, row := range rows {
		cell, _, _ := strings.Cut(row, "|")
		for _, name := range regexp.MustCompile("`([^`]+)`").FindAllStringSubmatch(cell, -1) {
			listed = append(listed, name[1])
			if i == 0 {
				runs = append(runs, name[1])
			}
		}
	}
	var found []string
	for _, pattern := range []string{"../../*", "../../testing/*"} {
		entries, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		for _, entry := range entries {
			name, err := filepath.Rel("../..", entry)
			if info, statErr := os.Stat(entry); err != nil || statErr != nil {
				t.Fatal(err, statErr)
			} else if info.IsDir() && name != "testing" {
				found = append(found, filepath.ToSlash(name))
			}
		}
	}
	slices.Sort(listed)
	slices.Sort(found)
	if !slices.Equal(listed, found) {
		t.Errorf("the table names %q, the folders are %q", listed, found)
	}

	imported := map[string]bool{}
	generated, err := filepath.Glob("../../../gen/*/*/api.gen.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range append(generated, "../../../auth/auth.go") {
		addImports(t, filepath.Dir(file), imported)
	}
	slices.Sort(runs)
	if got := slices.Sorted(maps.Keys(imported)); !slices.Equal(got, runs) {
		t.Errorf("generated packages and auth import %q, the table says %q", got, runs)
	}
}

// addImports adds the internal packages that the package in a folder imports,
// directly or indirectly.
func addImports(t *testing.T, folder string, imported map[string]bool) {
	t.Helper()
	for _, file := range parseFolder(t, folder) {
		for _, spec := range file.Imports {
			_, name, ok := strings.Cut(strings.Trim(spec.Path.Value, `"`), "/assistant-go/internal/")
			if ok && !imported[name] {
				imported[name] = true
				addImports(t, filepath.Join("../..", name), imported)
			}
		}
	}
}

// declarations returns the names that a package declares; a method is
// "Type.Name".
func declarations(t *testing.T, folder string) map[string]bool {
	t.Helper()
	names := map[string]bool{}
	for _, file := range parseFolder(t, folder) {
		for _, decl := range file.Decls {
			switch d := decl.(type) {
			case *ast.FuncDecl:
				name := d.Name.Name
				if d.Recv != nil {
					of := d.Recv.List[0].Type
					if pointer, ok := of.(*ast.StarExpr); ok {
						of = pointer.X
					}
					if generic, ok := of.(*ast.IndexExpr); ok {
						of = generic.X
					}
					name = of.(*ast.Ident).Name + "." + name
				}
				names[name] = true
			case *ast.GenDecl:
				for _, spec := range d.Specs {
					switch s := spec.(type) {
					case *ast.TypeSpec:
						names[s.Name.Name] = true
					case *ast.ValueSpec:
						for _, ident := range s.Names {
							names[ident.Name] = true
						}
					}
				}
			}
		}
	}
	return names
}

// parseFolder parses the files of a package without its tests.
func parseFolder(t *testing.T, folder string) []*ast.File {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(folder, "*.go"))
	if err != nil || len(files) == 0 {
		t.Fatalf("%s: no Go files, error %v", folder, err)
	}
	var parsed []*ast.File
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		parsed = append(parsed, file)
	}
	return parsed
}
