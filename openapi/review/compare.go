package main

import (
	"context"
	"fmt"
	"maps"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

// compare compares both sides.
func compare(ctx context.Context, s sides, tools tools, temp string) (*report, error) {
	r := &report{base: s.base.name, head: s.head.name, released: s.released}
	var err error
	if r.generator, r.sameGenerator, err = generators(s); err != nil {
		return nil, err
	}
	c := comparer{s, tools, temp}
	if s.from != "" {
		r.moving = [2]string{s.from, s.to}
		r.main, err = c.versions(ctx, [][2]string{{s.from, s.to}})
		return r, err
	}

	kept, err := c.pairs(r)
	if err != nil {
		return nil, err
	}
	if r.main, err = c.versions(ctx, kept); err != nil {
		return nil, err
	}
	if err := c.shared(ctx, r.main); err != nil {
		return nil, err
	}
	for _, added := range r.added {
		part := &part{}
		if added.compared != "" {
			if part, err = c.versions(ctx, [][2]string{{added.compared, added.version}}); err != nil {
				return nil, err
			}
		}
		part.added = added
		r.news = append(r.news, part)
	}
	files, err := changedFiles(s.base.dir, s.head.dir, "openapi", "go.mod", "internal", "auth")
	if err != nil {
		return nil, err
	}
	compiled, err := compiled(ctx, s.head)
	if err != nil {
		return nil, err
	}
	for _, file := range files {
		if inGenerator(file) {
			r.templates = append(r.templates, "`"+file+"`")
		}
		if isPackageFile(file) && slices.Contains(compiled, path.Dir(file)) {
			r.behind = true
		}
	}
	r.explained = !r.sameGenerator || r.templates != nil || slices.Contains(files, "go.mod") || r.main.explains()
	return r, nil
}

// compiled lists the folders whose packages an importer of gen and auth compiles.
func compiled(ctx context.Context, t tree) ([]string, error) {
	out, err := output(ctx, t.dir, []string{"GOWORK=off"}, "go", "list", "-deps", "-f", "{{with .Module}}{{if .Main}}{{$.Dir}}{{end}}{{end}}", "./gen/...", "./auth/...")
	if err != nil {
		return nil, err
	}
	// The go command may know the folder by another name, without links.
	root, err := filepath.EvalSymlinks(t.dir)
	if err != nil {
		return nil, err
	}
	var folders []string
	for dir := range strings.Lines(out) {
		folder, err := filepath.Rel(root, strings.TrimSpace(dir))
		if err != nil {
			return nil, err
		}
		folders = append(folders, filepath.ToSlash(folder))
	}
	return folders, nil
}

// newVersion is a version that the base has not.
type newVersion struct {
	version  string
	compared string // the one before it, if there is one
}

// pairs returns the versions that both sides have, each with itself, and notes
// in the report those that only one has.
func (c comparer) pairs(r *report) ([][2]string, error) {
	base, err := c.base.versions()
	if err != nil {
		return nil, err
	}
	head, err := c.head.versions()
	if err != nil {
		return nil, err
	}
	var kept [][2]string
	for i, version := range head {
		switch {
		case slices.Contains(base, version):
			kept = append(kept, [2]string{version, version})
		case i > 0:
			r.added = append(r.added, newVersion{version, head[i-1]})
		default:
			r.added = append(r.added, newVersion{version: version})
		}
	}
	for _, version := range base {
		if !slices.Contains(head, version) {
			r.removed = append(r.removed, version)
		}
	}
	return kept, nil
}

type comparer struct {
	sides
	tools tools
	temp  string
}

// versions compares versions of the base with versions of the head.
func (c comparer) versions(ctx context.Context, pairs [][2]string) (*part, error) {
	p := &part{}
	for _, pair := range pairs {
		// A new version is compared with one that the head has too.
		from := c
		if pair[0] != pair[1] {
			from.base = c.head
		}
		if err := from.version(ctx, p, pair[0], pair[1]); err != nil {
			return nil, err
		}
	}
	if len(pairs) == 1 {
		p.onlyVersion = pairs[0][1]
	}
	return p, nil
}

func (c comparer) version(ctx context.Context, p *part, from, to string) error {
	base, err := c.base.planes(from)
	if err != nil {
		return err
	}
	head, err := c.head.planes(to)
	if err != nil {
		return err
	}
	for _, plane := range head {
		scope := to + "/" + plane
		p.scopes = append(p.scopes, scope)
		if !slices.Contains(base, plane) {
			p.planes.add(scope, "a new plane")
			continue
		}
		if err := c.plane(ctx, p, scope, from, to, plane); err != nil {
			return err
		}
	}
	for _, plane := range base {
		if !slices.Contains(head, plane) {
			p.planes.add(to+"/"+plane, "this plane is gone")
		}
	}
	return c.generated(ctx, p, from, to)
}

// plane compares the spec and the overlay of a plane.
func (c comparer) plane(ctx context.Context, p *part, scope, from, to, name string) error {
	base, err := loadPlane(c.base, from, name)
	if err != nil {
		return err
	}
	head, err := loadPlane(c.head, to, name)
	if err != nil {
		return err
	}

	specs := [2]string{c.base.file(from, name+".yaml"), c.head.file(to, name+".yaml")}
	changes, err := changelog(ctx, c.tools.oasdiff, specs[0], specs[1])
	if err != nil {
		return fmt.Errorf("openapi/%s/%s.yaml: %w", to, name, err)
	}
	documents, err := compareDocuments(specs[0], specs[1])
	if err != nil {
		return err
	}
	p.addSpec(scope, facts(changes), documents)

	before, after := walk(base.doc), walk(head.doc)
	published := [2]wire{walk(base.published), walk(head.published)}
	for _, line := range published[0].hidden(published[1], before, after).without(published[1], operations) {
		p.specOther.add(scope, "lost where an overlay makes up for it: "+line)
	}
	for _, line := range published[1].hidden(published[0], after, before).without(published[0], operations) {
		p.specOther.add(scope, "gained what an overlay had: "+line)
	}
	p.lost.add(scope, before.without(after, quoteAll)...)
	p.gained.add(scope, after.without(before, operations)...)

	p.addOverlay(scope, compareOverlays(base.actions, head.actions), head.unmatched)
	if from == to {
		config := filepath.Join("openapi", to, name+".config.yaml")
		files, err := changedFiles(c.base.dir, c.head.dir, config)
		if err != nil {
			return err
		}
		if len(files) > 0 {
			p.configs.add(scope, "the configuration of oapi-codegen changed")
		}
	}
	return nil
}

// generated compares the generated packages of a version.
func (c comparer) generated(ctx context.Context, p *part, from, to string) error {
	count, err := countLines(ctx, c.temp, filepath.Join(c.base.dir, "gen", from), filepath.Join(c.head.dir, "gen", to))
	if err != nil {
		return err
	}
	p.count.add(count)
	base, err := packages(c.base, "gen/"+from)
	if err != nil {
		return err
	}
	head, err := packages(c.head, "gen/"+to)
	if err != nil {
		return err
	}
	for _, was := range base {
		other := strings.Replace(was, "gen/"+from, "gen/"+to, 1)
		scope := strings.TrimPrefix(other, "gen/")
		if !slices.Contains(head, other) {
			p.goRemoved.add(scope, "the package is gone")
			p.breaks++
			continue
		}
		if err := c.goPackage(ctx, p, scope, folder{c.base, was}, folder{c.head, other}); err != nil {
			return err
		}
	}
	for _, path := range head {
		if !slices.Contains(base, strings.Replace(path, "gen/"+to, "gen/"+from, 1)) {
			p.goAdded.add(strings.TrimPrefix(path, "gen/"), "a new package")
		}
	}
	return nil
}

// goPackage compares a package with another.
func (c comparer) goPackage(ctx context.Context, p *part, scope string, base, head folder) error {
	same, err := samePackage(base, head)
	if err != nil || same {
		return err
	}
	changes, err := apiChanges(ctx, c.tools, c.temp, base, head)
	if err != nil {
		return err
	}
	kinds, _, err := declarations(filepath.Join(head.tree.dir, head.path))
	if err != nil {
		return err
	}
	if base.path != head.path {
		changes = slices.DeleteFunc(changes, func(change apiChange) bool {
			return change.name == "APIVersion" && strings.HasPrefix(change.what, "value changed")
		})
	}
	p.addGo(scope, classify(changes, kinds))
	return nil
}

// shared compares what all versions share: auth, and the internal types that
// packages export under names of their own.
func (c comparer) shared(ctx context.Context, p *part) error {
	if err := c.goPackage(ctx, p, "auth", folder{c.base, "auth"}, folder{c.head, "auth"}); err != nil {
		return err
	}
	paths, err := packages(c.head, "gen")
	if err != nil {
		return err
	}
	exported := map[string][]string{}
	for _, path := range append(paths, "auth") {
		_, aliases, err := declarations(filepath.Join(c.head.dir, path))
		if err != nil {
			return err
		}
		for path, types := range aliases {
			exported[path] = append(exported[path], types...)
		}
	}
	for _, path := range slices.Sorted(maps.Keys(exported)) {
		base, head := folder{c.base, path}, folder{c.head, path}
		same, err := samePackage(base, head)
		if err != nil {
			return err
		}
		if same || !base.exists() { // types that moved are changes of the packages that export them
			continue
		}
		changes, err := apiChanges(ctx, c.tools, c.temp, base, head)
		if err != nil {
			return err
		}
		kinds, _, err := declarations(filepath.Join(head.tree.dir, path))
		if err != nil {
			return err
		}
		p.addGo("exported from "+path, classify(ofTypes(changes, exported[path]), kinds))
	}
	return nil
}
