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
	"regexp"
	"strconv"
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/oapi-codegen/runtime"

	"github.com/pinecone-community/assistant-go/internal/jsonwrite"
	"github.com/pinecone-community/assistant-go/internal/redact"
	"github.com/pinecone-community/assistant-go/internal/upload"
)

// Call is a request that is being built. Its methods can be called in any
// order. Sending the call returns the first error of the methods.
type Call struct {
	client  *Client
	editors []Editor
	method  string
	path    strings.Builder // escaped, with the server's path
	query   strings.Builder
	header  map[string]string // other headers than accept and content
	accept  string
	content string // Content-Type
	length  int64
	body    func() (io.ReadCloser, error)
	rewinds bool // body can be called for each attempt
	form    *upload.Form
	err     error

	// State of the current or last attempt.
	attempt   int     // from 1
	options   Options // the client's options, adjusted by the editors
	responses []*Response
	sent      *http.Request
	answered  *http.Request   // the request of the response, if a Doer replaced sent
	secrets   *redact.Secrets // of the earlier attempts
}

// NewCall returns a call to be built. Its editors run after the client's
// editors.
func NewCall[E ~func(context.Context, *http.Request) error](client *Client, method string, editors []E) *Call {
	c := &Call{
		client: client,
		method: method,
		accept: mediaJSON,
	}
	if client == nil {
		c.fail(errors.New("the API is a zero value: make one with New"))
		return c
	}
	c.options = client.options
	c.path.Grow(len(client.path) + 64)
	c.path.WriteString(client.path)
	for i, editor := range editors {
		if editor == nil {
			c.fail(fmt.Errorf("request editor %d of the call is nil", i+1))
			break
		}
		c.editors = append(c.editors, Editor(editor))
	}
	return c
}

func (c *Call) fail(err error) {
	if c.err == nil {
		c.err = err
	}
}

// Path appends a literal part of the path.
func (c *Call) Path(literal string) *Call {
	c.path.WriteString(literal)
	return c
}

// PathParam appends a parameter to the path as one escaped segment. The values
// "", "." and ".." are errors, as they would select another path.
func (c *Call) PathParam(name, value string, limits ...Limit) *Call {
	for _, limit := range limits {
		if err := limit.check(name, value); err != nil {
			c.fail(err)
		}
	}
	c.fail(checkSegment(name, value))
	c.path.WriteString(url.PathEscape(value))
	return c
}

// checkSegment checks the value of a parameter of the path. The values "", "." and
// ".." are errors, because they would change the path.
func checkSegment(name, value string) error {
	switch value {
	case "":
		return fmt.Errorf("%s is empty", name)
	case ".", "..":
		return fmt.Errorf("%s is %q, which is not a name", name, value)
	}
	return nil
}

// Limit is a constraint on a parameter's value.
type Limit struct {
	Min, Max int    // in characters; a Max of 0 means no limit
	Pattern  string // regular expression; "" means any value
	// Match is Matches if there is a Pattern. It is a field so that only
	// clients with such an operation link package regexp.
	Match func(pattern, value string) bool
}

func (l Limit) check(name, value string) error {
	n := utf8.RuneCountInString(value)
	switch {
	case n < l.Min || l.Max > 0 && n > l.Max:
		return fmt.Errorf("%s has %d characters, want %d to %d", name, n, l.Min, l.Max)
	case l.Pattern != "" && !l.Match(l.Pattern, value):
		return fmt.Errorf("%s is %q, want it to match %s", name, value, l.Pattern)
	}
	return nil
}

// Matches reports whether value matches the regular expression pattern. It
// compiles each pattern once.
func Matches(pattern, value string) bool {
	compiled, ok := patterns.Load(pattern)
	if !ok {
		compiled, _ = patterns.LoadOrStore(pattern, regexp.MustCompile(pattern))
	}
	return compiled.(*regexp.Regexp).MatchString(value)
}

var patterns sync.Map // of *regexp.Regexp, by pattern

// Query adds a query parameter. An empty value is left out unless the parameter
// is required.
func (c *Call) Query(name, value string, required bool) {
	if value != "" || required {
		c.addQuery(url.QueryEscape(name) + "=" + url.QueryEscape(value))
	}
}

// QueryInt adds an integer query parameter. Zero is left out unless the
// parameter is required.
func (c *Call) QueryInt(name string, value int64, required bool) {
	if value != 0 || required {
		c.Query(name, strconv.FormatInt(value, 10), true)
	}
}

// QueryBool adds a boolean query parameter. False is left out unless the
// parameter is required.
func (c *Call) QueryBool(name string, value, required bool) {
	if value || required {
		c.Query(name, strconv.FormatBool(value), true)
	}
}

