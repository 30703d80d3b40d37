package main

import (
	"errors"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/pinecone-community/assistant-go/internal/compile"
)

// actionsOf reads an overlay with actions of the form
// "TARGET|DESCRIPTION|EFFECT" and applies it to specs with the schemas a to e.
// The spec of 2099-02 has no schema c.
func actionsOf(t *testing.T, actions ...string) []*compile.Action {
	t.Helper()
	dir := t.TempDir()
	var overlay strings.Builder
	overlay.WriteString("overlay: 1.1.0\ninfo: {title: T, version: 1.0.0}\nactions:\n")
	for _, action := range actions {
		parts := strings.SplitN(action, "|", 3)
		overlay.WriteString("  - {target: '" + parts[0] + "', description: '" + parts[1] + "', " + parts[2] + "}\n")
	}
	const spec = "openapi: 3.0.3\ninfo: {title: T, version: VERSION}\npaths: {}\ncomponents: {schemas: {a: {}, b: {}, c: {}, d: {}, e: {}}}\n"
	for name, text := range map[string]string{
		"openapi/generator.yaml":    "{}",
		"openapi/data.overlay.yaml": overlay.String(),
		"openapi/2099-01/data.yaml": strings.Replace(spec, "VERSION", "2099-01", 1),
		"openapi/2099-02/data.yaml": strings.NewReplacer("VERSION", "2099-02", "c: {}, ", "").Replace(spec),
	} {
		testProject{t, dir}.write(name, text)
	}
	overlays, _, err := compile.OverlaidSpecs(dir)
	if err != nil {
		t.Fatal(err)
	}
	return overlays[0].Actions
}

func TestCompareOverlays(t *testing.T) {
	base := []string{
		"$.components.schemas.a|A.|update: {x-python: one}",
		"$.components.schemas.b|B.|remove: true",
		"$.components.schemas.c|C. Source - somebody.|update: {x-python: one}",
		"$.components.schemas.c|C again.|update: {x-python: two}",
		"$.components.schemas.d|D.|update: {x-python: one}",
	}
	for name, test := range map[string]struct {
		head                    []string
		added, removed, changed []string
		reworded                int
	}{
		"equal":         {head: base},
		"another order": {head: []string{base[4], base[3], base[2], base[1], base[0]}},
		"another description": {
			head:     []string{base[0], base[1], base[2], base[3], strings.Replace(base[4], "|D.|", "|DD.|", 1)},
			reworded: 1,
		},
		"another effect": {
			head:    []string{base[0], base[1], base[2], strings.Replace(base[3], "two", "three", 1), base[4]},
			changed: []string{"C again. (`$.components.schemas.c`)"},
		},
		"for one version": {
			head:    []string{base[0], base[1], base[2], base[3] + ", x-versions: [\"2099-01\"]", base[4]},
			changed: []string{"C again. (`$.components.schemas.c`)"},
		},
		"another target": {
			head:    []string{strings.Replace(base[0], ".a|", ".e|", 1), base[1], base[2], base[3], base[4]},
			changed: []string{"A. (`$.components.schemas.e`)"},
		},
		"added": {
			head:  append(slices.Clone(base), "$.components.schemas.e|E.|remove: true"),
			added: []string{"E. (`$.components.schemas.e`)"},
		},
		"removed, one of two on a target": {
			head:    []string{base[0], base[1], base[3], base[4]},
			removed: []string{"C. (`$.components.schemas.c`)"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			c := compareOverlays(actionsOf(t, base...), actionsOf(t, test.head...))
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

func TestAppliesIn(t *testing.T) {
	actions := actionsOf(t, "$.components.schemas.a|A.|update: {x-python: one}", "$.components.schemas.c|C.|update: {x-python: one}")
	if got, want := describe(appliesIn(actions, "2099-01", actions, "2099-02")), []string{"C. (`$.components.schemas.c`)"}; !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
	if got := appliesIn(actions, "2099-02", actions, "2099-01"); got != nil {
		t.Errorf("%q", describe(got))
	}
	if got := appliesIn(actions, "2099-01", nil, "2099-02"); got != nil {
		t.Errorf("an action that the other overlay lacks: %q", describe(got))
	}
}

func TestUnmatched(t *testing.T) {
	actions := actionsOf(t, "$.components.schemas.gone|A.|remove: true", "$.components.schemas.c|C.|remove: true")
	if got, want := unmatched(actions), []string{"$.components.schemas.gone"}; !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}

func TestDescribeTogether(t *testing.T) {
	got := describe([]*compile.Action{{Target: "$.a", Description: "A name. Source - one."}, {Target: "$.b", Description: "B."}, {Target: "$.c", Description: "A name. Source - another."}})
	if want := []string{"A name. (2 actions)", "B. (`$.b`)"}; !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}

// A spec with a reference to another document is an error that names the
// reference.
func TestLoadRefuses(t *testing.T) {
	p := newProject(t)
	p.edit(spec, "'#/components/schemas/ThingList'", "'https://example.com/x.yaml'")
	if _, err := load(t.Context(), tree{"here", p.dir}); err == nil || !strings.HasPrefix(err.Error(), "here: 2099-01/data") {
		t.Errorf("%v", err)
	}
	if _, err := load(t.Context(), tree{"here", filepath.Join(p.dir, "gone")}); !errors.Is(err, fs.ErrNotExist) {
		t.Error(err)
	}
}
