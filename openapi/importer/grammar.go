package main

import (
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
	"info":   {"contact": {"contact", one}, "license": {"license", one}},
	"server": {"variables": {"variable", names}},
	"components": {
		"schemas":         {"schema", names},
		"parameters":      {"parameter", names},
		"requestBodies":   {"requestBody", names},
		"responses":       {"response", names},
		"headers":         {"header", names},
		"links":           {"link", names},
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
	"parameter":      {"schema": {"schema", one}, "content": {"media", names}},
	"header":         {"schema": {"schema", one}, "content": {"media", names}},
	"requestBody":    {"content": {"media", names}},
	"response":       {"headers": {"header", names}, "content": {"media", names}, "links": {"link", names}},
	"media":          {"schema": {"schema", one}, "encoding": {"encoding", names}},
	"encoding":       {"headers": {"header", names}},
	"link":           {"server": {"server", one}},
	"securityScheme": {"flows": {"flows", one}},
	"flows": {
		"implicit":          {"flow", one},
		"password":          {"flow", one},
		"clientCredentials": {"flow", one},
		"authorizationCode": {"flow", one},
	},
	"schema": {
		"properties":           {"schema", names},
		"additionalProperties": {"schema", one},
		"items":                {"schema", one},
		"oneOf":                {"schema", list},
		"anyOf":                {"schema", list},
		"allOf":                {"schema", list},
		"not":                  {"schema", one},
		"discriminator":        {"discriminator", one},
		"xml":                  {"xml", one},
	},
}

// element is a mapping of a document with what it stands for.
type element struct {
	node  *yaml.Node
	kind  kind
	place string
	line  int // where its key stands, in the published file
}

// fault is what is wrong at a line.
func (e element) fault(reason string, args ...any) error {
	return newFault(e.line, e.place, reason, args...)
}

// walk visits every element of a document, parents first. An element's place are
// the keys on the way to it joined by slashes, list items by their name where they
// have one. A slash inside of a key is written ~1; a path, which is full of them,
// stands as it is behind "~".
func walk(root *yaml.Node, visit func(element) error) error {
	return walkElement(element{root, "document", "", root.Line}, visit)
}

func walkElement(e element, visit func(element) error) error {
	if e.node.Kind != yaml.MappingNode {
		if e.kind == "schema" && e.node.Tag == "!!bool" {
			return nil // such as additionalProperties: false
		}
		return e.fault("not an object")
	}
	if err := visit(e); err != nil {
		return err
	}
	// visit may have removed pairs: look at what is there now.
	for i := 0; i+1 < len(e.node.Content); i += 2 {
		key, value := e.node.Content[i], e.node.Content[i+1]
		below, ok := grammar[e.kind][key.Value]
		if !ok {
			continue
		}
		at := element{value, below.kind, join(e.place, key.Value), key.Line}
		switch {
		case below.shape == one:
			if err := walkElement(at, visit); err != nil {
				return err
			}
		case below.shape == list && value.Kind == yaml.SequenceNode:
			for j, item := range value.Content {
				name := scalar(get(item, "name"))
				if name == "" {
					name = strconv.Itoa(j)
				}
				if err := walkElement(element{item, below.kind, join(at.place, name), item.Line}, visit); err != nil {
					return err
				}
			}
		case below.shape == names && value.Kind == yaml.MappingNode:
			for j := 0; j+1 < len(value.Content); j += 2 {
				key := value.Content[j]
				if err := walkElement(element{value.Content[j+1], below.kind, join(at.place, key.Value), key.Line}, visit); err != nil {
					return err
				}
			}
		default:
			return at.fault("want %s", map[shape]string{list: "a list", names: "an object"}[below.shape])
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
