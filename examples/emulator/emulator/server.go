// Package emulator is a local Pinecone Assistant service for examples and tests. It serves
// the control, data and evaluation planes in all [Versions] of the API, with its data in
// memory or in a folder. In a test:
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
// The emulator validates each request against the specs of its version, and refuses
// requests that the service is known to refuse, with the same status and body. It does not
// run a model: an answer consists of sentences of the files that share words with the
// question, and does not depend on the model and the instructions. Images are not read.
// Rate limits and quotas apply only with [WithPlan].
package emulator

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/google/uuid"

	"github.com/pinecone-community/assistant-go/examples/emulator/internal/store"
)

// basePath is the prefix of the paths of all planes.
const basePath = "/assistant"

// maxRequestBytes is the limit of a request's body: the largest file and its form.
const maxRequestBytes = maxPDFBytes + 1<<20

// maxURLBytes is the limit of a URL in bytes. A filter with 10,000 values fits.
const maxURLBytes = 1 << 20

const (
	keyHeader     = "Api-Key"
	versionHeader = "X-Pinecone-Api-Version"
)

// Server is the emulator as an [http.Handler]. It is safe for concurrent use. A Server has
// the data of the project of its first key; it forwards requests with other keys to the
// servers of their projects.
type Server struct {
	key          string
	more         []string  // the other keys
	projects     []*Server // servers of all keys, beginning with this one; nil if this is not the first
	pace         time.Duration
	latency      time.Duration
	chunkDelay   time.Duration
	remoteFaults bool
	control      bool
	now          func() time.Time
	secret       []byte // for signed URLs
	quota        *quota // nil without a plan
	clock        *clock // shared by all projects
	faults       faults
	scripts      scripts
	journal      journal
	log          *requestLog // nil for none
	tls          bool
	seed         string // "" for none
	folder       string // "" for a database in memory
	db           *store.DB
	gate         sync.RWMutex // read-locked while a request is served, locked while the database is replaced
	work
}

// Option configures a [Server].
type Option func(*Server)

// WithKey sets the accepted API key. The default is a random key, see [Server.Key].
func WithKey(key string) Option { return func(s *Server) { s.key = key } }

// WithPace sets the duration of each background step. An assistant is ready after one
// step, a file after three. The default is 50 ms.
func WithPace(step time.Duration) Option { return func(s *Server) { s.pace = step } }

// WithLatency sets a delay before each request is served. The default is 0.
func WithLatency(d time.Duration) Option { return func(s *Server) { s.latency = d } }

// WithChunkDelay sets the time between two events of a stream. The default is 0.
func WithChunkDelay(d time.Duration) Option { return func(s *Server) { s.chunkDelay = d } }

// WithPlan enforces the limits of a plan. It panics if the plan is unknown. By default,
// there are no rate limits and quotas, and the size limits are those of the Standard plan.
func WithPlan(plan Plan) Option {
	limits := plans[plan]
	if limits == nil {
		panic(fmt.Sprintf("emulator: unknown plan %q", plan))
	}
	return func(s *Server) { s.quota = newQuota(limits, s.now) }
}

// WithFaults allows requests to inject faults, in the header X-Emulator-Fault and at
// /emulator/faults. [Server.Fail] does not need it.
func WithFaults() Option { return func(s *Server) { s.remoteFaults = true } }

// WithControl allows requests to all paths below /emulator: faults, scripted replies, the
// journal, the clock, a reset and snapshots. The corresponding methods of [Server] do not
// need it.
func WithControl() Option { return func(s *Server) { s.control, s.remoteFaults = true, true } }

// New returns an emulator. The caller must close it.
func New(opts ...Option) (*Server, error) {
	s := newServer(opts, &clock{})
	err := s.start()
	if err == nil {
		err = s.openProjects(opts)
	}
	if err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

func newServer(opts []Option, clock *clock) *Server {
	s := &Server{pace: 50 * time.Millisecond, clock: clock, now: clock.now}
	s.general.most = maxWorkers
	s.ctx, s.cancel = context.WithCancel(context.Background())
	for _, opt := range opts {
		opt(s)
	}
	return s
}

// start opens the database of the project, and resumes its background work.
func (s *Server) start() error {
	if err := s.open(); err != nil {
		return err
	}
	if err := s.resume(); err != nil {
		return err
	}
	return s.seedOnce()
}

// Key returns the accepted API key, or the first of several.
func (s *Server) Key() string { return s.key }

// handlers maps operations to their handlers for all versions. The request is valid
// according to the spec of its version. The fields of the body that the version does not
// list are removed later.
var handlers = map[string]func(*Server, *request) (*response, error){
	"ListAssistants":    (*Server).listAssistants,
	"CreateAssistant":   (*Server).createAssistant,
	"DescribeAssistant": (*Server).getAssistant,
	"UpdateAssistant":   (*Server).updateAssistant,
	"DeleteAssistant":   (*Server).deleteAssistant,
	"ListFiles":         (*Server).listFiles,
	"UploadFile":        (*Server).uploadFile,
	"UpsertFile":        (*Server).upsertFile,
	"DescribeFile":      (*Server).describeFile,
	"DeleteFile":        (*Server).deleteFile,
	"ListOperations":    (*Server).listOperations,
	"DescribeOperation": (*Server).describeOperation,
	chatOperation:       (*Server).chatAssistant,
	completionOperation: (*Server).chatCompletionAssistant,
	contextOperation:    (*Server).contextAssistant,
	"EvaluateAlignment": (*Server).metricsAlignment,
}

// ServeHTTP serves the planes below /assistant, the MCP servers of the assistants, signed
// URLs and, if enabled, the paths below /emulator.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("X-Pinecone-Request-Id", uuid.NewString())
	r.Body = http.MaxBytesReader(w, r.Body, maxRequestBytes)
	if len(r.RequestURI) > maxURLBytes {
		writeError(w, r, failure(http.StatusRequestURITooLong, codeInvalidArgument, "URL of %d bytes, the limit is %d", len(r.RequestURI), maxURLBytes))
		return
	}
	if strings.HasPrefix(r.URL.Path, signedPath) {
		if err := s.serveSigned(w, r); err != nil {
			writeError(w, r, err)
		}
		return
	}
	s.pause(r.Context(), s.latency)
	isMCP := strings.HasPrefix(r.URL.Path, mcpPath)
	if isMCP {
		r = bearerAsKey(r)
	}
	project, err := s.projectOf(r)
	switch {
	case isMCP && err == nil:
		err = project.serveMCP(w, r)
	case isMCP:
		w.Header().Set("WWW-Authenticate", "Bearer")
	case err == nil && strings.HasPrefix(r.URL.Path, localPath):
		err = project.serveLocal(w, r)
	case err == nil:
		project.serve(w, r)
		return
	default:
		s.logRequest(&Request{Time: s.now(), Method: r.Method, Path: r.URL.Path, Version: r.Header.Get(versionHeader), Status: http.StatusUnauthorized})
	}
	if err != nil {
		writeError(w, r, err)
	}
}

// serve serves a request of the project and adds it to the journal.
func (s *Server) serve(w http.ResponseWriter, r *http.Request) {
	s.record(r, func(entry *Request) int {
		watched := &statusWriter{ResponseWriter: w}
		s.gate.RLock()
		defer s.gate.RUnlock()
		defer func() { entry.Status = watched.status }() // also if a stream is aborted
		if err := s.serveOperation(watched, r, entry); err != nil {
			writeError(watched, r, err)
		}
		return watched.status
	})
}

// serveOperation serves a request for an operation.
func (s *Server) serveOperation(w http.ResponseWriter, r *http.Request, entry *Request) error {
	if !strings.HasPrefix(r.URL.Path, basePath+"/") {
		return unknownPath(r)
	}
	version, err := findVersion(r)
	if err != nil {
		return err
	}
	operation, path, err := version.find(r)
	if err != nil {
		return err
	}
	entry.Operation = operation.name
	fault, err := s.faultFor(r, operation.name)
	if err != nil {
		return err
	}
	req := newRequest(r, version, operation, path, fault)
	req.entry = entry
	s.pause(r.Context(), fault.Delay)
	if fault.respond(w, req.Request) {
		return nil
	}
	if err := s.quota.admit(req); err != nil {
		return err
	}
	handler := handlers[operation.name]
	if handler == nil {
		return failure(http.StatusNotImplemented, codeUnimplemented, "the emulator does not implement %s of version %s", operation.name, version.name)
	}
	response, err := s.handle(req, handler)
	if err != nil {
		return err
	}
	return response.write(w)
}

// handle validates a request, calls its handler and encodes the response. The request's
// memory is released before the response is sent, so that a slow client does not delay
// other requests.
func (s *Server) handle(r *request, handler func(*Server, *request) (*response, error)) (*response, error) {
	defer func() { r.release() }()
	if err := r.validate(); err != nil {
		return nil, err
	}
	response, err := handler(s, r)
	r.body = nil
	if err == nil {
		err = response.encode()
	}
	return response, err
}

// unknownPath returns the error for a path that is not below basePath.
func unknownPath(r *http.Request) error {
	path := truncate(r.URL.Path)
	if _, _, err := versions[len(versions)-1].find(r); err == nil {
		return notFound("%s %s is not an operation of the API, whose paths begin with %s: want %s%s", r.Method, path, basePath, basePath, path)
	}
	return notFound("%s %s is not an operation of the API, whose paths begin with %s", truncate(r.Method), path, basePath)
}

// pause waits for d, or until the emulator is closed. It aborts the request if ctx is
// done.
func (s *Server) pause(ctx context.Context, d time.Duration) {
	if d <= 0 {
		return
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-s.context().Done():
	case <-ctx.Done():
		panic(http.ErrAbortHandler)
	}
}
