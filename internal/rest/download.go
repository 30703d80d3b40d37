package rest

import (
	"context"
	"io"
	"net/http"
)

// Download is content that the service sends in place of JSON. Reading it reads
// from the connection: the caller closes it, and cancelling the call's context
// ends it.
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
	c.header.Set("Accept", "*/*")
	watch := newWatch(ctx, c.client.options.StreamIdleTimeout)
	resp, err := c.open(watch)
	if err != nil {
		defer watch.stop()
		return nil, watch.reason(err)
	}
	return &Download{
		ReadCloser:  &download{&watched{resp.Body, watch}, watch},
		ContentType: resp.Header.Get("Content-Type"),
		Size:        resp.ContentLength,
		Header:      resp.Header,
	}, nil
}

// download is the body of a reply that stops its watch when it is closed.
type download struct {
	*watched
	watch *watch
}

func (d *download) Read(p []byte) (int, error) {
	n, err := d.watched.Read(p)
	if err != nil && err != io.EOF { //nolint:errorlint // a wrapped one is a failure
		err = d.watch.reason(err)
	}
	return n, err
}

func (d *download) Close() error {
	d.watch.stop()
	return d.watched.Close()
}
