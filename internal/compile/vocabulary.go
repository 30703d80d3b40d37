package compile

import (
	"encoding/json"
	"fmt"
	"go/token"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
	"gopkg.in/yaml.v3"
)

// The extensions that an overlay may use. Some are oapi-codegen's.
const (
	extGoName      = "x-go-name"
	extGoType      = "x-go-type"
	extGoTypeName  = "x-go-type-name"
	extNoPointer   = "x-go-type-skip-optional-pointer"
	extOmitEmpty   = "x-omitempty"
	extEnumType    = "x-enum-type"
	extEnumNames   = "x-enum-names"
	extAlso        = "x-also"
	extConstructor = "x-constructors"
	extMaxBytes    = "x-max-bytes"
	extRegion      = "x-region"
	extStreamEnd   = "x-stream-end"
	extPages       = "x-pages"
	extWait        = "x-wait"
	extResponse    = "x-response"
	extExample     = "x-example"
	extNote        = "x-note"
	extPython      = "x-python"
	extTypeScript  = "x-typescript"
)

// Extension is an entry of the vocabulary.
type Extension struct {
	Name  string
	Of    string // the element that can have it
	Value string // form of its value
	Means string
	check func(any) error
}

// Vocabulary are the extensions that an overlay may use.
var Vocabulary = []Extension{
	{extGoName, "schema, property, parameter, operation, server", "Go identifier", "its name in Go", identifier},
	{extGoType, "parameter's schema", "Go type", "the type of the parameter in Go", oneOf("bool")},
	{extGoTypeName, "inline schema", "Go identifier", "the name of its Go type", identifier},
	{extNoPointer, "optional property", "boolean", "`false`: the field is a pointer, so that absent and zero differ; `true`: the field is not a pointer, although the property can be null", boolean},
	{extOmitEmpty, "optional property", "boolean", "`false`: an empty value that is not nil is sent", boolean},
	{extEnumType, "string", "`name` and, in one of the places that share it, `description`", "the Go type that all places with that name share; its constants are the values that the spec lists in any of them", shape[enumType]},
	{extEnumNames, "enum", "Go names by value", "the names of values, in place of the derived names", shape[map[string]string]},
	{extAlso, "property", "list of names", "other names of the property in responses; the first value that is not empty is used", shape[[]string]},
	{extConstructor, "schema", "`enum` and `text`, names of properties", "a constructor for each value of the enum, which takes the text", shape[constructors]},
	{extMaxBytes, "parameter, property of a form", "number", "the maximum size of its JSON in bytes", positive},
	{extRegion, "one of several servers", "string", "the region of the server", text},
	{extStreamEnd, "operation with a stream", "value or path", "how to recognize the last event: the value of the union's discriminator, or a property that is set, `name` or `list.name`", text},
	{extPages, "operation", "`list`, `next`, `token`", "the response's property with the items, the path to its next page token, and the parameter for the page token", shape[pagesOf]},
	{extWait, "operation", "`name`, `status`, `done`, `failed`, `message`, `progress` or `fraction`", "the method that polls the operation: its name; the property with the state, the states of success and of failure; the properties with the reason of a failure and with the progress, in percent or as a fraction of 1", shape[wait]},
	{extResponse, "operation", "status", "the 2xx status whose schema is the method's result, if others have another schema", text},
	{extExample, "spec, operation", "Go code; for an operation also a map from names of methods, functions, options or types to code", "examples in the documentation, which may use `api` and `ctx` and return `err`", checkExamples},
	{extNote, "spec", "string", "a paragraph of the package's documentation", text},
	{extPython, "operation", "string", "the corresponding call of Pinecone's Python SDK", text},
	{extTypeScript, "operation", "string", "the corresponding call of Pinecone's TypeScript SDK", text},
}

// checkVocabulary checks the extensions in an update: their names and the shape
// of their values.
func checkVocabulary(node *yaml.Node) error {
	if node.Kind != yaml.MappingNode {
		for _, below := range node.Content {
			if err := checkVocabulary(below); err != nil {
				return err
			}
		}
		return nil
	}
	for i := 0; i+1 < len(node.Content); i += 2 {
		name, value := node.Content[i].Value, node.Content[i+1]
		if !strings.HasPrefix(name, "x-") {
			if err := checkVocabulary(value); err != nil {
				return err
			}
			continue
		}
		at := slices.IndexFunc(Vocabulary, func(e Extension) bool { return e.Name == name })
		if at < 0 {
			return fmt.Errorf("unknown extension %s", name)
		}
		var decoded any
		if err := value.Decode(&decoded); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		if err := Vocabulary[at].check(decoded); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	return nil
}

func identifier(value any) error {
	if text, ok := value.(string); !ok || !token.IsIdentifier(text) || !token.IsExported(text) {
		return fmt.Errorf("%v is not an exported Go identifier", value)
	}
	return nil
}

func boolean(value any) error {
	if _, ok := value.(bool); !ok {
		return fmt.Errorf("want true or false, not %v", value)
	}
	return nil
}

func text(value any) error {
	if text, ok := value.(string); !ok || strings.TrimSpace(text) == "" {
		return fmt.Errorf("want a text, not %v", value)
	}
	return nil
}

func positive(value any) error {
	if n, ok := value.(int); !ok || n <= 0 {
		return fmt.Errorf("want a number above 0, not %v", value)
	}
	return nil
}

func oneOf(texts ...string) func(any) error {
	return func(value any) error {
		if text, ok := value.(string); !ok || !slices.Contains(texts, text) {
			return fmt.Errorf("want %s, not %v", strings.Join(texts, " or "), value)
		}
		return nil
	}
}

// shape checks that a value has the form of a T.
func shape[T any](value any) error {
	_, err := as[T](value)
	return err
}

// as returns the value of an extension as a T. A field that T does not have is
// an error.
func as[T any](value any) (T, error) {
	var v T
	encoded, err := json.Marshal(value)
	if err != nil {
		return v, err
	}
	decoder := json.NewDecoder(strings.NewReader(string(encoded)))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&v); err != nil {
		return v, err
	}
	if checked, ok := any(&v).(interface{ check() error }); ok {
		err = checked.check()
	}
	return v, err
}

// extension returns the value of an extension as a T, and whether it is set.
// checkVocabulary has checked the shape of the value.
func extension[T any](extensions map[string]any, name string) (T, bool) {
	var none T
	value, ok := extensions[name]
	if !ok {
		return none, false
	}
	v, err := as[T](value)
	return v, err == nil
}

// dropExtensions removes extensions that oapi-codegen does not know.
func dropExtensions(schema *openapi3.Schema, names ...string) {
	for _, name := range names {
		delete(schema.Extensions, name)
	}
}
