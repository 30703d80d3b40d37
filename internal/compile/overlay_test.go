package compile

import (
	"strings"
	"testing"

	"gopkg.in/yaml.v3"
)

// apply applies one action to a spec of version 2026-04.
func apply(t *testing.T, spec, action string) (string, *Overlay, error) {
	t.Helper()
	o, err := readOverlay("o.yaml", []byte("overlay: 1.1.0\ninfo: {title: T, version: 1.0.0}\nactions:\n"+action))
	if err != nil {
		return "", nil, err
	}
	var root yaml.Node
	if err := yaml.Unmarshal([]byte(spec), &root); err != nil {
		t.Fatal(err)
	}
	if err := o.apply(root.Content[0], "2026-04"); err != nil {
		return "", nil, err
	}
	text, err := yaml.Marshal(&root)
	if err != nil {
		t.Fatal(err)
	}
	return strings.Join(strings.Fields(string(text)), " "), o, nil
}

// An overlay adds to a spec and never changes it.
func TestOverlayAddsAndNeverChanges(t *testing.T) {
	for name, test := range map[string]struct {
		spec, target, update string
		want                 string
		applied              bool
	}{
		"a keyword":                 {"{a: {type: integer}}", "$.a", "{maximum: 64}", "{a: {type: integer, maximum: 64}}", true},
		"another value":             {"{a: {maximum: 128}}", "$.a", "{maximum: 64}", "{a: {maximum: 128}}", false},
		"a value of an enum":        {"{a: {enum: [x]}}", "$.a", "{enum: [y]}", "{a: {enum: [x, y]}}", true},
		"a value that is there":     {"{a: {enum: [x]}}", "$.a", "{enum: [x]}", "{a: {enum: [x]}}", false},
		"a property":                {"{p: {a: {type: string}}}", "$.p", "{b: {type: string}}", "{p: {a: {type: string}, b: {type: string}}}", true},
		"a property that is there":  {"{p: {a: {type: string}}}", "$.p", "{a: {type: integer}}", "{p: {a: {type: string}}}", false},
		"a reference for an object": {"{p: {a: {type: object}}}", "$.p", "{a: {$ref: '#/b'}}", "{p: {a: {type: object}}}", false},
		"beside a reference":        {"{a: {$ref: '#/b'}}", "$.a", "{maximum: 64}", "{a: {$ref: '#/b'}}", false},
		"an extension again":        {"{a: {x-go-name: B}}", "$.a", "{x-go-name: C}", "{a: {x-go-name: C}}", true},
		"nothing there":             {"{a: {type: string}}", "$.b", "{maximum: 64}", "{a: {type: string}}", false},
	} {
		t.Run(name, func(t *testing.T) {
			got, o, err := apply(t, test.spec, "  - {target: "+test.target+", description: D., update: "+test.update+"}\n")
			if err != nil {
				t.Fatal(err)
			}
			if got != test.want {
				t.Errorf("%s, want %s", got, test.want)
			}
			if applied := len(o.Actions[0].Parts[0].Applied) > 0; applied != test.applied {
				t.Errorf("applied %t, want %t", applied, test.applied)
			}
			if err := o.stale([]string{"2026-04"}); (err == nil) != test.applied {
				t.Errorf("error %v", err)
			}
		})
	}
}

func TestOverlayForSomeVersions(t *testing.T) {
	for name, test := range map[string]struct {
		fields, want string
		refused      string
	}{
		"another version":     {"x-versions: ['2025-01']", "{a: {type: string}}", ""},
		"this version":        {"x-versions: ['2025-01', '2026-04']", "{a: {type: string, maxLength: 3}}", ""},
		"no version":          {"x-versions: []", "", "x-versions: want a list of versions"},
		"no form of one":      {"x-versions: [2026]", "", "x-versions: want a list of versions"},
		"needless":            {"x-unless: $.a.type", "{a: {type: string}}", ""},
		"needed":              {"x-unless: $.a.format", "{a: {type: string, maxLength: 3}}", ""},
		"a field of no name":  {"x-when: always", "", "the action has an unknown field x-when"},
		"no target of unless": {"x-unless: ''", "", "x-unless: want a target"},
	} {
		t.Run(name, func(t *testing.T) {
			got, _, err := apply(t, "{a: {type: string}}", "  - {target: $.a, description: D., "+test.fields+", update: {maxLength: 3}}\n")
			if test.refused != "" {
				if err == nil || !strings.Contains(err.Error(), "o.yaml:4: "+test.refused) {
					t.Errorf("error %v, want %q", err, test.refused)
				}
				return
			}
			if err != nil || got != test.want {
				t.Errorf("%s, want %s, error %v", got, test.want, err)
			}
		})
	}
	_, o, err := apply(t, "{a: {}}", "  - {target: $.a, description: D., x-versions: ['2025-02'], update: {maxLength: 3}}\n")
	if err != nil {
		t.Fatal(err)
	}
	if err := o.stale([]string{"2026-04"}); err == nil || !strings.Contains(err.Error(), "o.yaml:4: there is no version 2025-02") {
		t.Errorf("error %v", err)
	}
}

// A value of the wrong shape for an extension is an error that names the
// action.
func TestVocabulary(t *testing.T) {
	for _, extension := range Vocabulary {
		for _, value := range []string{"[[1]]", "{unknown: {}}", "3.5"} {
			_, _, err := apply(t, "{a: {}}", "  - {target: $.a, description: D., update: {b: [{"+extension.Name+": "+value+"}]}}\n")
			if err == nil || !strings.Contains(err.Error(), "o.yaml:4: "+extension.Name+": ") {
				t.Errorf("%s: %s: error %v", extension.Name, value, err)
			}
		}
	}
}
