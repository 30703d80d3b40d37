package rest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"reflect"
	"strings"

	"github.com/oapi-codegen/runtime"

	"github.com/pinecone-community/assistant-go/auth"
	"github.com/pinecone-community/assistant-go/internal/jsonwrite"
	"github.com/pinecone-community/assistant-go/internal/redact"
)

// Request is a request of a stock client that is being built. Build returns the
// first error of its methods.
type Request struct {
	method, server string
	template       string // path in the spec
	path           string
	query          []string
	header         http.Header
	err            error
}

// NewRequest returns a request to be built. The path has the names of
// parameters in braces.
func NewRequest(method, server, path string) *Request {
	return &Request{method: method, server: server, template: path, path: path, header: http.Header{}}
}

// Param describes a parameter. An optional parameter that is zero is left out.
type Param struct {
	Name     string
	Style    string // a style of OpenAPI, or "json" or "text"
	Explode  bool
	Required bool
	Type     string // type of the schema
	Format   string // format of the schema
}

// Path sets a parameter of the path, as one segment. The values "", "." and ".."
// are errors, because they would change the path.
func (r *Request) Path(p Param, value any) {
	text, _ := r.text(p, value, runtime.ParamLocationPath)
	if p.Style == "json" || p.Style == "text" {
		text = url.PathEscape(text)
	}
	r.fail(checkSegment(p.Name, text))
	r.path = strings.Replace(r.path, "{"+p.Name+"}", text, 1)
}

// Query adds a parameter to the query.
func (r *Request) Query(p Param, value any) {
	text, ok := r.text(p, value, runtime.ParamLocationQuery)
	switch {
	case !ok:
	case p.Style == "json" || p.Style == "text":
		r.query = append(r.query, url.QueryEscape(p.Name)+"="+url.QueryEscape(text))
	case text != "":
		r.query = append(r.query, strings.ReplaceAll(text, " ", "%20")) // package runtime does not escape its delimiter
	}
}

// Header sets a header.
func (r *Request) Header(p Param, value any) {
	if text, ok := r.text(p, value, runtime.ParamLocationHeader); ok {
		r.header.Set(p.Name, text)
	}
}

// text returns the text of a parameter, and whether the parameter is sent.
func (r *Request) text(p Param, value any, in runtime.ParamLocation) (text string, ok bool) {
	v := reflect.ValueOf(value)
	switch {
	case v.Kind() == reflect.Pointer && !v.IsNil():
		value = v.Elem().Interface() // a pointer to a zero value is sent
	case p.Required && (!v.IsValid() || v.Kind() == reflect.Pointer):
		r.fail(fmt.Errorf("%s is nil", p.Name))
		return "", false
	case !p.Required && (!v.IsValid() || v.IsZero()):
		return "", false
	}
	var err error
	switch p.Style {
	case "json":
		var encoded []byte
		encoded, err = jsonwrite.Marshal(value)
		text = string(encoded)
	case "text":
		text = fmt.Sprint(value)
	default:
		text, err = runtime.StyleParamWithOptions(p.Style, p.Explode, p.Name, value,
			runtime.StyleParamOptions{ParamLocation: in, Type: p.Type, Format: p.Format})
	}
	if err != nil {
		r.fail(fmt.Errorf("%s: %w", p.Name, err))
	}
	return text, err == nil
}

func (r *Request) fail(err error) {
	if r.err == nil {
		r.err = err
	}
}

// Build returns the request. contentType is "" for a request without a body.
func (r *Request) Build(contentType string, body io.Reader) (*http.Request, error) {
	base, err := parseServer(r.server)
	if err != nil {
		err = fmt.Errorf("base URL %q: %w", hideUser(r.server), err)
	} else if r.err != nil {
		err = fmt.Errorf("%s %s: %w", r.method, r.template, r.err)
	}
	if err != nil {
		return nil, err
	}
	target := base.String() + r.path
	if len(r.query) > 0 {
		target += "?" + strings.Join(r.query, "&")
	}
	req, err := http.NewRequest(r.method, target, body) //nolint:noctx // Do sets it
	if err != nil {
		return nil, err
	}
	req.Header = r.header
	if contentType != "" {
		req.Header.Set("Content-Type", contentType)
	}
	return req, nil
}

// MarshalBody returns the JSON text of a body, without escapes for HTML.
func MarshalBody(body any) (*bytes.Reader, error) {
	text, err := jsonwrite.Marshal(body)
	if err != nil {
		return nil, fmt.Errorf("request body: %w", err)
	}
	return bytes.NewReader(text), nil
}

// Do runs the request editors on a request and sends it, once. An error does not
// contain the credentials of the request.
func Do[E ~func(context.Context, *http.Request) error](ctx context.Context, doer Doer, req *http.Request, editors ...[]E) (*http.Response, error) {
	if ctx == nil {
		return nil, errors.New("the context is nil")
	}
	doer, err := guarded(doer)
	if err != nil {
		return nil, err
	}
	req = req.WithContext(ctx)
	for _, list := range editors {
		for i, edit := range list {
			if edit == nil {
				return nil, fmt.Errorf("request editor %d is nil", i+1)
			}
			if err := edit(ctx, req); err != nil {
				if req.Body != nil {
					_ = req.Body.Close()
				}
				return nil, err
			}
		}
	}
	resp, err := doer.Do(req)
	if err != nil {
		return nil, redact.Of(req).Error(err)
	}
	return resp, nil
}

// guarded returns doer, or a copy if doer is an *http.Client without a
// CheckRedirect function: the copy does not follow redirects to another origin,
// so that the API key stays. A nil client is an error.
func guarded(doer Doer) (Doer, error) {
	client, ok := doer.(*http.Client)
	if doer == nil || ok && client == nil {
		return nil, errors.New("HTTP client is nil")
	}
	if ok && client.CheckRedirect == nil {
		with := *client
		with.CheckRedirect = auth.CheckRedirect
		return &with, nil
	}
	return doer, nil
}
