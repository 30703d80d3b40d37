package main

import (
	"bytes"
	"context"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/pinecone-community/assistant-go/internal/compile"
	"github.com/pinecone-community/assistant-go/openapi/internal/specdiff"
)

// project is the reviewed part of a tree.
type project struct {
	tree
	overlays map[string][]*compile.Action            // by plane
	specs    map[string]map[string]*compile.Overlaid // by version and plane
	packages *goPackages
}

// load reads the specs and the generated code of a tree.
func load(ctx context.Context, t tree) (*project, error) {
	overlays, specs, err := compile.OverlaidSpecs(t.dir)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", t.name, err)
	}
	p := &project{tree: t, specs: specs, overlays: map[string][]*compile.Action{}}
	for _, overlay := range overlays {
		p.overlays[overlay.Plane()] = overlay.Actions
	}
	p.packages, err = loadPackages(ctx, t, "gen", "auth")
	return p, err
}

func (p *project) versions() []string {
	return slices.SortedFunc(maps.Keys(p.specs), compile.CompareVersions)
}

func (p *project) planes(version string) []string {
	return slices.Sorted(maps.Keys(p.specs[version]))
}

// published returns the file of a spec, and the spec without the overlay.
func (p *project) published(version, plane string) (string, *openapi3.T, error) {
	file := filepath.Join(p.dir, "openapi", version, plane+".yaml")
	doc, err := openapi3.NewLoader().LoadFromFile(file)
	return file, doc, err
}

// compare compares both sides.
func compare(ctx context.Context, s sides, diff differ, temp string) (*report, error) {
	r := &report{base: s.base.name, head: s.head.name, released: s.released}
	var err error
	if r.generator, r.sameGenerator, err = generators(s); err != nil {
		return nil, err
	}
	c := comparer{diff: diff, temp: temp}
	if c.base, err = load(ctx, s.base); err != nil {
		return nil, err
	}
	if s.from != "" {
		c.head = c.base
		r.moving = [2]string{s.from, s.to}
		r.main, err = c.versions(ctx, [][2]string{r.moving})
		return r, err
	}
	if c.head, err = load(ctx, s.head); err != nil {
		return nil, err
	}
	if r.main, err = c.versions(ctx, c.pairs(r)); err != nil {
		return nil, err
	}
	for _, plane := range slices.Sorted(maps.Keys(c.head.overlays)) {
		r.main.addOverlay(plane, c.base.overlays[plane], c.head.overlays[plane])
	}
	for _, plane := range slices.Sorted(maps.Keys(c.base.overlays)) {
		if c.head.overlays[plane] == nil {
			r.main.addOverlay(plane, c.base.overlays[plane], nil)
		}
	}
	c.goPackage(r.main, "auth", "auth", "auth", nil)
	for _, added := range r.added {
		f := &findings{}
		if added.compared != "" {
			// The head has both versions.
			move := c
			move.base = c.head
			if f, err = move.versions(ctx, [][2]string{{added.compared, added.version}}); err != nil {
				return nil, err
			}
		}
		f.added = added
		r.news = append(r.news, f)
	}
	files, err := changedFiles(s.base.dir, s.head.dir, "openapi", "go.mod", "internal", "auth")
	if err != nil {
		return nil, err
	}
	for _, file := range files {
		if inGenerator(file) {
			r.templates = append(r.templates, "`"+file+"`")
		}
		r.behind = r.behind || c.head.packages.compiles(file)
	}
	r.explained = !r.sameGenerator || r.templates != nil || slices.Contains(files, "go.mod") || r.main.explains()
	return r, nil
}

// newVersion is a version that only the head has.
type newVersion struct {
	version  string
	compared string // the preceding version, or ""
}

// pairs returns the versions that both sides have, each paired with itself. It
// records in the report the versions that only one side has.
func (c comparer) pairs(r *report) [][2]string {
	base, head := c.base.versions(), c.head.versions()
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
	return kept
}

type comparer struct {
	base, head *project
	diff       differ
	temp       string
}

// versions compares versions of the base with versions of the head.
func (c comparer) versions(ctx context.Context, pairs [][2]string) (*findings, error) {
	f := &findings{}
	for _, pair := range pairs {
		if err := c.version(ctx, f, pair[0], pair[1]); err != nil {
			return nil, err
		}
	}
	if len(pairs) == 1 {
		f.onlyVersion = pairs[0][1]
	}
	return f, nil
}

