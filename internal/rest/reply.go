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

// maxDrain is how much of a reply nobody asked for is read, so that its
// connection can serve the next request.
const maxDrain = 64 << 10

// maxClaim is how much is allocated for a reply before any of it has come.
const maxClaim = 1 << 20

// Decode decodes a value in a reply.
type Decode[T any] = func(*T, *jsonscan.Decoder)

// JSON sends a call and decodes the reply.
func JSON[T any](ctx context.Context, c *Call, as Decode[T]) (result *T, err error) {
	result = new(T) // also for a repeated DELETE that finds nothing
	err = c.exchange(ctx, func(resp *http.Response) error {
		result, err = decode(c, resp, as)
		return err
	})
	if err != nil {
		return nil, err
	}
	return result, nil
}

// MaybeJSON is JSON for an operation that may answer without a body, with 204:
// the result is nil then.
func MaybeJSON[T any](ctx context.Context, c *Call, as Decode[T]) (result *T, err error) {
	err = c.exchange(ctx, func(resp *http.Response) error {
		if resp.StatusCode == http.StatusNoContent {
			return nil
		}
		result, err = decode(c, resp, as)
		return err
	})
	if err != nil {
		return nil, err
	}
	return result, nil
}

// ByStatus sends a call whose reply is of a type that depends on its status. A
// reply without a body, with 204, leaves the result empty.
func ByStatus[T any](ctx context.Context, c *Call, as func(status int) Decode[T]) (result *T, err error) {
	result = new(T) // also for a repeated DELETE that finds nothing
	err = c.exchange(ctx, func(resp *http.Response) error {
		if resp.StatusCode == http.StatusNoContent {
			return nil
		}
		result, err = decode(c, resp, as(resp.StatusCode))
		return err
	})
	if err != nil {
		return nil, err
	}
	return result, nil
}

// Empty sends a call whose reply has nothing in it. A reply that is an error all
// the same, or a page of something between here and the service, is an error.
func Empty(ctx context.Context, c *Call) error {
	return c.exchange(ctx, func(resp *http.Response) error {
		body, _ := io.ReadAll(io.LimitReader(resp.Body, maxDrain)) // what came is what counts
		c.recordBody(body)
		if apierror.IsHTML(body, resp.Header.Get("Content-Type")) {
			return apierror.Reply(resp, body, errors.New("the reply is an HTML page, not the service's"))
		}
		return replyError(resp, body)
	})
}

// decode reads a reply, once.
func decode[T any](c *Call, resp *http.Response, as Decode[T]) (*T, error) {
	body, err := read(resp, c.options.MaxResponseBytes)
	if err != nil {
		return nil, apierror.Reply(resp, body, err)
	}
	c.recordBody(body)
	if err := checkJSON(resp.Header.Get("Content-Type"), body); err != nil {
		return nil, apierror.Reply(resp, body, err)
	}
	result, hasError := new(T), false
	err = jsonscan.Unmarshal(body, result, func(v *T, d *jsonscan.Decoder) {
		as(v, d)
		hasError = d.HasError()
	}, true)
	if err != nil || hasError {
		if failure := replyError(resp, body); failure != nil {
			return nil, failure
		}
	}
	if err != nil {
		return nil, apierror.Reply(resp, body, fmt.Errorf("cannot decode the reply: %w", err))
	}
	return result, nil
}

// replyError returns the error that a body with a status of success, or an event,
// is, if it is one: an object with an error that is not null.
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

// buffers are what replies of unknown length are read into.
var buffers = sync.Pool{New: func() any { return new(bytes.Buffer) }}

// read returns the body, also as much as there was of one that cannot be used.
// It takes as much memory as the reply is long, unless that is over maxClaim.
func read(resp *http.Response, limit int64) (text []byte, err error) {
	tooLong := func() error { return fmt.Errorf("the reply is longer than the limit of %d bytes", limit) }
	if resp.ContentLength > limit {
		return nil, tooLong()
	}
	var body *bytes.Buffer
	if resp.ContentLength > 0 { // a claim: what is not sent is not allocated
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

// checkJSON says why a reply cannot be JSON by what it claims to be. One that
// claims nothing is looked at.
func checkJSON(contentType string, body []byte) error {
	if len(body) == 0 {
		return errors.New("the reply is empty")
	}
	if contentType == "" || contentType == mediaJSON {
		return nil
	}
	media, _, err := mime.ParseMediaType(contentType)
	if err != nil && media == "" {
		return fmt.Errorf("the reply is of the unreadable type %q, not JSON", contentType)
	}
	if media != mediaJSON && !strings.HasSuffix(media, "+json") {
		return fmt.Errorf("the reply is %s, not JSON", media)
	}
	return nil
}
