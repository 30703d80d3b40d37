package main

import (
	"context"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// apiChange is one change of a package's exported API.
type apiChange struct {
	name     string // "(*API).DeleteFile"
	what     string // "added", "removed", "changed from … to …"
	breaking bool
}

// apiChanges compares the exported API of a package in one tree with that of
// another, whose path may be another one.
func apiChanges(ctx context.Context, tools tools, temp string, base, head folder) ([]apiChange, error) {
	var files [2]string
	for i, f := range []folder{base, head} {
		files[i] = filepath.Join(temp, strconv.Itoa(i)+".export")
		if _, err := output(ctx, f.tree.dir, []string{"GOWORK=off"}, tools.apidiff, "-w", files[i], "./"+f.path); err != nil {
			return nil, fmt.Errorf("%s of %s: %w", f.path, f.tree.name, err)
		}
	}
	out, err := output(ctx, temp, nil, tools.apidiff, "-allow-internal", files[0], files[1])
	if err != nil {
		return nil, err
	}
	return parseAPIDiff(out)
}

// folder is a package of a tree.
type folder struct {
	tree tree
	path string
}

// exists reports whether the tree has the folder.
func (f folder) exists() bool {
	info, err := os.Stat(filepath.Join(f.tree.dir, f.path))
	return err == nil && info.IsDir()
}

// parseAPIDiff reads what apidiff prints.
func parseAPIDiff(out string) ([]apiChange, error) {
	var changes []apiChange
	breaking := false
	for line := range strings.Lines(out) {
		line = strings.TrimSuffix(line, "\n")
		switch name, what, ok := strings.Cut(strings.TrimPrefix(line, "- "), ": "); {
		case line == "Incompatible changes:":
			breaking = true
		case line == "Compatible changes:":
			breaking = false
		case ok && strings.HasPrefix(line, "- "):
			changes = append(changes, apiChange{name, what, breaking})
		default:
			return nil, fmt.Errorf("apidiff: unexpected line %q", line)
		}
	}
	return changes, nil
}

// goChanges is what the changes of a package mean to its callers.
type goChanges struct {
	removed     []string
	changed     []string // with how
	stock       []string // breaks of the stock client by what they are: they follow from the spec
	stockBreaks int
	stockMore   int      // additions to it
	gained      []string // methods of the stock interfaces: no break for callers
	added       []string // with their kind
}

func (c goChanges) breaks() int { return len(c.removed) + len(c.changed) + c.stockBreaks }

// classify sorts the changes of a package. kinds are of its new declarations.
func classify(changes []apiChange, kinds map[string]string) goChanges {
	var c goChanges
	additions, stock := map[string][]string{}, map[string][]string{}
	for _, change := range changes {
		name := "`" + change.name + "`"
		switch {
		case change.what == "added" && inStockInterface(change.name):
			// A method of an interface is listed twice, as both kinds.
			if change.breaking {
				c.gained = append(c.gained, name)
			}
		case isStock(change.name) && change.breaking:
			what, _, _ := strings.Cut(change.what, " ")
			stock[what] = append(stock[what], name)
			c.stockBreaks++
		case isStock(change.name):
			c.stockMore++
		case !change.breaking:
			kind := kindOf(change.name, kinds)
			additions[kind] = append(additions[kind], name)
		case change.what == "removed":
			c.removed = append(c.removed, name)
		default:
			c.changed = append(c.changed, name+": "+quoteTypes(change.name, change.what))
		}
	}
	for _, what := range slices.Sorted(maps.Keys(stock)) {
		c.stock = append(c.stock, what+": "+strings.Join(stock[what], ", "))
	}
	for _, kind := range []string{"method", "function", "type", "field", "constant", "variable"} {
		if names := additions[kind]; len(names) > 0 {
			c.added = append(c.added, plural(len(names), kind)+": "+capped(names))
		}
	}
	return c
}

var fromTo = regexp.MustCompile(`^((?:value )?changed from) (.*?) to ([^ ].*)$`)

// quoteTypes sets the types of a message in code.
func quoteTypes(name, what string) string {
	parts := fromTo.FindStringSubmatch(what)
	switch {
	case parts == nil:
		return what
	case parts[3] == name: // apidiff has no more to say of a struct or an interface
		return fmt.Sprintf("%s `%s` to a type of another kind", parts[1], parts[2])
	}
	return fmt.Sprintf("%s `%s` to `%s`", parts[1], parts[2], parts[3])
}

var (
	stockInterface = regexp.MustCompile(`^Client(WithResponses)?Interface\.`)
	stockName      = regexp.MustCompile(`^\(\*Client(WithResponses)?\)\.|^Client(WithResponses)?Interface\.|^New\w+Request(WithBody)?$|^Parse\w+HTTPResponse$|^\(?\w+HTTPResponse(\d+Headers)?(\W|$)`)
)

func inStockInterface(name string) bool { return stockInterface.MatchString(name) }

// isStock reports whether a name belongs to the stock client, and not to the
// types that both layers use.
func isStock(name string) bool { return stockName.MatchString(name) }

func kindOf(name string, kinds map[string]string) string {
	if kind := kinds[name]; kind != "" {
		return kind
	}
	if strings.HasPrefix(name, "(") {
		return "method"
	}
	return "field"
}

// declarations returns the kind of each exported name that a package declares,
// as the report calls them, and by their package the types of this module's
// internal packages that it exports under a name of its own.
func declarations(dir string) (kinds map[string]string, aliases map[string][]string, err error) {
	kinds, aliases = map[string]string{}, map[string][]string{}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, nil, err
	}
	for _, entry := range entries {
		if !isPackageFile(entry.Name()) {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), filepath.Join(dir, entry.Name()), nil, parser.SkipObjectResolution)
		if err != nil {
			return nil, nil, err
		}
		for _, declaration := range file.Decls {
			switch declaration := declaration.(type) {
			case *ast.FuncDecl:
				if declaration.Recv == nil {
					kinds[declaration.Name.Name] = "function"
				} else if receiver, ok := declaration.Recv.List[0].Type.(*ast.Ident); ok {
					kinds[receiver.Name+"."+declaration.Name.Name] = "method"
				}
			case *ast.GenDecl:
				declare(declaration, file.Imports, kinds, aliases)
			}
		}
	}
	return kinds, aliases, nil
}

