// Package spectest validates requests and responses against the specs, for the
// tests of this module and of the examples.
package spectest

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"mime"
	"mime/multipart"
	"net/http"
	"net/url"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/getkin/kin-openapi/routers/legacy"

	"github.com/pinecone-community/assistant-go/internal/compile"
)

// Spec is the spec of a plane, with its overlay applied.
type Spec struct {
	router     routers.Router
	operations map[string]bool // by id
}

// Load returns the spec of a plane in a version, such as "data" and "2026-04". A
// process loads each spec once.
func Load(t testing.TB, version, plane string) *Spec {
	t.Helper()
	return load(t, source{version, plane, false})
}

// LoadStrict is like Load, but forbids properties that the spec does not list
// in every object for which it lists any.
func LoadStrict(t testing.TB, version, plane string) *Spec {
	t.Helper()
	return load(t, source{version, plane, true})
}

// source identifies a spec.
type source struct {
	version, plane string
	strict         bool
}

var (
	loading sync.Mutex // guards loaded
	loaded  = map[source]*Spec{}
)

func load(t testing.TB, from source) *Spec {
	t.Helper()
	loading.Lock()
	defer loading.Unlock()
	if loaded[from] != nil {
		return loaded[from]
	}
	_, self, _, _ := runtime.Caller(0)
	document, err := compile.Spec(filepath.Join(filepath.Dir(self), "../../.."), from.version, from.plane)
	if err != nil {
		t.Fatal(err)
	}
	if from.strict {
		closeObjects(document)
	}
	loaded[from] = newSpec(t, document)
	return loaded[from]
}

func newSpec(t testing.TB, document *openapi3.T) *Spec {
	t.Helper()
	document.Servers = nil // accept any host
	router, err := legacy.NewRouter(document)
	if err != nil {
		t.Fatalf("%s %s: %v", document.Info.Title, document.Info.Version, err)
	}
	s := &Spec{router, map[string]bool{}}
	for _, item := range document.Paths.Map() {
		for _, operation := range item.Operations() {
			s.operations[operation.OperationID] = true
		}
	}
	return s
}

// Transport passes requests on to base. It reports each request and response
// that does not conform to the specs, and each request whose operation is in no
// spec.
func Transport(t Reporter, base http.RoundTripper, specs ...*Spec) http.RoundTripper {
	return roundTripper(func(req *http.Request) (*http.Response, error) {
		input, err := find(specs, req)
		if err != nil {
			t.Errorf("%s %s: %v", req.Method, req.URL, err)
			return base.RoundTrip(req)
		}
		err = openapi3filter.ValidateRequest(req.Context(), input)
		if err != nil && strings.Contains(err.Error(), fs.ErrClosed.Error()) {
			return nil, fs.ErrClosed // the call was given up while its body was read
		}
		if err != nil {
			t.Errorf("%s %s: the request does not conform to the spec: %v", req.Method, req.URL, err)
		}
		return roundTrip(t, base, input)
	})
}

// Replies is like [Transport], but validates only the responses to operations
// of the specs. It is for tests that send invalid requests on purpose.
func Replies(t Reporter, base http.RoundTripper, specs ...*Spec) http.RoundTripper {
	return roundTripper(func(req *http.Request) (*http.Response, error) {
		input, err := find(specs, req)
		if err != nil {
			return base.RoundTrip(req)
		}
		return roundTrip(t, base, input)
	})
}

func roundTrip(t Reporter, base http.RoundTripper, input *openapi3filter.RequestValidationInput) (*http.Response, error) {
	req := input.Request
	resp, err := base.RoundTrip(req)
	if err != nil {
		return nil, err
	}
	if resp.Header.Get("Content-Type") == eventStream {
		watchStream(t, input, resp)
		return resp, nil
	}
	if err := validateReply(req.Context(), input, resp); err != nil {
		t.Errorf("%s %s: the response with status %d does not conform to the spec: %v", req.Method, req.URL, resp.StatusCode, err)
	}
	return resp, nil
}

