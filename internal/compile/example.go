package compile

import (
	"cmp"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/oapi-codegen/oapi-codegen/v2/pkg/codegen"
)

// examples is the value of x-example of an operation: code by the name of the
// function, the method of API, or the type that it demonstrates. If the value
// is a text, it is the code for the method of the operation.
type examples map[string]string

func checkExamples(value any) error {
	if text, ok := value.(string); ok && strings.TrimSpace(text) != "" {
		return nil
	}
	named, err := as[examples](value)
	if err != nil || len(named) == 0 {
		return errors.New("want code, or code by the name of a function or type")
	}
	for name, code := range named {
		if !exampleName.MatchString(name) {
			return fmt.Errorf("%q: want the name of a function, a type, or a method as in File.WithProgress", name)
		}
		if err := text(code); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	return nil
}

var exampleName = regexp.MustCompile(`^[A-Z]\w*(\.[A-Z]\w*)?$`)

// describeExamples collects the examples of an operation. A function without an
// example in the overlay gets a call with placeholder arguments, and a note
// names it.
func (m *method) describeExamples(op codegen.OperationDefinition, t *types) {
	m.Examples = examples{}
	if text, ok := op.Spec.Extensions[extExample].(string); ok {
		m.Examples[m.Name] = text
	} else if named, ok := extension[examples](op.Spec.Extensions, extExample); ok {
		maps.Copy(m.Examples, named)
	}
	var plain []string
	for _, name := range m.Names() {
		if c := m.collector(); m.Examples[name] != "" || c != nil && (name == c.Name || name == c.Text) {
			continue
		}
		plain = append(plain, name)
		if code := m.plainExample(name, t); code != "" {
			m.Examples[name] = code
		}
	}
	if len(plain) > 0 {
		t.plane.notes = append(t.plane.notes, Note{Place: m.Endpoint.String(), Optional: true,
			Text: fmt.Sprintf("%s has no example of %s: the documentation shows a call with placeholder arguments", extExample, strings.Join(plain, ", "))})
	}
}

func (m *method) collector() *collector {
	if m.Stream == nil {
		return nil
	}
	return m.Stream.Collect
}

// plainExample returns the code of a call with placeholder arguments, or "" if
// an argument has no placeholder.
func (m *method) plainExample(name string, t *types) string {
	arguments := "ctx"
	for _, s := range m.Path {
		if s.Variable == "" {
			continue
		}
		switch {
		case s.Type == "string", t.schemas[s.Type].GoType == "string":
			arguments += fmt.Sprintf(", %q", strings.ReplaceAll(s.Name, "_", "-"))
		case strings.HasPrefix(s.Type, "int"), strings.HasPrefix(s.Type, "float"):
			arguments += ", 1"
		default:
			return ""
		}
	}
	if m.Wait != nil && name == m.Wait.Name {
		return fmt.Sprintf("result, err := api.%s(%s)\nif err != nil {\n\treturn err\n}\nfmt.Printf(\"%%+v\\n\", result)", name, arguments)
	}
	if m.Params != "" {
		arguments += ", nil"
	}
	if m.Body != "" {
		if len(t.schemas[m.Body].Properties) == 0 {
			return ""
		}
		arguments += fmt.Sprintf(", %s.%s{}", t.plane.name(), m.Body)
	}
	if m.Follow != nil && name == m.Follow.Name {
		arguments += ", nil"
	}
	call := fmt.Sprintf("api.%s(%s)", name, arguments)
	switch {
	case m.Stream != nil && name == m.Stream.Name, m.Pages != nil && name == m.Pages.Name:
		return fmt.Sprintf("for value, err := range %s {\n\tif err != nil {\n\t\treturn err\n\t}\n\tfmt.Printf(\"%%+v\\n\", value)\n}", call)
	case m.Download:
		return fmt.Sprintf("content, err := %s\nif err != nil {\n\treturn err\n}\ndefer content.Close()\nif _, err := io.Copy(os.Stdout, content); err != nil {\n\treturn err\n}", call)
	case m.Result == "":
		return fmt.Sprintf("if err := %s; err != nil {\n\treturn err\n}", call)
	}
	return fmt.Sprintf("result, err := %s\nif err != nil {\n\treturn err\n}\nfmt.Printf(\"%%+v\\n\", result)", call)
}

// examplesFile returns the file with the examples of a package with the given
// source files. An example of a name that the package does not declare is left
// out, and a note names it.
func examplesFile(p *plane, generator string, code ...string) (string, error) {
	exported, err := exportedNames(code...)
	if err != nil {
		return "", err
	}
	methods := map[string]bool{}
	for _, m := range p.Methods {
		for _, name := range m.Names() {
			methods[name] = exported["API."+name]
		}
	}
	found := map[string]string{} // code by the name of the function
	for _, m := range p.Methods {
		for _, name := range slices.Sorted(maps.Keys(m.Examples)) {
			function := "Example" + strings.ReplaceAll(name, ".", "_")
			switch base, _, _ := strings.Cut(name, "."); {
			case methods[name]:
				function = "ExampleAPI_" + name
			case !exported[base]:
				p.notes = append(p.notes, Note{Place: m.Endpoint.String(), Text: fmt.Sprintf("%s: the package has no %s", extExample, name), Optional: true})
				continue
			}
			if _, twice := found[function]; twice {
				return "", fmt.Errorf("%s: %s: %s already has an example", m.Endpoint, extExample, name)
			}
			body, err := p.exampleBody(m.Examples[name])
			if err != nil {
				return "", fmt.Errorf("%s: %s: %s: %w", m.Endpoint, extExample, name, err)
			}
			found[function] = body
		}
	}
	var functions strings.Builder
	for _, name := range slices.Sorted(maps.Keys(found)) {
		fmt.Fprintf(&functions, "\nfunc %s() {\n%s\n}\n", name, found[name])
	}
	imports, err := importsOf(functions.String(), map[string]string{"auth": module + "/auth", p.name(): module + "/" + p.Folder})
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("// Code generated by %s DO NOT EDIT.\n\npackage %s_test\n\n%s%s", generator, p.name(), imports, functions.String()), nil
}

// exampleBody returns the body of an example: the code that creates api and
// ctx, if the example uses them, and the code of the example, with log.Fatal in
// place of return.
func (p *plane) exampleBody(code string) (string, error) {
	file, err := parser.ParseFile(token.NewFileSet(), "", "package p\nfunc _() error {\n"+code+"\nreturn nil }", 0)
	if err != nil {
		return "", errors.New(strings.SplitN(err.Error(), ": ", 2)[1])
	}
	uses := map[string]bool{}
	for _, name := range file.Unresolved {
		uses[name.Name] = true
	}
	var body strings.Builder
	if uses["ctx"] {
		body.WriteString("\tctx := context.Background()\n")
	}
	if uses["api"] {
		body.WriteString(p.newAPI(fmt.Sprintf("host := %q // Assistant.Host, from package control\n", "https://prod-1-data.ke.pinecone.io")))
	}
	body.WriteString(strings.TrimSpace(code))
	return returnsErr.ReplaceAllString(body.String(), "${1}log.Fatal(err)"), nil
}

var returnsErr = regexp.MustCompile(`(?m)^(\s*)return err$`)

// newAPI returns the code that creates an API with the key from the
// environment. host is the code that sets the host, for a plane whose server
// has a host variable.
func (p *plane) newAPI(host string) string {
	arguments := ""
	if p.HostVariable != "" {
		arguments = "host, "
	} else {
		host = ""
	}
	return fmt.Sprintf("editor, err := auth.FromEnv() // PINECONE_API_KEY\nif err != nil {\nreturn err\n}\n"+
		"%[3]sapi, err := %[1]s.New(%[2]s%[1]s.WithRequestEditorFn(editor))\nif err != nil {\nreturn err\n}\n", p.name(), arguments, host)
}

// name returns the name of the generated package.
func (p *plane) name() string { return p.Folder[strings.LastIndexByte(p.Folder, '/')+1:] }

// exportedNames returns the names that Go files declare; a method has the form
// API.Chat.
func exportedNames(code ...string) (map[string]bool, error) {
	names := map[string]bool{}
	for _, text := range code {
		file, err := parser.ParseFile(token.NewFileSet(), "", text, parser.SkipObjectResolution)
		if err != nil {
			return nil, err
		}
		for _, declared := range file.Decls {
			switch declared := declared.(type) {
			case *ast.FuncDecl:
				name := declared.Name.Name
				if declared.Recv != nil {
					receiver := declared.Recv.List[0].Type
					if star, ok := receiver.(*ast.StarExpr); ok {
						receiver = star.X
					}
					if of, ok := receiver.(*ast.Ident); ok {
						name = of.Name + "." + name
					}
				}
				names[name] = true
			case *ast.GenDecl:
				for _, spec := range declared.Specs {
					if spec, ok := spec.(*ast.TypeSpec); ok {
						names[spec.Name.Name] = true
					}
				}
			}
		}
	}
	return names, nil
}

// standard are packages that examples may use, by their names.
var standard = map[string]string{
	"bytes": "bytes", "context": "context", "errors": "errors", "fmt": "fmt", "http": "net/http", "io": "io",
	"json": "encoding/json", "log": "log", "maps": "maps", "os": "os", "path": "path", "slices": "slices", "strings": "strings", "time": "time",
}

// importsOf returns the import declaration for Go code that uses packages of
// the standard library and the given packages, paths by name.
func importsOf(code string, others map[string]string) (string, error) {
	file, err := parser.ParseFile(token.NewFileSet(), "", "package p\n"+code, 0)
	if err != nil {
		return "", err
	}
	used := map[string]bool{}
	for _, name := range file.Unresolved {
		used[name.Name] = true
	}
	group := func(packages map[string]string) []string {
		var paths []string
		for name, path := range packages {
			if used[name] {
				paths = append(paths, fmt.Sprintf("\t%q\n", path))
			}
		}
		slices.SortFunc(paths, cmp.Compare)
		return paths
	}
	groups := strings.TrimSpace(strings.Join(group(standard), "") + "\n" + strings.Join(group(others), ""))
	if groups == "" {
		return "", nil
	}
	return "import (\n\t" + groups + "\n)\n", nil
}