func declare(declaration *ast.GenDecl, imports []*ast.ImportSpec, kinds map[string]string, aliases map[string][]string) {
	for _, spec := range declaration.Specs {
		switch spec := spec.(type) {
		case *ast.TypeSpec:
			kinds[spec.Name.Name] = "type"
			selector, ok := spec.Type.(*ast.SelectorExpr)
			if !ok || !spec.Assign.IsValid() {
				continue
			}
			for _, imported := range imports {
				path, err := strconv.Unquote(imported.Path.Value)
				_, name, internal := strings.Cut(path, "/internal/")
				if x, ok := selector.X.(*ast.Ident); err == nil && internal && ok && filepath.Base(name) == x.Name {
					aliases["internal/"+name] = append(aliases["internal/"+name], selector.Sel.Name)
				}
			}
		case *ast.ValueSpec:
			kind := "constant"
			if declaration.Tok == token.VAR {
				kind = "variable"
			}
			for _, name := range spec.Names {
				kinds[name.Name] = kind
			}
		}
	}
}

// ofTypes keeps the changes of some types of a package.
func ofTypes(changes []apiChange, types []string) []apiChange {
	return slices.DeleteFunc(changes, func(c apiChange) bool {
		name := strings.NewReplacer("(*", "", "(", "", ")", "").Replace(c.name)
		name, _, _ = strings.Cut(name, ".")
		return !slices.Contains(types, name)
	})
}

// samePackage reports whether a package has the same files on both sides.
func samePackage(base, head folder) (bool, error) {
	if base.path != head.path {
		return false, nil
	}
	files, err := changedFiles(base.tree.dir, head.tree.dir, base.path)
	if err != nil {
		return false, err
	}
	return !slices.ContainsFunc(files, isPackageFile), nil
}

// packages lists the folders of packages below a folder.
func packages(t tree, below string) ([]string, error) {
	var found []string
	err := fs.WalkDir(os.DirFS(t.dir), below, func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		folder := filepath.ToSlash(filepath.Dir(name))
		if !d.IsDir() && isPackageFile(name) && !slices.Contains(found, folder) {
			found = append(found, folder)
		}
		return nil
	})
	return found, err
}
