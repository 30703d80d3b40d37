package main

import (
	"reflect"
	"testing"

	"go.yaml.in/yaml/v3"
)

// TestNormalise imports schemas, of OpenAPI 3.1 unless stated, and checks the
// result.
func TestNormalise(t *testing.T) {
	const thing = "{$ref: '#/components/schemas/Thing'}"
	for name, test := range map[string]struct{ schema, want string }{
		"nullable":               {"{type: [string, 'null']}", "{type: string, nullable: true}"},
		"a list of one type":     {"{type: [string]}", "{type: string}"},
		"nothing but null":       {"{type: 'null'}", "{nullable: true}"},
		"null or a reference":    {"{anyOf: [" + thing + ", {type: 'null'}]}", "{allOf: [" + thing + "], nullable: true}"},
		"null or a schema":       {"{oneOf: [{type: string, maxLength: 3}, {type: 'null'}]}", "{type: string, maxLength: 3, nullable: true}"},
		"null or two":            {"{oneOf: [{type: string}, {type: integer}, {const: null}]}", "{oneOf: [{type: string}, {type: integer}], nullable: true}"},
		"null in a list of null": {"{oneOf: [{type: string}, {type: ['null']}]}", "{type: string, nullable: true}"},
		"several types":          {"{type: [string, integer, 'null']}", "{anyOf: [{type: string}, {type: integer}], nullable: true}"},
		"integer or number":      {"{type: [integer, number]}", "{type: number}"},
		"const":                  {"{const: pdf}", "{type: string, enum: [pdf]}"},
		"const of a number":      {"{type: integer, const: 1}", "{type: integer, enum: [1]}"},
		"null in an enum":        {"{type: [string, 'null'], enum: [a, null]}", "{type: string, enum: [a], nullable: true}"},
		"a value twice":          {"{type: string, enum: [a, b, a]}", "{type: string, enum: [a, b]}"},
		"enum without a type":    {"{x-enum: [a]}", "{type: string, enum: [a]}"},
		"enum of what YAML sees": {"{type: string, enum: [true, 1, 2025-01-01, no]}", "{type: string, enum: ['true', '1', '2025-01-01', 'no']}"},
		"enum of items":          {"{type: array, items: {type: string, x-enum: [a]}}", "{type: array, items: {type: string, enum: [a]}}"},
		"boolean as text":        {"{type: boolean, default: 'true'}", "{type: boolean, default: true}"},
		"number as text":         {"{type: integer, default: '16'}", "{type: integer, default: 16}"},
		"text of a number":       {"{type: string, default: 16}", "{type: string, default: '16'}"},
		"exclusive bounds":       {"{type: number, exclusiveMinimum: 0, exclusiveMaximum: 1.5}", "{type: number, minimum: 0, exclusiveMinimum: true, maximum: 1.5, exclusiveMaximum: true}"},
		"a stricter bound":       {"{type: number, minimum: 2, exclusiveMinimum: 1}", "{type: number, minimum: 2}"},
		"exclusive in 3.0":       {"{type: number, minimum: 0, exclusiveMinimum: true}", "{type: number, minimum: 0, exclusiveMinimum: true}"},
		"bytes":                  {"{type: string, contentMediaType: application/octet-stream}", "{type: string, format: binary}"},
		"base64":                 {"{type: string, contentEncoding: base64, contentMediaType: image/png}", "{type: string, format: byte}"},
		"anything":               {"{type: array, items: true}", "{type: array, items: {}}"},
		"closed":                 {"{type: object, additionalProperties: false}", "{type: object, additionalProperties: false}"},
		"beside a reference":     {"{$ref: '#/components/schemas/Thing', default: {a: 1}, description: Words.}", "{allOf: [" + thing + "], default: {a: 1}}"},
		"words beside one":       {"{$ref: '#/components/schemas/Thing', description: Words., x-go-type: os.File}", thing},
		"words":                  {"{type: string, title: T, description: D, example: E, examples: [E], $comment: C, externalDocs: {url: 'https://example.com'}}", "{type: string}"},
		"extensions":             {"{type: string, x-go-type: os.File, x-go-name: X, x-wait: {name: W}, x-enum-varnames: [A], xml: {name: a, x-b: c}}", "{type: string, xml: {name: a}}"},
		"properties of names":    {"{type: object, properties: {x-enum: {type: string}, description: {type: string}, example: {type: string}}, required: [x-enum]}", "{type: object, properties: {x-enum: {type: string}, description: {type: string}, example: {type: string}}, required: [x-enum]}"},
		"discriminator":          {"{oneOf: [" + thing + "], discriminator: {propertyName: kind, mapping: {a: Thing}, x-b: c}}", "{oneOf: [" + thing + "], discriminator: {propertyName: kind, mapping: {a: '#/components/schemas/Thing'}}}"},
		"limits":                 {"{type: array, items: {type: integer, minimum: 1, maximum: 9, multipleOf: 2}, minItems: 1, maxItems: 3, uniqueItems: true}", "{type: array, items: {type: integer, minimum: 1, maximum: 9, multipleOf: 2}, minItems: 1, maxItems: 3, uniqueItems: true}"},
	} {
		t.Run(name, func(t *testing.T) {
			text := document("3.1.0", "{type: object, properties: {it: "+test.schema+"}}")
			s, err := importText(t.Context(), t, text)
			if err != nil {
				t.Fatal(err)
			}
			var got, want map[string]any
			if err := yaml.Unmarshal(s.text, &got); err != nil {
				t.Fatal(err)
			}
			if err := yaml.Unmarshal([]byte(test.want), &want); err != nil {
				t.Fatal(err)
			}
			schemas := got["components"].(map[string]any)["schemas"].(map[string]any)
			it := schemas["Thing"].(map[string]any)["properties"].(map[string]any)["it"]
			if !reflect.DeepEqual(it, any(want)) || got["openapi"] != "3.0.3" {
				t.Errorf("%s has become\n%v\nwant\n%v", test.schema, it, want)
			}
		})
	}
}
