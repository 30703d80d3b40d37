package main

import (
	"slices"
	"strings"
	"unicode"

	"go.yaml.in/yaml/v3"
)

// checkSchemas returns an error for schemas that cannot become Go types: a
// schema that contains itself by references and combinations alone, without a
// property or a list in between; and two schemas with the same Go name, of
// which oapi-codegen would drop one.
func checkSchemas(root *yaml.Node) error {
	schemas := get(get(root, "components"), "schemas")
	if schemas == nil {
		return nil
	}
	finite, names := map[string]bool{}, map[string]string{}
	for i := 0; i+1 < len(schemas.Content); i += 2 {
		key := schemas.Content[i]
		if err := checkFinite(schemas, key, nil, finite); err != nil {
			return err
		}
		goName := strings.Map(letterOrDigit, strings.ToLower(key.Value))
		if other, ok := names[goName]; ok {
			return newFault(key.Line, "components/schemas/"+key.Value, "%s has the same name in Go", other)
		}
		names[goName] = key.Value
	}
	return nil
}

// letterOrDigit drops all other characters.
func letterOrDigit(r rune) rune {
	if unicode.IsLetter(r) || unicode.IsDigit(r) {
		return r
	}
	return -1
}

// checkFinite visits the schemas that the named schema consists of. path has
// the names on the way to it, and finite the names of schemas that were
// checked.
func checkFinite(schemas, name *yaml.Node, path []string, finite map[string]bool) error {
	if start := slices.Index(path, name.Value); start >= 0 {
		return newFault(name.Line, "components/schemas/"+name.Value, "the schema consists of itself: %s",
			strings.Join(append(path[start:], name.Value), " -> "))
	}
	if finite[name.Value] {
		return nil
	}
	path = append(slices.Clip(path), name.Value)
	for _, part := range parts(get(schemas, name.Value)) {
		for i := 0; i+1 < len(schemas.Content); i += 2 {
			if schemas.Content[i].Value != part {
				continue
			}
			if err := checkFinite(schemas, schemas.Content[i], path, finite); err != nil {
				return err
			}
		}
	}
	finite[name.Value] = true
	return nil
}

// parts returns the names of the schemas that a schema consists of.
func parts(schema *yaml.Node) []string {
	if name, ok := strings.CutPrefix(scalar(get(schema, "$ref")), "#/components/schemas/"); ok {
		return []string{name}
	}
	var names []string
	for _, keyword := range []string{"allOf", "anyOf", "oneOf"} {
		if members := get(schema, keyword); members != nil {
			for _, member := range members.Content {
				names = append(names, parts(member)...)
			}
		}
	}
	return names
}
