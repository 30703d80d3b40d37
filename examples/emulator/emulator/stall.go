package emulator

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"time"
)

// stallLimit is the time in which a client has to send leastSent bytes of a body that it
// has announced, or the rest of it, and to take some of a reply.
const (
	stallLimit = time.Minute
	leastSent  = 16 << 10
)

// guard returns a handler that gives requests up whose clients stall.
func guard(handler http.Handler, limit time.Duration) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		control := http.NewResponseController(w)
		if r.Body != nil && r.Body != http.NoBody {
			r.Body = &guardedBody{ReadCloser: r.Body, control: control, limit: limit, left: limit}
		}
		handler.ServeHTTP(&guardedReply{w, control, limit}, r)
	})
}

// guardedBody is a body that cannot be read any more once its client has stalled.
type guardedBody struct {
	io.ReadCloser
	control *http.ResponseController
	limit   time.Duration
	left    time.Duration // to wait until leastSent bytes have come
	sent    int
}

func (g *guardedBody) Read(p []byte) (int, error) {
	began := time.Now()
	// What cannot have deadlines is no connection.
	if g.control.SetReadDeadline(began.Add(g.left)) != nil {
		return g.ReadCloser.Read(p)
	}
	n, err := g.ReadCloser.Read(p)
	if errors.Is(err, os.ErrDeadlineExceeded) {
		return n, fmt.Errorf("fewer than %d bytes of the body came in %s", leastSent, g.limit)
	}
	// The server still reads from the connection, to see whether the client leaves.
	_ = g.control.SetReadDeadline(time.Time{})
	g.left -= time.Since(began)
	if g.sent += n; g.sent >= leastSent {
		g.left, g.sent = g.limit, 0
	}
	return n, err
}

// guardedReply is a reply that cannot be written any more once its client has stalled.
type guardedReply struct {
	http.ResponseWriter
	control *http.ResponseController
	limit   time.Duration
}

func (g *guardedReply) Write(p []byte) (int, error) {
	defer g.deadline()()
	return g.ResponseWriter.Write(p)
}

// FlushError is of [http.ResponseController].
func (g *guardedReply) FlushError() error {
	defer g.deadline()()
	return g.control.Flush()
}

// deadline bounds what is written until the function that it returns is called.
func (g *guardedReply) deadline() func() {
	_ = g.control.SetWriteDeadline(time.Now().Add(g.limit)) // what cannot have deadlines is no connection
	return func() { _ = g.control.SetWriteDeadline(time.Time{}) }
}

// Unwrap is of [http.ResponseController].
func (g *guardedReply) Unwrap() http.ResponseWriter { return g.ResponseWriter }
