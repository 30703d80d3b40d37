package emulator

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// pipes listens for connections that are pipes, whose deadlines are of the time of a
// test.
type pipes struct {
	accepted chan net.Conn
	closed   chan struct{}
	close    func()
}

func newPipes() *pipes {
	p := &pipes{accepted: make(chan net.Conn), closed: make(chan struct{})}
	p.close = sync.OnceFunc(func() { close(p.closed) })
	return p
}

func (p *pipes) Accept() (net.Conn, error) {
	select {
	case conn := <-p.accepted:
		return conn, nil
	case <-p.closed:
		return nil, net.ErrClosed
	}
}

func (p *pipes) Close() error {
	p.close()
	return nil
}

func (p *pipes) Addr() net.Addr { return &net.TCPAddr{} }

// A client that stalls is given up, one that does not is served, and a reply can take
// longer than the limit.
func TestGuard(t *testing.T) {
	const limit = 50 * time.Millisecond
	for body, want := range map[string]string{"all of it": "", "a part": "no byte of the body came for 50ms"} {
		synctest.Test(t, func(t *testing.T) {
			faults := make(chan error, 2)
			server := &http.Server{ReadHeaderTimeout: time.Minute, Handler: guard(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				_, err := io.Copy(io.Discard, r.Body)
				faults <- err
				select {
				case <-r.Context().Done():
					faults <- r.Context().Err()
				case <-time.After(3 * limit):
				}
				fmt.Fprint(w, "done")
			}), limit)}
			listener := newPipes()
			go func() {
				if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
					t.Error(err)
				}
			}()
			defer server.Close()
			connection, served := net.Pipe()
			defer connection.Close()
			listener.accepted <- served
			if _, err := fmt.Fprintf(connection, "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n%s", body); err != nil {
				t.Fatal(err)
			}
			began := time.Now()
			if got := fmt.Sprint(<-faults); want == "" && got != "<nil>" || !strings.Contains(got, want) {
				t.Errorf("%s: error %s", body, got)
			}
			if want != "" {
				if waited := time.Since(began); waited != limit {
					t.Errorf("given up after %s", waited)
				}
				return
			}
			resp, err := http.ReadResponse(bufio.NewReader(connection), nil)
			if err != nil {
				t.Fatal(err)
			}
			defer resp.Body.Close()
			if text, err := io.ReadAll(resp.Body); string(text) != "done" || err != nil {
				t.Errorf("%s, error %v", text, err)
			}
			if len(faults) != 0 {
				t.Errorf("one more error: %v", <-faults)
			}
		})
	}
}
