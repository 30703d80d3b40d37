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

// Limits of the journal. Longer texts are cut.
const (
	maxRequests     = 1000
	maxJournal      = 32 << 20 // bytes of all texts
	maxJournalBytes = 64 << 10 // bytes of a body, a path and a query
	maxHeaderBytes  = 4 << 10  // bytes of a header's name and value
	maxHeaders      = 100
)

// Request is a request in the journal.
type Request struct {
	Time      time.Time     `json:"time"` // of the emulator's clock, at the start
	Method    string        `json:"method"`
	Path      string        `json:"path"`
	Query     string        `json:"query,omitempty"`
	Header    http.Header   `json:"header"` // without Api-Key, Authorization and Cookie
	Version   string        `json:"version,omitempty"`
	Operation string        `json:"operation,omitempty"` // name of the clients' method; "" if no operation matches
	Body      string        `json:"body,omitempty"`      // first 64 KiB of a JSON body
	File      string        `json:"file,omitempty"`      // file name of an upload
	Metadata  object        `json:"metadata,omitempty"`  // metadata of an upload
	Status    int           `json:"status"`
	Duration  time.Duration `json:"-"`       // until the end of the response
	Seconds   float64       `json:"seconds"` // Duration in seconds
}

// journal has the last requests of a project, the oldest first.
type journal struct {
	mu       sync.Mutex
	requests []Request
	size     int // total size of the requests' texts in bytes
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

// size returns the approximate size of a request's texts in bytes.
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

// Requests returns the last 1,000 completed requests of the project, the oldest first, or
// fewer if they exceed 32 MiB of text. Requests below /emulator are not included.
func (s *Server) Requests() []Request { return s.journal.list() }

// serveRequests lists the requests in the journal, or those to the operation in the query.
// With DELETE, it clears the journal.
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
			return invalid("operation: %q, want one of %s", truncate(given), strings.Join(operations(), ", "))
		}
		found = slices.DeleteFunc(found, func(r Request) bool { return r.Operation != name })
	}
	if found == nil {
		found = []Request{}
	}
	w.Header().Set("Content-Type", jsonType)
	_ = json.NewEncoder(w).Encode(map[string]any{"requests": found}) // the client may have closed the connection
	return nil
}

// record serves a request, adds it to the journal and logs it.
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

// beginning returns a copy of the beginning of a text.
func beginning(text string, most int) string { return strings.Clone(text[:min(len(text), most)]) }

// recordHeader returns a header for the journal, without secrets and with limited size.
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

// recordBody adds the beginning of the body to the journal.
func (r *request) recordBody(text []byte) {
	if r.entry != nil {
		r.entry.Body = string(text[:min(len(text), maxJournalBytes)])
	}
}

// recordFile adds the file name and the metadata of an upload to the journal.
func (r *request) recordFile(name string, metadata object) {
	if r.entry != nil {
		r.entry.File, r.entry.Metadata = name, maps.Clone(metadata)
	}
}

// WithLog writes a line to w for each completed request: the time, the method, the path,
// the operation, the version, the status and the duration. The line does not contain the
// API key, and not the query, which may contain a signature.
func WithLog(w io.Writer) Option {
	log := &requestLog{w: w}
	return func(s *Server) { s.log = log }
}

// requestLog is the writer of [WithLog].
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
	_, _ = fmt.Fprintf(s.log.w, "%s %s %s %s %s %d %s\n", r.Time.Format(time.RFC3339), r.Method, quoted(truncate(r.Path)),
		operation, quoted(truncate(version)), r.Status, r.Duration.Round(10*time.Microsecond)) // ignore errors of the log
}

// quoted quotes a text unless it is a printable word.
func quoted(text string) string {
	if q := fmt.Sprintf("%q", text); q != `"`+text+`"` || strings.ContainsAny(text, " ") {
		return q
	}
	return text
}

// statusWriter is a response writer that records the status.
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

// Unwrap supports [http.ResponseController].
func (w *statusWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }
