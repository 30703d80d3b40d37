// Package emulator is a local Pinecone Assistant service, for examples and tests:
// all three planes of every version that an official client sends, see [Versions],
// in memory or in a folder. In a test:
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
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/google/uuid"

	"github.com/pinecone-community/assistant-go/examples/emulator/internal/store"
)

// basePath is what all planes are below.
const basePath = "/assistant"

// maxRequestBytes bounds what is read of a request: the largest file and a form
// around it.
const maxRequestBytes = maxPDFBytes + 1<<20

// maxURLBytes bounds a URL: a filter with 10,000 values fits.
const maxURLBytes = 1 << 20

const (
	keyHeader     = "Api-Key"
	versionHeader = "X-Pinecone-Api-Version"
)

// Server is the service as an [http.Handler]. It is safe for concurrent use. What it
// has is one project's, that of its first key; it passes the requests of other keys
// on to the servers of theirs.
type Server struct {
	key          string
	more         []string  // the other keys
	projects     []*Server // of all keys, this one first; nil in another's
	pace         time.Duration
	latency      time.Duration
	chunkDelay   time.Duration
	remoteFaults bool
	control      bool
	now          func() time.Time
	secret       []byte // signs URLs
	quota        *quota // nil without a plan
	clock        *clock // of all projects
	faults       faults
	scripts      scripts
	journal      journal
	log          *requestLog // nil for none
	tls          bool
	seed         string // "" for none
	folder       string // "" for a database in memory
	db           *store.DB
	gate         sync.RWMutex // who serves a request has it, who replaces the database locks it
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

// WithControl lets requests ask for everything that is below /emulator: faults,
// scripted replies, the journal, the clock, a reset and snapshots. A test in the same
// process has the methods of [Running] without it.
func WithControl() Option { return func(s *Server) { s.control, s.remoteFaults = true, true } }

// New returns a service. Close it to end what it still works on.
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

// start opens the database of a project and goes on where it ended.
func (s *Server) start() error {
	if err := s.open(); err != nil {
		return err
	}
	if err := s.resume(); err != nil {
		return err
	}
	return s.seedOnce()
}

// Key is the API key that requests have to carry; the first of several.
func (s *Server) Key() string { return s.key }

// handlers serve the operations of all versions. A request is as the spec of its
// version says; a reply may have more than that version knows of.
var handlers = map[string]func(*Server, *request) (*reply, error){
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

// ServeHTTP serves the planes below /assistant, the MCP servers of assistants, the
// signed URLs of files and, if asked to, what is below /emulator.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("X-Pinecone-Request-Id", uuid.NewString())
	r.Body = http.MaxBytesReader(w, r.Body, maxRequestBytes)
	if len(r.RequestURI) > maxURLBytes {
		writeError(w, r, failure(http.StatusRequestURITooLong, codeInvalidArgument, "the URL has %d bytes, the limit is %d", len(r.RequestURI), maxURLBytes))
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

// serve answers a request of the project and keeps it in the journal.
func (s *Server) serve(w http.ResponseWriter, r *http.Request) {
	s.record(r, func(entry *Request) int {
		watched := &statusWriter{ResponseWriter: w}
		s.gate.RLock()
		defer s.gate.RUnlock()
		defer func() { entry.Status = watched.status }() // of a stream that is aborted, too
		if err := s.serveOperation(watched, r, entry); err != nil {
			writeError(watched, r, err)
		}
		return watched.status
	})
}

// serveOperation serves a request for an operation.
func (s *Server) serveOperation(w http.ResponseWriter, r *http.Request, entry *Request) error {
	if !strings.HasPrefix(r.URL.Path, basePath+"/") {
		return notBelow(r)
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
	if fault.reply(w, req.Request) {
		return nil
	}
	if err := s.quota.admit(req); err != nil {
		return err
	}
	handler := handlers[operation.name]
	if handler == nil {
		return failure(http.StatusNotImplemented, codeUnimplemented, "the emulator does not have %s of %s", operation.name, version.name)
	}
	reply, err := s.handle(req, handler)
	if err != nil {
		return err
	}
	return reply.write(w)
}

// handle returns the reply to a request, encoded: who takes it slowly keeps no memory
// from others.
func (s *Server) handle(r *request, handler func(*Server, *request) (*reply, error)) (*reply, error) {
	defer func() { r.leave() }()
	if err := r.validate(); err != nil {
		return nil, err
	}
	reply, err := handler(s, r)
	r.body = nil
	if err == nil {
		err = reply.encode()
	}
	return reply, err
}

// notBelow says of a path where the API is.
func notBelow(r *http.Request) error {
	path := shown(r.URL.Path)
	if _, _, err := versions[len(versions)-1].find(r); err == nil {
		return notFound("%s %s is not an operation of the API, which is below %s: want %s%s", r.Method, path, basePath, basePath, path)
	}
	return notFound("%s %s is not an operation of the API, which is below %s", shown(r.Method), path, basePath)
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
	case <-s.context().Done():
	case <-ctx.Done():
		panic(http.ErrAbortHandler)
	}
}
