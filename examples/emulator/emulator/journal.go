package emulator

import (
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"
)

const requestsPath = "/emulator/requests"

// The journal's limits: it keeps the last requests as long as all their text is no more
// than maxJournal, and of each text the beginning.
const (
	maxRequests     = 1000
	maxJournal      = 32 << 20
	maxJournalBytes = 64 << 10 // of a body, a path and a query
	maxHeaderBytes  = 4 << 10  // of the value of a header
	maxHeaders      = 100
)

// Request is a request that was answered, for a test to look at.
type Request struct {
	Time      time.Time     `json:"time"` // of the service's clock
	Method    string        `json:"method"`
	Path      string        `json:"path"`
	Query     string        `json:"query,omitempty"`
	Header    http.Header   `json:"header"` // without the key
	Version   string        `json:"version,omitempty"`
	Operation string        `json:"operation,omitempty"` // named like the clients' method; "" if it is none
	Body      string        `json:"body,omitempty"`      // of JSON, at most the first 64 KiB
	File      string        `json:"file,omitempty"`      // name of an upload's file
	Metadata  object        `json:"metadata,omitempty"`  // of an upload
	Status    int           `json:"status"`
	Duration  time.Duration `json:"-"` // until the end of the reply
	Seconds   float64       `json:"seconds"`
}

// journal has the last requests of a project, the oldest first.
type journal struct {
	mu       sync.Mutex
	requests []Request
	size     int // of their text in bytes
}

func (j *journal) add(r Request) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.requests = append(j.requests, r)
	j.size += r.size()
	first := 0
	for first < len(j.requests)-1 && (len(j.requests)-first > maxRequests || j.size > maxJournal) {
		j.size -= j.requests[first].size()
		j.requests[first] = Request{}
		first++
	}
	j.requests = j.requests[first:]
}

func (j *journal) list() []Request {
	j.mu.Lock()
	defer j.mu.Unlock()
	return slices.Clone(j.requests)
}

// size is about how much memory a request takes.
func (r *Request) size() int {
	size := len(r.Path) + len(r.Query) + len(r.Body) + len(r.File)
	for name, values := range r.Header {
		size += len(name)
		for _, value := range values {
			size += len(value)
		}
	}
	if len(r.Metadata) > 0 {
		size += maxText
	}
	return size
}

func (j *journal) clear() {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.requests, j.size = nil, 0
}

// Requests returns the last 1,000 requests of the project that were answered, the
// oldest first; fewer if they have more than 32 MiB of text. Those below /emulator are not among them.
func (s *Server) Requests() []Request { return s.journal.list() }

// serveRequests lists the journal; with DELETE it clears it. The operation in the
// query is the only one whose requests are listed.
func (s *Server) serveRequests(w http.ResponseWriter, r *http.Request) error {
	if r.Method == http.MethodDelete {
		s.journal.clear()
		w.WriteHeader(http.StatusNoContent)
		return nil
	}
	found := s.Requests()
	if given := r.URL.Query().Get("operation"); given != "" {
		name := nameOf(given)
		if name == "" {
			return invalid("operation: there is no %q, want one of %s", shown(given), strings.Join(operations(), ", "))
		}
		found = slices.DeleteFunc(found, func(r Request) bool { return r.Operation != name })
	}
	if found == nil {
		found = []Request{}
	}
	w.Header().Set("Content-Type", jsonType)
	_ = json.NewEncoder(w).Encode(map[string]any{"requests": found}) // the client has gone
	return nil
}

// record keeps what a request was and how it was answered.
func (s *Server) record(r *http.Request, serve func(*Request) int) {
	entry := Request{
		Time: s.now(), Method: beginning(r.Method, maxHeaderBytes), Path: beginning(r.URL.Path, maxJournalBytes), Query: beginning(r.URL.RawQuery, maxJournalBytes),
		Header: recordHeader(r.Header), Version: beginning(r.Header.Get(versionHeader), maxHeaderBytes),
	}
	began := time.Now()
	defer func() {
		entry.Duration = time.Since(began)
		entry.Seconds = entry.Duration.Seconds()
		s.journal.add(entry)
		s.logRequest(&entry)
	}()
	entry.Status = serve(&entry)
}

// beginning returns at most so many bytes of a text, without keeping the rest in memory.
func beginning(text string, most int) string { return strings.Clone(text[:min(len(text), most)]) }

// recordHeader returns what the journal keeps of a header: nothing that is secret.
func recordHeader(header http.Header) http.Header {
	kept := make(http.Header, min(len(header), maxHeaders))
	for name, values := range header {
		if slices.Contains([]string{keyHeader, "Authorization", "Cookie"}, name) {
			continue
		}
		if len(kept) == maxHeaders {
			break
		}
		for _, value := range values[:min(len(values), maxHeaders)] {
			kept[beginning(name, maxHeaderBytes)] = append(kept[beginning(name, maxHeaderBytes)], beginning(value, maxHeaderBytes))
		}
	}
	return kept
}

// recordBody keeps the beginning of a body.
func (r *request) recordBody(text []byte) {
	if r.entry != nil {
		r.entry.Body = string(text[:min(len(text), maxJournalBytes)])
	}
}

// recordFile keeps what an upload is of.
func (r *request) recordFile(name string, metadata object) {
	if r.entry != nil {
		r.entry.File, r.entry.Metadata = name, maps.Clone(metadata)
	}
}

// WithLog has a line written for each request when it is answered: the time, the
// method, the path, the operation, the version, the status and how long it took. It
// has no key, and no query, in which a signature can be.
func WithLog(w io.Writer) Option {
	log := &requestLog{w: w}
	return func(s *Server) { s.log = log }
}

// requestLog writes a line at a time.
type requestLog struct {
	mu sync.Mutex
	w  io.Writer
}

func (s *Server) logRequest(r *Request) {
	if s.log == nil {
		return
	}
	s.log.mu.Lock()
	defer s.log.mu.Unlock()
	operation, version := r.Operation, r.Version
	if operation == "" {
		operation = "-"
	}
	if version == "" {
		version = "-"
	}
	// A path that has a line break would be two lines.
	_, _ = fmt.Fprintf(s.log.w, "%s %s %s %s %s %d %s\n", r.Time.Format(time.RFC3339), r.Method, quoted(shown(r.Path)),
		operation, quoted(shown(version)), r.Status, r.Duration.Round(10*time.Microsecond)) // whoever reads has gone
}

// quoted quotes a text that is not one printable word.
func quoted(text string) string {
	if q := fmt.Sprintf("%q", text); q != `"`+text+`"` || strings.ContainsAny(text, " ") {
		return q
	}
	return text
}

// statusWriter is a reply whose status is noted.
type statusWriter struct {
	http.ResponseWriter
	status int
}

func (w *statusWriter) WriteHeader(status int) {
	if w.status == 0 {
		w.status = status
	}
	w.ResponseWriter.WriteHeader(status)
}

func (w *statusWriter) Write(p []byte) (int, error) {
	if w.status == 0 {
		w.status = http.StatusOK
	}
	return w.ResponseWriter.Write(p)
}

// Unwrap is of [http.ResponseController].
func (w *statusWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }
