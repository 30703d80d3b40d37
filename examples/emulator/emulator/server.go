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
	"crypto/subtle"
	"errors"
	"fmt"
	"net/http"
	"strings"
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

// Server is the service as an [http.Handler]. It is safe for concurrent use.
type Server struct {
	key          string
	pace         time.Duration
	latency      time.Duration
	chunkDelay   time.Duration
	remoteFaults bool
	control      bool
	now          func() time.Time
	secret       []byte // signs URLs
	quota        *quota // nil without a plan
	faults       faults
	scripts      scripts
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

// WithControl lets requests ask for everything that is below /emulator: scripted
// replies and faults. A test in the same process has the methods of [Running]
// without it.
func WithControl() Option { return func(s *Server) { s.control, s.remoteFaults = true, true } }

// New returns a service. Close it to end what it still works on.
func New(opts ...Option) (*Server, error) {
	s := &Server{
		pace: 50 * time.Millisecond,
		now:  func() time.Time { return time.Now().UTC() },
	}
	s.general.most = maxWorkers
	for _, opt := range opts {
		opt(s)
	}
	if err := s.open(); err != nil {
		return nil, err
	}
	s.ctx, s.cancel = context.WithCancel(context.Background())
	if err := s.resume(); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

// Key is the API key that requests have to carry.
func (s *Server) Key() string { return s.key }

// handlers serve the operations of all versions. A request is as the spec of its
// version says; a reply may have more than that version knows of.
var handlers = map[string]func(*Server, *request) (*reply, error){
	"ListAssistants":    (*Server).listAssistants,
	"CreateAssistant":   (*Server).createAssistant,
	"GetAssistant":      (*Server).getAssistant,
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

// ServeHTTP serves the planes below /assistant, the signed URLs of files and, if
// asked to, what is below /emulator.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("X-Pinecone-Request-Id", uuid.NewString())
	r.Body = http.MaxBytesReader(w, r.Body, maxRequestBytes)
	var err error
	switch {
	case len(r.RequestURI) > maxURLBytes:
		err = failure(http.StatusRequestURITooLong, codeInvalidArgument, "the URL has %d bytes, the limit is %d", len(r.RequestURI), maxURLBytes)
	case strings.HasPrefix(r.URL.Path, basePath+"/"):
		err = s.serve(w, r)
	case strings.HasPrefix(r.URL.Path, signedPath):
		err = s.serveSigned(w, r)
	default:
		err = s.serveLocal(w, r)
	}
	if err != nil {
		writeError(w, r, err)
	}
}

// serve serves a request for an operation.
func (s *Server) serve(w http.ResponseWriter, r *http.Request) error {
	s.pause(r.Context(), s.latency)
	if err := s.authenticate(r); err != nil {
		return err
	}
	version, err := findVersion(r)
	if err != nil {
		return err
	}
	operation, path, err := version.find(r)
	if err != nil {
		return err
	}
	fault, err := s.faultFor(r, operation.name)
	if err != nil {
		return err
	}
	req := newRequest(r, version, operation, path, fault)
	s.pause(r.Context(), fault.Delay)
	if fault.reply(w, req.Request) {
		return nil
	}
	if err := s.quota.admit(req); err != nil {
		return err
	}
	if err := req.validate(); err != nil {
		return err
	}
	handler := handlers[operation.name]
	if handler == nil {
		return failure(http.StatusNotImplemented, codeUnimplemented, "the emulator does not have %s of %s", operation.name, version.name)
	}
	reply, err := handler(s, req)
	if err != nil {
		return err
	}
	return reply.write(w)
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

// serveLocal serves what a test asks of the emulator itself, and says of every other
// path where the API is.
func (s *Server) serveLocal(w http.ResponseWriter, r *http.Request) error {
	if err := s.authenticate(r); err != nil {
		return err
	}
	r.Body = http.MaxBytesReader(w, r.Body, maxLocalBytes)
	switch r.Method + " " + r.URL.Path {
	case "POST " + faultsPath, "DELETE " + faultsPath:
		if s.remoteFaults || s.control {
			return s.serveFaults(w, r)
		}
	case "POST " + repliesPath, "DELETE " + repliesPath:
		if s.control {
			return s.serveReplies(w, r)
		}
	}
	path := shown(r.URL.Path)
	if _, _, err := versions[len(versions)-1].find(r); err == nil {
		return notFound("%s %s is not an operation of the API, which is below %s: want %s%s", r.Method, path, basePath, basePath, path)
	}
	return notFound("%s %s is not an operation of the API, which is below %s", shown(r.Method), path, basePath)
}

// authenticate refuses a request without the key. The status and the body are
// those that the specs show; the service can also answer in plain text.
func (s *Server) authenticate(r *http.Request) error {
	key := r.Header.Get(keyHeader)
	if key == "" || subtle.ConstantTimeCompare([]byte(key), []byte(s.key)) != 1 {
		return failure(http.StatusUnauthorized, codeUnauthenticated, "Invalid API key.")
	}
	return nil
}
