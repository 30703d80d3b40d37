package specdiff

import (
	"slices"
	"strings"
	"testing"
)

func TestCompare(t *testing.T) {
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
      required: [title]
      properties:
        title: {type: string, maxLength: 3}
        description: {type: string}
        size: {type: integer, example: 3, enum: [1, 2]}
`
	for name, test := range map[string]struct {
		edits  []string // pairs of old and new text
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
		"another required property": {edits: []string{"[title]", "[description]"}, places: []string{"/components/schemas/S/required/description", "/components/schemas/S/required/title"}},
		"title":                     {edits: []string{"title: T", "title: U"}, prose: "1 changed"},
		"another kind of value":     {edits: []string{"type: object", "type: [object]"}, places: []string{"/components/schemas/S/type"}},
		"another order":             {edits: []string{"[1, 2]", "[2, 1]", "name: p, in: query, description: P.", "name: q, in: query, description: Q.", "- {name: q, in: query, description: Q.}\n        - {name: q, in: query, description: Q.}", "- {name: q, in: query, description: Q.}\n        - {name: p, in: query, description: P.}"}},
		"a value of an enum":        {edits: []string{"[1, 2]", "[1, 3, 2]"}, places: []string{"/components/schemas/S/properties/size/enum/3"}},
		"the same name elsewhere":   {edits: []string{"        - {name: q", "        - {name: p, in: header}\n        - {name: q"}, places: []string{"/paths//a/get/parameters/1"}},
		"an object where was a map": {edits: []string{"{type: integer, example: 3, enum: [1, 2]}", "true"}, places: []string{"/components/schemas/S/properties/size"}},
	} {
		t.Run(name, func(t *testing.T) {
			edited := base
			for i := 0; i < len(test.edits); i += 2 {
				if !strings.Contains(edited, test.edits[i]) {
					t.Fatalf("no %q", test.edits[i])
				}
				edited = strings.Replace(edited, test.edits[i], test.edits[i+1], 1)
			}
			d, err := Compare([]byte(base), []byte(edited))
			if err != nil {
				t.Fatal(err)
			}
			if d.Texts() != test.prose || !slices.Equal(d.Places, test.places) {
				t.Errorf("prose %q at %q, want %q at %q", d.Texts(), d.Places, test.prose, test.places)
			}
		})
	}
	if _, err := Compare([]byte(base), []byte("a: [")); err == nil {
		t.Error("no error for what is no YAML")
	}
}
