package main

import (
	"context"
	"fmt"
	"go/ast"
	"go/build"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
)

// goPackages are the type-checked packages of a tree, without function bodies.
type goPackages struct {
	tree     tree
	module   string
	files    *token.FileSet
	checked  map[string]*types.Package // by import path
	external types.Importer
}

// loadPackages type-checks the packages in folders of a tree and their imports.
func loadPackages(ctx context.Context, t tree, folders ...string) (*goPackages, error) {
	text, err := os.ReadFile(filepath.Join(t.dir, "go.mod"))
	if err != nil {
		return nil, err
	}
	module := modulePath.FindSubmatch(text)
	if module == nil {
		return nil, fmt.Errorf("go.mod of %s has no module line", t.name)
	}
	p := &goPackages{tree: t, module: string(module[1]), files: token.NewFileSet(), checked: map[string]*types.Package{}}
	var paths []string
	for _, folder := range folders {
		found, err := packages(t, folder)
		if err != nil {
			return nil, err
		}
		paths = append(paths, found...)
	}
	_, outside, err := p.imports(paths)
	if err != nil {
		return nil, err
	}
	exports, err := exportData(ctx, t.dir, string(text), outside)
	if err != nil {
		return nil, err
	}
	p.external = importer.ForCompiler(p.files, "gc", func(path string) (io.ReadCloser, error) {
		if exports[path] == "" {
			return nil, fmt.Errorf("no export data of %s", path)
		}
		return os.Open(exports[path])
	})
	for _, folder := range paths {
		if _, err := p.Import(p.module + "/" + folder); err != nil {
			return nil, fmt.Errorf("%s of %s: %w", folder, t.name, err)
		}
	}
	return p, nil
}

var modulePath = regexp.MustCompile(`(?m)^module\s+(\S+)`)

// folder returns the folder of a package, and whether the package belongs to
// the module.
func (p *goPackages) folder(path string) (string, bool) {
	return strings.CutPrefix(path, p.module+"/")
}

// Import implements types.Importer.
func (p *goPackages) Import(path string) (*types.Package, error) {
	folder, ours := p.folder(path)
	if !ours {
		return p.external.Import(path)
	}
	if checked := p.checked[path]; checked != nil {
		return checked, nil
	}
	dir := filepath.Join(p.tree.dir, folder)
	found, err := build.Default.ImportDir(dir, 0)
	if err != nil {
		return nil, err
	}
	var files []*ast.File
	for _, name := range found.GoFiles {
		file, err := parser.ParseFile(p.files, filepath.Join(dir, name), nil, parser.SkipObjectResolution)
		if err != nil {
			return nil, err
		}
		files = append(files, file)
	}
	config := types.Config{Importer: p, IgnoreFuncBodies: true}
	checked, err := config.Check(path, p.files, files, nil)
	if err == nil {
		p.checked[path] = checked
	}
	return checked, err
}

// imports returns the transitive imports of packages: the folders of packages
// in the module, including the packages themselves, and the import paths of all
// others.
func (p *goPackages) imports(folders []string) (inside, outside []string, err error) {
	inside = slices.Clone(folders)
	for i := 0; i < len(inside); i++ { // inside grows in the loop
		found, err := build.Default.ImportDir(filepath.Join(p.tree.dir, inside[i]), 0)
		if err != nil {
			return nil, nil, fmt.Errorf("%s of %s: %w", inside[i], p.tree.name, err)
		}
		for _, path := range found.Imports {
			folder, ours := p.folder(path)
			switch {
			case ours && !slices.Contains(inside, folder):
				inside = append(inside, folder)
			case !ours && path != "unsafe" && !slices.Contains(outside, path):
				outside = append(outside, path)
			}
		}
	}
	slices.Sort(outside)
	return inside, outside, nil
}

// exported caches the results of exportData for trees with the same go.mod.
var exported sync.Map

// exportData returns the compiler's export data files of packages and their
// dependencies, by import path.
func exportData(ctx context.Context, dir, goMod string, paths []string) (map[string]string, error) {
	key := goMod + "\n" + strings.Join(paths, "\n")
	once, _ := exported.LoadOrStore(key, sync.OnceValues(func() (map[string]string, error) {
		args := append([]string{"list", "-export", "-deps", "-f", "{{.ImportPath}}\t{{.Export}}", "--"}, paths...)
		out, err := output(ctx, dir, []string{"GOWORK=off"}, "go", args...)
		if err != nil {
			return nil, err
		}
		files := map[string]string{}
		for line := range strings.Lines(out) {
			path, file, _ := strings.Cut(strings.TrimSpace(line), "\t")
			files[path] = file
		}
		return files, nil
	}))
	return once.(func() (map[string]string, error))()
}

// surface returns the exported API of the package in a folder.
func (p *goPackages) surface(folder string) surface {
	checked := p.checked[p.module+"/"+folder]
	if checked == nil {
		return nil
	}
	return surfaceOf(checked, p.module)
}

// compiles reports whether a file belongs to one of the loaded packages or
// their imports.
func (p *goPackages) compiles(file string) bool {
	return isPackageFile(file) && p.checked[p.module+"/"+path.Dir(file)] != nil
}
