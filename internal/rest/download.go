package rest

import (
	"context"
	"io"
	"net/http"
)

// Download is content that the service sends in place of JSON. Reading it reads
// from the connection: the caller closes it, and cancelling the call's context
// ends it. A Read in which no byte comes for the idle timeout is an
// ErrIdleTimeout.
type Download struct {
	io.ReadCloser
	// ContentType is the media type that the service gives, or "".
	ContentType string
	// Size is the length of the content in bytes, -1 if the service does not
	// give it. Content that ends before is an io.ErrUnexpectedEOF.
	Size int64
	// Header is that of the response.
	Header http.Header
}

// Open sends a call whose reply is content to be read. Retries end when the
// reply begins.
func Open(ctx context.Context, c *Call) (*Download, error) {
	c.accept = "*/*"
	var a *attempt
	var resp *http.Response
	err := c.attempts(ctx, func() (err error) {
		if a, resp, err = c.start(ctx); err != nil { //nolint:bodyclose // end closes it
			a.end()
		}
		return err
	})
	if err != nil {
		return nil, c.clean(err)
	}
	if resp == nil { // a repeated DELETE that has found nothing
		resp = &http.Response{Body: http.NoBody, Header: http.Header{}}
	}
	return &Download{
		ReadCloser:  &download{resp.Body, a},
		ContentType: resp.Header.Get("Content-Type"),
		Size:        resp.ContentLength,
		Header:      resp.Header,
	}, nil
}

// download is the body of a reply that ends its attempt when it is closed.
type download struct {
	body    io.Reader
	attempt *attempt
}

func (d *download) Read(p []byte) (int, error) {
	n, err := d.body.Read(p)
	if err != nil && err != io.EOF { //nolint:errorlint // a wrapped one is a failure
		err = d.attempt.call.clean(err)
	}
	return n, err
}

func (d *download) Close() error {
	d.attempt.end()
	return nil
}
