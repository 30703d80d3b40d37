package spectest

import "github.com/getkin/kin-openapi/openapi3"

// closeObjects forbids properties that the spec does not list in every object
// for which it lists any.
func closeObjects(document *openapi3.T) {
	closed := make(map[*openapi3.Schema]bool)
	for _, schema := range document.Components.Schemas {
		closeObject(schema, closed)
	}
	for _, path := range document.Paths.Map() {
		for _, operation := range path.Operations() {
			for _, response := range operation.Responses.Map() {
				for _, media := range response.Value.Content {
					closeObject(media.Schema, closed)
				}
			}
		}
	}
}

func closeObject(ref *openapi3.SchemaRef, closed map[*openapi3.Schema]bool) {
	if ref == nil || closed[ref.Value] {
		return
	}
	schema := ref.Value
	closed[schema] = true
	if len(schema.Properties) > 0 {
		forbidden := false
		schema.AdditionalProperties.Has = &forbidden
	}
	closeObject(schema.Items, closed)
	for _, property := range schema.Properties {
		closeObject(property, closed)
	}
	for _, member := range schema.OneOf {
		closeObject(member, closed)
	}
}
