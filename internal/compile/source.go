package compile

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/doc"
	"go/parser"
	"go/printer"
	"go/token"
	"path/filepath"
	"regexp"
	"strings"
)

// sources reads the comments of declarations in internal packages. A generated
// package shows them at its aliases of these declarations, because neither go doc
// nor pkg.go.dev follows an alias into an internal package.
type sources struct {
	root     string // root of the module
	packages map[string]*sourcePackage
}

type sourcePackage struct {
	*doc.Package
	files *token.FileSet
}

func (s *sources) load(name string) (*sourcePackage, error) {
	if p := s.packages[name]; p != nil {
		return p, nil
	}
	folder := filepath.Join(s.root, "internal", name)
	names, err := filepath.Glob(filepath.Join(folder, "*.go"))
	if err != nil {
		return nil, err
	}
	set := token.NewFileSet()
	var files []*ast.File
	for _, file := range names {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		parsed, err := parser.ParseFile(set, file, nil, parser.ParseComments)
		if err != nil {
			return nil, err
		}
		files = append(files, parsed)
	}
	if len(files) == 0 {
		return nil, fmt.Errorf("%s: no Go files", folder)
	}
	read, err := doc.NewFromFiles(set, files, module+"/internal/"+name)
	if err != nil {
		return nil, err
	}
	p := &sourcePackage{read, set}
	if s.packages == nil {
		s.packages = map[string]*sourcePackage{}
	}
	s.packages[name] = p
	return p, nil
}

// comment returns the comment lines of a declaration such as apierror.Error. as
// is the name of the alias, if it differs; it replaces the name in the comment.
func (s *sources) comment(qualified string, as ...string) (string, error) {
	pkg, name, _ := strings.Cut(qualified, ".")
	p, err := s.load(pkg)
	if err != nil {
		return "", err
	}
	text := ""
	for _, t := range p.Types {
		if t.Name == name {
			text = t.Doc
		}
		for _, f := range t.Funcs { // constructors
			if f.Name == name {
				text = f.Doc
			}
		}
	}
	for _, f := range p.Funcs {
		if f.Name == name {
			text = f.Doc
		}
	}
	if text == "" {
		return "", fmt.Errorf("internal/%s: %s has no comment", pkg, name)
	}
	return renamed(commented(text, ""), name, as), nil
}

// declaration returns comment lines with a block of code: a struct type with
// its exported fields and its methods, and their comments.
func (s *sources) declaration(qualified string, as ...string) (string, error) {
	pkg, name, _ := strings.Cut(qualified, ".")
	p, err := s.load(pkg)
	if err != nil {
		return "", err
	}
	for _, t := range p.Types {
		if t.Name != name {
			continue
		}
		code, err := p.structCode(t)
		if err != nil {
			return "", fmt.Errorf("internal/%s: %s: %w", pkg, name, err)
		}
		return renamed(commented(code, "\t"), name, as), nil
	}
	return "", fmt.Errorf("internal/%s has no type %s", pkg, name)
}

func (p *sourcePackage) structCode(t *doc.Type) (string, error) {
	spec, _ := t.Decl.Specs[0].(*ast.TypeSpec)
	if spec == nil {
		return "", fmt.Errorf("not a type")
	}
	fields, ok := spec.Type.(*ast.StructType)
	if !ok {
		return "", fmt.Errorf("not a struct")
	}
	var code strings.Builder
	if len(fields.Fields.List) > 0 {
		fmt.Fprintf(&code, "type %s struct {\n", t.Name)
		for i, field := range fields.Fields.List {
			text := field.Doc.Text()
			if text == "" {
				text = field.Comment.Text()
			}
			if i > 0 && text != "" {
				code.WriteString("\n")
			}
			code.WriteString(commented(narrow(text), "", "\t"))
			var names []string
			for _, name := range field.Names {
				names = append(names, name.Name)
			}
			kind, err := p.print(field.Type)
			if err != nil {
				return "", err
			}
			fmt.Fprintf(&code, "\t%s\n", strings.TrimSpace(strings.Join(names, ", ")+" "+kind))
		}
		code.WriteString("}\n")
	}
	for _, m := range t.Methods {
		if code.Len() > 0 {
			code.WriteString("\n")
		}
		code.WriteString(commented(narrow(m.Doc), ""))
		m.Decl.Doc, m.Decl.Body = nil, nil
		signature, err := p.print(m.Decl)
		if err != nil {
			return "", err
		}
		code.WriteString(signature + "\n")
	}
	return code.String(), nil
}

func (p *sourcePackage) print(node any) (string, error) {
	var code bytes.Buffer
	err := printer.Fprint(&code, p.files, node)
	return code.String(), err
}

// narrow wraps a comment at 64 bytes, for a block of code. Code in the comment
// is not wrapped. The brackets of links are removed, because a block of code
// has no links.
func narrow(text string) string {
	var lines, paragraph []string
	end := func() {
		if len(paragraph) > 0 {
			lines = append(lines, wrapAt(strings.Join(paragraph, " "), 64)...)
		}
		paragraph = nil
	}
	for line := range strings.SplitSeq(strings.TrimSpace(text), "\n") {
		if line != "" && line[0] != '\t' && line[0] != ' ' {
			paragraph = append(paragraph, link.ReplaceAllString(line, "$1"))
			continue
		}
		end()
		lines = append(lines, line)
	}
	end()
	return strings.Join(lines, "\n")
}

var link = regexp.MustCompile(`\[(\*?[A-Za-z][\w.]*)\]`)

// commented returns the lines of a text as comment lines. inner is the
// indentation after the comment marker, outer the indentation before it.
func commented(text, inner string, outer ...string) string {
	if text == "" {
		return ""
	}
	var comment strings.Builder
	for line := range strings.Lines(strings.TrimRight(text, "\n")) {
		line = strings.TrimRight(line, "\n")
		if line != "" && inner == "" && line[0] != '\t' {
			line = " " + line
		} else if line != "" {
			line = inner + line
		}
		comment.WriteString(strings.Join(outer, "") + "//" + line + "\n")
	}
	return comment.String()
}

// renamed replaces the name of a type in a comment by the name of its alias.
func renamed(comment, name string, as []string) string {
	if len(as) == 0 {
		return comment
	}
	return regexp.MustCompile(`(^|[^.\w])`+name+`\b`).ReplaceAllString(comment, "${1}"+as[0])
}
