package main

import (
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// toOpenAPI30 converts OpenAPI 3.1 to OpenAPI 3.0, which the generator reads.
// It returns an error for a keyword without a counterpart in 3.0.
func toOpenAPI30(root *yaml.Node) error {
	version := get(root, "openapi")
	switch text := scalar(version); {
	case text == "3.0" || strings.HasPrefix(text, "3.0."):
	case text == "3.1" || strings.HasPrefix(text, "3.1."):
		version.Value, version.Tag = "3.0.3", "!!str"
	default:
		return newFault(root.Line, "", "not an OpenAPI 3.0 or 3.1 document")
	}
	remove(root, "jsonSchemaDialect")
	return walk(root, func(e element) error {
		for _, keyword := range withoutCounterpart[e.kind] {
			if value := get(e.node, keyword); value != nil && len(value.Content)+len(value.Value) > 0 {
				return newFault(value.Line, e.place, "%s cannot be imported", keyword)
			}
			remove(e.node, keyword)
		}
		switch e.kind {
		case "license":
			remove(e.node, "identifier")
		case "media":
			if strings.HasSuffix(e.place, "/application~1octet-stream") && get(e.node, "schema") == nil {
				schema := &yaml.Node{Kind: yaml.MappingNode, Tag: "!!map", Line: e.line}
				set(schema, "type", "string", "!!str")
				set(schema, "format", "binary", "!!str")
				e.node.Content = append(e.node.Content, newText("schema", e.line), schema)
			}
		case "schema":
			if err := schemaToOpenAPI30(e); err != nil {
				return err
			}
		}
		return replaceBooleanSchemas(e)
	})
}

// withoutCounterpart are the keywords of each kind that OpenAPI 3.0 or the
// generator does not support.
var withoutCounterpart = map[kind][]string{
	"document":   {"webhooks"},
	"components": {"pathItems", "callbacks"},
	"path":       {"$ref"},
	"operation":  {"callbacks"},
	"schema": {
		"$anchor", "$defs", "$dynamicAnchor", "$dynamicRef", "$id", "contains", "contentSchema", "dependentRequired",
		"dependentSchemas", "definitions", "else", "if", "maxContains", "minContains", "patternProperties", "prefixItems",
		"propertyNames", "then", "unevaluatedItems", "unevaluatedProperties",
	},
}

// replaceBooleanSchemas replaces the schema true, which allows any value, by
// the empty schema.
func replaceBooleanSchemas(e element) error {
	replace := func(schema *yaml.Node, place string) error {
		switch {
		case schema.Tag != "!!bool":
		case schema.Value != "true":
			return newFault(schema.Line, place, "the schema false cannot be imported")
		default:
			*schema = yaml.Node{Kind: yaml.MappingNode, Tag: "!!map", Line: schema.Line}
		}
		return nil
	}
	for keyword, below := range grammar[e.kind] {
		value := get(e.node, keyword)
		if below.kind != "schema" || value == nil || keyword == "additionalProperties" {
			continue
		}
		place := join(e.place, keyword)
		if below.shape == one {
			if err := replace(value, place); err != nil {
				return err
			}
			continue
		}
		for i, schema := range value.Content {
			if below.shape == names {
				if i%2 == 0 {
					continue
				}
				place = join(join(e.place, keyword), value.Content[i-1].Value)
			}
			if err := replace(schema, place); err != nil {
				return err
			}
		}
	}
	return nil
}

func schemaToOpenAPI30(e element) error {
	remove(e.node, "$comment")
	remove(e.node, "$schema")
	if value := get(e.node, "const"); value != nil {
		if get(e.node, "enum") != nil {
			return e.fault("both const and enum")
		}
		values := &yaml.Node{Kind: yaml.SequenceNode, Tag: "!!seq", Line: value.Line, Content: []*yaml.Node{value}}
		remove(e.node, "const")
		e.node.Content = append(e.node.Content, newText("enum", value.Line), values)
	}
	if err := typesToOpenAPI30(e); err != nil {
		return err
	}
	for _, keyword := range []string{"anyOf", "oneOf"} {
		nullToOpenAPI30(e.node, keyword)
	}
	for exclusive, inclusive := range map[string]string{"exclusiveMinimum": "minimum", "exclusiveMaximum": "maximum"} {
		if err := boundToOpenAPI30(e, exclusive, inclusive); err != nil {
			return err
		}
	}
	media, encoding := get(e.node, "contentMediaType"), scalar(get(e.node, "contentEncoding"))
	switch {
	case get(e.node, "format") != nil || media == nil && encoding == "":
	case encoding == "base64":
		set(e.node, "format", "byte", "!!str")
	case encoding == "" && strings.HasSuffix(scalar(media), "json"):
		set(e.node, "format", "json", "!!str") // the format of Pinecone's specs for JSON in a string
	case encoding == "":
		set(e.node, "format", "binary", "!!str")
	default:
		return e.fault("contentEncoding %s cannot be imported", encoding)
	}
	remove(e.node, "contentMediaType")
	remove(e.node, "contentEncoding")
	return nil
}

// typesToOpenAPI30 converts a list of types to a single type. The type null
// becomes nullable, and several scalar types become anyOf.
func typesToOpenAPI30(e element) error {
	value := get(e.node, "type")
	if value == nil {
		return nil
	}
	types := []*yaml.Node{value}
	if value.Kind == yaml.SequenceNode {
		types = value.Content
	}
	var kinds []string
	for _, node := range types {
		switch kind := node.Value; kind {
		case "null":
			set(e.node, "nullable", "true", "!!bool")
		case "string", "integer", "number", "boolean", "array", "object":
			kinds = append(kinds, kind)
		default:
			return newFault(value.Line, e.place, "%q is not a type", kind)
		}
	}
	if slices.Contains(kinds, "number") {
		kinds = slices.DeleteFunc(kinds, func(kind string) bool { return kind == "integer" })
	}
	switch len(kinds) {
	case 0:
		remove(e.node, "type")
		if get(e.node, "nullable") == nil {
			return newFault(value.Line, e.place, "the type is an empty list")
		}
		return nil
	case 1:
		set(e.node, "type", kinds[0], "!!str")
		return nil
	}
	if slices.Contains(kinds, "array") || slices.Contains(kinds, "object") || get(e.node, "anyOf") != nil {
		return newFault(value.Line, e.place, "a value of the types %s cannot be imported", strings.Join(kinds, ", "))
	}
	alternatives := &yaml.Node{Kind: yaml.SequenceNode, Tag: "!!seq", Line: value.Line}
	for _, kind := range kinds {
		alternative := &yaml.Node{Kind: yaml.MappingNode, Tag: "!!map", Line: value.Line}
		set(alternative, "type", kind, "!!str")
		alternatives.Content = append(alternatives.Content, alternative)
	}
	remove(e.node, "type")
	e.node.Content = append(e.node.Content, newText("anyOf", value.Line), alternatives)
	return nil
}

// nullToOpenAPI30 converts a null alternative to nullable. If one alternative
// is left, the schema becomes that alternative.
func nullToOpenAPI30(schema *yaml.Node, keyword string) {
	alternatives := get(schema, keyword)
	if alternatives == nil || alternatives.Kind != yaml.SequenceNode {
		return
	}
	before := len(alternatives.Content)
	alternatives.Content = slices.DeleteFunc(alternatives.Content, isNull)
	if len(alternatives.Content) == before {
		return
	}
	set(schema, "nullable", "true", "!!bool")
	if len(alternatives.Content) != 1 {
		return
	}
	only := alternatives.Content[0]
	if get(only, "$ref") != nil {
		renameKey(schema, keyword, "allOf")
		return
	}
	remove(schema, keyword)
	for i := 0; i+1 < len(only.Content); i += 2 {
		if get(schema, only.Content[i].Value) == nil {
			schema.Content = append(schema.Content, only.Content[i], only.Content[i+1])
		}
	}
}

// isNull reports whether a schema allows only null.
func isNull(schema *yaml.Node) bool {
	kind := get(schema, "type")
	if kind != nil && kind.Kind == yaml.SequenceNode && len(kind.Content) == 1 {
		kind = kind.Content[0]
	}
	constant := get(schema, "const")
	return scalar(kind) == "null" || constant != nil && constant.Tag == "!!null"
}

// boundToOpenAPI30 converts a numeric exclusive bound to an inclusive bound
// with the boolean exclusive keyword.
func boundToOpenAPI30(e element, exclusive, inclusive string) error {
	value := get(e.node, exclusive)
	if value == nil || value.Tag == "!!bool" {
		return nil
	}
	bound, err := strconv.ParseFloat(value.Value, 64)
	if err != nil {
		return newFault(value.Line, e.place, "%s %q is not a number", exclusive, value.Value)
	}
	if other := get(e.node, inclusive); other != nil {
		if otherBound, err := strconv.ParseFloat(other.Value, 64); err == nil &&
			(inclusive == "minimum" && otherBound > bound || inclusive == "maximum" && otherBound < bound) {
			remove(e.node, exclusive)
			return nil
		}
	}
	set(e.node, inclusive, value.Value, value.Tag)
	set(e.node, exclusive, "true", "!!bool")
	return nil
}
