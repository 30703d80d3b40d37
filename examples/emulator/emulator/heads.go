package emulator

import (
	"context"
	"errors"
	"net"
	"net/http"
	"sync"
	"time"
)

// A head is the request line and the headers of a request. Most are small; those that
// are larger than smallHead, for a filter of many values, are read and served a few at
// a time: what the headers take decoded is many times their size.
const (
	smallHead  = 16 << 10
	largeHeads = 4
)

var errHeadsWait = errors.New("too many requests with large headers are being served")

// heads are the large heads of all connections.
type heads struct {
	slots chan struct{}
	limit time.Duration // of the wait for a slot
}

// listener returns a listener whose connections wait for each other.
func (h *heads) listener(l net.Listener) net.Listener { return &headListener{l, h} }

type headListener struct {
	net.Listener
	heads *heads
}

// Accept is of [net.Listener].
func (l *headListener) Accept() (net.Conn, error) {
	connection, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return &headConn{Conn: connection, heads: l.heads, closed: make(chan struct{}), reading: true}, nil
}

// headConn is a connection that counts what it reads of a head.
type headConn struct {
	net.Conn
	heads  *heads
	closed chan struct{}

	mu      sync.Mutex
	ended   bool // it is closed
	reading bool // a head
	size    int  // of the head so far
	slot    bool // it has
}

// Read is of [net.Conn].
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

// exceeds reports whether the head has become a large one.
func (c *headConn) exceeds(n int) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.reading {
		c.size += n
	}
	return c.size > smallHead && !c.slot
}

// Close is of [net.Conn].
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

// read tells whether a head is read from now on. The one before takes nothing any more.
func (c *headConn) read(reading bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.slot {
		<-c.heads.slots
	}
	c.reading, c.size, c.slot = reading, 0, false
}

// headConnOf returns what a server has as a connection; nil if that is another.
func headConnOf(connection net.Conn) *headConn {
	if inTLS, ok := connection.(interface{ NetConn() net.Conn }); ok {
		connection = inTLS.NetConn()
	}
	c, _ := connection.(*headConn)
	return c
}

// note is the server's ConnState: the next head begins.
func (h *heads) note(connection net.Conn, state http.ConnState) {
	if c := headConnOf(connection); c != nil && state == http.StateIdle {
		c.read(true)
	}
}

type headKey struct{}

// context is the server's ConnContext.
func (h *heads) context(ctx context.Context, connection net.Conn) context.Context {
	return context.WithValue(ctx, headKey{}, headConnOf(connection))
}

// handler returns a handler, with which the head of a request has ended. It is kept until
// the handler returns; not with HTTP/2, whose library bounds the headers of a connection.
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

// stop says that a body is read from now on.
func (c *headConn) stop() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.reading = false
}
