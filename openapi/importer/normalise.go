package main

import (
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

const (
	// versionHeader is the version header. Package auth sends it, so no
	// operation lists it.
	versionHeader = "X-Pinecone-Api-Version"

	// dataPath is the path prefix of the data plane. The published server URL
	// lacks it.
	dataPath = "/assistant"

	// unknownHost is the default host in the published data plane. defaultHost
	// is the host that Pinecone's SDKs use if they know no other.
	unknownHost = "unknown"
	defaultHost = "prod-1-data.ke.pinecone.io"
)

// normalise applies the rules in openapi/README.md to a document. Its errors
// are *fault.
func normalise(root *yaml.Node) error {
	if err := plain(root); err != nil {
		return err
	}
	if err := toOpenAPI30(root); err != nil {
		return err
	}
	for _, keyword := range []string{"paths", "components"} {
		removeExtensions(get(root, keyword)) // no path or section begins with x-
	}
	err := walk(root, func(e element) error {
		removeProse(e.node, e.kind)
		switch e.kind {
		case "server":
			completeServer(e.node)
		case "path":
			removeVersionHeader(root, e.node)
		case "operation":
			removeVersionHeader(root, e.node)
			removeExtensions(get(e.node, "responses"))
		case "schema":
			if err := normaliseSchema(e); err != nil {
				return err
			}
		}
		removeExtensions(e.node)
		return nil
	})
	if err != nil {
		return err
	}
	// Remove the header last, as operations may refer to it.
	components := get(root, "components")
	if parameters := get(components, "parameters"); parameters != nil {
		removeIf(parameters, func(_, value *yaml.Node) bool { return isVersionHeader(value) })
		if len(parameters.Content) == 0 {
			remove(components, "parameters")
		}
	}
	return nil
}

// plain removes the layout of a tree: comments, quotes, flow style. It returns
// an error for YAML that JSON cannot express.
func plain(node *yaml.Node) error {
	if node.Kind == yaml.AliasNode || node.Anchor != "" {
		return newFault(node.Line, "", "YAML anchors and aliases are not supported")
	}
	node.HeadComment, node.LineComment, node.FootComment = "", "", ""
	node.Style = 0
	keys := map[string]bool{}
	for i, below := range node.Content {
		if node.Kind == yaml.MappingNode && i%2 == 0 {
			switch {
			case below.Kind != yaml.ScalarNode:
				return newFault(below.Line, "", "a key is not text")
			case keys[below.Value]:
				return newFault(below.Line, "", "duplicate key %s", below.Value)
			}
			keys[below.Value] = true
			below.Tag = "!!str" // such as 200:
		}
		if err := plain(below); err != nil {
			return err
		}
	}
	return nil
}

// removeExtensions removes the publisher's extensions from an element. An
// overlay adds this project's.
func removeExtensions(node *yaml.Node) {
	if node != nil && node.Kind == yaml.MappingNode {
		removeIf(node, func(key, _ *yaml.Node) bool { return strings.HasPrefix(key.Value, "x-") })
	}
}

func normaliseSchema(e element) error {
	if reference := get(e.node, "$ref"); reference != nil {
		wrapReference(e.node, reference)
		return nil
	}
	if values := get(e.node, "x-enum"); values != nil {
		if get(e.node, "enum") != nil {
			return e.fault("both enum and x-enum")
		}
		renameKey(e.node, "x-enum", "enum")
	}
	kind := scalar(get(e.node, "type"))
	if values := get(e.node, "enum"); values != nil {
		if values.Kind != yaml.SequenceNode || len(values.Content) == 0 {
			return newFault(values.Line, e.place, "the enum is not a list of values")
		}
		if kind == "" { // without a type, the generator ignores the enum
			kind = map[string]string{"!!str": "string", "!!int": "integer", "!!bool": "boolean"}[values.Content[0].Tag]
			if kind != "" {
				set(e.node, "type", kind, "!!str")
			}
		}
		var known []string
		for _, value := range values.Content {
			if value.Tag == "!!null" {
				continue
			}
			if err := retype(value, kind, e.place); err != nil {
				return err
			}
		}
		values.Content = slices.DeleteFunc(values.Content, func(value *yaml.Node) bool {
			if value.Tag == "!!null" {
				set(e.node, "nullable", "true", "!!bool")
				return true
			}
			twice := slices.Contains(known, value.Value)
			known = append(known, value.Value)
			return twice
		})
	}
	if value := get(e.node, "default"); value != nil && value.Tag != "!!null" {
		return retype(value, kind, e.place)
	}
	return nil
}

// wrapReference wraps the reference of a schema with other keywords in an
// allOf, as OpenAPI 3.0 ignores keywords beside a reference.
func wrapReference(schema, reference *yaml.Node) {
	removeExtensions(schema)
	if len(schema.Content) == 2 {
		return
	}
	remove(schema, "$ref")
	alone := &yaml.Node{Kind: yaml.MappingNode, Tag: "!!map", Line: reference.Line,
		Content: []*yaml.Node{newText("$ref", reference.Line), reference}}
	schema.Content = append(schema.Content, newText("allOf", reference.Line),
		&yaml.Node{Kind: yaml.SequenceNode, Tag: "!!seq", Line: reference.Line, Content: []*yaml.Node{alone}})
}

// retype gives a value the type of its schema. Booleans and numbers may be
// published as strings, and strings as YAML booleans, numbers or dates.
func retype(value *yaml.Node, kind, place string) error {
	if value.Kind != yaml.ScalarNode {
		return nil
	}
	fits := true
	switch kind {
	case "string":
		value.Tag = "!!str"
	case "boolean":
		if fits = value.Value == "true" || value.Value == "false"; fits {
			value.Tag = "!!bool"
		}
	case "integer":
		_, err := strconv.ParseInt(value.Value, 10, 64)
		if fits = err == nil; fits {
			value.Tag = "!!int"
		}
	case "number":
		_, err := strconv.ParseFloat(value.Value, 64)
		if fits = err == nil; fits && value.Tag == "!!str" {
			value.Tag = "!!float"
		}
	}
	if !fits {
		return newFault(value.Line, place, "%q is not a value of type %s", value.Value, kind)
	}
	return nil
}

// completeServer completes a server URL that consists of a host variable: it
// adds the path that the service requires and a default host that exists.
func completeServer(server *yaml.Node) {
	url := get(server, "url")
	host, ok := strings.CutPrefix(strings.TrimSuffix(scalar(url), "/"), "https://")
	if !ok || !strings.HasPrefix(host, "{") || !strings.HasSuffix(host, "}") {
		return
	}
	url.Value = "https://" + host + dataPath
	variable := get(get(server, "variables"), strings.Trim(host, "{}"))
	if value := get(variable, "default"); scalar(value) == unknownHost {
		value.Value = defaultHost
	}
}

// removeVersionHeader removes the version header from the parameters of a path
// or an operation, whether it is inline or a reference.
func removeVersionHeader(root, node *yaml.Node) {
	parameters := get(node, "parameters")
	if parameters == nil || parameters.Kind != yaml.SequenceNode {
		return
	}
	parameters.Content = slices.DeleteFunc(parameters.Content, func(parameter *yaml.Node) bool {
		if name, ok := strings.CutPrefix(scalar(get(parameter, "$ref")), "#/components/parameters/"); ok {
			parameter = get(get(get(root, "components"), "parameters"), name)
		}
		return isVersionHeader(parameter)
	})
	if len(parameters.Content) == 0 {
		remove(node, "parameters")
	}
}

func isVersionHeader(parameter *yaml.Node) bool {
	return scalar(get(parameter, "in")) == "header" &&
		strings.EqualFold(scalar(get(parameter, "name")), versionHeader)
}
