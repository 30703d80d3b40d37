package main

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/oapi-codegen/oapi-codegen/v2/pkg/codegen"
	"github.com/oapi-codegen/oapi-codegen/v2/pkg/util"
	"go.yaml.in/yaml/v3"
)

// TestSmallDiffs changes the newest spec of the data plane and looks at what
// that changes in everything that is generated from it, the stock layer, the
// typed layer and the index.
func TestSmallDiffs(t *testing.T) {
	newest := newestVersion(t)
	before := generatorOf(t, readFile(t, filepath.Join(newest, "data.yaml")), readFile(t, filepath.Join(newest, "data.overlay.yaml")))
	committed := filepath.Join("../../gen", filepath.Base(newest), "data", "client.gen.go")
	if got, want := withoutHead(before.files["client.gen.go"]), withoutHead(readFile(t, committed)); got != want {
		t.Fatalf("the stock layer is generated otherwise than by oapi-codegen's command: %d lines differ", distance(got, want))
	}

	all := []string{"client.gen.go", output, indexFile}
	for name, test := range map[string]struct {
		change func(root *yaml.Node)
		same   []string // files without a changed byte
		// code are files in which no more lines than that change, comments aside.
		code map[string]int
	}{
		"layout, comments, order of keys": {
			change: func(root *yaml.Node) {
				walk(root, func(node *yaml.Node) {
					node.Style, node.HeadComment = 0, "# A comment."
					if node.Kind == yaml.SequenceNode {
						node.Style = yaml.FlowStyle
					}
					if node.Kind == yaml.MappingNode {
						reverse(node, 2)
					}
				})
			},
			same: all,
		},
		"order of lists that are sets": {
			change: func(root *yaml.Node) {
				for _, key := range []string{"required", "tags", "oneOf", "security"} {
					walk(root, func(node *yaml.Node) { reverse(value(node, key), 1) })
				}
			},
			same: all,
		},
		// Those of ErrorCode have names in the overlay, by their place.
		"order of the values of enums": {
			change: func(root *yaml.Node) {
				walk(root, func(node *yaml.Node) {
					if of := value(node, "enum"); of != nil && of.Content[0].Value != "OK" {
						reverse(of, 1)
					}
				})
			},
			same: all,
		},
		// oapi-codegen declares and sends them in the order of the spec; it has
		// nothing to sort them by.
		"order of parameters": {
			change: parametersReversed,
			same:   []string{output, indexFile},
		},
		"every description": {
			change: func(root *yaml.Node) {
				walk(root, func(node *yaml.Node) {
					for _, key := range []string{"description", "summary"} {
						if text := value(node, key); text != nil && text.Kind == yaml.ScalarNode {
							text.Value = "says something else, in many words, so that the lines break in other places than before. And once more."
						}
					}
				})
			},
			same: []string{indexFile},
			code: map[string]int{"client.gen.go": 0, output: 0},
		},
	} {
		t.Run(name, func(t *testing.T) {
			after := before.changed(t, test.change)
			if bytes.Equal(before.spec, after.spec) {
				t.Fatal("the test changes nothing")
			}
			for _, file := range test.same {
				if n := distance(before.files[file], after.files[file]); n > 0 || before.files[file] != after.files[file] {
					t.Errorf("%s: %d lines differ", file, n)
				}
			}
			for file, most := range test.code {
				if n := distance(withoutComments(before.files[file]), withoutComments(after.files[file])); n > most {
					t.Errorf("%s: %d lines of code differ, want at most %d", file, n, most)
				}
			}
		})
	}

	t.Run("the stock layer follows the order of parameters", func(t *testing.T) {
		after := before.changed(t, parametersReversed)
		was, is := before.files["client.gen.go"], after.files["client.gen.go"]
		if was == is {
			t.Error("it does not any more: let it be the same in the test above")
		}
		if !slices.Equal(sortedLines(was), sortedLines(is)) {
			t.Error("more than the order changes")
		}
	})
}

func parametersReversed(root *yaml.Node) {
	walk(root, func(node *yaml.Node) { reverse(value(node, "parameters"), 1) })
}