func (c comparer) version(ctx context.Context, f *findings, from, to string) error {
	base, head := c.base.planes(from), c.head.planes(to)
	for _, plane := range head {
		scope := to + "/" + plane
		f.scopes = append(f.scopes, scope)
		if !slices.Contains(base, plane) {
			f.planes.add(scope, "the plane is new")
			continue
		}
		if err := c.plane(ctx, f, scope, from, to, plane); err != nil {
			return fmt.Errorf("openapi/%s/%s.yaml: %w", to, plane, err)
		}
	}
	for _, plane := range base {
		if !slices.Contains(head, plane) {
			f.planes.add(to+"/"+plane, "the plane is removed")
		}
	}
	return c.generated(ctx, f, from, to)
}

// plane compares the specs of a plane, without and with the overlay.
func (c comparer) plane(ctx context.Context, f *findings, scope, from, to, name string) error {
	baseFile, basePublished, err := c.base.published(from, name)
	if err != nil {
		return err
	}
	headFile, headPublished, err := c.head.published(to, name)
	if err != nil {
		return err
	}
	baseText, err := os.ReadFile(baseFile)
	if err != nil {
		return err
	}
	headText, err := os.ReadFile(headFile)
	if err != nil {
		return err
	}
	differences, err := specdiff.Compare(baseText, headText)
	if err != nil {
		return err
	}
	var changes []change
	if !bytes.Equal(baseText, headText) {
		if changes, err = c.diff(ctx, baseFile, headFile); err != nil {
			return err
		}
	}
	f.addSpec(scope, facts(changes), differences)

	before, after := walk(c.base.specs[from][name].Spec), walk(c.head.specs[to][name].Spec)
	published := [2]wire{walk(basePublished), walk(headPublished)}
	for _, line := range published[0].hidden(published[1], before, after).without(published[1], operations) {
		f.specOther.add(scope, "removed from the spec, but added by an overlay: "+line)
	}
	for _, line := range published[1].hidden(published[0], after, before).without(published[0], operations) {
		f.specOther.add(scope, "added to the spec, and by an overlay before: "+line)
	}
	ofSpec, ofOverlay := before.split(published[0])
	f.lost.add(scope, ofSpec.without(after, quoteAll)...)
	f.overlayLost.add(scope, ofOverlay.without(after, quoteAll)...)
	ofSpec, ofOverlay = after.split(published[1])
	f.gained.add(scope, ofSpec.without(before, operations)...)
	f.overlayGained.add(scope, ofOverlay.without(before, operations)...)

	f.addApplied(scope, c.base.overlays[name], c.head.overlays[name], from, to)
	return nil
}

// generated compares the generated packages of a version.
func (c comparer) generated(ctx context.Context, f *findings, from, to string) error {
	count, err := countLines(ctx, c.temp, filepath.Join(c.base.dir, "gen", from), filepath.Join(c.head.dir, "gen", to))
	if err != nil {
		return err
	}
	f.count.add(count)
	base, err := packages(c.base.tree, "gen/"+from)
	if err != nil {
		return err
	}
	head, err := packages(c.head.tree, "gen/"+to)
	if err != nil {
		return err
	}
	for _, was := range base {
		other := strings.Replace(was, "gen/"+from, "gen/"+to, 1)
		scope := strings.TrimPrefix(other, "gen/")
		if !slices.Contains(head, other) {
			f.goRemoved.add(scope, "the package is removed")
			f.broken = append(f.broken, was)
			continue
		}
		c.goPackage(f, scope, was, other, specNames(c.base.specs[from], c.head.specs[to], filepath.Base(was)))
	}
	for _, path := range head {
		if !slices.Contains(base, strings.Replace(path, "gen/"+to, "gen/"+from, 1)) {
			f.goAdded.add(strings.TrimPrefix(path, "gen/"), "the package is new")
		}
	}
	return nil
}

// goPackage compares two packages.
func (c comparer) goPackage(f *findings, scope, base, head string, spec map[string]string) {
	changes := apiChanges(c.base.packages.surface(base), c.head.packages.surface(head))
	if base != head {
		changes = slices.DeleteFunc(changes, func(change apiChange) bool {
			return change.name == "APIVersion" && strings.HasPrefix(change.what, "value changed")
		})
	}
	f.addGo(scope, classify(changes, spec))
}

// specNames maps the Go names of a plane's types and methods to the names in
// the specs, where the two differ in more than case and underscores.
func specNames(base, head map[string]*compile.Overlaid, plane string) map[string]string {
	names := map[string]string{}
	for _, spec := range []*compile.Overlaid{base[plane], head[plane]} {
		if spec == nil {
			continue
		}
		add := func(goName, name string) {
			if !strings.EqualFold(goName, strings.ReplaceAll(name, "_", "")) {
				names[goName] = name
			}
		}
		for name, goName := range spec.GoNames {
			add(goName, name)
		}
		for path, item := range spec.Spec.Paths.Map() {
			for verb, operation := range item.Operations() {
				add(spec.Methods[verb+" "+path], operation.OperationID)
			}
		}
	}
	return names
}
