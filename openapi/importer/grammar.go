package main

import (
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// kind is the kind of an OpenAPI object, such as schema or operation.
type kind string

// child describes the value of a keyword: an element of a kind, a list of them,
// or a map from names to them.
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

// grammar maps the keywords of each kind to the elements in their values. It
// distinguishes a keyword of a schema from a property of the same name. Values
// of other keywords are free-form and not visited.
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

// element is a mapping node with its kind.
type element struct {
	node  *yaml.Node
	kind  kind
	place string
	line  int // line of its key in the published file
}

// fault returns a fault at the line of the element.
func (e element) fault(reason string, args ...any) error {
	return newFault(e.line, e.place, reason, args...)
}

// walk visits every element of a document, parents first. The place of an
// element is the path of keys to it, joined by slashes. List items are named by
// their field "name", if they have one. A slash in a key is written ~1. An API
// path, which has many, is written as it is after "~".
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
	// visit may have removed pairs, so read the content again.
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