// TestNewPropertyIsASmallDiff adds an optional property to schemas. A line that
// changes counts twice: one goes, one comes.
func TestNewPropertyIsASmallDiff(t *testing.T) {
	// A spec in which everything is described, as one that is being imported is not.
	spec := generatorOf(t, readFile(t, "../2026-04/data.yaml"), readFile(t, "../2026-04/data.overlay.yaml"))
	madeUp := generatorOf(t, readFile(t, "testdata/spec.yaml"), readFile(t, "testdata/overlay.yaml"))
	all := schemasWithProperties(spec.root(t))
	if len(all) < 20 {
		t.Fatalf("only %d schemas", len(all))
	}
	const (
		described   = "{type: string, description: is new.}"
		undescribed = "{type: string}"
		long        = "m_name_that_is_longer_than_those_of_all_other_properties"
	)
	for name, test := range map[string]struct {
		before   *generated
		schemas  []string
		property string
		text     string
		want     int // lines of code
	}{
		// The field and a blank line; the case that decodes it, two lines.
		"in a reply":                 {spec, []string{"AssistantFileModel"}, "new", described, 4},
		"in a reply, a longer name":  {spec, []string{"AssistantFileModel"}, long, described, 4},
		"in a request":               {spec, []string{"ChatRequest"}, "new", described, 2},
		"in a form, of two requests": {spec, []string{"FileData"}, "new", described, 4},
		// gofmt aligns fields between which there is neither a comment nor a
		// blank line. Among described ones this is the one before the new one.
		"undescribed":                {spec, []string{"AssistantFileModel"}, "new", undescribed, 3},
		"undescribed, a longer name": {spec, []string{"AssistantFileModel"}, long, undescribed, 5},
		// Where no property has a description, all fields are aligned: each of
		// the nine that are there changes.
		"a longer name among undescribed ones": {madeUp, []string{"Answer"}, long, undescribed, 3 + 2*9},
	} {
		t.Run(name, func(t *testing.T) {
			if got := test.before.withProperty(t, test.schemas, test.property, test.text); got != test.want {
				t.Errorf("%d lines of code differ, want %d", got, test.want)
			}
		})
	}

	t.Run("in every schema at once", func(t *testing.T) {
		if got, most := spec.withProperty(t, all, long, described), 4*len(all); got == 0 || got > most {
			t.Errorf("%d lines of code differ, want 1 to %d", got, most)
		}
	})
}

// withProperty adds a property to schemas and returns how many lines of code
// differ, comments aside.
func (g *generated) withProperty(t *testing.T, schemas []string, name, text string) (lines int) {
	t.Helper()
	after := g.changed(t, func(root *yaml.Node) {
		for _, schema := range schemas {
			var property yaml.Node
			if err := yaml.Unmarshal([]byte(text), &property); err != nil {
				t.Fatal(err)
			}
			properties := value(value(value(value(root, "components"), "schemas"), schema), "properties")
			properties.Content = append(properties.Content, &yaml.Node{Kind: yaml.ScalarNode, Value: name}, property.Content[0])
		}
	})
	for file := range after.files {
		lines += distance(withoutComments(g.files[file]), withoutComments(after.files[file]))
	}
	return lines
}

// generated is a spec with what is generated from it, by the name of the file.
type generated struct {
	spec   []byte
	files  map[string]string
	specs  string // folder
	folder string // of the package
}

// generatorOf generates both layers and the index of a spec, in this process.
func generatorOf(t *testing.T, spec, overlay string) *generated {
	t.Helper()
	g := &generated{spec: []byte(spec)}
	g.specs, g.folder = writeInput(t, spec, overlay)
	g.generate(t)
	return g
}

// changed returns what is generated when the spec is changed.
func (g *generated) changed(t *testing.T, change func(root *yaml.Node)) *generated {
	t.Helper()
	root := g.root(t)
	change(root)
	text, err := yaml.Marshal(root)
	if err != nil {
		t.Fatal(err)
	}
	after := &generated{spec: text, specs: g.specs, folder: g.folder}
	after.generate(t)
	return after
}

// root returns the spec as a mapping.
func (g *generated) root(t *testing.T) *yaml.Node {
	t.Helper()
	var document yaml.Node
	if err := yaml.Unmarshal(g.spec, &document); err != nil {
		t.Fatal(err)
	}
	return document.Content[0]
}

