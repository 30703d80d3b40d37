// Package emulator is a local Pinecone Assistant service, for examples and
// tests: all three planes of the versions 2025-01, 2026-04 and 2026-07, in memory.
//
// It holds every request against the specs of its version and refuses what the service is
// known to refuse, with the same status and body. It runs no model: an answer is
// made of sentences that stand in the files, chosen by the words that they share
// with the question, whatever model and instructions the request names. Images
// are not read, and there are no rates or quotas.
package emulator

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"net/http"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/pinecone-community/assistant-go/examples/emulator/internal/v2026_04/control"
	"github.com/pinecone-community/assistant-go/examples/emulator/internal/v2026_04/data"
	"github.com/pinecone-community/assistant-go/examples/emulator/internal/v2026_04/evaluation"
)

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
	apis   map[*version]http.Handler
	signed http.Handler
	store
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

// New returns a service without assistants. Close it to end what it still works
// on.
func New(opts ...Option) *Server {
	s := &Server{
		key:    "emulator-" + rand.Text(),
		pace:   50 * time.Millisecond,
		now:    func() time.Time { return time.Now().UTC() },
		secret: []byte(rand.Text()),
		store:  store{assistants: make(map[string]*assistant)},
	}
	for _, opt := range opts {
		opt(s)
	}
	s.ctx, s.cancel = context.WithCancel(context.Background())
	s.apis = make(map[*version]http.Handler)
	for _, version := range versions {
		mux := http.NewServeMux()
		version.route(s, mux)
		s.apis[version] = mux
	}
	signed := http.NewServeMux()
	signed.HandleFunc("GET "+signedPath+"{assistant}/{file}", s.serveSigned)
	s.signed = signed
	return s
}

// Key is the API key that requests have to carry.
func (s *Server) Key() string { return s.key }

// route2026 adds the planes of 2026-04.
func (s *Server) route2026(mux *http.ServeMux) {
	control.HandlerWithOptions(
		control.NewStrictHandlerWithOptions(controlPlane{s}, nil, control.StrictHTTPServerOptions{
			RequestErrorHandlerFunc: badRequest, ResponseErrorHandlerFunc: writeError,
		}),
		control.StdHTTPServerOptions{BaseURL: basePath, BaseRouter: mux, ErrorHandlerFunc: badRequest},
	)
	data.HandlerWithOptions(
		data.NewStrictHandlerWithOptions(dataPlane{s}, []data.StrictMiddlewareFunc{refuseMetadataInQuery}, data.StrictHTTPServerOptions{
			RequestErrorHandlerFunc: badRequest, ResponseErrorHandlerFunc: writeError,
		}),
		data.StdHTTPServerOptions{BaseURL: basePath, BaseRouter: mux, ErrorHandlerFunc: badRequest},
	)
	evaluation.HandlerWithOptions(
		evaluation.NewStrictHandlerWithOptions(evaluationPlane{}, nil, evaluation.StrictHTTPServerOptions{
			RequestErrorHandlerFunc: badRequest, ResponseErrorHandlerFunc: writeError,
		}),
		evaluation.StdHTTPServerOptions{BaseURL: basePath, BaseRouter: mux, ErrorHandlerFunc: badRequest},
	)
}

// ServeHTTP serves the planes below /assistant, and the signed URLs of files.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("X-Pinecone-Request-Id", uuid.NewString())
	r.Body = http.MaxBytesReader(w, r.Body, maxRequestBytes)
	r = r.WithContext(context.WithValue(r.Context(), baseURLKey{}, baseURL(r)))
	if strings.HasPrefix(r.URL.Path, signedPath) {
		s.signed.ServeHTTP(w, r)
		return
	}
	if err := s.serve(w, r); err != nil {
		writeError(w, r, err)
	}
}

// serve passes a request on to its version, or says why it does not get there.
func (s *Server) serve(w http.ResponseWriter, r *http.Request) error {
	if err := s.authenticate(r); err != nil {
		return err
	}
	version, err := findVersion(r)
	if err != nil {
		return err
	}
	route, params, err := version.find(r)
	if err != nil {
		return err
	}
	if err := validate(r, route, params); err != nil {
		return err
	}
	s.apis[version].ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), versionKey{}, version)))
	return nil
}

// authenticate refuses a request without the key. The status and the body are
// those that the specs show; the service can also answer in plain text.
func (s *Server) authenticate(r *http.Request) error {
	key := r.Header.Get(keyHeader)
	if key == "" || subtle.ConstantTimeCompare([]byte(key), []byte(s.key)) != 1 {
		return failure(http.StatusUnauthorized, data.ErrorCodeUnauthenticated, "Invalid API Key")
	}
	return nil
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
