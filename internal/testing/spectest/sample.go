package spectest

import (
	"encoding/json"
	"maps"
	"math"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
)

// Operation returns the operation of a request, or nil if the spec has none.
func (s *Spec) Operation(req *http.Request) *openapi3.Operation {
	input, err := find([]*Spec{s}, req)
	if err != nil {
		return nil
	}
	return input.Route.Operation
}

// Operations returns the ids of all operations.
func (s *Spec) Operations() []string {
	return slices.Sorted(maps.Keys(s.operations))
}

// Sample returns a value that conforms to the schema and has all properties
// that the schema lists.
func Sample(t testing.TB, schema *openapi3.Schema) any {
	t.Helper()
	return sample(t, schema, 0)
}

// deepest is the depth at which the sample of a recursive schema ends.
const deepest = 8

func sample(t testing.TB, schema *openapi3.Schema, depth int) any {
	switch {
	case len(schema.Enum) > 0:
		return schema.Enum[0]
	case len(schema.OneOf) > 0:
		return sampleMember(t, schema, schema.OneOf[0], depth)
	case len(schema.AnyOf) > 0:
		return sampleMember(t, schema, schema.AnyOf[0], depth)
	case len(schema.AllOf) > 0:
		all := map[string]any{}
		for _, part := range schema.AllOf {
			value := sample(t, part.Value, depth)
			object, ok := value.(map[string]any)
			if !ok {
				return value
			}
			maps.Copy(all, object)
		}
		return all
	case schema.Type.Is("string"):
		return sampleText(t, schema)
	case schema.Type.Is("boolean"):
		return true
	case schema.Type.Is("integer"):
		return math.Ceil(sampleNumber(schema, 3))
	case schema.Type.Is("number"):
		return sampleNumber(schema, 0.5)
	case schema.Type.Is("array"):
		if depth > deepest {
			return []any{}
		}
		items := make([]any, max(1, schema.MinItems))
		for i := range items {
			items[i] = sample(t, schema.Items.Value, depth+1)
		}
		return items
	}
	object := map[string]any{}
	names := map[*openapi3.SchemaRef]bool{} // two names of a property share a schema
	for _, name := range slices.Sorted(maps.Keys(schema.Properties)) {
		property := schema.Properties[name]
		if names[property] {
			continue
		}
		names[property] = true
		if depth < deepest || slices.Contains(schema.Required, name) {
			object[name] = sample(t, property.Value, depth+1)
		}
	}
	if len(schema.Properties) == 0 {
		object["my_key"] = "v"
	}
	return object
}

// sampleMember returns a sample of a member of a union, with the
// discriminator's value for the member.
func sampleMember(t testing.TB, union *openapi3.Schema, member *openapi3.SchemaRef, depth int) any {
	value := sample(t, member.Value, depth)
	object, ok := value.(map[string]any)
	if ok && union.Discriminator != nil {
		for announced, reference := range union.Discriminator.Mapping {
			if reference.Ref == member.Ref {
				object[union.Discriminator.PropertyName] = announced
			}
		}
	}
	return value
}

func sampleText(t testing.TB, schema *openapi3.Schema) string {
	t.Helper()
	switch schema.Format {
	case "date-time":
		return "2026-01-02T03:04:05.000000006Z"
	case "date":
		return "2026-01-02"
	case "uuid":
		return "3fa85f64-5717-4562-b3fc-2c963f66afa6"
	case "byte":
		return "YQ=="
	case "json":
		return `{"my_key":"v"}`
	}
	candidates := []string{"v é&=%?", "a-1", "a_1", "a1", "a", "1"}
	for _, text := range candidates {
		if short := int(schema.MinLength) - len(text); short > 0 {
			text += strings.Repeat("a", short)
		}
		fits := schema.MaxLength == nil || len(text) <= int(*schema.MaxLength)
		if schema.Pattern != "" {
			pattern, err := regexp.Compile(schema.Pattern)
			fits = fits && err == nil && pattern.MatchString(text)
		}
		if fits {
			return text
		}
	}
	t.Errorf("no sample matches the pattern %s with %d to %s characters", schema.Pattern, schema.MinLength, limit(schema.MaxLength))
	return ""
}

func limit(n *uint64) string {
	if n == nil {
		return "any number of"
	}
	return strconv.FormatUint(*n, 10)
}

func sampleNumber(schema *openapi3.Schema, value float64) float64 {
	if schema.Min != nil {
		value = max(value, *schema.Min+1)
	}
	if schema.Max != nil {
		value = min(value, *schema.Max)
	}
	return value
}

// SampleReply returns a sample of the operation's first 2xx response. The
// result value is the decoded body if the body is JSON.
func SampleReply(t testing.TB, operation *openapi3.Operation) (status int, header http.Header, body []byte, value any) {
	t.Helper()
	header = http.Header{}
	for _, code := range slices.Sorted(maps.Keys(operation.Responses.Map())) {
		n, err := strconv.Atoi(code)
		if err != nil || n/100 != 2 {
			continue
		}
		response := operation.Responses.Value(code).Value
		for name, h := range response.Headers {
			if text, ok := sample(t, h.Value.Schema.Value, 0).(string); ok {
				header.Set(name, strings.ToValidUTF8(strings.ReplaceAll(text, "é", "e"), ""))
			}
		}
		media := response.Content["application/json"]
		switch {
		case media != nil:
			header.Set("Content-Type", "application/json")
			value = sample(t, media.Schema.Value, 0)
			if body, err = json.Marshal(value); err != nil {
				t.Error(err)
			}
		case len(response.Content) > 0:
			header.Set("Content-Type", slices.Sorted(maps.Keys(response.Content))[0])
			body = []byte("content")
		}
		return n, header, body, value
	}
	t.Errorf("%s has no 2xx response", operation.OperationID)
	return http.StatusOK, header, nil, nil
}
