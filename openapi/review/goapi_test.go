package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"reflect"
	"strings"
	"testing"
)

// surfaceOfText returns the exported API of a package with the given
// declarations.
func surfaceOfText(t *testing.T, path, text string) surface {
	t.Helper()
	files := token.NewFileSet()
	file, err := parser.ParseFile(files, "a.go", "package a\n"+text, 0)
	if err != nil {
		t.Fatal(err)
	}
	pkg, err := (&types.Config{}).Check(path, files, []*ast.File{file}, nil)
	if err != nil {
		t.Fatal(err)
	}
	return surfaceOf(pkg, "example.com/m")
}

func TestAPIChanges(t *testing.T) {
	for name, test := range map[string]struct {
		base, head string
		want       []string // breaking changes begin with !
	}{
		"the same":                 {"type T struct{ A int }; func New(t *T) (T, error) { return *t, nil }", "type T struct{ A int }; func New(t *T) (T, error) { return *t, nil }", nil},
		"names of parameters":      {"func F(a int, b string) {}", "func F(_ int, other string) {}", nil},
		"not exported":             {"type t struct{}; func f() {}", "", nil},
		"function removed":         {"func F() {}", "", []string{"!F: removed"}},
		"function added":           {"", "func F() {}", []string{"F: added"}},
		"results":                  {"func F() error { return nil }", "func F() (int, error) { return 0, nil }", []string{"!F: changed from `func() error` to `func() (int, error)`"}},
		"variadic":                 {"func F(a []int) {}", "func F(a ...int) {}", []string{"!F: changed from `func([]int)` to `func(...int)`"}},
		"function to variable":     {"func F() {}", "var F = func() {}", []string{"!F: changed from a function to a variable"}},
		"field removed":            {"type T struct{ A, B int }", "type T struct{ A int }", []string{"!T.B: removed"}},
		"field added":              {"type T struct{ A int }", "type T struct{ A, B int }", []string{"T.B: added"}},
		"field retyped":            {"type T struct{ A []U }; type U int", "type T struct{ A map[string]U }; type U int", []string{"!T.A: changed from `[]U` to `map[string]U`"}},
		"field moved":              {"type T struct{ A, B int }", "type T struct{ B, A int }", nil},
		"type removed":             {"type T struct{ A int }; func (T) M() {}", "", []string{"!T: removed"}},
		"type added":               {"", "type T struct{ A int }; func (*T) M() {}", []string{"T: added"}},
		"type of another kind":     {"type T struct{ A int }", "type T string", []string{"!T: changed from `struct` to `string`"}},
		"method removed":           {"type T int; func (*T) M() {}", "type T int", []string{"!(*T).M: removed"}},
		"method added":             {"type T int", "type T int; func (*T) M() {}", []string{"(*T).M: added"}},
		"method of pointers":       {"type T int; func (T) M() {}", "type T int; func (*T) M() {}", []string{"!T.M: changed to a method with a pointer receiver"}},
		"method of values":         {"type T int; func (*T) M() {}", "type T int; func (T) M() {}", nil},
		"promoted method":          {"type e int; func (e) M() {}; type T struct{ e }", "type e int; type T struct{ e }", []string{"!T.M: removed"}},
		"constant":                 {"const C = 1", "const C = 2", []string{"!C: value changed from `1` to `2`"}},
		"constant retyped":         {"type T string; const C T = \"a\"", "type T string; const C = \"a\"", []string{"!C: changed from `T` to `untyped string`"}},
		"interface grows":          {"type I interface{ A() }", "type I interface{ A(); B() }", []string{"!I.B: added"}},
		"interface that is closed": {"type I interface{ A(); x() }", "type I interface{ A(); B(); x() }", []string{"I.B: added"}},
		"interface is closed":      {"type I interface{ A() }", "type I interface{ A(); x() }", []string{"!I: other packages can no longer implement it"}},
		"no longer comparable":     {"type T struct{ A int }", "type T struct{ A int; b []int }", []string{"!T: its values are no longer comparable"}},
		"type parameters":          {"func F[T any](t T) {}", "func F[T comparable](t T) {}", []string{"!F: changed from `func[T any](T)` to `func[T comparable](T)`"}},

		// A signature does not change if a type is replaced by its alias, or an
		// alias becomes a type.
		"alias of the parameter":   {"type A = B; type B struct{}; func F(A) {}", "type A = B; type B struct{}; func F(B) {}", nil},
		"alias becomes a type":     {"type A = B; type B struct{ X int }; func F(A) {}", "type A struct{ X int }; type B struct{ X int }; func F(A) {}", nil},
		"type becomes an alias":    {"type A struct{ X, Y int }; func F(A) {}", "type A = B; type B struct{ X int }; func F(A) {}", []string{"!A.Y: removed", "B: added"}},
		"field of an aliased type": {"type A = B; type B struct{ X int }", "type A = B; type B struct{}", []string{"!B.X: removed"}},
	} {
		t.Run(name, func(t *testing.T) {
			var got []string
			for _, change := range apiChanges(surfaceOfText(t, "example.com/m/2099-01/a", test.base), surfaceOfText(t, "example.com/m/2099-02/a", test.head)) {
				line := change.name + ": " + change.what
				if change.breaking {
					line = "!" + line
				}
				got = append(got, line)
			}
			if !reflect.DeepEqual(got, test.want) {
				t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(test.want, "\n"))
			}
		})
	}
}

