package emulator

import (
	"errors"
	"fmt"
	"io"
	"math"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"
)

const (
	faultsPath  = "/emulator/faults"
	faultHeader = "X-Emulator-Fault"

	maxFaultTime = time.Hour
)

// Fault makes requests go wrong, to try a client on. What it says of delays and
// streams holds together with what it says of statuses: a request can be late and
// fail.
type Fault struct {
	// Operation is what it is for, named like the method of the clients, such as Chat or
	// UploadFile, or as in the specs. Empty is any.
	Operation string
	// Count is how many requests it is for; 0 is one.
	Count int
	// Status is the reply's, from 400 to 599; 0 leaves the reply alone.
	Status int
	// RetryAfter is what the reply says in Retry-After, in whole seconds; 0 leaves
	// it out.
	RetryAfter time.Duration
	// HTML makes the reply a page, as a proxy's. Its status can be any from 200, and
	// is 502 if there is none.
	HTML bool
	// Delay is how long the reply is held back.
	Delay time.Duration
	// CutAfterEvents aborts the connection of a stream after this many events. A reply
	// that is no stream is left alone.
	CutAfterEvents *int
}

// check says what is wrong with a fault.
func (f Fault) check() error {
	least := http.StatusBadRequest
	if f.HTML {
		least = http.StatusOK
	}
	replaced := f.Status != 0 || f.HTML
	switch {
	case !replaced && f.Delay == 0 && f.CutAfterEvents == nil:
		return errors.New("the fault does nothing: want status, html, delay or cut_after_events")
	case f.Operation != "" && nameOf(f.Operation) == "":
		return fmt.Errorf("operation: there is no %q, want one of %s", f.Operation, strings.Join(operations(), ", "))
	case f.Count < 0:
		return fmt.Errorf("count: %d, want at least 1", f.Count)
	case f.Status != 0 && (f.Status < least || f.Status > 599):
		return fmt.Errorf("status: %d, want %d to 599", f.Status, least)
	case f.RetryAfter < 0 || f.RetryAfter > maxFaultTime || f.RetryAfter > 0 && !replaced:
		return fmt.Errorf("retry_after: want 0 to %.0f seconds, with a status", maxFaultTime.Seconds())
	case f.Delay < 0 || f.Delay > maxFaultTime:
		return fmt.Errorf("delay: want 0 to %.0f seconds", maxFaultTime.Seconds())
	case f.CutAfterEvents != nil && (*f.CutAfterEvents < 0 || replaced):
		return errors.New("cut_after_events: want a number from 0, without status and html")
	}
	return nil
}

// reply writes what takes the place of the reply. It reports false when nothing
// does.
func (f Fault) reply(w http.ResponseWriter, r *http.Request) bool {
	if f.Status == 0 && !f.HTML {
		return false
	}
	if f.RetryAfter > 0 {
		w.Header().Set("Retry-After", seconds(f.RetryAfter))
	}
	if !f.HTML {
		writeFailure(w, r, f.Status, codeOf(requestOf(r.Context()).operation, f.Status), "This failure was asked for.")
		return true
	}
	status := f.Status
	if status == 0 {
		status = http.StatusBadGateway
	}
	w.Header().Set("Content-Type", "text/html")
	w.WriteHeader(status)
	_, _ = fmt.Fprintf(w, "<html><head><title>%d</title></head><body>This page was asked for.</body></html>\n", status) // the client has gone
	return true
}

// codeOf is the code that goes with a status.
func codeOf(operation *operation, status int) string {
	switch status {
	case http.StatusBadRequest:
		return codeInvalidArgument
	case http.StatusUnauthorized:
		return codeUnauthenticated
	case http.StatusForbidden:
		return codeForbidden
	case http.StatusNotFound:
		return codeNotFound
	case http.StatusConflict:
		return codeAlreadyExists
	case http.StatusTooManyRequests:
		return operation.rateLimited()
	case http.StatusInternalServerError:
		return codeInternal
	case http.StatusServiceUnavailable:
		return codeUnavailable
	case http.StatusGatewayTimeout:
		return codeDeadlineExceeded
	}
	return codeUnknown
}

// seconds rounds up, so that who waits as long is not too early.
func seconds(d time.Duration) string {
	return fmt.Sprint(int64(math.Ceil(d.Seconds())))
}

// faults are those that are still to come.
type faults struct {
	mu    sync.Mutex
	queue []Fault
}

// Fail makes the next requests of the project go wrong. The error says what is wrong
// with the fault.
func (s *Server) Fail(fault Fault) error { return s.faults.add(fault) }

func (f *faults) add(fault Fault) error {
	if err := fault.check(); err != nil {
		return err
	}
	fault.Operation = nameOf(fault.Operation)
	fault.Count = max(fault.Count, 1)
	f.mu.Lock()
	defer f.mu.Unlock()
	f.queue = append(f.queue, fault)
	return nil
}

func (f *faults) clear() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.queue = nil
}

// take returns the first fault for an operation, and counts it; the zero Fault if
// there is none.
func (f *faults) take(operation string) Fault {
	f.mu.Lock()
	defer f.mu.Unlock()
	for i, fault := range f.queue {
		if fault.Operation != "" && fault.Operation != operation {
			continue
		}
		if f.queue[i].Count--; f.queue[i].Count == 0 {
			f.queue = slices.Delete(f.queue, i, i+1)
		}
		return fault
	}
	return Fault{}
}

// faultFor returns the fault of a request: the one in its header if the emulator
// looks there, or else the next that is for its operation.
func (s *Server) faultFor(r *http.Request, operation string) (Fault, error) {
	text := r.Header.Get(faultHeader)
	if text == "" || !s.remoteFaults {
		return s.faults.take(operation), nil
	}
	fault, err := parseFault(strings.NewReader(text))
	if err == nil && (fault.Operation != "" || fault.Count != 0) {
		err = errors.New("operation and count are not for a header")
	}
	if err != nil {
		return Fault{}, invalid("%s: %v", faultHeader, err)
	}
	return fault, nil
}

// parseFault reads a fault as JSON, with times as numbers of seconds.
func parseFault(text io.Reader) (Fault, error) {
	var form struct {
		Operation      string  `json:"operation"`
		Count          int     `json:"count"`
		Status         int     `json:"status"`
		RetryAfter     int     `json:"retry_after"`
		HTML           bool    `json:"html"`
		Delay          float64 `json:"delay"`
		CutAfterEvents *int    `json:"cut_after_events"`
	}
	if err := decodeForm(text, &form); err != nil {
		return Fault{}, err
	}
	fault := Fault{
		Operation:      form.Operation,
		Count:          form.Count,
		Status:         form.Status,
		RetryAfter:     duration(float64(form.RetryAfter)),
		HTML:           form.HTML,
		Delay:          duration(form.Delay),
		CutAfterEvents: form.CutAfterEvents,
	}
	return fault, fault.check()
}

// duration of any number of seconds. What is beyond the limit stays beyond it.
func duration(seconds float64) time.Duration {
	bound := maxFaultTime.Seconds() + 1
	return time.Duration(max(-bound, min(seconds, bound)) * float64(time.Second))
}

// serveFaults takes a fault, or with DELETE forgets all that are still to come.
func (s *Server) serveFaults(w http.ResponseWriter, r *http.Request) error {
	if r.Method == http.MethodDelete {
		s.faults.clear()
	} else {
		fault, err := parseFault(r.Body)
		if err == nil {
			err = s.faults.add(fault)
		}
		if err != nil {
			return invalid("%v", err)
		}
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}
