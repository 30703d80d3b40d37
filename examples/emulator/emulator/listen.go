package emulator

import (
	"context"
	"errors"
	"net"
	"net/http"
	"time"
)

// shutdownLimit is how long Close waits for requests that are being served.
const shutdownLimit = 5 * time.Second

// Running is an emulator at an address of this machine.
type Running struct {
	URL string // such as http://127.0.0.1:41234; the planes are below /assistant
	Key string

	service *Server
	server  *http.Server
	done    chan error
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
		URL:     "http://" + listener.Addr().String(),
		Key:     service.Key(),
		service: service,
		server:  &http.Server{Handler: service, ReadHeaderTimeout: time.Minute},
		done:    make(chan error, 1),
	}
	go func() { r.done <- r.server.Serve(listener) }()
	return r, nil
}

// Close stops the emulator and waits until nothing of it runs any more. What it
// held in memory is gone.
func (r *Running) Close() error {
	ctx, cancel := context.WithTimeout(context.Background(), shutdownLimit)
	defer cancel()
	err := r.server.Shutdown(ctx)
	if err != nil {
		err = errors.Join(err, r.server.Close())
	}
	err = errors.Join(err, r.service.Close())
	if served := <-r.done; !errors.Is(served, http.ErrServerClosed) {
		err = errors.Join(err, served)
	}
	return err
}
