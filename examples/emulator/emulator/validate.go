package emulator

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strings"
	"unicode/utf8"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
)

const (
	jsonType = "application/json"
	formType = "multipart/form-data"
	textType = "text/plain"
)

// maxBodyBytes is the limit of a body other than an upload, in bytes.
const maxBodyBytes = 10 << 20

// validate validates a request against the spec of its version. A form is validated later,
// while it is read, since it is not kept in memory.
func (r *request) validate() error {
	operation := r.operation.route.Operation
	var err error
	if r.values, err = url.ParseQuery(r.URL.RawQuery); err != nil {
		return invalid("the query cannot be read: %s", truncate(err.Error()))
	}
	params := r.WithContext(r.Context()) // a copy
	params.Body = nil                    // so that a form is not read into memory
	err = openapi3filter.ValidateRequest(r.Context(), &openapi3filter.RequestValidationInput{
		Request:     params,
		PathParams:  r.path,
		QueryParams: r.values,
		Route:       r.operation.route,
		Options: &openapi3filter.Options{
			AuthenticationFunc:  openapi3filter.NoopAuthenticationFunc, // see projectOf
			ExcludeRequestBody:  true,
			SkipSettingDefaults: true,
		},
	})
	if err != nil {
		return violation("", err)
	}
	if operation.RequestBody == nil {
		r.release = acquireMemory(r.Context(), shareOfQuery*len(r.URL.RawQuery))
		return nil
	}
	given := r.Header.Get("Content-Type")
	media, _, _ := mime.ParseMediaType(given)
	if r.operation.requestSchema(formType) != nil {
		if media != formType {
			return invalid("Content-Type: %q, want %s", truncate(given), formType)
		}
		return nil
	}
	if media != jsonType && (media != textType || !chats[r.operation.name]) {
		return invalid("Content-Type: %q, want %s", truncate(given), jsonType)
	}
	return r.readBody()
}

// chats are the operations that accept JSON with the content type text/plain, which the
// TypeScript SDK 8.2.0 sends for streamed chats.
var chats = map[string]bool{chatOperation: true, completionOperation: true}

// readBody reads a JSON body and validates it against its schema. It acquires memory only
// after the body has been received.
func (r *request) readBody() error {
	spooled, err := readBounded(r.Body)
	if err != nil {
		return err
	}
	defer func() { _ = spooled.close() }()
	value, err := r.parseBody(spooled)
	if err != nil {
		return err
	}
	if err := r.operation.requestSchema(jsonType).VisitJSON(value); err != nil {
		return violation("body", err)
	}
	body, ok := value.(object)
	if !ok {
		return invalid("body: want a JSON object")
	}
	schema := r.operation.requestSchema(jsonType)
	_, environment := body["environment"]
	if environment && schema.Properties["environment"] == nil && r.operation.name == "CreateAssistant" {
		// The live tests of Pinecone's SDKs expect an error.
		return invalid("environment: not a field of an assistant, want region")
	}
	prune(schema, body) // fields that the version does not list have no effect
	r.body = body
	return nil
}

// parseBody acquires memory for a JSON body and decodes it.
func (r *request) parseBody(spooled *spool) (any, error) {
	r.release = acquireMemory(r.Context(), shareOfByte*int(spooled.size))
	text, err := spooled.all()
	if err != nil {
		return nil, err
	}
	r.recordBody(text)
	values := countValues(text)
	if values > maxJSONValues {
		return nil, invalid("body: more than %d values", maxJSONValues)
	}
	if need := shareOfByte*len(text) + shareOfValue*values; need > leastShare {
		r.release() // a request that waits for memory must not hold any
		r.release = acquireMemory(r.Context(), need)
	}
	return parseJSON(text)
}

// readBounded reads a body of up to maxBodyBytes. It discards the rest of a longer body,
// without which the client may not read the response.
func readBounded(body io.Reader) (*spool, error) {
	kept := &spool{}
	_, err := io.Copy(kept, io.LimitReader(body, maxBodyBytes+1))
	if err == nil && kept.size <= maxBodyBytes {
		return kept, nil
	}
	if err == nil {
		_, err = io.Copy(io.Discard, body)
	}
	_ = kept.close()
	if err != nil {
		return nil, unreadable("body", err)
	}
	return nil, invalid("the body is larger than %d bytes, the limit for requests other than uploads", maxBodyBytes)
}

func parseJSON(text []byte) (value any, err error) {
	switch {
	case len(bytes.TrimSpace(text)) == 0:
		return nil, invalid("body: empty, want a JSON object")
	case bytes.HasPrefix(text, []byte("\ufeff")):
		return nil, invalid("body: byte order mark before the JSON, want UTF-8 without it")
	case bytes.HasPrefix(text, []byte{0xff, 0xfe}) || bytes.HasPrefix(text, []byte{0xfe, 0xff}):
		return nil, invalid("body: the JSON is UTF-16, want UTF-8")
	case !utf8.Valid(text):
		return nil, invalid("body: the JSON is not UTF-8")
	}
	if err := json.Unmarshal(text, &value); err != nil {
		return nil, invalid("body: %v", err)
	}
	return value, nil
}

// unreadable returns an error of reading a body as a response with the status 400.
func unreadable(what string, err error) error {
	var explained *apiError
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &explained):
		return explained
	case errors.As(err, &tooLarge):
		return invalid("the request is larger than %d bytes", tooLarge.Limit)
	}
	return invalid("the %s cannot be read: %v", what, err)
}

// violation returns a validation error as a response with a message of one line.
func violation(where string, err error) error {
	var request *openapi3filter.RequestError
	if errors.As(err, &request) && request.Parameter != nil {
		where = request.Parameter.Name
	}
	var schema *openapi3.SchemaError
	var parse *openapi3filter.ParseError
	switch {
	case errors.As(err, &schema):
		return invalid("%s: %s", strings.Join(append([]string{where}, schema.JSONPointer()...), "."), truncate(schema.Reason))
	case errors.As(err, &parse):
		return invalid("%s: %s", where, truncate(parse.Error()))
	case request != nil && request.Err != nil:
		return invalid("%s: %s", where, truncate(request.Err.Error()))
	case request != nil && request.Reason != "":
		return invalid("%s: %s", where, truncate(request.Reason))
	}
	return invalid("%s: %s", where, truncate(err.Error()))
}

// maxInError is the limit of a request's text in an error message, in bytes.
const maxInError = 200

// truncate returns a text of a request for an error message, cut after maxInError bytes.
func truncate(text string) string {
	if len(text) <= maxInError {
		return text
	}
	end := maxInError
	for end > 0 && !utf8.RuneStart(text[end]) {
		end--
	}
	return text[:end] + "…"
}
