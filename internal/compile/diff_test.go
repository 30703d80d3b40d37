package compile

import (
	"fmt"
	"maps"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"
)

// A change of a spec changes no more generated lines than necessary.
func TestSmallDiffs(t *testing.T) {
	root := newTree(t)
	const version = "2026-07"
	file := filepath.Join(root, "openapi", version, "data.yaml")
	spec := readFile(t, file)
	compiled := func(spec string) map[string][]byte {
		t.Helper()
		writeFile(t, file, spec)
		result, err := Version(root, version)
		if err != nil {
			t.Fatal(err)
		}
		return result.Files
	}
	before := compiled(spec)
	for _, schema := range []string{"AssistantFileModel", "ChatRequest", "OperationModel", "UsageModel", "TextSnippetModel"} {
		head := regexp.MustCompile(`(?m)^    ` + schema + `:\n(?:      .*\n)*?      properties:\n`).FindString(spec)
		after := compiled(replace(t, spec, head, head+"        new_property: {type: string, description: is new.}\n"))
		if n, code := changedLines(before, after); n > 5 || code == 0 {
			t.Errorf("a property of %s changes %d lines, %d of them code", schema, n, code)
		}
	}
	var document yaml.Node
	if err := yaml.Unmarshal([]byte(spec), &document); err != nil {
		t.Fatal(err)
	}
	reverse(&document)
	text, err := yaml.Marshal(&document)
	if err != nil {
		t.Fatal(err)
	}
	if n, _ := changedLines(before, compiled(string(text))); n != 0 {
		t.Errorf("another order of keys changes %d lines", n)
	}
}

// reverse reverses the order of the pairs in all mappings in a node.
func reverse(node *yaml.Node) {
	if node.Kind == yaml.MappingNode {
		var pairs []*yaml.Node
		for pair := range slices.Chunk(node.Content, 2) {
			pairs = append([]*yaml.Node{pair[0], pair[1]}, pairs...)
		}
		node.Content = pairs
	}
	for _, below := range node.Content {
		reverse(below)
	}
}

// changedLines returns the number of added and removed lines, and how many of
// them are code. It ignores comments and the alignment of code.
func changedLines(before, after map[string][]byte) (n, code int) {
	count := map[string]int{}
	for sign, files := range map[int]map[string][]byte{1: after, -1: before} {
		for _, name := range slices.Sorted(maps.Keys(files)) {
			for line := range strings.Lines(string(files[name])) {
				if text := strings.Join(strings.Fields(line), " "); text != "" && !strings.HasPrefix(text, "//") {
					count[fmt.Sprint(name, text)] += sign
				}
			}
		}
	}
	for line, balance := range count {
		if balance != 0 {
			n += max(balance, -balance)
			if strings.Contains(line, ".go") {
				code++
			}
		}
	}
	return n, code
}
