package emulator

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"path"
	"strconv"

	"github.com/getkin/kin-openapi/openapi3"
)

// response is the response of an operation. It has a body, items, a stream or none of
// them.
type response struct {
	status int
	header http.Header
	body   object
	items  *items
	stream *stream

	encoded *spool // the encoded body or items
}

// items is a body with a list that is not in memory as a whole.
type items struct {
	field string
	each  func(add func(item any) error) error
}

// encode encodes the body or the items.
func (r *response) encode() (err error) {
	switch {
	case r.items != nil:
		r.encoded = &spool{}
		err = r.items.encode(r.encoded)
	case r.body != nil:
		r.encoded = &spool{}
		err = json.NewEncoder(r.encoded).Encode(r.body)
		r.body = nil
	}
	if err != nil {
		_ = r.encoded.close()
	}
	return err
}

func (i *items) encode(to *spool) error {
	buffered := bufio.NewWriter(to)
	encoder := json.NewEncoder(buffered)
	separator := fmt.Sprintf(`{%q:[`, i.field)
	err := i.each(func(item any) error {
		_, err := buffered.WriteString(separator)
		separator = ","
		return errors.Join(err, encoder.Encode(item))
	})
	if err != nil {
		return err
	}
	if separator != "," {
		_, err = buffered.WriteString(separator)
	}
	_, last := buffered.WriteString("]}\n")
	return errors.Join(err, last, buffered.Flush())
}

func (r *response) write(w http.ResponseWriter) error {
	if r.stream != nil {
		return r.stream.write(w)
	}
	maps.Copy(w.Header(), r.header)
	if r.encoded == nil {
		w.WriteHeader(r.status)
		return nil
	}
	w.Header().Set("Content-Type", jsonType)
	w.Header().Set("Content-Length", strconv.FormatInt(r.encoded.size, 10))
	w.WriteHeader(r.status)
	_ = r.encoded.copyTo(w) // the client may have closed the connection
	return r.encoded.close()
}

func writeJSON(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", jsonType)
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body) // the client may have closed the connection
}

// ok returns a response with the status 200.
func (r *request) ok(body object) *response { return r.respond(http.StatusOK, body) }

// respond returns a response with a body from which shape has removed fields.
func (r *request) respond(status int, body object) *response {
	return &response{status: status, body: r.shape(status, body)}
}

// shape removes the fields of a response's body that the spec of the request's version
// does not list.
func (r *request) shape(status int, body object) object {
	if schema := r.operation.responseSchema(status); schema != nil {
		prune(schema, body)
	}
	return body
}

// prune removes the fields of a value that its schema does not list, and null fields that
// are not nullable. A schema without properties allows all fields.
func prune(schema *openapi3.Schema, value any) {
	switch value := value.(type) {
	case []object:
		if schema.Items != nil {
			for _, item := range value {
				prune(schema.Items.Value, item)
			}
		}
	case []any:
		if schema.Items != nil {
			for _, item := range value {
				prune(schema.Items.Value, item)
			}
		}
	case object:
		schema = member(schema, value)
		if len(schema.Properties) == 0 {
			return
		}
		for name, field := range value {
			property := schema.Properties[name]
			if property == nil || field == nil && !property.Value.Nullable {
				delete(value, name)
				continue
			}
			prune(property.Value, field)
		}
	}
}

// member returns the schema of a value in a union, or the schema itself if it is not a
// union.
func member(schema *openapi3.Schema, value object) *openapi3.Schema {
	if schema.Discriminator == nil {
		return schema
	}
	kind, _ := value[schema.Discriminator.PropertyName].(string)
	ref := schema.Discriminator.Mapping[kind].Ref
	for _, one := range schema.OneOf {
		if path.Base(one.Ref) == path.Base(ref) {
			return one.Value
		}
	}
	return schema
}
