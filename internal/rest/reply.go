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
	err = c.send(ctx, func(resp *http.Response) error {
		result, err = decode(resp, as, c.client.options.MaxResponseBytes)
		return err
	})
	return result, err
}

// MaybeJSON is JSON for an operation that may answer without a body, with 204:
// the result is nil then.
func MaybeJSON[T any](ctx context.Context, c *Call, as Decode[T]) (result *T, err error) {
	err = c.send(ctx, func(resp *http.Response) error {
		if resp.StatusCode == http.StatusNoContent {
			return nil
		}
		result, err = decode(resp, as, c.client.options.MaxResponseBytes)
		return err
	})
	return result, err
}

// Empty sends a call whose reply has nothing in it.
func Empty(ctx context.Context, c *Call) error {
	return c.send(ctx, func(resp *http.Response) error {
		_, _ = io.CopyN(io.Discard, resp.Body, maxDrain)
		return nil
	})
}

// send sends a call, again if need be, and has a reply that says success
// received. It closes the reply.
func (c *Call) send(ctx context.Context, receive func(*http.Response) error) error {
	return c.attempts(ctx, func() error {
		resp, err := c.once(ctx)
		if err != nil {
			return err
		}
		defer resp.Body.Close()
		return receive(resp)
	})
}

// open is send for a reply that the caller reads, and closes. Each attempt is
// watched, and the pauses between them are not.
func (c *Call) open(watch *watch) (resp *http.Response, err error) {
	err = c.attempts(watch.ctx, func() error {
		watch.begin()
		defer watch.end()
		resp, err = c.once(watch.ctx) //nolint:bodyclose // the caller closes it
		return err
	})
	return resp, err
}

// once sends a call once and returns a reply that says success; any other
// becomes an *apierror.Error.
func (c *Call) once(ctx context.Context) (*http.Response, error) {
	req, err := c.request(ctx)
	if err != nil {
		return nil, err
	}
	resp, err := c.client.doer.Do(req)
	if err != nil {
		if req.Body != nil { // a doer that is no http.Client may not have closed it
			_ = req.Body.Close()
		}
		return nil, &sendError{err}
	}
	if resp.Request == nil { // such a doer may leave these out
		resp.Request = req
	}
	if resp.Body == nil {
		resp.Body = http.NoBody
	}
	if resp.StatusCode/100 != 2 {
		defer resp.Body.Close()
		return nil, apierror.FromResponse(resp)
	}
	return resp, nil
}

// decode reads a reply of at most limit bytes, once.
func decode[T any](resp *http.Response, as Decode[T], limit int64) (*T, error) {
	body, err := read(resp, limit)
	if err != nil {
		return nil, apierror.Reply(resp, body, err)
	}
	if err := checkJSON(resp.Header.Get("Content-Type"), body); err != nil {
		return nil, apierror.Reply(resp, body, err)
	}
	result := new(T)
	if err := jsonscan.Unmarshal(body, result, as, true); err != nil {
		return nil, apierror.Reply(resp, body, fmt.Errorf("cannot decode the reply: %w", err))
	}
	return result, nil
}

// read returns the body, also as much as there was of one that cannot be used.
func read(resp *http.Response, limit int64) ([]byte, error) {
	tooLong := func() error { return fmt.Errorf("the reply is longer than the limit of %d bytes", limit) }
	if resp.ContentLength > limit {
		return nil, tooLong()
	}
	var body bytes.Buffer
	if resp.ContentLength > 0 { // a claim: what is not sent is not allocated
		body.Grow(int(min(resp.ContentLength, maxClaim)) + bytes.MinRead)
	}
	_, err := body.ReadFrom(io.LimitReader(resp.Body, min(limit, math.MaxInt64-1)+1))
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
	if contentType == "" {
		return nil
	}
	media, _, err := mime.ParseMediaType(contentType)
	if err != nil && media == "" {
		return fmt.Errorf("the reply is of the unreadable type %q, not JSON", contentType)
	}
	if media != "application/json" && !strings.HasSuffix(media, "+json") {
		return fmt.Errorf("the reply is %s, not JSON", media)
	}
	return nil
}
