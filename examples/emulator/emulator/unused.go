package emulator

import (
	"net"
	"net/http"
	"sync"
)

// unused tracks the connections without a request so far. A client that sends requests
// concurrently may open more connections than it needs. [http.Server.Shutdown] considers
// such a connection idle only after five seconds.
type unused struct {
	mu          sync.Mutex
	closed      bool
	connections map[net.Conn]struct{}
}

// note is a ConnState hook.
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

// close closes the tracked connections, and all new ones.
func (u *unused) close() {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.closed = true
	for connection := range u.connections {
		_ = connection.Close()
	}
}