// Reporter reports faults. [testing.T] implements it.
type Reporter interface {
	Errorf(format string, args ...any)
}

type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(req *http.Request) (*http.Response, error) { return f(req) }

// basePath is the path prefix of all planes, on every host.
const basePath = "/assistant"

// find returns the input to validate a request, with the spec that has its
// operation.
func find(specs []*Spec, req *http.Request) (*openapi3filter.RequestValidationInput, error) {
	path, ok := strings.CutPrefix(req.URL.Path, basePath)
	if !ok {
		return nil, fmt.Errorf("the path is not below %s", basePath)
	}
	for _, spec := range specs {
		route, params, err := spec.router.FindRoute(&http.Request{Method: req.Method, URL: &url.URL{Path: path}})
		if err == nil {
			return &openapi3filter.RequestValidationInput{
				Request:    req,
				PathParams: params,
				Route:      route,
				Options: &openapi3filter.Options{
					AuthenticationFunc:    hasKey,
					IncludeResponseStatus: true,
					SkipSettingDefaults:   true, // do not modify the request
				},
			}, nil
		}
		if notThere := (*routers.RouteError)(nil); !errors.As(err, &notThere) {
			return nil, err
		}
	}
	return nil, errors.New("no spec has this operation")
}

func hasKey(_ context.Context, input *openapi3filter.AuthenticationInput) error {
	scheme := input.SecurityScheme
	if scheme.In != "header" || input.RequestValidationInput.Request.Header.Get(scheme.Name) == "" {
		return fmt.Errorf("no %s in the %s", scheme.Name, scheme.In)
	}
	return nil
}

// validateReply validates a response and replaces its body, so that it can be
// read again.
func validateReply(ctx context.Context, request *openapi3filter.RequestValidationInput, resp *http.Response) error {
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		return err
	}
	resp.Body.Close()
	resp.Body = io.NopCloser(bytes.NewReader(body))
	input := &openapi3filter.ResponseValidationInput{
		RequestValidationInput: request,
		Status:                 resp.StatusCode,
		Header:                 resp.Header,
		Options:                request.Options,
	}
	input.SetBodyBytes(body)
	return openapi3filter.ValidateResponse(ctx, input)
}

func init() {
	openapi3filter.RegisterBodyDecoder("multipart/form-data", decodeForm)
}

// decodeForm decodes a form as the service reads it: a field whose schema is an
// object, a number or a boolean is JSON, a list has a field for each element,
// and every other field is opaque. The decoder of openapi3filter decodes an
// object only if the field has a JSON content type.
func decodeForm(body io.Reader, header http.Header, schema *openapi3.SchemaRef, _ openapi3filter.EncodingFn) (any, error) {
	_, params, err := mime.ParseMediaType(header.Get("Content-Type"))
	if err != nil {
		return nil, err
	}
	fields := map[string]any{}
	for reader := multipart.NewReader(body, params["boundary"]); ; {
		part, err := reader.NextPart()
		if errors.Is(err, io.EOF) {
			return fields, nil
		}
		if err != nil {
			return nil, err
		}
		content, err := io.ReadAll(part)
		if err != nil {
			return nil, err
		}
		name := part.FormName()
		field := schema.Value.Properties[name]
		if field == nil {
			return nil, fmt.Errorf("form field %s is not in the spec", name)
		}
		schema, isList := field.Value, field.Value.Type.Is("array")
		if isList {
			schema = schema.Items.Value
		}
		var value any = string(content)
		if schema.Type != nil && !schema.Type.Is("string") {
			if err := json.Unmarshal(content, &value); err != nil {
				return nil, fmt.Errorf("form field %s: %w", name, err)
			}
		}
		switch before, twice := fields[name]; {
		case isList && twice:
			fields[name] = append(before.([]any), value)
		case isList:
			fields[name] = []any{value}
		case twice:
			return nil, fmt.Errorf("form field %s comes twice", name)
		default:
			fields[name] = value
		}
	}
}
