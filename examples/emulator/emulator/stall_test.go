package emulator

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// pipes is a listener in memory, for use with synctest.
type pipes struct{ accepted chan net.Conn }

func (p pipes) Accept() (net.Conn, error) {
	connection, ok := <-p.accepted
	if !ok {
		return nil, net.ErrClosed
	}
	return connection, nil
}

func (p pipes) Close() error { close(p.accepted); return nil }

func (p pipes) Addr() net.Addr { return &net.TCPAddr{} }

func (p pipes) dial() net.Conn {
	client, server := net.Pipe()
	p.accepted <- server
	return client
}

// serveInMemory serves on a listener in memory until the test ends.
func serveInMemory(t *testing.T, server *http.Server, wrap func(net.Listener) net.Listener) pipes {
	listener := pipes{make(chan net.Conn)}
	done := make(chan error)
	go func() { done <- server.Serve(wrap(listener)) }()
	t.Cleanup(func() {
		_ = server.Close()
		if err := <-done; !errors.Is(err, http.ErrServerClosed) {
			t.Error(err)
		}
	})
	return listener
}

// Reading the body fails if the client stalls. The limit does not apply to the time until
// the response.
func TestGuard(t *testing.T) {
	wave := strings.Repeat("wave", leastSent/4)
	tests := []struct {
		name  string
		parts []string      // parts of the body of 4*leastSent bytes
		apart time.Duration // time between two parts
		want  time.Duration // time until reading fails; 0 if it does not
	}{
		{"at once", []string{strings.Repeat(wave, 4)}, 0, 0},
		{"slowly", []string{wave, wave, wave, wave}, 50 * time.Second, 0},
		{"incomplete", []string{wave, wave}, 50 * time.Second, 50*time.Second + stallLimit},
		{"byte by byte", strings.Split(wave, ""), time.Second, stallLimit},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				faults := make(chan error, 1)
				listener := serveInMemory(t, &http.Server{Handler: guard(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					_, err := io.Copy(io.Discard, r.Body)
					if faults <- err; err != nil {
						return
					}
					time.Sleep(3 * stallLimit)
					fmt.Fprint(w, "done")
				}), stallLimit)}, func(l net.Listener) net.Listener { return l })
				var sender sync.WaitGroup
				defer sender.Wait()
				connection := listener.dial()
				defer connection.Close()
				began := time.Now()
				sender.Go(func() {
					_, _ = fmt.Fprintf(connection, "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n", 4*leastSent)
					for i, part := range tt.parts {
						if i > 0 {
							time.Sleep(tt.apart)
						}
						if _, err := io.WriteString(connection, part); err != nil {
							return
						}
					}
				})
				err := <-faults
				if took := time.Since(began); tt.want > 0 {
					if want := fmt.Sprintf("received fewer than %d bytes of the body in 1m0s", leastSent); err == nil || err.Error() != want || took != tt.want {
						t.Errorf("error %v after %s, want %s after %s", err, took, want, tt.want)
					}
					return
				}
				if err != nil {
					t.Fatal(err)
				}
				resp, err := http.ReadResponse(bufio.NewReader(connection), nil)
				if err != nil {
					t.Fatal(err)
				}
				if text, err := io.ReadAll(resp.Body); string(text) != "done" || err != nil {
					t.Errorf("%s, error %v", text, err)
				}
				_ = resp.Body.Close()
			})
		})
	}
}

// Writing the response fails if the client does not read it.
func TestGuardResponse(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		faults := make(chan error, 1)
		listener := serveInMemory(t, &http.Server{Handler: guard(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			_, err := w.Write(make([]byte, 1<<20))
			faults <- err
		}), stallLimit)}, func(l net.Listener) net.Listener { return l })
		connection := listener.dial()
		defer connection.Close()
		began := time.Now()
		if _, err := io.WriteString(connection, "GET / HTTP/1.1\r\nHost: x\r\n\r\n"); err != nil {
			t.Fatal(err)
		}
		if err := <-faults; !errors.Is(err, os.ErrDeadlineExceeded) || time.Since(began) != stallLimit {
			t.Errorf("error %v after %s", err, time.Since(began))
		}
	})
}

// Requests with large heads wait for each other, and do not delay other requests. A
// connection is closed if the client does not complete a head.
func TestLargeHeads(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := &heads{slots: make(chan struct{}, largeHeads), limit: headLimit}
		release := make(chan struct{})
		server := &http.Server{
			Handler: h.handler(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
				if r.Header.Get("X-Wave") != "" {
					<-release
				}
				_, _ = io.Copy(io.Discard, r.Body)
			})),
			ReadHeaderTimeout: headLimit, ConnContext: h.context, ConnState: h.note,
		}
		listener := serveInMemory(t, server, h.listener)
		large := "GET / HTTP/1.1\r\nHost: x\r\nX-Wave: " + strings.Repeat("a", 2*smallHead)
		statuses := make(chan int)
		send := func(head, rest string) {
			connection := listener.dial()
			defer connection.Close()
			go func() { _, _ = io.WriteString(connection, head+rest) }()
			resp, err := http.ReadResponse(bufio.NewReader(connection), nil)
			if err != nil {
				statuses <- 0
				return
			}
			_ = resp.Body.Close()
			statuses <- resp.StatusCode
		}
		for range 3 * largeHeads {
			go send(large, "\r\n\r\n")
		}
		synctest.Wait() // until largeHeads are being served and the others wait
		if len(h.slots) != largeHeads {
			t.Errorf("%d large heads", len(h.slots))
		}
		for range 2 * largeHeads { // a large body does not need a slot
			go send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 99999\r\n\r\n", strings.Repeat("a", 99999))
			if status := <-statuses; status != 200 {
				t.Errorf("another request: status %d", status)
			}
		}
		close(release)
		for range 3 * largeHeads {
			if status := <-statuses; status != 200 {
				t.Errorf("a large request: status %d", status)
			}
		}
		for range largeHeads {
			go send(large, "")
		}
		began := time.Now()
		time.Sleep(headLimit / 2)
		go send(large, "\r\n\r\n")
		served, closed := 0, 0
		for range largeHeads + 1 {
			if status := <-statuses; status == 200 {
				served++
			} else {
				closed++
			}
		}
		if closed != largeHeads || served != 1 || time.Since(began) > headLimit || len(h.slots) != 0 {
			t.Errorf("%d connections closed, %d requests served after %s, %d slots taken", closed, served, time.Since(began), len(h.slots))
		}
	})
}
