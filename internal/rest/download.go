package rest

import (
	"context"
	"io"
	"net/http"
)

// Download is the content of a response that is not JSON. A Read reads from the
// connection. The caller must close the content. Cancelling the context of the call
// ends a Read, and so does the idle timeout, with ErrIdleTimeout.
type Download struct {
	io.ReadCloser
	// ContentType is the header Content-Type, or "".
	ContentType string
	// Size is the length of the content in bytes, or -1 if it is not known. The
	// error of content that is cut short is io.ErrUnexpectedEOF.
	Size int64
	// Header has the headers of the response.
	Header http.Header
}

// Open sends a call and returns the content of the response for reading.
// Retries end when the response begins; an error of a Read is the caller's to
// handle.
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
	if resp == nil { // the response to a retried DELETE is 404
		resp = &http.Response{Body: http.NoBody, Header: http.Header{}}
	}
	return &Download{
		ReadCloser:  &download{resp.Body, a},
		ContentType: resp.Header.Get("Content-Type"),
		Size:        resp.ContentLength,
		Header:      resp.Header,
	}, nil
}

// download is the body of a response. Closing it ends the attempt.
type download struct {
	body    io.Reader
	attempt *attempt
}

func (d *download) Read(p []byte) (int, error) {
	n, err := d.body.Read(p)
	if err != nil && err != io.EOF { //nolint:errorlint // a wrapped io.EOF is a failure
		err = d.attempt.call.clean(err)
	}
	return n, err
}

func (d *download) Close() error {
	d.attempt.end()
	return nil
}
