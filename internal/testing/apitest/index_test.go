package apitest

import (
	"go/ast"
	"maps"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// TestIndex compares API.md, the index of each version, with the packages:
// every name in the index exists, and the index has every operation.
func TestIndex(t *testing.T) {
	for _, file := range glob(t, "../../../gen/*/API.md") {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		sections := strings.Split(string(text), "\n## ")[1:]
		var indexed []string
		for _, section := range sections {
			title, table, _ := strings.Cut(section, "\n")
			plane := path.Base(strings.Trim(title, "`"))
			indexed = append(indexed, plane)
			typed, stock := functions(t, filepath.Join(filepath.Dir(file), plane))
			for _, row := range regexp.MustCompile("(?m)^\\| `.*$").FindAllString(table, -1) {
				cells := strings.Split(row, "|")
				names := regexp.MustCompile("`([^`]*)`")
				for _, name := range names.FindAllStringSubmatch(cells[3], -1) {
					if !typed[name[1]] {
						t.Errorf("%s: %s has no %s", file, plane, name[1])
					}
					delete(typed, name[1])
				}
				name := strings.Trim(cells[4], " `")
				if !stock[name] {
					t.Errorf("%s: the stock client of %s has no %s", file, plane, name)
				}
				delete(stock, name)
				delete(stock, name+"WithBody")
			}
			for _, name := range slices.Sorted(maps.Keys(typed)) {
				t.Errorf("%s: does not list %s of %s", file, name, plane)
			}
			for _, name := range slices.Sorted(maps.Keys(stock)) {
				t.Errorf("%s: does not list %s of the stock client of %s", file, name, plane)
			}
		}
		var packages []string
		for _, folder := range glob(t, filepath.Join(filepath.Dir(file), "*", "api.gen.go")) {
			packages = append(packages, filepath.Base(filepath.Dir(folder)))
		}
		if !slices.Equal(indexed, packages) {
			t.Errorf("%s: lists %s, want %s", file, indexed, packages)
		}
	}
}

// functions returns the names of a package's functions for operations: the
// methods of API and the functions over streams, and the methods of Client.
func functions(t *testing.T, folder string) (typed, stock map[string]bool) {
	t.Helper()
	typed, stock = map[string]bool{}, map[string]bool{}
	for _, file := range parse(t, folder) {
		for _, declared := range file.Decls {
			f, ok := declared.(*ast.FuncDecl)
			switch {
			case !ok || !f.Name.IsExported():
			case receiver(f) == "API", receiver(f) == "" && takesStream(f):
				typed[f.Name.Name] = true
			case receiver(f) == "Client":
				stock[f.Name.Name] = true
			}
		}
	}
	return typed, stock
}

// takesStream reports whether a function has one parameter, named stream.
func takesStream(f *ast.FuncDecl) bool {
	params := f.Type.Params.List
	return len(params) == 1 && len(params[0].Names) == 1 && params[0].Names[0].Name == "stream"
}

// receiver returns the type name of a method's receiver, or "".
func receiver(f *ast.FuncDecl) string {
	if f.Recv == nil {
		return ""
	}
	kind := f.Recv.List[0].Type
	if pointer, ok := kind.(*ast.StarExpr); ok {
		kind = pointer.X
	}
	return kind.(*ast.Ident).Name
}
