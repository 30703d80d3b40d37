package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"reflect"
	"regexp"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
	"go.yaml.in/yaml/v3"
)

// components maps each kind to the section of components that references of
// that kind point into.
var components = map[kind]string{
	"schema": "schemas", "parameter": "parameters", "requestBody": "requestBodies", "response": "responses",
	"header": "headers", "link": "links", "securityScheme": "securitySchemes",
}

// checkReferences returns an error for a reference that does not point to a
// component of the same document. It completes references of a discriminator
// that are bare names.
func checkReferences(root *yaml.Node) error {
	exists := func(reference string, of kind) bool {
		name, ok := strings.CutPrefix(reference, "#/components/"+components[of]+"/")
		return ok && get(get(get(root, "components"), components[of]), name) != nil
	}
	return walk(root, func(e element) error {
		if reference := get(e.node, "$ref"); reference != nil {
			switch {
			case !strings.HasPrefix(reference.Value, "#/"):
				return newFault(reference.Line, e.place, "%s is a reference to another document", reference.Value)
			case !exists(reference.Value, e.kind):
				return newFault(reference.Line, e.place, "%s does not exist", reference.Value)
			}
		}
		if security := get(e.node, "security"); security != nil && (e.kind == "document" || e.kind == "operation") {
			for _, requirement := range security.Content {
				for i := 0; i+1 < len(requirement.Content); i += 2 {
					if scheme := requirement.Content[i]; !exists("#/components/securitySchemes/"+scheme.Value, "securityScheme") {
						return newFault(scheme.Line, e.place, "the security scheme %s does not exist", scheme.Value)
					}
				}
			}
		}
		mapping := get(e.node, "mapping")
		if e.kind != "discriminator" || mapping == nil {
			return nil
		}
		for i := 1; i < len(mapping.Content); i += 2 {
			value := mapping.Content[i]
			if whole := "#/components/schemas/" + value.Value; exists(whole, "schema") {
				value.Value = whole
			}
			if !exists(value.Value, "schema") {
				return newFault(value.Line, e.place, "%s does not exist", value.Value)
			}
		}
		return nil
	})
}

var pathParameter = regexp.MustCompile(`\{([^{}]*)\}`)

// checkPathParameters returns an error for an operation whose declared path
// parameters are not those in its path.
func checkPathParameters(root *yaml.Node) error {
	return walk(root, func(e element) error {
		if e.kind != "operation" {
			return nil
		}
		at := strings.LastIndexByte(e.place, '/')
		path := strings.TrimPrefix(e.place[:at], "paths/~")
		var declared []string
		for _, owner := range []*yaml.Node{e.node, get(get(root, "paths"), path)} {
			parameters := get(owner, "parameters")
			if parameters == nil {
				continue
			}
			for _, parameter := range parameters.Content {
				if name, ok := strings.CutPrefix(scalar(get(parameter, "$ref")), "#/components/parameters/"); ok {
					parameter = get(get(get(root, "components"), "parameters"), name)
				}
				if scalar(get(parameter, "in")) == "path" {
					declared = append(declared, scalar(get(parameter, "name")))
				}
			}
		}
		for _, match := range pathParameter.FindAllStringSubmatch(path, -1) {
			if !slices.Contains(declared, match[1]) {
				return e.fault("the path parameter %s is not declared", match[1])
			}
			declared = slices.DeleteFunc(declared, func(name string) bool { return name == match[1] })
		}
		if len(declared) > 0 {
			return e.fault("the path parameter %s is not in the path", declared[0])
		}
		return nil
	})
}

// models returns the type into which kin-openapi decodes the elements of each
// kind.
var models = map[kind]func() any{
	"document":       func() any { return new(openapi3.T) },
	"info":           func() any { return new(openapi3.Info) },
	"contact":        func() any { return new(openapi3.Contact) },
	"license":        func() any { return new(openapi3.License) },
	"server":         func() any { return new(openapi3.Server) },
	"variable":       func() any { return new(openapi3.ServerVariable) },
	"tag":            func() any { return new(openapi3.Tag) },
	"components":     func() any { return new(openapi3.Components) },
	"path":           func() any { return new(openapi3.PathItem) },
	"operation":      func() any { return new(openapi3.Operation) },
	"parameter":      func() any { return new(openapi3.Parameter) },
	"header":         func() any { return new(openapi3.Header) },
	"requestBody":    func() any { return new(openapi3.RequestBody) },
	"response":       func() any { return new(openapi3.Response) },
	"media":          func() any { return new(openapi3.MediaType) },
	"encoding":       func() any { return new(openapi3.Encoding) },
	"link":           func() any { return new(openapi3.Link) },
	"securityScheme": func() any { return new(openapi3.SecurityScheme) },
	"schema":         func() any { return new(openapi3.Schema) },
	"discriminator":  func() any { return new(openapi3.Discriminator) },
}

// checkShapes decodes each element by itself, so that the error of a keyword
// with a wrong value names the element that has it.
func checkShapes(root *yaml.Node) error {
	return walk(root, func(e element) error {
		model, ok := models[e.kind]
		if !ok || get(e.node, "$ref") != nil {
			return nil
		}
		alone := *e.node
		alone.Content = slices.Clone(e.node.Content)
		removeIf(&alone, func(key, _ *yaml.Node) bool { _, below := grammar[e.kind][key.Value]; return below })
		var value any
		err := alone.Decode(&value)
		if err == nil {
			var text []byte
			if text, err = json.Marshal(value); err == nil {
				err = json.Unmarshal(text, model())
			}
		}
		if err != nil {
			return e.fault("%v", err)
		}
		return nil
	})
}

// encode returns the document in the form in which it is stored in openapi/,
// and a function from its line numbers to those of the published file.
func encode(root *yaml.Node) (spec []byte, from func(line int) int, err error) {
	var out bytes.Buffer
	encoder := yaml.NewEncoder(&out)
	encoder.SetIndent(2)
	if err := encoder.Encode(root); err != nil {
		return nil, nil, err
	}
	var again yaml.Node
	if err := yaml.Unmarshal(out.Bytes(), &again); err != nil {
		return nil, nil, err
	}
	lines := map[int]int{}
	var compare func(a, b *yaml.Node)
	compare = func(a, b *yaml.Node) {
		if _, known := lines[a.Line]; !known && b.Line > 0 {
			lines[a.Line] = b.Line
		}
		for i := range a.Content {
			compare(a.Content[i], b.Content[i])
		}
	}
	compare(again.Content[0], root)
	return out.Bytes(), func(line int) int { return lines[line] }, nil
}

// validate validates a spec against the OpenAPI standard. An error has the line
// in the published file.
func validate(spec []byte, from func(int) int) error {
	loader := openapi3.NewLoader()
	loader.IncludeOrigin = true
	document, err := loader.LoadFromData(spec)
	if err == nil {
		err = document.Validate(context.Background())
	}
	if err == nil {
		return nil
	}
	return newFault(from(lineOf(err)), "", "%s", strings.TrimSuffix(err.Error(), " | "))
}

// lineOf returns the line of the innermost error that knows its element, or 0.
func lineOf(err error) (line int) {
	for ; err != nil; err = errors.Unwrap(err) {
		value := reflect.Indirect(reflect.ValueOf(err))
		if value.Kind() != reflect.Struct {
			continue
		}
		field := value.FieldByName("Origin")
		if !field.IsValid() {
			continue
		}
		if origin, ok := field.Interface().(*openapi3.Origin); ok && origin != nil && origin.Key != nil {
			line = origin.Key.Line
		}
	}
	return line
}
