// Package spectest holds requests and replies against the specs, for tests.
package spectest

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/getkin/kin-openapi/routers/legacy"
	"github.com/oapi-codegen/oapi-codegen/v2/pkg/util"
)

// Spec is the spec of a plane, with its overlay applied.
type Spec struct {
	router routers.Router
}

// Load loads the spec of a plane of a version, such as "data" of "2026-04".
func Load(t testing.TB, version, plane string) *Spec {
	t.Helper()
	_, self, _, _ := runtime.Caller(0)
	folder := filepath.Join(filepath.Dir(self), "../../openapi", version)
	document, err := util.LoadSwaggerWithOverlay(filepath.Join(folder, plane+".yaml"), util.LoadSwaggerWithOverlayOpts{
		Path:                filepath.Join(folder, plane+".overlay.yaml"),
		Strict:              true,
		AllowRemoteRefsFrom: []string{},
	})
	if err != nil {
		t.Fatal(err)
	}
	// Whatever the host, the planes are below this path.
	document.Servers = openapi3.Servers{{URL: "/assistant"}}
	router, err := legacy.NewRouter(document)
	if err != nil {
		t.Fatalf("%s %s: %v", version, plane, err)
	}
	return &Spec{router}
}

// Transport passes requests on to base and reports each of them, and each
// reply, that is not as the specs say. An operation has to stand in one of the
// specs. What is reported is an error of the test.
func Transport(t testing.TB, base http.RoundTripper, specs ...*Spec) http.RoundTripper {
	t.Helper()
	return roundTripper(func(req *http.Request) (*http.Response, error) {
		input, err := find(specs, req)
		if err != nil {
			t.Errorf("%s %s: %v", req.Method, req.URL, err)
			return base.RoundTrip(req)
		}
		if err := openapi3filter.ValidateRequest(req.Context(), input); err != nil {
			t.Errorf("%s %s: the request is not as the spec says: %v", req.Method, req.URL, err)
		}
		resp, err := base.RoundTrip(req)
		if err != nil {
			return nil, err
		}
		if err := validateReply(req.Context(), input, resp); err != nil {
			t.Errorf("%s %s: the reply, status %d, is not as the spec says: %v", req.Method, req.URL, resp.StatusCode, err)
		}
		return resp, nil
	})
}

type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(req *http.Request) (*http.Response, error) { return f(req) }

// find returns what validates a request, from the spec that has its operation.
func find(specs []*Spec, req *http.Request) (*openapi3filter.RequestValidationInput, error) {
	for _, spec := range specs {
		route, params, err := spec.router.FindRoute(req)
		if err == nil {
			return &openapi3filter.RequestValidationInput{
				Request:    req,
				PathParams: params,
				Route:      route,
				Options: &openapi3filter.Options{
					AuthenticationFunc:    hasKey,
					IncludeResponseStatus: true,
				},
			}, nil
		}
		if !errors.Is(err, routers.ErrPathNotFound) && !errors.Is(err, routers.ErrMethodNotAllowed) {
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

// validateReply validates a reply and leaves its body to be read again. Streams
// are left alone.
func validateReply(ctx context.Context, request *openapi3filter.RequestValidationInput, resp *http.Response) error {
	if resp.Header.Get("Content-Type") == "text/event-stream" {
		return nil
	}
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
	// Files of any kind are opaque, and a form field of a JSON object is text.
	for _, file := range []string{
		"application/pdf", "text/markdown",
		"application/vnd.openxmlformats-officedocument.wordprocessingml.document",
	} {
		openapi3filter.RegisterBodyDecoder(file, openapi3filter.FileBodyDecoder)
	}
	plain := openapi3filter.RegisteredBodyDecoder("text/plain")
	openapi3filter.RegisterBodyDecoder("text/plain", func(body io.Reader, header http.Header, schema *openapi3.SchemaRef, encode openapi3filter.EncodingFn) (any, error) {
		if schema == nil || schema.Value == nil || !schema.Value.Type.Is("object") {
			return plain(body, header, schema, encode)
		}
		var object map[string]any
		err := json.NewDecoder(body).Decode(&object)
		return object, err
	})
}