func (g *generated) generate(t *testing.T) {
	t.Helper()
	spec := filepath.Join(g.specs, "data.yaml")
	if err := os.WriteFile(spec, g.spec, 0o644); err != nil {
		t.Fatal(err)
	}
	files, err := generateVersion(g.specs, "../templates")
	if err != nil {
		t.Fatal(err)
	}
	g.files = map[string]string{}
	for name, text := range files {
		g.files[filepath.Base(name)] = string(text)
	}
	config, err := readConfig(filepath.Join(g.specs, "data.config.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	document, err := util.LoadSwaggerWithOverlay(spec, util.LoadSwaggerWithOverlayOpts{Path: config.OutputOptions.Overlay.Path, Strict: true})
	if err != nil {
		t.Fatal(err)
	}
	if g.files["client.gen.go"], err = codegen.Generate(document, config.Configuration); err != nil {
		t.Fatal(err)
	}
}

// walk calls f for a node and for all below it.
func walk(node *yaml.Node, f func(*yaml.Node)) {
	f(node)
	for _, below := range node.Content {
		walk(below, f)
	}
}

// value returns the value of a key, or nil.
func value(node *yaml.Node, key string) *yaml.Node {
	if node != nil && node.Kind == yaml.MappingNode {
		for i := 0; i < len(node.Content); i += 2 {
			if node.Content[i].Value == key {
				return node.Content[i+1]
			}
		}
	}
	return nil
}

// reverse reverses a list, or a mapping, whose elements are two nodes.
func reverse(node *yaml.Node, size int) {
	if node == nil {
		return
	}
	var reversed []*yaml.Node
	for element := range slices.Chunk(node.Content, size) {
		reversed = slices.Insert(reversed, 0, element...)
	}
	node.Content = reversed
}

// schemasWithProperties returns the names of the schemas of a spec that are
// objects.
func schemasWithProperties(root *yaml.Node) []string {
	var names []string
	schemas := value(value(root, "components"), "schemas")
	for i := 0; i < len(schemas.Content); i += 2 {
		if value(schemas.Content[i+1], "properties") != nil {
			names = append(names, schemas.Content[i].Value)
		}
	}
	return names
}

// withoutHead returns code without the lines before the package clause, which
// name the command that wrote it.
func withoutHead(code string) string {
	_, rest, _ := strings.Cut(code, "\npackage ")
	return rest
}

// withoutComments returns code without the lines that are comments.
func withoutComments(code string) string {
	lines := slices.DeleteFunc(strings.Split(code, "\n"), func(line string) bool {
		return strings.HasPrefix(strings.TrimSpace(line), "//")
	})
	return strings.Join(lines, "\n")
}

func sortedLines(text string) []string {
	lines := strings.Split(text, "\n")
	slices.Sort(lines)
	return lines
}

// distance returns how many lines have to be taken away and added to get from
// one text to another, at least: the greedy algorithm of Myers.
func distance(a, b string) int {
	if a == b {
		return 0
	}
	x, y := strings.Split(a, "\n"), strings.Split(b, "\n")
	reached := map[int]int{1: 0} // by diagonal
	for d := 0; ; d++ {
		for k := -d; k <= d; k += 2 {
			i := reached[k-1] + 1
			if k == -d || k != d && reached[k-1] < reached[k+1] {
				i = reached[k+1]
			}
			for i < len(x) && i-k < len(y) && x[i] == y[i-k] {
				i++
			}
			if reached[k] = i; i >= len(x) && i-k >= len(y) {
				return d
			}
		}
	}
}

func TestDistance(t *testing.T) {
	for _, test := range []struct {
		a, b string
		want int
	}{{"a", "a", 0}, {"a\nb", "a", 1}, {"a\nb\nc", "a\nx\nc", 2}, {"a\nb\nc", "c\na\nb", 2}, {"a", "b\nc", 3}} {
		if got := distance(test.a, test.b); got != test.want {
			t.Errorf("%q, %q: %d, want %d", test.a, test.b, got, test.want)
		}
	}
	if got := withoutComments("a\n\t// b\nc // d\n"); got != "a\nc // d\n" {
		t.Errorf("without comments: %q", got)
	}
}
