package main

import (
	"fmt"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// kind is what a mapping of an OpenAPI document stands for.
type kind string

// child is what the value of a keyword holds: one element of a kind, a list of
// them, or a mapping from names to them.
type child struct {
	kind  kind
	shape shape
}

type shape int

const (
	one shape = iota
	list
	names
)

// grammar tells which keywords of a kind hold further elements. It is what sets
// a schema's keyword apart from a property that happens to have its name, and
// free-form values, which are not looked into, from both.
var grammar = map[kind]map[string]child{
	"document": {
		"info":       {"info", one},
		"servers":    {"server", list},
		"tags":       {"tag", list},
		"paths":      {"path", names},
		"components": {"components", one},
	},
	"server": {"variables": {"variable", names}},
	"components": {
		"schemas":         {"schema", names},
		"parameters":      {"parameter", names},
		"requestBodies":   {"requestBody", names},
		"responses":       {"response", names},
		"headers":         {"header", names},
		"securitySchemes": {"securityScheme", names},
	},
	"path": {
		"servers":    {"server", list},
		"parameters": {"parameter", list},
		"get":        {"operation", one},
		"put":        {"operation", one},
		"post":       {"operation", one},
		"delete":     {"operation", one},
		"options":    {"operation", one},
		"head":       {"operation", one},
		"patch":      {"operation", one},
		"trace":      {"operation", one},
	},
	"operation": {
		"parameters":  {"parameter", list},
		"requestBody": {"requestBody", one},
		"responses":   {"response", names},
		"servers":     {"server", list},
	},
	"parameter":   {"schema": {"schema", one}, "content": {"media", names}},
	"header":      {"schema": {"schema", one}, "content": {"media", names}},
	"requestBody": {"content": {"media", names}},
	"response":    {"headers": {"header", names}, "content": {"media", names}},
	"media":       {"schema": {"schema", one}},
	"schema": {
		"properties":           {"schema", names},
		"patternProperties":    {"schema", names},
		"additionalProperties": {"schema", one},
		"items":                {"schema", one},
		"prefixItems":          {"schema", list},
		"oneOf":                {"schema", list},
		"anyOf":                {"schema", list},
		"allOf":                {"schema", list},
		"not":                  {"schema", one},
	},
}

// visitor is called with an element, its kind, and its place in the document:
// the keys on the way to it joined by slashes, list items by their name where
// they have one. A slash inside of a key is written ~1; a path, which is full
// of them, stands as it is behind "~".
type visitor func(node *yaml.Node, of kind, place string) error

// walk visits every element of a document, parents first. The error for an
// element that is none starts with the number of its line.
func walk(root *yaml.Node, visit visitor) error {
	return walkElement(root, "document", "", visit)
}

func walkElement(node *yaml.Node, of kind, place string, visit visitor) error {
	if node.Kind != yaml.MappingNode {
		if of == "schema" && node.Tag == "!!bool" {
			return nil // such as additionalProperties: false
		}
		return fmt.Errorf("%d: %s is not an object", node.Line, place)
	}
	if err := visit(node, of, place); err != nil {
		return err
	}
	// visit may have removed pairs: look at what is there now.
	for i := 0; i+1 < len(node.Content); i += 2 {
		keyword, value := node.Content[i].Value, node.Content[i+1]
		below, ok := grammar[of][keyword]
		if !ok {
			continue
		}
		at := join(place, keyword)
		switch {
		case below.shape == one:
			if err := walkElement(value, below.kind, at, visit); err != nil {
				return err
			}
		case below.shape == list && value.Kind == yaml.SequenceNode:
			for j, item := range value.Content {
				name := scalar(get(item, "name"))
				if name == "" {
					name = strconv.Itoa(j)
				}
				if err := walkElement(item, below.kind, join(at, name), visit); err != nil {
					return err
				}
			}
		case below.shape == names && value.Kind == yaml.MappingNode:
			for j := 0; j+1 < len(value.Content); j += 2 {
				if err := walkElement(value.Content[j+1], below.kind, join(at, value.Content[j].Value), visit); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

func join(place, key string) string {
	switch place {
	case "":
		return key
	case "paths":
		return place + "/~" + key
	default:
		return place + "/" + strings.ReplaceAll(key, "/", "~1")
	}
}
