package emulator

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"time"
)

const (
	// stallLimit is the time within which a client must send leastSent bytes or the rest of
	// a body, and receive a part of a response.
	stallLimit = time.Minute
	leastSent  = 16 << 10
)

// guard wraps a handler. It ends requests whose clients stall.
func guard(handler http.Handler, limit time.Duration) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		control := http.NewResponseController(w)
		if r.Body != nil && r.Body != http.NoBody {
			r.Body = &guardedBody{ReadCloser: r.Body, control: control, limit: limit, left: limit}
		}
		handler.ServeHTTP(&guardedResponse{w, control, limit}, r)
	})
}

// guardedBody is a body whose Read fails if the client stalls.
type guardedBody struct {
	io.ReadCloser
	control *http.ResponseController
	limit   time.Duration
	left    time.Duration // remaining time for the next leastSent bytes
	sent    int           // number of these bytes that have been received
}

func (g *guardedBody) Read(p []byte) (int, error) {
	began := time.Now()
	// Without support for deadlines, there is no connection.
	if g.control.SetReadDeadline(began.Add(g.left)) != nil {
		return g.ReadCloser.Read(p)
	}
	n, err := g.ReadCloser.Read(p)
	if errors.Is(err, os.ErrDeadlineExceeded) {
		return n, fmt.Errorf("received fewer than %d bytes of the body in %s", leastSent, g.limit)
	}
	// Remove the deadline, since the server continues to read from the connection to
	// detect that the client closes it.
	_ = g.control.SetReadDeadline(time.Time{})
	g.left -= time.Since(began)
	if g.sent += n; g.sent >= leastSent {
		g.left, g.sent = g.limit, 0
	}
	return n, err
}

// guardedResponse is a response writer whose Write fails if the client stalls.
type guardedResponse struct {
	http.ResponseWriter
	control *http.ResponseController
	limit   time.Duration
}

func (g *guardedResponse) Write(p []byte) (int, error) {
	defer g.deadline()()
	return g.ResponseWriter.Write(p)
}

// FlushError supports [http.ResponseController].
func (g *guardedResponse) FlushError() error {
	defer g.deadline()()
	return g.control.Flush()
}

// deadline sets a write deadline, and returns a function that removes it.
func (g *guardedResponse) deadline() func() {
	_ = g.control.SetWriteDeadline(time.Now().Add(g.limit)) // without support for deadlines, there is no connection
	return func() { _ = g.control.SetWriteDeadline(time.Time{}) }
}

// Unwrap supports [http.ResponseController].
func (g *guardedResponse) Unwrap() http.ResponseWriter { return g.ResponseWriter }
