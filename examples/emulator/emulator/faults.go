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

// Fault makes requests fail, to test a client. A delay can be combined with a status, an
// HTML page or a cut stream.
type Fault struct {
	// Operation is the operation of the requests, named like the method of the clients,
	// such as Chat or UploadFile, or as in the specs. If it is empty, the fault applies to
	// any operation.
	Operation string
	// Count is the number of requests; 0 stands for 1.
	Count int
	// Status is the status of the response, from 400 to 599, or from 200 with HTML. If it
	// is 0, the fault does not change the response.
	Status int
	// RetryAfter is the value of the header Retry-After, rounded up to whole seconds and at
	// most an hour; 0 for no header. It requires Status or HTML.
	RetryAfter time.Duration
	// HTML makes the response an HTML page, like that of a proxy. The default of Status is
	// then 502.
	HTML bool
	// Delay is the delay of the response, at most an hour.
	Delay time.Duration
	// CutAfterEvents aborts the connection of a stream after this number of events. It does
	// not affect other responses, and excludes Status and HTML.
	CutAfterEvents *int
}

// check returns an error if a fault is invalid.
func (f Fault) check() error {
	least := http.StatusBadRequest
	if f.HTML {
		least = http.StatusOK
	}
	replaced := f.Status != 0 || f.HTML
	switch {
	case !replaced && f.Delay == 0 && f.CutAfterEvents == nil:
		return errors.New("empty fault, want status, html, delay or cut_after_events")
	case f.Operation != "" && nameOf(f.Operation) == "":
		return fmt.Errorf("operation: %q, want one of %s", f.Operation, strings.Join(operations(), ", "))
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

// respond writes the response of a fault. It returns false if the fault does not replace
// the response.
func (f Fault) respond(w http.ResponseWriter, r *http.Request) bool {
	if f.Status == 0 && !f.HTML {
		return false
	}
	if f.RetryAfter > 0 {
		w.Header().Set("Retry-After", seconds(f.RetryAfter))
	}
	if !f.HTML {
		writeFailure(w, r, f.Status, codeOf(requestOf(r.Context()).operation, f.Status), "This is an injected fault.")
		return true
	}
	status := f.Status
	if status == 0 {
		status = http.StatusBadGateway
	}
	w.Header().Set("Content-Type", "text/html")
	w.WriteHeader(status)
	_, _ = fmt.Fprintf(w, "<html><head><title>%d</title></head><body>This is an injected fault.</body></html>\n", status) // the client may have closed the connection
	return true
}

// codeOf returns the error code for a status.
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

// seconds returns a duration in whole seconds, rounded up, so that a client that waits
// that long is not too early.
func seconds(d time.Duration) string {
	return fmt.Sprint(int64(math.Ceil(d.Seconds())))
}

// faults is the queue of the pending faults.
type faults struct {
	mu    sync.Mutex
	queue []Fault
}

// Fail adds a fault to the queue of the project. Each request takes the first fault for
// its operation. An invalid fault is an error.
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

// take returns the first fault for an operation, and removes the fault after its last
// request. If there is none, it returns the zero Fault.
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

// faultFor returns the fault of a request: that in its header, if faults in headers are
// enabled, or the first in the queue for its operation.
func (s *Server) faultFor(r *http.Request, operation string) (Fault, error) {
	text := r.Header.Get(faultHeader)
	if text == "" || !s.remoteFaults {
		return s.faults.take(operation), nil
	}
	fault, err := parseFault(strings.NewReader(text))
	if err == nil && (fault.Operation != "" || fault.Count != 0) {
		err = errors.New("operation and count are not allowed in the header")
	}
	if err != nil {
		return Fault{}, invalid("%s: %v", faultHeader, err)
	}
	return fault, nil
}

// parseFault decodes a fault from JSON, with durations in seconds.
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

// duration returns a number of seconds as a duration. A number beyond maxFaultTime, which
// might overflow, becomes a duration just beyond it.
func duration(seconds float64) time.Duration {
	bound := maxFaultTime.Seconds() + 1
	return time.Duration(max(-bound, min(seconds, bound)) * float64(time.Second))
}

// serveFaults adds a fault or, with DELETE, removes the pending faults.
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
