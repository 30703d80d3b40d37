package emulator

import (
	"context"
	"errors"
	"net"
	"net/http"
	"sync"
	"time"
)

// A head is the request line and the headers of a request. Decoded headers take many
// times their size in memory. Requests with a head larger than smallHead bytes, such as
// those with a filter of many values, are therefore read and served largeHeads at a time.
const (
	smallHead  = 16 << 10
	largeHeads = 4
)

var errHeadsWait = errors.New("too many requests with large headers")

// heads limits the number of requests with large heads.
type heads struct {
	slots chan struct{} // semaphore of the large heads
	limit time.Duration // longest wait for a slot
}

// listener returns a listener whose connections count the bytes of heads.
func (h *heads) listener(l net.Listener) net.Listener { return &headListener{l, h} }

type headListener struct {
	net.Listener
	heads *heads
}

// Accept implements [net.Listener].
func (l *headListener) Accept() (net.Conn, error) {
	connection, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return &headConn{Conn: connection, heads: l.heads, closed: make(chan struct{}), reading: true}, nil
}

// headConn is a connection that takes a slot while it reads or serves a large head.
type headConn struct {
	net.Conn
	heads  *heads
	closed chan struct{}

	mu      sync.Mutex
	ended   bool // whether the connection is closed
	reading bool // whether a head is being read
	size    int  // number of bytes of the head so far
	slot    bool // whether the connection has a slot
}

// Read implements [net.Conn]. Once a head is large, Read waits for a slot.
func (c *headConn) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	if !c.exceeds(n) {
		return n, err
	}
	timer := time.NewTimer(c.heads.limit)
	defer timer.Stop()
	select {
	case c.heads.slots <- struct{}{}:
	case <-c.closed:
		return 0, net.ErrClosed
	case <-timer.C:
		return 0, errHeadsWait
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.ended {
		<-c.heads.slots
		return 0, net.ErrClosed
	}
	c.slot = true
	return n, err
}

// exceeds counts n bytes, and reports whether the connection needs a slot.
func (c *headConn) exceeds(n int) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.reading {
		c.size += n
	}
	return c.size > smallHead && !c.slot
}

// Close implements [net.Conn].
func (c *headConn) Close() error {
	c.mu.Lock()
	if !c.ended {
		c.ended = true
		close(c.closed)
	}
	c.mu.Unlock()
	c.read(false)
	return c.Conn.Close()
}

// read releases the slot of the previous head, and sets whether a head follows.
func (c *headConn) read(reading bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.slot {
		<-c.heads.slots
	}
	c.reading, c.size, c.slot = reading, 0, false
}

// headConnOf returns the headConn of a server's connection, or nil if it has none.
func headConnOf(connection net.Conn) *headConn {
	if inTLS, ok := connection.(interface{ NetConn() net.Conn }); ok {
		connection = inTLS.NetConn()
	}
	c, _ := connection.(*headConn)
	return c
}

// note is a ConnState hook: after a request, the next head begins.
func (h *heads) note(connection net.Conn, state http.ConnState) {
	if c := headConnOf(connection); c != nil && state == http.StateIdle {
		c.read(true)
	}
}

type headKey struct{}

// context is a ConnContext hook.
func (h *heads) context(ctx context.Context, connection net.Conn) context.Context {
	return context.WithValue(ctx, headKey{}, headConnOf(connection))
}

// handler wraps a handler. The head ends when the handler is called. A slot is released
// when the handler returns, or before the call with HTTP/2, whose implementation limits
// the headers of a connection.
func (h *heads) handler(handler http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c, _ := r.Context().Value(headKey{}).(*headConn)
		switch {
		case c == nil:
		case r.ProtoMajor == 1:
			c.stop()
			defer c.read(false)
		default:
			c.read(false)
		}
		handler.ServeHTTP(w, r)
	})
}

// stop ends the head, and keeps its slot.
func (c *headConn) stop() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.reading = false
}