// QueryJSON adds a query parameter whose value is written as JSON. The JSON may
// have at most limit bytes; a limit of 0 means no limit. A nil map is left out
// unless the parameter is required.
func (c *Call) QueryJSON(name string, value map[string]any, required bool, limit int) {
	if value == nil && !required {
		return
	}
	text, err := upload.Text(value, limit)
	if err != nil {
		c.fail(fmt.Errorf("%s: %w", name, err))
		return
	}
	c.Query(name, string(text), true)
}

// QueryStyled adds a query parameter of any other type in an OpenAPI
// serialization style. The zero value is left out unless the parameter is
// required.
func (c *Call) QueryStyled(name, style string, explode bool, value any, required bool) {
	if v := reflect.ValueOf(value); !v.IsValid() || !required && v.IsZero() {
		if required {
			c.fail(fmt.Errorf("%s is nil", name))
		}
		return
	}
	text, err := runtime.StyleParamWithOptions(style, explode, name, value, runtime.StyleParamOptions{
		ParamLocation: runtime.ParamLocationQuery,
	})
	if err != nil {
		c.fail(fmt.Errorf("%s: %w", name, err))
		return
	}
	c.addQuery(strings.ReplaceAll(text, " ", "%20")) // package runtime does not escape its delimiter
}

func (c *Call) addQuery(pair string) {
	if pair == "" {
		return
	}
	if c.query.Len() > 0 {
		c.query.WriteByte('&')
	}
	c.query.WriteString(pair)
}

const mediaJSON = "application/json"

// headers returns the headers of an attempt. Editors may change them, so that
// no two attempts share them.
func (c *Call) headers() http.Header {
	values := []string{c.accept, c.client.options.Version, c.content}
	header := http.Header{"Accept": values[0:1:1], VersionHeader: values[1:2:2]}
	if c.content != "" {
		header["Content-Type"] = values[2:3:3]
	}
	for name, value := range c.header {
		header.Set(name, value)
	}
	return header
}

// Header sets a header. An empty value is left out.
func (c *Call) Header(name, value string) {
	if value != "" {
		if c.header == nil {
			c.header = map[string]string{}
		}
		c.header[name] = value
	}
}

// JSON sets the request body to value, encoded as JSON.
func (c *Call) JSON(value any) *Call {
	text, err := jsonwrite.Marshal(value)
	if err != nil {
		c.fail(fmt.Errorf("request body: %w", err))
		return c
	}
	c.content = mediaJSON
	c.length = int64(len(text))
	c.body = func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(text)), nil }
	c.rewinds = true
	return c
}

// Form sets the request body to a multipart form. The parts are read while they
// are sent.
func (c *Call) Form(parts ...upload.Part) *Call {
	form, err := upload.NewForm(parts...)
	if err != nil {
		c.fail(err)
		return c
	}
	c.content = form.ContentType()
	c.length = form.Len()
	c.form = form
	c.body = form.Open
	c.rewinds = form.Rewinds()
	return c
}

// check returns the error of a call that cannot be sent, or nil.
func (c *Call) check(ctx context.Context) error {
	err := c.err
	if err == nil && ctx == nil {
		err = errors.New("the context is nil")
	}
	if err != nil {
		path := c.path.String()
		if c.client != nil {
			path = strings.TrimPrefix(path, c.client.path)
		}
		return fmt.Errorf("%s: %w", strings.TrimSpace(c.method+" "+path), err)
	}
	return nil
}

// clean removes the secrets of the call's requests from err and puts its text
// on one line.
func (c *Call) clean(err error) error {
	if err == nil {
		return nil
	}
	s := c.secrets
	if s == nil {
		s = &redact.Secrets{}
	}
	c.addSecrets(s)
	return s.Error(err)
}

func (c *Call) addSecrets(s *redact.Secrets) {
	for _, req := range []*http.Request{c.sent, c.answered} {
		if req != nil {
			s.Add(req)
		}
	}
}

// request builds the request of an attempt and runs all editors on it.
func (c *Call) request(ctx context.Context) (*http.Request, error) {
	c.options, c.responses = c.client.options, nil
	target := c.client.server
	target.RawPath = c.path.String()
	path, err := url.PathUnescape(target.RawPath)
	if err != nil {
		return nil, err
	}
	target.Path = path
	target.RawQuery = c.query.String()

	req := (&http.Request{
		Method:     c.method,
		URL:        &target,
		Host:       target.Host,
		Proto:      "HTTP/1.1",
		ProtoMajor: 1,
		ProtoMinor: 1,
		Header:     c.headers(),
	}).WithContext(ctx)
	c.sent = req
	if c.body != nil {
		if req.Body, err = c.body(); err != nil {
			return nil, err
		}
		req.ContentLength = c.length
		if c.rewinds { // the error of a second Open would hide the error that caused the retry
			req.GetBody = c.body
		}
	}
	for _, editors := range [][]Editor{c.client.editors, c.editors} {
		for _, edit := range editors {
			if err := edit(ctx, req); err != nil {
				if req.Body != nil {
					_ = req.Body.Close()
				}
				return nil, err
			}
		}
	}
	return req, nil
}
