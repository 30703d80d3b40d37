package main

import (
	"strings"
	"testing"
)

// TestRefused checks the errors of specs that cannot be imported. Each is one
// line with the line in the published spec, the place and the reason.
func TestRefused(t *testing.T) {
	const good = "type: object\nproperties:\n  name: {type: string}\n"
	for name, test := range map[string]struct {
		openapi, thing string // the schema Thing
		old, with      string // replacement in the document
		want           string
	}{
		"not YAML":            {old: "info: {", with: "info: {{", want: "data.yaml: data plane: yaml: line "},
		"another version":     {old: "2026-10", with: "2026-11", want: `data.yaml:2: data plane: info/version: the spec is of version "2026-11", want "2026-10"`},
		"no version":          {old: ", version: 2026-10", with: "", want: `data.yaml:1: data plane: info/version: the spec is of version ""`},
		"OpenAPI 2":           {openapi: "2.0", want: "data.yaml:1: data plane: not an OpenAPI 3.0 or 3.1 document"},
		"OpenAPI 3.2":         {openapi: "3.2.0", want: "not an OpenAPI 3.0 or 3.1 document"},
		"no responses":        {old: "      responses:\n        '200': {description: Words., content: {application/json: {schema: {$ref: '#/components/schemas/Thing'}}}}\n", with: "", want: `data.yaml:6: data plane: invalid paths: invalid path /things/{thing_id}: invalid operation GET: value of responses must be an object`},
		"undeclared":          {old: "in: path, name: thing_id", with: "in: path, name: id", want: "data.yaml:6: data plane: paths/~/things/{thing_id}/get: the path parameter thing_id is not declared"},
		"anchor":              {old: "{type: string}}", with: "&a {type: string}}", want: "data.yaml:8: data plane: YAML anchors and aliases are not supported"},
		"a key twice":         {thing: good + "type: array\n", want: "data.yaml:17: data plane: duplicate key type"},
		"remote reference":    {thing: "$ref: 'https://example.com/x.yaml'", want: "data.yaml:14: data plane: components/schemas/Thing: https://example.com/x.yaml is a reference to another document"},
		"file reference":      {thing: "$ref: '/etc/passwd'", want: "/etc/passwd is a reference to another document"},
		"dangling reference":  {thing: good + "additionalProperties: {$ref: '#/components/schemas/Gone'}", want: "data.yaml:17: data plane: components/schemas/Thing/additionalProperties: #/components/schemas/Gone does not exist"},
		"reference elsewhere": {thing: good + "not: {$ref: '#/paths/~1things'}", want: "#/paths/~1things does not exist"},
		"discriminator":       {thing: "oneOf: [{$ref: '#/components/schemas/Thing'}]\ndiscriminator: {propertyName: a, mapping: {b: Gone}}", want: "data.yaml:15: data plane: components/schemas/Thing/discriminator: Gone does not exist"},
		"made of itself":      {thing: "allOf: [{$ref: '#/components/schemas/Thing'}]", want: "components/schemas/Thing: the schema consists of itself: Thing -> Thing"},
		"one Go name":         {thing: good + "thing: {type: object}", old: "\n      thing:", with: "\n    thing:", want: "components/schemas/thing: Thing has the same name in Go"},
		"bad type":            {thing: "type: int", want: `data.yaml:14: data plane: components/schemas/Thing: "int" is not a type`},
		"boolean default":     {thing: "type: object\nproperties:\n  a: {type: boolean, default: 'no'}", want: `data.yaml:16: data plane: components/schemas/Thing/properties/a: "no" is not a value of type boolean`},
		"integer enum":        {thing: "type: integer\nenum: [1, two]", want: `components/schemas/Thing: "two" is not a value of type integer`},
		"two enums":           {thing: "type: integer\nenum: [1]\nx-enum: [1]", want: "both enum and x-enum"},
		"x-enum no list":      {thing: "type: integer\nx-enum: 1", want: "data.yaml:15: data plane: components/schemas/Thing: the enum is not a list of values"},
		"required no list":    {thing: good + "required: name", want: "components/schemas/Thing: json: cannot unmarshal"},
		"bound no number":     {thing: "type: string\nmaxLength: many", want: "components/schemas/Thing: json: cannot unmarshal"},
		"unknown keyword":     {thing: good + "requird: [name]", want: "extra sibling fields: [requird]"},
		"properties a list":   {thing: "type: object\nproperties: [a]", want: "components/schemas/Thing/properties: want an object"},
		"schema no object":    {thing: "type: object\nproperties:\n  a: text", want: "data.yaml:16: data plane: components/schemas/Thing/properties/a: not an object"},
		"schema false":        {thing: "type: array\nitems: false", want: "components/schemas/Thing/items: the schema false cannot be imported"},
		"patternProperties":   {thing: good + "patternProperties: {a: {}}", want: "data.yaml:17: data plane: components/schemas/Thing: patternProperties cannot be imported"},
		"if":                  {thing: good + "if: {required: [a]}", want: "components/schemas/Thing: if cannot be imported"},
		"array or text":       {thing: "type: [array, string]\nitems: {}", want: "a value of the types array, string cannot be imported"},
		"callbacks":           {old: "operationId: get_thing", with: "operationId: get_thing\n      callbacks: {a: {}}", want: "paths/~/things/{thing_id}/get: callbacks cannot be imported"},
		"webhooks":            {old: "paths:", with: "webhooks: {a: {}}\npaths:", want: "webhooks cannot be imported"},
		"array of nothing":    {thing: "type: array", want: "data.yaml:13: data plane: invalid components: schema \"Thing\": when schema type is 'array', schema 'items' must be non-null"},
		"security":            {old: "paths:", with: "security: [{Key: []}]\npaths:", want: "data.yaml:4: data plane: the security scheme Key does not exist"},
		"pattern":             {thing: "type: string\npattern: '('", want: "data.yaml:13: data plane: "},
	} {
		t.Run(name, func(t *testing.T) {
			if test.openapi == "" {
				test.openapi = "3.0.3"
			}
			if test.thing == "" {
				test.thing = good
			}
			text := document(test.openapi, test.thing)
			changed := strings.Replace(text, test.old, test.with, 1)
			if test.old != "" && changed == text {
				t.Fatalf("there is no %q in\n%s", test.old, text)
			}
			_, err := importText(t.Context(), t, changed)
			if err == nil || !strings.Contains(err.Error(), test.want) || strings.Contains(err.Error(), "\n") {
				t.Errorf("error %v\nwant  %s\nof\n%s", err, test.want, changed)
			}
		})
	}
}
