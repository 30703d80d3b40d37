package apitest

import (
	"go/ast"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

// TestComments checks that each exported name of the generated packages has a
// comment that says more than the name.
func TestComments(t *testing.T) {
	for _, file := range glob(t, "../../../gen/*/*/*.gen.go") {
		named := names(parseFile(t, file))
		if len(named) < 10 {
			t.Errorf("%s: only %d exported names", file, len(named))
		}
		for _, n := range named {
			if fault := n.fault(); fault != "" {
				t.Errorf("%s: %s %s: %q", file, n.path, fault, n.comment)
			}
		}
	}
}

func TestFault(t *testing.T) {
	for _, test := range []struct{ path, comment, want string }{
		{"File", "", "has no comment"},
		{"AssistantFileModel", "AssistantFileModel is a file of the assistant.", "has a comment that only repeats its name"},
		{"Model.File", "File File of a model.", "has a comment that does not continue its name"},
		{"Kind", "Kind defines model for kind.", "has a comment that only repeats its name"},
		{"ListFiles", "ListFiles lists the files.", "has a comment that only repeats its name"},
		{"Model.Size", "Size Length in bytes.", "has a comment that does not continue its name"},
		{"Model.Size", "Size is the length in bytes.", ""},
		{"ErrNotFound", "404", ""},
	} {
		if got := (named{test.path, test.comment}).fault(); got != test.want {
			t.Errorf("%s, %q: %q, want %q", test.path, test.comment, got, test.want)
		}
	}
}

// named is an exported name with its comment.
type named struct {
	path    string // "Type", "Type.Field", "Type.Method"
	comment string
}

// names returns the exported names that a file declares. The comment of a group
// of constants or variables is the comment of each.
func names(file *ast.File) []named {
	var found []named
	add := func(name string, comments ...*ast.CommentGroup) {
		n := named{path: name}
		for _, comment := range comments {
			if text := strings.TrimSpace(comment.Text()); n.comment == "" {
				n.comment = text
			}
		}
		if !slices.ContainsFunc(strings.Split(name, "."), func(part string) bool { return !ast.IsExported(part) }) {
			found = append(found, n)
		}
	}
	for _, declared := range file.Decls {
		switch declared := declared.(type) {
		case *ast.FuncDecl:
			if declared.Recv == nil {
				add(declared.Name.Name, declared.Doc)
			} else {
				add(receiver(declared)+"."+declared.Name.Name, declared.Doc)
			}
		case *ast.GenDecl:
			for _, spec := range declared.Specs {
				switch spec := spec.(type) {
				case *ast.ValueSpec:
					for _, name := range spec.Names {
						add(name.Name, spec.Doc, spec.Comment, declared.Doc)
					}
				case *ast.TypeSpec:
					add(spec.Name.Name, spec.Doc, declared.Doc)
					for _, member := range members(spec.Type) {
						for _, name := range member.Names { // an embedded field has no name
							add(spec.Name.Name+"."+name.Name, member.Doc, member.Comment)
						}
					}
				}
			}
		}
	}
	return found
}

// members returns the fields of a struct or the methods of an interface.
func members(kind ast.Expr) []*ast.Field {
	switch kind := kind.(type) {
	case *ast.StructType:
		return kind.Fields.List
	case *ast.InterfaceType:
		return kind.Methods.List
	}
	return nil
}

// fault returns what is wrong with the comment, or "".
func (n named) fault() string {
	if n.comment == "" {
		return "has no comment"
	}
	name := n.path[strings.LastIndexByte(n.path, '.')+1:]
	if rest, ok := strings.CutPrefix(n.comment, name+" "); ok {
		if first, _ := utf8.DecodeRuneInString(rest); unicode.IsUpper(first) {
			return "has a comment that does not continue its name"
		}
	}
	known := words(n.path)
	for _, word := range words(n.comment) {
		if !slices.Contains(known, word) && !slices.Contains(known, strings.TrimSuffix(word, "s")) && !slices.Contains(filler, word) {
			return ""
		}
	}
	return "has a comment that only repeats its name"
}

// filler are words that add nothing to a comment.
var filler = strings.Fields("a an and are by defines for from has in is it its of on or that the this to which with" +
	" application body content json model parameters type values")

var word = regexp.MustCompile(`[A-Z]+[a-z]*|[a-z]+|[0-9]+`)

// words returns the words of a text in lower case. It splits camel-case names.
func words(text string) []string {
	found := word.FindAllString(text, -1)
	for i := range found {
		found[i] = strings.ToLower(found[i])
	}
	return found
}
