package compile

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
)

// breakRecursion turns optional properties into pointers if their schema
// contains the schema that has the property. A required property of this kind
// is an error, as no finite value could have it.
func breakRecursion(spec *openapi3.T) error {
	done := map[*openapi3.Schema]bool{}
	var path []*openapi3.Schema
	var visit func(name string, schema *openapi3.Schema) error
	visit = func(name string, schema *openapi3.Schema) error {
		if done[schema] || len(schema.OneOf) > 0 || len(schema.AnyOf) > 0 { // a union holds its value in an interface
			return nil
		}
		path = append(path, schema)
		defer func() { path, done[schema] = path[:len(path)-1], true }()
		for _, part := range schema.AllOf {
			if slices.Contains(path, part.Value) {
				return fmt.Errorf("schema %s: it consists of itself", name)
			}
			if err := visit(name, part.Value); err != nil {
				return err
			}
		}
		for _, key := range slices.Sorted(maps.Keys(schema.Properties)) {
			property := schema.Properties[key]
			target := held(property)
			switch {
			case !slices.Contains(path, target):
				if err := visit(strings.TrimPrefix(property.Ref, "#/components/schemas/"), target); err != nil {
					return err
				}
			case slices.Contains(schema.Required, key) && !property.Value.Nullable:
				return fmt.Errorf("schema %s: its required property %s contains the schema again: no value is finite", name, key)
			default:
				if property.Extensions == nil {
					property.Extensions = map[string]any{}
				}
				property.Extensions[extNoPointer] = false
				if property.Ref == "" {
					if property.Value.Extensions == nil {
						property.Value.Extensions = map[string]any{}
					}
					property.Value.Extensions[extNoPointer] = false
				}
			}
		}
		return nil
	}
	for _, name := range slices.Sorted(maps.Keys(spec.Components.Schemas)) {
		if err := visit(name, spec.Components.Schemas[name].Value); err != nil {
			return err
		}
	}
	return nil
}

// held returns the schema of a property's value: its own, or the only element
// of its allOf.
func held(property *openapi3.SchemaRef) *openapi3.Schema {
	if schema := property.Value; property.Ref == "" && len(schema.AllOf) == 1 && len(schema.Properties) == 0 {
		return schema.AllOf[0].Value
	}
	return property.Value
}
