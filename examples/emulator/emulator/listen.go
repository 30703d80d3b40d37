package emulator

import (
	"context"
	"errors"
	"net"
	"net/http"
	"sync"
	"time"
)

// shutdownLimit is how long Close waits for requests that are being served.
const shutdownLimit = time.Second

// How long the head of a request may take, and how long a connection is kept between two
// requests.
const (
	headLimit = time.Minute
	idleLimit = 5 * time.Minute
)

// Running is an emulator at an address of this machine.
type Running struct {
	URL string // such as http://127.0.0.1:41234; the planes are below /assistant
	Key string

	*Server

	// Certificate is that of the emulator in PEM, for its clients to trust; nil without
	// [WithTLS].
	Certificate []byte

	server   *http.Server
	requests requests
	unused   unused
	heads    heads
	grace    time.Duration // for requests that are being served
	done     chan error
	close    func() error // once
}

// Listen starts an emulator at an address such as 127.0.0.1:0, whose port 0
// stands for any that is free.
func Listen(ctx context.Context, address string, opts ...Option) (*Running, error) {
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", address)
	if err != nil {
		return nil, err
	}
	service, err := New(opts...)
	if err != nil {
		return nil, errors.Join(err, listener.Close())
	}
	r := &Running{
		URL:      "http://" + listener.Addr().String(),
		Key:      service.Key(),
		Server:   service,
		requests: requests{handler: guard(service, stallLimit)},
		heads:    heads{slots: make(chan struct{}, largeHeads), limit: headLimit},
		grace:    shutdownLimit,
		done:     make(chan error, 1),
	}
	r.close = sync.OnceValue(r.stop)
	r.server = &http.Server{
		Handler: r.heads.handler(&r.requests), ReadHeaderTimeout: headLimit, IdleTimeout: idleLimit, MaxHeaderBytes: 2 * maxURLBytes,
		ConnContext: r.heads.context,
		ConnState: func(connection net.Conn, state http.ConnState) {
			r.unused.note(connection, state)
			r.heads.note(connection, state)
		},
	}
	r.server.RegisterOnShutdown(func() { // streams end, and what waits on purpose
		for _, project := range service.projects {
			project.interrupt()
		}
	})
	serve := r.server.Serve
	if service.tls {
		r.URL = "https://" + listener.Addr().String()
		if r.Certificate, r.server.TLSConfig, err = certify(listener.Addr(), service.now()); err != nil {
			return nil, errors.Join(err, service.Close(), listener.Close())
		}
		serve = func(l net.Listener) error { return r.server.ServeTLS(l, "", "") }
	}
	go func() { r.done <- serve(r.heads.listener(listener)) }()
	return r, nil
}

// Close stops the emulator and waits until nothing of it runs any more. Requests
// that are being served have a second to end, and are cut off then: a client
// that had no answer knows that nothing was acknowledged. What it held in memory is gone.
// To close it again does nothing more.
func (r *Running) Close() error { return r.close() }

func (r *Running) stop() error {
	ctx, cancel := context.WithTimeout(context.Background(), r.grace)
	defer cancel()
	r.unused.close()
	err := r.server.Shutdown(ctx)
	if errors.Is(err, context.DeadlineExceeded) {
		err = r.server.Close()
	}
	r.requests.wait()
	err = errors.Join(err, r.Server.Close())
	if served := <-r.done; !errors.Is(served, http.ErrServerClosed) {
		err = errors.Join(err, served)
	}
	return err
}

// requests counts those that are being served: a server that is closed does not
// wait for them.
type requests struct {
	handler http.Handler

	mu     sync.Mutex
	closed bool
	group  sync.WaitGroup
}

func (q *requests) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	q.mu.Lock()
	if q.closed {
		q.mu.Unlock()
		panic(http.ErrAbortHandler)
	}
	q.group.Add(1)
	q.mu.Unlock()
	defer q.group.Done()
	q.handler.ServeHTTP(w, r)
}

// wait waits until none is left; none can begin any more.
func (q *requests) wait() {
	q.mu.Lock()
	q.closed = true
	q.mu.Unlock()
	q.group.Wait()
}
