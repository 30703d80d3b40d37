package main

import (
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
)

// versionHeader is a parameter of every published operation. This project's
// specs leave it out.
const versionHeader = "X-Pinecone-Api-Version"

// specFacts reads the facts out of a spec, without its overlay, in the terms of
// the SDK.
func specFacts(file string) (facts, error) {
	document, err := openapi3.NewLoader().LoadFromFile(file)
	if err != nil {
		return nil, err
	}
	found := facts{"server": document.Servers[0].URL}
	for path, item := range document.Paths.Map() {
		for method, operation := range item.Operations() {
			found.addSpecOperation(method+" "+path, operation)
		}
	}
	for name, schema := range document.Components.Schemas {
		if isModel(schema.Value) && !isForm(document, schema.Value) {
			found.addSchema(name, schema.Value)
		}
	}
	return found, nil
}

func (f facts) addSpecOperation(endpoint string, operation *openapi3.Operation) {
	name := camel(operation.OperationID)
	f["operation "+name] = endpoint
	f["parameter "+name+" header "+versionHeader] = "string"
	for _, p := range operation.Parameters {
		f["parameter "+name+" "+p.Value.In+" "+p.Value.Name] = optional(typeOf("", p.Value.Schema), !p.Value.Required)
	}
	if body := operation.RequestBody; body != nil {
		for kind, media := range body.Value.Content {
			if kind != "multipart/form-data" {
				f["body "+name] = optional(typeOf("", media.Schema), !body.Value.Required)
				continue
			}
			for field, schema := range media.Schema.Value.Properties {
				required := slices.Contains(media.Schema.Value.Required, field)
				f["parameter "+name+" form "+field] = optional(typeOf("", schema), !required)
			}
		}
	}
	f["reply "+name] = ""
	for status, reply := range operation.Responses.Map() {
		if media := reply.Value.Content.Get("application/json"); media != nil && strings.HasPrefix(status, "2") {
			f["reply "+name] = typeOf("", media.Schema)
		}
	}
}

// isModel tells a schema that is a model in the SDK: not text with a name.
func isModel(schema *openapi3.Schema) bool {
	return schema.Type.Is("object") || schema.Discriminator != nil
}

// isForm tells a schema that is the form of an upload, whose fields are
// parameters in the SDK.
func isForm(document *openapi3.T, schema *openapi3.Schema) bool {
	for _, item := range document.Paths.Map() {
		for _, operation := range item.Operations() {
			if operation.RequestBody == nil {
				continue
			}
			if media := operation.RequestBody.Value.Content["multipart/form-data"]; media != nil && media.Schema.Value == schema {
				return true
			}
		}
	}
	return false
}

// addSchema adds a schema as the SDK's model of that name, and the models that
// become of objects inside of it.
func (f facts) addSchema(name string, schema *openapi3.Schema) {
	if union := schema.Discriminator; union != nil {
		f["union "+name] = union.PropertyName
		for value, member := range union.Mapping {
			f["union "+name+" "+value] = refName(member.Ref)
		}
		return
	}
	f["model "+name] = "object"
	for property, below := range schema.Properties {
		kind := typeOf(name+pascal(property), below)
		if below.Ref == "" && len(below.Value.Properties) > 0 {
			f.addSchema(name+pascal(property), below.Value)
		}
		f["property "+name+" "+property] = optional(kind, !slices.Contains(schema.Required, property))
	}
}

// typeOf returns the SDK's type of a schema. inline is the name that an object
// has which stands inside of another.
func typeOf(inline string, schema *openapi3.SchemaRef) string {
	kind := "any | null"
	switch value := schema.Value; {
	case schema.Ref != "" && isModel(value):
		kind = refName(schema.Ref)
	case value.Type.Is("array"):
		kind = "Array<" + typeOf(inline, value.Items) + ">"
	case len(value.Properties) > 0:
		kind = inline
	case value.Type.Is("string") && value.Format == "date-time":
		kind = "Date"
	case value.Type.Is("string") && value.Format == "binary":
		kind = "Blob"
	case value.Type.Is("integer"):
		kind = "number"
	case value.Type != nil:
		kind = value.Type.Slice()[0]
	}
	if schema.Value.Nullable {
		kind += " | null"
	}
	return kind
}

func refName(ref string) string {
	return ref[strings.LastIndexByte(ref, '/')+1:]
}

// pascal turns snake_case into PascalCase, camel into camelCase.
func pascal(name string) string {
	var text string
	for word := range strings.SplitSeq(name, "_") {
		text += strings.ToUpper(word[:1]) + word[1:]
	}
	return text
}

func camel(name string) string {
	text := pascal(name)
	return strings.ToLower(text[:1]) + text[1:]
}