func TestTypeText(t *testing.T) {
	for _, want := range []string{
		"T", "*T", "[]T", "[3]T", "map[string]*T", "chan T", "<-chan T", "chan<- T", "func(T, ...*T) (int, error)",
		"struct{A T; B string}", "G[T]", "error", "func(func(T) bool)",
	} {
		s := surfaceOfText(t, "example.com/m/a", "type T int; type G[X any] struct{ F X }; var V "+want)
		if got := s["V"].text; got != want {
			t.Errorf("text of %s is %s", want, got)
		}
	}
}

func TestClassify(t *testing.T) {
	got := classify([]apiChange{
		{"API.DeleteFile", "(*API).DeleteFile", "method", "", "changed from `func() error` to `func() (*Operation, error)`", true},
		{"AssistantFile.PercentDone", "AssistantFile.PercentDone", "field", "percent_done", "removed", true},
		{"SnippetType", "SnippetType", "type", "", "removed", true},
		{"Client.DeleteFile", "(*Client).DeleteFile", "method", "", "changed from `func()` to `func(string)`", true},
		{"NewGoneRequest", "NewGoneRequest", "function", "", "removed", true},
		{"API.Chat", "(*API).Chat", "method", "", "added", false},
		{"Client.ListOperations", "(*Client).ListOperations", "method", "", "added", false},
		{"ChatRequest.Temperature", "ChatRequest.Temperature", "field", "temperature", "added", false},
		{"Image", "Image", "type", "", "added", false},
		{"ModelGPT5", "ModelGPT5", "constant", "", "added", false},
		{"ErrTeapot", "ErrTeapot", "variable", "", "added", false},
	}, map[string]string{"Chat": "chat_assistant", "AssistantFile": "AssistantFileModel", "Image": "ImageModel"})
	want := goChanges{
		broken:  []string{"(*API).DeleteFile", "AssistantFile.PercentDone", "SnippetType", "(*Client).DeleteFile", "NewGoneRequest"},
		removed: []string{"`AssistantFile.PercentDone` (spec `AssistantFileModel.percent_done`)", "`SnippetType`"},
		changed: []string{"`(*API).DeleteFile`: changed from `func() error` to `func() (*Operation, error)`"},
		stock:   []string{"changed: `(*Client).DeleteFile`", "removed: `NewGoneRequest`"},
		added: []string{
			"1 method: `(*API).Chat` (spec `chat_assistant`)",
			"1 type: `Image` (spec `ImageModel`)",
			"1 field: `ChatRequest.Temperature`",
			"1 constant: `ModelGPT5`",
			"1 variable: `ErrTeapot`",
		},
		stockMore: 1,
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got\n%+v\nwant\n%+v", got, want)
	}
}
