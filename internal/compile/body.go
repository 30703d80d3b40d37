package compile

import (
	"errors"
	"fmt"
	"slices"

	"github.com/oapi-codegen/oapi-codegen/v2/pkg/codegen"
)

// field is a field of a multipart body. Call is the expression that creates its
// part.
type field struct {
	Guard, Call string
}

func (m *method) describeBody(op codegen.OperationDefinition, t *types) error {
	if len(op.Bodies) == 0 {
		return nil
	}
	body := op.Bodies[0]
	if len(op.Bodies) > 1 {
		i := slices.IndexFunc(op.Bodies, codegen.RequestBodyDefinition.IsJSON)
		if i < 0 {
			return errors.New("request bodies of several types, none of them JSON")
		}
		body = op.Bodies[i]
	}
	m.Body = body.Schema.TypeDecl()
	switch {
	case body.IsJSON():
		return nil
	case body.ContentType != multipart:
		return fmt.Errorf("request body of type %s is not supported", body.ContentType)
	}
	properties := op.Spec.RequestBody.Value.Content.Get(multipart).Schema.Value.Properties
	for _, name := range codegen.SortedMapKeys(properties) {
		p, ok := t.field(m.Body, name)
		if !ok {
			return fmt.Errorf("form field %s: %s has no such field", name, m.Body)
		}
		schema, goType, value := properties[name].Value, fieldType(p), "body."+p.GoFieldName()
		guard := ""
		if goType[0] == '*' {
			guard, goType, value = value+" != nil", goType[1:], "*"+value
		}
		kind := ""
		if schema.Type != nil && len(*schema.Type) > 0 {
			kind = (*schema.Type)[0]
		}
		text, isText := scalarText(kind, schema.Format, goType, value)
		switch {
		case isFile(schema):
			if !p.Required && guard == "" {
				guard = "!" + value + ".IsZero()"
			}
			m.Form = append(m.Form, field{guard, fmt.Sprintf("FilePart(%q, %s)", name, value)})
		case isFiles(schema):
			m.Form = append(m.Form, field{"", fmt.Sprintf("FileParts(%q, %s)...", name, value)})
		case isText:
			if !p.Required && guard == "" && kind != "string" {
				guard = value + " != " + zero(kind)
			}
			m.Form = append(m.Form, field{guard, fmt.Sprintf("TextPart(%q, %s)", name, text)})
		case goType == "map[string]interface{}":
			m.Form = append(m.Form, field{guard, fmt.Sprintf("JSONPart(%q, %s, %d)", name, value, maxBytes(schema.Extensions))})
		default:
			return fmt.Errorf("form field %s: type %s is not supported", name, goType)
		}
	}
	return nil
}
