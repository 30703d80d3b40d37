package emulator

import (
	"context"
	"errors"
	"net"
	"net/http"
	"sync"
	"time"
)

// shutdownLimit is the longest time that Close waits for requests in progress.
const shutdownLimit = time.Second

const (
	headLimit = time.Minute     // longest time to receive the headers of a request
	idleLimit = 5 * time.Minute // longest time between two requests on a connection
)

// Running is an emulator that listens at an address.
type Running struct {
	URL string // such as http://127.0.0.1:41234; the API is below /assistant
	Key string // API key of the first project

	*Server

	// Certificate is the certificate of the emulator in PEM, which clients must trust. It
	// is nil without [WithTLS].
	Certificate []byte

	server   *http.Server
	requests requests
	unused   unused
	heads    heads
	grace    time.Duration // see shutdownLimit
	done     chan error
	close    func() error
}

// Listen starts an emulator at an address such as 127.0.0.1:0, where port 0 chooses a
// free port. The caller must close the emulator.
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
	r.server.RegisterOnShutdown(func() { // end streams and delays
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

// Close stops the emulator and waits until it has ended. Requests in progress have a
// second to finish; after that, their connections are closed. Data in memory is lost. A
// second call returns the error of the first.
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

// requests counts the requests in progress, since [http.Server.Close] does not wait for
// them.
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

// wait waits until no request is in progress. New requests are aborted.
func (q *requests) wait() {
	q.mu.Lock()
	q.closed = true
	q.mu.Unlock()
	q.group.Wait()
}
