package main

import (
	"cmp"
	"slices"

	"go.yaml.in/yaml/v3"
)

// keywords is the order in which the keywords of an element are written. Other
// keywords follow, sorted.
var keywords = func() map[string]int {
	order := map[string]int{}
	for i, keyword := range []string{
		"openapi", "info", "servers", "security", "paths", "components",
		"$ref", "in", "name", "url", "operationId", "tags", "summary", "title", "description",
		"variables", "version", "contact", "license", "required", "style", "explode",
		"schema", "type", "format", "nullable", "enum", "default", "minLength", "maxLength", "pattern",
		"minimum", "maximum", "items", "minItems", "maxItems", "properties", "additionalProperties",
		"discriminator", "propertyName", "mapping", "oneOf", "anyOf", "allOf",
		"parameters", "requestBody", "headers", "content", "responses",
		"get", "post", "put", "patch", "delete",
		"schemas", "requestBodies", "securitySchemes",
	} {
		order[keyword] = i
	}
	return order
}()

// arrange puts the pairs of every element into a fixed order, so that a spec
// published in another layout gives the same file. Paths and properties keep
// the publisher's order, which is meaningful to a reader. Statuses, media types
// and components are sorted.
func arrange(root *yaml.Node) {
	_ = walk(root, func(e element) error {
		sortPairs(e.node, func(a, b string) int {
			return cmp.Or(cmp.Compare(rank(a), rank(b)), cmp.Compare(a, b))
		})
		for keyword, below := range grammar[e.kind] {
			value := get(e.node, keyword)
			if below.shape != names || keyword == "paths" || keyword == "properties" || value == nil {
				continue
			}
			sortPairs(value, cmp.Compare[string])
		}
		return nil
	})
}

func rank(keyword string) int {
	if i, ok := keywords[keyword]; ok {
		return i
	}
	return len(keywords)
}

func sortPairs(node *yaml.Node, compare func(a, b string) int) {
	type pair struct{ key, value *yaml.Node }
	var pairs []pair
	for i := 0; i+1 < len(node.Content); i += 2 {
		pairs = append(pairs, pair{node.Content[i], node.Content[i+1]})
	}
	slices.SortStableFunc(pairs, func(a, b pair) int { return compare(a.key.Value, b.key.Value) })
	node.Content = node.Content[:0]
	for _, p := range pairs {
		node.Content = append(node.Content, p.key, p.value)
	}
}
