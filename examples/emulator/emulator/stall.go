package emulator

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"time"
)

// stallLimit is how long a client may send nothing of a body that it has announced.
const stallLimit = time.Minute

// guarded is a body that cannot be read any more once its client has stalled.
type guarded struct {
	io.ReadCloser
	control *http.ResponseController
	limit   time.Duration
}

// guard returns a handler that gives requests up whose clients stall.
func guard(handler http.Handler, limit time.Duration) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Body != nil && r.Body != http.NoBody {
			r.Body = &guarded{r.Body, http.NewResponseController(w), limit}
		}
		handler.ServeHTTP(w, r)
	})
}

func (g *guarded) Read(p []byte) (int, error) {
	// What cannot have deadlines is no connection.
	if g.control.SetReadDeadline(time.Now().Add(g.limit)) != nil {
		return g.ReadCloser.Read(p)
	}
	n, err := g.ReadCloser.Read(p)
	if errors.Is(err, os.ErrDeadlineExceeded) {
		return n, fmt.Errorf("no byte of the body came for %s", g.limit)
	}
	// The server still reads from the connection, to see whether the client leaves.
	_ = g.control.SetReadDeadline(time.Time{})
	return n, err
}
