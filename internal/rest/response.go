package rest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"mime"
	"net/http"
	"strings"
	"sync"

	"github.com/pinecone-community/assistant-go/internal/apierror"
	"github.com/pinecone-community/assistant-go/internal/jsonscan"
)

// maxDrain bounds how many bytes of an unwanted response are read, so that its
// connection can serve the next request.
const maxDrain = 64 << 10

// maxClaim bounds the memory that is allocated on the word of Content-Length,
// before the first byte of the body is received.
const maxClaim = 1 << 20

// Decode decodes a value of type T.
type Decode[T any] = func(*T, *jsonscan.Decoder)

// JSON sends a call and decodes the response.
func JSON[T any](ctx context.Context, c *Call, as Decode[T]) (result *T, err error) {
	result = new(T) // also for a repeated DELETE that finds nothing
	err = c.exchange(ctx, func(resp *http.Response) error { return decode(c, resp, result, as) })
	if err != nil {
		return nil, err
	}
	return result, nil
}

// MaybeJSON is like JSON, but returns nil if the status of the response is 204.
func MaybeJSON[T any](ctx context.Context, c *Call, as Decode[T]) (result *T, err error) {
	err = c.exchange(ctx, func(resp *http.Response) error {
		if resp.StatusCode == http.StatusNoContent {
			return nil
		}
		value := new(T)
		if err := decode(c, resp, value, as); err != nil {
			return err
		}
		result = value
		return nil
	})
	if err != nil {
		return nil, err
	}
	return result, nil
}

// ByStatus sends a call and decodes the response as the type that belongs to
// its status. If the status is 204, the result is the zero value.
func ByStatus[T any](ctx context.Context, c *Call, as func(status int) Decode[T]) (result *T, err error) {
	result = new(T) // also for a repeated DELETE that finds nothing
	err = c.exchange(ctx, func(resp *http.Response) error {
		if resp.StatusCode == http.StatusNoContent {
			return nil
		}
		return decode(c, resp, result, as(resp.StatusCode))
	})
	if err != nil {
		return nil, err
	}
	return result, nil
}

// Empty sends a call whose response has no content. A body that is a JSON error
// or an HTML page is an error all the same.
func Empty(ctx context.Context, c *Call) error {
	return c.exchange(ctx, func(resp *http.Response) error {
		body, _ := io.ReadAll(io.LimitReader(resp.Body, maxDrain)) // a body that was cut short is checked like any other
		c.recordBody(body)
		if apierror.IsHTML(body, resp.Header.Get("Content-Type")) {
			return apierror.FromSuccess(resp, body, errors.New("the response is an HTML page, not a response of the service"))
		}
		return replyError(resp, body)
	})
}

// decode reads a response and decodes it into result. After an error, result is
// the zero value.
func decode[T any](c *Call, resp *http.Response, result *T, as Decode[T]) error {
	body, err := read(resp, c.options.MaxResponseBytes)
	if err != nil {
		return apierror.FromSuccess(resp, body, err)
	}
	c.recordBody(body)
	if err := checkJSON(resp.Header.Get("Content-Type"), body); err != nil {
		return apierror.FromSuccess(resp, body, err)
	}
	hasError := false
	err = jsonscan.Unmarshal(body, result, func(v *T, d *jsonscan.Decoder) {
		as(v, d)
		hasError = d.HasError()
	}, true)
	if err == nil && !hasError {
		return nil
	}
	failure := replyError(resp, body)
	if failure == nil && err != nil {
		failure = apierror.FromSuccess(resp, body, fmt.Errorf("cannot decode the response: %w", err))
	}
	if failure != nil {
		*result = *new(T)
	}
	return failure
}

// replyError returns an error if body is a JSON object whose field "error" is
// not null. The body is that of a 2xx response, or the data of an event.
func replyError(resp *http.Response, body []byte) error {
	if !bytes.Contains(body, []byte(`"error"`)) {
		return nil
	}
	var d jsonscan.Decoder
	d.Reset(body, true)
	for more := d.Object(); more; more = d.NextMember() {
		if string(d.Name()) != "error" {
			d.Skip()
			continue
		}
		if !d.Null() && d.Raw() != nil {
			return apierror.FromEvent(resp, body)
		}
	}
	return nil
}

// buffers holds the buffers for responses of unknown length.
var buffers = sync.Pool{New: func() any { return new(bytes.Buffer) }}

// read returns the body. If it returns an error, the body is the part that was
// received. It allocates the length of the response, and at most maxClaim of it
// in advance.
func read(resp *http.Response, limit int64) (text []byte, err error) {
	tooLong := func() error { return fmt.Errorf("the response is longer than the limit of %d bytes", limit) }
	if resp.ContentLength > limit {
		return nil, tooLong()
	}
	var body *bytes.Buffer
	if resp.ContentLength > 0 { // Content-Length may claim more than is sent
		body = bytes.NewBuffer(make([]byte, 0, min(resp.ContentLength, maxClaim)+bytes.MinRead))
	} else {
		body = buffers.Get().(*bytes.Buffer)
		body.Reset()
		defer func() {
			if body.Cap() <= maxClaim {
				text = bytes.Clone(text)
				buffers.Put(body)
			}
		}()
	}
	_, err = body.ReadFrom(io.LimitReader(resp.Body, min(limit, math.MaxInt64-1)+1))
	switch {
	case err != nil:
		return body.Bytes(), &cutError{err}
	case int64(body.Len()) > limit:
		return body.Bytes()[:limit], tooLong()
	}
	return body.Bytes(), nil
}

// checkJSON returns an error if the body is empty or its Content-Type is not
// JSON. A response without a Content-Type passes.
func checkJSON(contentType string, body []byte) error {
	if len(body) == 0 {
		return errors.New("the response is empty")
	}
	if contentType == "" || contentType == mediaJSON {
		return nil
	}
	media, _, err := mime.ParseMediaType(contentType)
	if err != nil && media == "" {
		return fmt.Errorf("the response has the invalid Content-Type %q, not JSON", contentType)
	}
	if media != mediaJSON && !strings.HasSuffix(media, "+json") {
		return fmt.Errorf("the response is %s, not JSON", media)
	}
	return nil
}
