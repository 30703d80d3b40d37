package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func TestCompareDocuments(t *testing.T) {
	const base = `
info: {title: T, version: 2099-01}
paths:
  /a:
    get:
      description: One.
      parameters:
        - {name: p, in: query, description: P.}
        - {name: q, in: query, description: Q.}
components:
  schemas:
    S:
      type: object
      properties:
        title: {type: string, maxLength: 3}
        description: {type: string}
        size: {type: integer, example: 3}
`
	for name, test := range map[string]struct {
		edits  []string // pairs
		prose  string
		places []string
	}{
		"equal":                    {},
		"another version":          {edits: []string{"2099-01", "2099-02"}},
		"description":              {edits: []string{"One.", "Two.", "P.", "Pp."}, prose: "2 changed"},
		"gained and lost":          {edits: []string{"description: One.", "summary: One."}, prose: "1 gained, 1 lost"},
		"example":                  {edits: []string{"example: 3", "example: 4"}, prose: "1 changed"},
		"parameter between others": {edits: []string{"        - {name: q", "        - {name: r, in: query, description: R.}\n        - {name: q"}, places: []string{"/paths//a/get/parameters/r"}},
		"a property called title":  {edits: []string{"maxLength: 3", "maxLength: 4"}, places: []string{"/components/schemas/S/properties/title/maxLength"}},
		"a property called description is gone": {
			edits: []string{"        description: {type: string}\n", ""}, places: []string{"/components/schemas/S/properties/description"},
		},
		"title":                     {edits: []string{"title: T", "title: U"}, prose: "1 changed"},
		"another kind of value":     {edits: []string{"type: object", "type: [object]"}, places: []string{"/components/schemas/S/type"}},
		"an object where was a map": {edits: []string{"{type: integer, example: 3}", "true"}, places: []string{"/components/schemas/S/properties/size"}},
	} {
		t.Run(name, func(t *testing.T) {
			edited := base
			for i := 0; i < len(test.edits); i += 2 {
				if !strings.Contains(edited, test.edits[i]) {
					t.Fatalf("no %q", test.edits[i])
				}
				edited = strings.Replace(edited, test.edits[i], test.edits[i+1], 1)
			}
			d, err := compareDocuments(writeTemp(t, base), writeTemp(t, edited))
			if err != nil {
				t.Fatal(err)
			}
			if d.prose() != test.prose || !slices.Equal(d.places, test.places) {
				t.Errorf("prose %q at %q, want %q at %q", d.prose(), d.places, test.prose, test.places)
			}
		})
	}
	if _, err := compareDocuments(writeTemp(t, base), writeTemp(t, "a: [")); err == nil {
		t.Error("no error for what is no YAML")
	}
}

func writeTemp(t *testing.T, text string) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "x.yaml")
	if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	return name
}
