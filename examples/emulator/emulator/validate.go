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

// maxBodyBytes bounds a body that is no upload.
const maxBodyBytes = 10 << 20

// validate holds a request against the spec of its version. A form is held against
// its rules while it is read, since none of it is kept in memory.
func (r *request) validate() error {
	operation := r.operation.route.Operation
	var err error
	if r.values, err = url.ParseQuery(r.URL.RawQuery); err != nil {
		return invalid("the query cannot be read: %s", shown(err.Error()))
	}
	params := r.WithContext(r.Context()) // a copy
	params.Body = nil                    // or a form would be read into memory
	err = openapi3filter.ValidateRequest(r.Context(), &openapi3filter.RequestValidationInput{
		Request:     params,
		PathParams:  r.path,
		QueryParams: r.values,
		Route:       r.operation.route,
		Options: &openapi3filter.Options{
			AuthenticationFunc:  openapi3filter.NoopAuthenticationFunc, // done before
			ExcludeRequestBody:  true,
			SkipSettingDefaults: true,
		},
	})
	if err != nil {
		return violation("", err)
	}
	if operation.RequestBody == nil {
		r.leave = enter(r.Context(), shareOfQuery*len(r.URL.RawQuery))
		return nil
	}
	given := r.Header.Get("Content-Type")
	media, _, _ := mime.ParseMediaType(given)
	if r.operation.requestSchema(formType) != nil {
		if media != formType {
			return invalid("Content-Type: %q, want %s", shown(given), formType)
		}
		return nil
	}
	if media != jsonType && (media != textType || !chats[r.operation.name]) {
		return invalid("Content-Type: %q, want %s", shown(given), jsonType)
	}
	return r.readBody()
}

// chats take JSON that says it is text: the TypeScript SDK 8.2.0 sends its streamed
// chats so, and the service takes them.
var chats = map[string]bool{chatOperation: true, completionOperation: true}

// readBody reads a JSON body and holds it against its schema. Until all of it is here it
// takes no memory that others wait for.
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
		// The live tests of Pinecone's SDKs expect a refusal.
		return invalid("environment: an assistant has none, want region")
	}
	prune(schema, body) // what the version does not know of has no effect
	r.body = body
	return nil
}

// parseBody decodes a JSON body when there is memory for it.
func (r *request) parseBody(spooled *spool) (any, error) {
	r.leave = enter(r.Context(), shareOfByte*int(spooled.size))
	text, err := spooled.all()
	if err != nil {
		return nil, err
	}
	r.recordBody(text)
	values := countValues(text)
	if values > maxJSONValues {
		return nil, invalid("body: it has more than %d values", maxJSONValues)
	}
	if need := shareOfByte*len(text) + shareOfValue*values; need > leastShare {
		r.leave() // nobody waits for more while holding some
		r.leave = enter(r.Context(), need)
	}
	return parseJSON(text)
}

// readBounded reads a body that is no upload. Of one that is too long it reads the
// rest without keeping it: a client that is not read from may never see the reply.
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
	return nil, invalid("the body is larger than %d bytes, the limit of bodies that are no uploads", maxBodyBytes)
}

func parseJSON(text []byte) (value any, err error) {
	switch {
	case len(bytes.TrimSpace(text)) == 0:
		return nil, invalid("body: the request has none, want a JSON object")
	case bytes.HasPrefix(text, []byte("\ufeff")):
		return nil, invalid("body: a byte order mark stands before the JSON, which must be UTF-8 without it")
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

// unreadable says that a body cannot be read, which is the request's fault.
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

// violation says in one line what is wrong with a request.
func violation(where string, err error) error {
	var request *openapi3filter.RequestError
	if errors.As(err, &request) && request.Parameter != nil {
		where = request.Parameter.Name
	}
	var schema *openapi3.SchemaError
	var parse *openapi3filter.ParseError
	switch {
	case errors.As(err, &schema):
		return invalid("%s: %s", strings.Join(append([]string{where}, schema.JSONPointer()...), "."), shown(schema.Reason))
	case errors.As(err, &parse):
		return invalid("%s: %s", where, shown(parse.Error()))
	case request != nil && request.Err != nil:
		return invalid("%s: %s", where, shown(request.Err.Error()))
	case request != nil && request.Reason != "":
		return invalid("%s: %s", where, shown(request.Reason))
	}
	return invalid("%s: %s", where, shown(err.Error()))
}

// maxShown is how much of a request's own text an error repeats.
const maxShown = 200

// shown returns a text of a request as an error repeats it.
func shown(text string) string {
	if len(text) <= maxShown {
		return text
	}
	end := maxShown
	for end > 0 && !utf8.RuneStart(text[end]) {
		end--
	}
	return text[:end] + "…"
}
