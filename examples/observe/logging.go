package main

import (
	"cmp"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"go.opentelemetry.io/otel/trace"
)

// logging logs a line for each request when its response has ended. It omits
// headers, query and body, which contain the key and the users' questions.
type logging struct {
	base http.RoundTripper
	log  *slog.Logger
}

func (l logging) RoundTrip(req *http.Request) (*http.Response, error) {
	begun := time.Now()
	log := l.log.With("method", req.Method, "path", req.URL.EscapedPath(), "span", trace.SpanContextFromContext(req.Context()).SpanID())
	resp, err := l.base.RoundTrip(req)
	if err != nil {
		log.Error("no response", "duration", time.Since(begun), "error", err)
		return nil, err
	}
	body := &countedBody{ReadCloser: resp.Body}
	body.closed = sync.OnceFunc(func() {
		if body.err != nil {
			log = log.With("error", body.err)
		}
		id := cmp.Or(resp.Header.Get("X-Pinecone-Request-Id"), resp.Header.Get("X-Request-Id"))
		log.Info("response", "status", resp.StatusCode, "duration", time.Since(begun), "bytes", body.n, "request_id", id)
	})
	resp.Body = body
	return resp, nil
}

// countedBody counts the bytes that are read from a body until it is closed.
type countedBody struct {
	io.ReadCloser
	n      int64
	err    error // other than io.EOF
	closed func()
}

func (b *countedBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	b.n += int64(n)
	if !errors.Is(err, io.EOF) {
		b.err = err
	}
	return n, err
}

func (b *countedBody) Close() error {
	b.closed()
	return b.ReadCloser.Close()
}
