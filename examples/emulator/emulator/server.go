// Package emulator is a local Pinecone Assistant service, for examples and tests:
// all three planes of the versions 2025-01, 2026-04 and 2026-07, in memory or in a
// folder. In a test:
//
//	running := emulator.Start(t) // until the test ends
//	editor, err := auth.APIKey(running.Key)
//	if err != nil {
//		t.Fatal(err)
//	}
//	ctl, err := control.New(
//		control.WithRequestEditorFn(editor),
//		control.WithBaseURL(running.URL+"/assistant"),
//	)
//
// It holds every request against the specs of its version and refuses what the
// service is known to refuse, with the same status and body. It runs no model: an
// answer is made of sentences that stand in the files, chosen by the words that
// they share with the question, whatever model and instructions the request names.
// Images are not read. There are no rates and quotas unless a plan is chosen.
package emulator

import (
	"context"
	"crypto/subtle"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/pinecone-community/assistant-go/examples/emulator/internal/store"
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
	key          string
	pace         time.Duration
	latency      time.Duration
	chunkDelay   time.Duration
	remoteFaults bool
	now          func() time.Time
	secret       []byte // signs URLs
	quota        *quota // nil without a plan
	apis         map[*version]http.Handler
	local        http.Handler // what the service does not have, or not here
	faults       faults
	folder       string // "" for a database in memory
	db           *store.DB
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

// WithLatency sets how long every request waits before it is looked at. The default
// is not at all.
func WithLatency(d time.Duration) Option { return func(s *Server) { s.latency = d } }

// WithChunkDelay sets the time between two chunks of a stream. The default is none.
func WithChunkDelay(d time.Duration) Option { return func(s *Server) { s.chunkDelay = d } }

// WithPlan holds requests against the limits of a plan, and panics if there is no
// such plan. By default there are no rates, no numbers of assistants and files, and
// the sizes are those of the Standard plan.
func WithPlan(plan Plan) Option {
	limits := plans[plan]
	if limits == nil {
		panic(fmt.Sprintf("emulator: no plan %q", plan))
	}
	return func(s *Server) { s.quota = newQuota(limits, s.now) }
}

// WithFaults lets requests ask for faults, in the header X-Emulator-Fault and at
// /emulator/faults. A test in the same process has [Running.Fail] without it.
func WithFaults() Option { return func(s *Server) { s.remoteFaults = true } }

// New returns a service. Close it to end what it still works on.
func New(opts ...Option) (*Server, error) {
	s := &Server{
		pace: 50 * time.Millisecond,
		now:  func() time.Time { return time.Now().UTC() },
		apis: make(map[*version]http.Handler),
	}
	for _, opt := range opts {
		opt(s)
	}
	if err := s.open(); err != nil {
		return nil, err
	}
	s.ctx, s.cancel = context.WithCancel(context.Background())
	for _, version := range versions {
		mux := http.NewServeMux()
		version.route(s, mux)
		s.apis[version] = mux
	}
	local := http.NewServeMux()
	local.HandleFunc("GET "+signedPath+"{assistant}/{file}", s.serveSigned)
	if s.remoteFaults {
		local.HandleFunc("POST "+faultsPath, s.serveFaults)
		local.HandleFunc("DELETE "+faultsPath, s.serveFaults)
	}
	local.HandleFunc("/", s.serveNothing)
	s.local = local
	if err := s.resume(); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
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

// ServeHTTP serves the planes below /assistant, the MCP servers of assistants, the
// signed URLs of files and, if asked to, /emulator/faults.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("X-Pinecone-Request-Id", uuid.NewString())
	r.Body = http.MaxBytesReader(w, r.Body, maxRequestBytes)
	if strings.HasPrefix(r.URL.Path, mcpPath) {
		if err := s.serveMCP(w, r); err != nil {
			writeError(w, r, err)
		}
		return
	}
	if !strings.HasPrefix(r.URL.Path, basePath+"/") {
		s.local.ServeHTTP(w, r)
		return
	}
	if err := s.serve(w, r); err != nil {
		writeError(w, r, err)
	}
}

// serve passes a request on to its version, or says why it does not get there.
func (s *Server) serve(w http.ResponseWriter, r *http.Request) error {
	s.pause(r.Context(), s.latency)
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
	operation := route.Operation.OperationID
	fault, err := s.faultFor(r, operation)
	if err != nil {
		return err
	}
	call := &call{baseURL(r), version, operation, fault}
	r = r.WithContext(call.context(r.Context()))
	s.pause(r.Context(), fault.Delay)
	if fault.reply(w, r) {
		return nil
	}
	if err := s.quota.admit(r.Context()); err != nil {
		return err
	}
	if err := validate(r, route, params); err != nil {
		return err
	}
	s.apis[version].ServeHTTP(w, r)
	return nil
}

// pause waits, at most until the emulator ends. It gives a request up whose client
// has gone, which is not noticed before its body is read.
func (s *Server) pause(ctx context.Context, d time.Duration) {
	if d <= 0 {
		return
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-s.ctx.Done():
	case <-ctx.Done():
		panic(http.ErrAbortHandler)
	}
}

func (s *Server) serveNothing(w http.ResponseWriter, r *http.Request) {
	err := s.authenticate(r)
	if err == nil {
		err = notFound("%s %s is not an operation of the API", r.Method, r.URL.Path)
	}
	writeError(w, r, err)
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
