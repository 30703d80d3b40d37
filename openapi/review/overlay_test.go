package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func TestCompareOverlays(t *testing.T) {
	set := func(value string) map[string]any { return map[string]any{"x": value} }
	base := []action{
		{Target: "$.a", Description: "A.", Update: set("1")},
		{Target: "$.b", Description: "B.", Remove: true},
		{Target: "$.c", Description: "C. Source - somebody.", Update: set("1")},
		{Target: "$.c", Description: "C again.", Update: set("2")},
		{Target: "$.d", Description: "D.", Update: set("1")},
	}
	for name, test := range map[string]struct {
		head                    []action
		added, removed, changed []string
		reworded                int
	}{
		"equal":         {head: base},
		"another order": {head: []action{base[4], base[3], base[2], base[1], base[0]}},
		"another description": {
			head:     []action{base[0], base[1], base[2], base[3], {Target: "$.d", Description: "DD.", Update: set("1")}},
			reworded: 1,
		},
		"another effect": {
			head:    []action{base[0], base[1], base[2], {Target: "$.c", Description: "C again.", Update: set("3")}, base[4]},
			changed: []string{"C again. (`$.c`)"},
		},
		"another target": {
			head:    []action{{Target: "$.z", Description: "A.", Update: set("1")}, base[1], base[2], base[3], base[4]},
			changed: []string{"A. (`$.z`)"},
		},
		"an update is no removal": {
			head:    []action{base[0], {Target: "$.b", Description: "B.", Update: set("1")}, base[2], base[3], base[4]},
			added:   []string{"B. (`$.b`)"},
			removed: []string{"B. (`$.b`)"},
		},
		"added": {
			head:  append(slices.Clone(base), action{Target: "$.e", Remove: true}),
			added: []string{"(`$.e`)"},
		},
		"removed, one of two on a target": {
			head:    []action{base[0], base[1], base[3], base[4]},
			removed: []string{"C. (`$.c`)"},
		},
		"all removed": {
			removed: []string{"A. (`$.a`)", "B. (`$.b`)", "C. (`$.c`)", "C again. (`$.c`)", "D. (`$.d`)"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			c := compareOverlays(base, test.head)
			for _, list := range []struct {
				what      string
				got, want []string
			}{
				{"added", describe(c.added), test.added},
				{"removed", describe(c.removed), test.removed},
				{"changed", describe(c.changed), test.changed},
			} {
				if !slices.Equal(list.got, list.want) {
					t.Errorf("%s %q, want %q", list.what, list.got, list.want)
				}
			}
			if c.reworded != test.reworded {
				t.Errorf("%d reworded, want %d", c.reworded, test.reworded)
			}
		})
	}
}

func TestDescribeTogether(t *testing.T) {
	got := describe([]action{{Target: "$.a", Description: "A name. Source - one."}, {Target: "$.b", Description: "B."}, {Target: "$.c", Description: "A name. Source - another."}})
	if want := []string{"A name. (2 actions)", "B. (`$.b`)"}; !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}

func TestLoadPlane(t *testing.T) {
	for name, test := range map[string]struct {
		file      string
		old, with string
		unmatched []string
		err       string
	}{
		"as it is":         {},
		"nothing matches":  {file: overlay, old: "$.components.schemas.Thing.", with: "$.components.schemas['Gone, \"and\" away'].", unmatched: []string{`$.components.schemas['Gone, "and" away'].properties`, `$.components.schemas['Gone, "and" away'].properties.state`}},
		"spec no YAML":     {file: spec, old: "openapi: 3.0.3", with: "openapi: [", err: "openapi/2099-01/data.yaml of here: "},
		"spec incomplete":  {file: spec, old: "schemas/ThingList", with: "schemas/Nothing", err: "openapi/2099-01/data.yaml of here: "},
		"remote reference": {file: spec, old: "'#/components/schemas/ThingList'", with: "'https://example.com/x.yaml'", err: "refusing to resolve remote reference"},
		"overlay no YAML":  {file: overlay, old: "actions:", with: "actions: [", err: "data.overlay.yaml"},
		"overlay invalid":  {file: overlay, old: "overlay: 1.0.0", with: "overlay: 9", err: "openapi/2099-01/data.yaml of here: "},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			if err := os.CopyFS(dir, os.DirFS("testdata/project")); err != nil {
				t.Fatal(err)
			}
			if test.file != "" {
				project{t, dir}.edit(test.file, test.old, test.with)
			}
			p, err := loadPlane(tree{"here", dir}, "2099-01", "data")
			if test.err != "" {
				if err == nil || !strings.Contains(err.Error(), test.err) {
					t.Fatalf("error %v, want %q", err, test.err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if !slices.Equal(p.unmatched, test.unmatched) {
				t.Errorf("unmatched %q, want %q", p.unmatched, test.unmatched)
			}
			if weight := p.doc.Components.Schemas["Thing"].Value.Properties["weight"]; (weight == nil) != (test.unmatched != nil) {
				t.Error("the overlay is not applied")
			}
		})
	}
}

func TestNoOverlay(t *testing.T) {
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS("testdata/project")); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(filepath.Join(dir, overlay)); err != nil {
		t.Fatal(err)
	}
	if p, err := loadPlane(tree{"here", dir}, "2099-01", "data"); err != nil || p.actions != nil || p.doc == nil {
		t.Errorf("%+v, %v", p, err)
	}
}
