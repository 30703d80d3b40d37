package emulator

import (
	"net"
	"net/http"
	"sync"
)

// unused has the connections that no request has come on: a client that sends
// requests at the same time may open more than it needs. [http.Server.Shutdown]
// does not take one for idle before five seconds have passed.
type unused struct {
	mu          sync.Mutex
	closed      bool
	connections map[net.Conn]struct{}
}

// note is the server's ConnState.
func (u *unused) note(connection net.Conn, state http.ConnState) {
	u.mu.Lock()
	defer u.mu.Unlock()
	switch {
	case state != http.StateNew:
		delete(u.connections, connection)
	case u.closed:
		_ = connection.Close()
	case u.connections == nil:
		u.connections = map[net.Conn]struct{}{connection: {}}
	default:
		u.connections[connection] = struct{}{}
	}
}

// close closes them, and those that come later.
func (u *unused) close() {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.closed = true
	for connection := range u.connections {
		_ = connection.Close()
	}
}
