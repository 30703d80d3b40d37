package rest

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strings"

	"github.com/pinecone-community/assistant-go/internal/jsonwrite"
)

// This file has the request editors that adjust a single call or record its
// response.

// Response is information about the response to a call, beside the decoded value.
type Response struct {
	// StatusCode is the HTTP status; 0 if there was no response.
	StatusCode int
	// Header has the headers of the response.
	Header http.Header
	// RequestID is the header x-pinecone-request-id, or else x-request-id.
	RequestID string
	// Attempts is how often the request was sent: 1 without a retry.
	Attempts int
	// Body is the whole body, including fields that are newer than this package.
	// It is nil for a stream, and for a response that is an error, whose Error has
	// a Body. The decoded value may share its memory: do not modify it.
	Body []byte
}

var errNoCall = errors.New("the editor works with the methods of an API, not with the stock client")

// CaptureResponse returns an editor that fills in response.
func CaptureResponse(response *Response) Editor {
	return func(ctx context.Context, _ *http.Request) error {
		call := callOf(ctx)
		switch {
		case response == nil:
			return errors.New("response to fill in is nil")
		case call == nil:
			return errNoCall
		}
		*response = Response{Attempts: call.attempt}
		call.responses = append(call.responses, response)
		return nil
	}
}

// Override returns an editor that adjusts the options for its call.
func Override(adjust func(*Options) error) Editor {
	return func(ctx context.Context, _ *http.Request) error {
		call := callOf(ctx)
		if call == nil {
			return errNoCall
		}
		if err := adjust(&call.options); err != nil {
			return err
		}
		return call.options.complete()
	}
}

// AddQuery returns an editor that adds a query parameter.
func AddQuery(name, value string) Editor {
	return func(_ context.Context, req *http.Request) error {
		if name == "" {
			return errors.New("the name of an extra query parameter is empty")
		}
		pair := url.QueryEscape(name) + "=" + url.QueryEscape(value)
		target := *req.URL
		if target.RawQuery != "" {
			pair = target.RawQuery + "&" + pair
		}
		target.RawQuery = pair
		req.URL = &target
		return nil
	}
}

// SetField returns an editor that sets a field of the JSON object that is the body.
func SetField(name string, value any) Editor {
	return func(_ context.Context, req *http.Request) error {
		fail := func(err error) error { return fmt.Errorf("extra field %q: %w", name, err) }
		media, _, _ := mime.ParseMediaType(req.Header.Get("Content-Type"))
		if req.Body == nil || req.Body == http.NoBody || media != "application/json" && !strings.HasSuffix(media, "+json") {
			return fail(errors.New("the request has no JSON body"))
		}
		text, err := io.ReadAll(req.Body)
		_ = req.Body.Close()
		if err != nil {
			return fail(err)
		}
		var fields map[string]json.RawMessage
		if err := json.Unmarshal(text, &fields); err != nil || fields == nil {
			return fail(errors.Join(errors.New("the body is not a JSON object"), err))
		}
		field, err := jsonwrite.Marshal(value)
		if err != nil {
			return fail(err)
		}
		fields[name] = field
		if text, err = jsonwrite.Marshal(fields); err != nil {
			return fail(err)
		}
		req.ContentLength = int64(len(text))
		req.GetBody = func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(text)), nil }
		req.Body, err = req.GetBody()
		return err
	}
}

// recordResponse fills in the responses to capture, and keeps the request of resp
// for its secrets.
func (c *Call) recordResponse(req *http.Request, resp *http.Response) {
	if resp.Request != req {
		c.answered = resp.Request // a Doer may have added a key to it
	}
	for _, r := range c.responses {
		r.StatusCode = resp.StatusCode
		r.Header = resp.Header.Clone()
		r.RequestID = cmp.Or(resp.Header.Get("X-Pinecone-Request-Id"), resp.Header.Get("X-Request-Id"))
	}
}

func (c *Call) recordBody(body []byte) {
	for _, r := range c.responses {
		r.Body = body
	}
}
