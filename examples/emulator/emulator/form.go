package emulator

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/http"

	"github.com/getkin/kin-openapi/openapi3"
)

const formType = "multipart/form-data"

// formSchema returns the schema of a request's form; nil if the request is none
// or the operation takes none.
func formSchema(r *http.Request, operation *openapi3.Operation) *openapi3.Schema {
	media, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil || media != formType || operation.RequestBody == nil {
		return nil
	}
	content := operation.RequestBody.Value.Content[formType]
	if content == nil {
		return nil
	}
	return content.Schema.Value
}

// validateForm holds a form against its schema, which openapi3filter does not
// when a field is an object, and leaves its body to be read again.
func validateForm(r *http.Request, schema *openapi3.Schema) error {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return err
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	form, err := decodeForm(bytes.NewReader(body), r.Header.Get("Content-Type"), schema)
	if err != nil {
		return err
	}
	return schema.VisitJSON(form, openapi3.VisitAsRequest())
}

// decodeForm decodes a form. A field that the spec calls an object is JSON text,
// every other one is opaque.
func decodeForm(body io.Reader, contentType string, schema *openapi3.Schema) (map[string]any, error) {
	_, params, err := mime.ParseMediaType(contentType)
	if err != nil {
		return nil, err
	}
	form := make(map[string]any)
	for reader := multipart.NewReader(body, params["boundary"]); ; {
		part, err := reader.NextRawPart()
		if errors.Is(err, io.EOF) {
			return form, nil
		}
		if err != nil {
			return nil, fmt.Errorf("the form cannot be read: %w", err)
		}
		name := part.FormName()
		if schema.Properties[name] == nil {
			return nil, fmt.Errorf("the form has the unknown field %q", name)
		}
		if _, twice := form[name]; twice {
			return nil, fmt.Errorf("the form has the field %s twice", name)
		}
		if !schema.Properties[name].Value.Type.Is("object") {
			form[name] = "" // whatever it holds
			if _, err := io.Copy(io.Discard, part); err != nil {
				return nil, fmt.Errorf("the form cannot be read: %w", err)
			}
			continue
		}
		content, err := io.ReadAll(part)
		if err != nil {
			return nil, fmt.Errorf("the form cannot be read: %w", err)
		}
		var value any
		if err := json.Unmarshal(content, &value); err != nil {
			return nil, fmt.Errorf("%s is not JSON: %w", name, err)
		}
		form[name] = value
	}
}
