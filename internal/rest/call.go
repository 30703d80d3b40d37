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

// Call is one request in the making. Its methods build it up in any order; the
// first error sticks and is what sending it returns.
type Call struct {
	client  *Client
	editors []Editor
	method  string
	path    strings.Builder // escaped, below the server's path
	query   strings.Builder
	header  map[string]string // besides these two
	accept  string
	content string // type of the body
	length  int64
	body    func() (io.ReadCloser, error)
	rewinds bool // body can be called again
	form    *upload.Form
	err     error

	// Of the attempt that is under way, or was the last one.
	attempt   int     // from 1
	options   Options // the client's, as the editors have adjusted them
	responses []*Response
	sent      *http.Request
	answered  *http.Request   // the one that was answered, if that is another one
	secrets   *redact.Secrets // of the attempts before
}

// NewCall starts a request. The editors run after the client's own.
func NewCall[E ~func(context.Context, *http.Request) error](client *Client, method string, editors []E) *Call {
	c := &Call{
		client: client,
		method: method,
		accept: mediaJSON,
	}
	if client == nil {
		c.fail(errors.New("the API is its zero value: make one with New"))
		return c
	}
	c.options = client.options
	c.path.Grow(64)
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

// PathParam appends a parameter as one segment of the path, escaped. Values
// that would name another path, which are "", "." and "..", are refused.
func (c *Call) PathParam(name, value string, limits ...Limit) *Call {
	for _, limit := range limits {
		if err := limit.check(name, value); err != nil {
			c.fail(err)
		}
	}
	switch value {
	case "":
		c.fail(fmt.Errorf("%s is empty", name))
	case ".", "..":
		c.fail(fmt.Errorf("%s is %q, which is not a name", name, value))
	}
	c.path.WriteString(url.PathEscape(value))
	return c
}

// Limit is what the service takes as a value.
type Limit struct {
	Min, Max int    // characters; no Max stands for no limit
	Pattern  string // regular expression, or none
	// Match is Matches where there is a Pattern: only clients that call such an
	// operation carry package regexp.
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

// Matches reports whether a value matches a pattern. It compiles each once.
func Matches(pattern, value string) bool {
	compiled, ok := patterns.Load(pattern)
	if !ok {
		compiled, _ = patterns.LoadOrStore(pattern, regexp.MustCompile(pattern))
	}
	return compiled.(*regexp.Regexp).MatchString(value)
}

var patterns sync.Map // of *regexp.Regexp, by pattern

// Query adds a parameter. An empty optional value stands for none.
func (c *Call) Query(name, value string, required bool) {
	if value != "" || required {
		c.addQuery(url.QueryEscape(name) + "=" + url.QueryEscape(value))
	}
}

// QueryInt adds an integer parameter. An optional zero stands for none.
func (c *Call) QueryInt(name string, value int64, required bool) {
	if value != 0 || required {
		c.Query(name, strconv.FormatInt(value, 10), true)
	}
}

// QueryBool adds a boolean parameter. An optional false stands for none.
func (c *Call) QueryBool(name string, value, required bool) {
	if value || required {
		c.Query(name, strconv.FormatBool(value), true)
	}
}

// QueryJSON adds a parameter that is written as JSON, of at most limit bytes if
// there is one. An optional nil map stands for none.
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

// QueryStyled adds a parameter of any other type in a style of OpenAPI's. An
// optional zero value stands for none.
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
	c.addQuery(strings.ReplaceAll(text, " ", "%20")) // the runtime's delimiter is bare
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

// headers returns those of an attempt, whose editors may change them.
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

// Header sets a header. An empty value stands for none.
func (c *Call) Header(name, value string) {
	if value != "" {
		if c.header == nil {
			c.header = map[string]string{}
		}
		c.header[name] = value
	}
}

// JSON makes value the body.
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

// Form makes a multipart form the body. It is read while it is sent.
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

// check returns why the call cannot be sent, if it cannot.
func (c *Call) check(ctx context.Context) error {
	err := c.err
	if err == nil && ctx == nil {
		err = errors.New("the context is nil")
	}
	if err != nil {
		return fmt.Errorf("%s: %w", strings.TrimSpace(c.method+" "+c.path.String()), err)
	}
	return nil
}

// clean returns an error without the secrets of the call's requests, on one line.
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

// request returns the request that was built, with all editors run on it.
func (c *Call) request(ctx context.Context) (*http.Request, error) {
	c.options, c.responses = c.client.options, nil
	target := c.client.server
	target.RawPath = target.EscapedPath() + c.path.String()
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
		if c.rewinds { // otherwise its error would take the place of the one that asked for it
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
