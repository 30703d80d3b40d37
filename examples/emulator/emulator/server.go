// Package emulator is a local Pinecone Assistant service, for examples and
// tests: all three planes of version 2026-04, in memory or in a folder.
//
// It holds every request against the specs and refuses what the service is
// known to refuse, with the same status and body. It runs no model: an answer is
// made of sentences that stand in the files, chosen by the words that they share
// with the question, whatever model and instructions the request names. Images
// are not read, and there are no rates or quotas.
package emulator

import (
	"context"
	"crypto/subtle"
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/pinecone-community/assistant-go/examples/emulator/internal/store"
	"github.com/pinecone-community/assistant-go/examples/emulator/internal/v2026_04/control"
	"github.com/pinecone-community/assistant-go/examples/emulator/internal/v2026_04/data"
	"github.com/pinecone-community/assistant-go/examples/emulator/internal/v2026_04/evaluation"
)

// Version is the version of the API that the emulator speaks.
const Version = "2026-04"

// basePath is what all planes are below.
const basePath = "/assistant"

// maxRequestBytes bounds what is read of a request: the largest file and a form
// around it.
const maxRequestBytes = maxPDFBytes + 1<<20

const (
	keyHeader     = "Api-Key"
	versionHeader = "X-Pinecone-Api-Version"
)

// Server is the service as an [http.Handler]. It is safe for concurrent use.
type Server struct {
	key    string
	pace   time.Duration
	now    func() time.Time
	secret []byte // signs URLs
	mux    *http.ServeMux
	folder string // "" for a database in memory
	db     *store.DB
	work
}

// Option configures a [Server].
type Option func(*Server)

// WithKey sets the API key that requests have to carry. The default is a random
// one: see [Server.Key].
func WithKey(key string) Option { return func(s *Server) { s.key = key } }

// WithPace sets how long each step takes of what goes on after a reply: an
// assistant is ready after one, a file after three. The default is 50 ms.
func WithPace(step time.Duration) Option { return func(s *Server) { s.pace = step } }

// New returns a service. Close it to end what it still works on.
func New(opts ...Option) (*Server, error) {
	s := &Server{
		pace: 50 * time.Millisecond,
		now:  func() time.Time { return time.Now().UTC() },
		mux:  http.NewServeMux(),
	}
	for _, opt := range opts {
		opt(s)
	}
	if err := s.open(); err != nil {
		return nil, err
	}
	s.ctx, s.cancel = context.WithCancel(context.Background())
	s.route()
	if err := s.resume(); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

// Key is the API key that requests have to carry.
func (s *Server) Key() string { return s.key }

func (s *Server) route() {
	control.HandlerWithOptions(
		control.NewStrictHandlerWithOptions(controlPlane{s}, nil, control.StrictHTTPServerOptions{
			RequestErrorHandlerFunc: badRequest, ResponseErrorHandlerFunc: writeError,
		}),
		control.StdHTTPServerOptions{BaseURL: basePath, BaseRouter: s.mux, ErrorHandlerFunc: badRequest},
	)
	data.HandlerWithOptions(
		data.NewStrictHandlerWithOptions(dataPlane{s}, []data.StrictMiddlewareFunc{refuseMetadataInQuery}, data.StrictHTTPServerOptions{
			RequestErrorHandlerFunc: badRequest, ResponseErrorHandlerFunc: writeError,
		}),
		data.StdHTTPServerOptions{BaseURL: basePath, BaseRouter: s.mux, ErrorHandlerFunc: badRequest},
	)
	evaluation.HandlerWithOptions(
		evaluation.NewStrictHandlerWithOptions(evaluationPlane{}, nil, evaluation.StrictHTTPServerOptions{
			RequestErrorHandlerFunc: badRequest, ResponseErrorHandlerFunc: writeError,
		}),
		evaluation.StdHTTPServerOptions{BaseURL: basePath, BaseRouter: s.mux, ErrorHandlerFunc: badRequest},
	)
	s.mux.HandleFunc("GET "+signedPath+"{assistant}/{file}", s.serveSigned)
}

// ServeHTTP serves the planes below /assistant, and the signed URLs of files.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("X-Pinecone-Request-Id", uuid.NewString())
	r.Body = http.MaxBytesReader(w, r.Body, maxRequestBytes)
	r = r.WithContext(context.WithValue(r.Context(), baseURLKey{}, baseURL(r)))
	if !strings.HasPrefix(r.URL.Path, signedPath) {
		if err := s.admit(r); err != nil {
			writeError(w, r, err)
			return
		}
	}
	s.mux.ServeHTTP(w, r)
}

// admit says why a request does not get as far as a handler.
func (s *Server) admit(r *http.Request) error {
	key := r.Header.Get(keyHeader)
	if key == "" || subtle.ConstantTimeCompare([]byte(key), []byte(s.key)) != 1 {
		return failure(http.StatusUnauthorized, data.ErrorCodeUnauthenticated, "Invalid API Key")
	}
	// The service takes a request without the header as one of its oldest
	// supported version, which the emulator does not speak; what it answers to an
	// unknown version is not documented. To refuse both is the emulator's choice.
	if got := r.Header.Get(versionHeader); got != Version {
		return invalid("%s is %q: the emulator speaks %s", versionHeader, got, Version)
	}
	return validate(r)
}

type baseURLKey struct{}

// baseURL is the address at which the client reached the emulator.
func baseURL(r *http.Request) string {
	scheme := "http"
	if r.TLS != nil {
		scheme = "https"
	}
	return scheme + "://" + r.Host
}

// hostOf is the host that replies name, which is the emulator's own.
func hostOf(ctx context.Context) string {
	base, _ := ctx.Value(baseURLKey{}).(string)
	return base
}
