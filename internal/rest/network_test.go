package rest

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"sync"
	"testing"
	"testing/synctest"
)

// network is a server and a client that are connected in memory. In a synctest
// bubble, time passes only while all goroutines wait.
type network struct {
	*http.Client
	server *http.Server
	accept chan net.Conn
	closed chan struct{}

	mu     sync.Mutex
	states map[net.Conn]http.ConnState
	dialed int
}

func newNetwork(t *testing.T, http2 bool, handler http.HandlerFunc) *network {
	t.Helper()
	n := &network{accept: make(chan net.Conn), closed: make(chan struct{}), states: map[net.Conn]http.ConnState{}}
	var protocols http.Protocols
	protocols.SetHTTP1(!http2)
	protocols.SetUnencryptedHTTP2(http2)
	n.server = &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body) // an HTTP/1 server notices a closed connection only after it has read the body
		if err != nil {
			panic(http.ErrAbortHandler)
		}
		r.Body = io.NopCloser(bytes.NewReader(body))
		handler(w, r)
	}), Protocols: &protocols, ConnState: n.observe}
	transport := &http.Transport{DialContext: n.dial, Protocols: &protocols}
	n.Client = &http.Client{Transport: transport}
	go func() {
		if err := n.server.Serve(n); !errors.Is(err, http.ErrServerClosed) {
			t.Errorf("server: %v", err)
		}
	}()
	t.Cleanup(func() {
		transport.CloseIdleConnections()
		n.server.Close()
	})
	return n
}

func (n *network) dial(ctx context.Context, _, _ string) (net.Conn, error) {
	client, server := net.Pipe()
	select {
	case n.accept <- server:
		n.mu.Lock()
		defer n.mu.Unlock()
		n.dialed++
		return client, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func (n *network) Accept() (net.Conn, error) {
	select {
	case conn := <-n.accept:
		return conn, nil
	case <-n.closed:
		return nil, net.ErrClosed
	}
}

func (n *network) Close() error {
	close(n.closed)
	return nil
}

func (n *network) Addr() net.Addr { return &net.TCPAddr{} }

func (n *network) observe(conn net.Conn, state http.ConnState) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.states[conn] = state
}

// check fails the test unless made connections were made, left of them are
// idle, and the others are closed.
func (n *network) check(t *testing.T, made, left int) {
	t.Helper()
	synctest.Wait()
	n.mu.Lock()
	defer n.mu.Unlock()
	count := map[http.ConnState]int{}
	for _, state := range n.states {
		count[state]++
	}
	if n.dialed != made || len(n.states) != made || count[http.StateIdle] != left || count[http.StateClosed] != made-left {
		t.Errorf("%d connections, %v; want %d, of which %d are idle and the others closed", n.dialed, count, made, left)
	}
}
