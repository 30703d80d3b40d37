package main

import (
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/pinecone-community/assistant-go/gen/2026-07/data"
)

// meter counts requests by status and measures the duration of calls by kind. It is
// safe for concurrent use.
type meter struct {
	base http.RoundTripper

	mu       sync.Mutex
	requests int
	broken   int // requests without a response
	statuses map[int]int
	calls    map[string][]time.Duration
	failures map[string]int // failed calls by kind and error
}

func newMeter(base http.RoundTripper) *meter {
	return &meter{
		base:     base,
		statuses: make(map[int]int),
		calls:    make(map[string][]time.Duration),
		failures: make(map[string]int),
	}
}

func (m *meter) RoundTrip(req *http.Request) (*http.Response, error) {
	resp, err := m.base.RoundTrip(req)
	m.mu.Lock()
	defer m.mu.Unlock()
	m.requests++
	if err == nil {
		m.statuses[resp.StatusCode]++
	} else if req.Context().Err() == nil {
		m.broken++
	}
	return resp, err
}

// call makes a call and records its duration, or its error unless the error is a rate
// limit. It returns the error.
func (m *meter) call(kind string, do func() error) error {
	began := time.Now()
	err := do()
	took := time.Since(began)
	m.mu.Lock()
	defer m.mu.Unlock()
	switch {
	case err == nil:
		m.calls[kind] = append(m.calls[kind], took)
	case !errors.Is(err, data.ErrRateLimited):
		m.failures[kind+": "+err.Error()]++
	}
	return err
}

// faults returns an error if there were responses with a status of 500 or more,
// broken connections, or failed calls.
func (m *meter) faults() error {
	m.mu.Lock()
	defer m.mu.Unlock()
	var faults []error
	for status, count := range m.statuses {
		if status >= 500 {
			faults = append(faults, fmt.Errorf("%d responses with status %d", count, status))
		}
	}
	if m.broken > 0 {
		faults = append(faults, fmt.Errorf("%d requests without a response", m.broken))
	}
	for failure, count := range m.failures {
		faults = append(faults, fmt.Errorf("%d times %s", count, failure))
	}
	return errors.Join(faults...)
}

func (m *meter) print(out io.Writer, took time.Duration) {
	m.mu.Lock()
	defer m.mu.Unlock()
	fmt.Fprintf(out, "%d requests, %.0f per second; by status:", m.requests, float64(m.requests)/took.Seconds())
	for _, status := range slices.Sorted(maps.Keys(m.statuses)) {
		fmt.Fprintf(out, " %d: %d", status, m.statuses[status])
	}
	fmt.Fprintf(out, "; without a response: %d\n\n%-18s%9s%10s%10s%10s\n", m.broken, "call", "number", "p50", "p99", "max")
	for _, kind := range slices.Sorted(maps.Keys(m.calls)) {
		times := slices.Sorted(slices.Values(m.calls[kind]))
		fmt.Fprintf(out, "%-18s%9d%10s%10s%10s\n", kind, len(times),
			milliseconds(percentile(times, 50)), milliseconds(percentile(times, 99)), milliseconds(times[len(times)-1]))
	}
	for _, failure := range slices.Sorted(maps.Keys(m.failures)) {
		fmt.Fprintf(out, "%d times %s\n", m.failures[failure], failure)
	}
	fmt.Fprintln(out)
}

// percentile returns the p-th percentile of sorted times: the smallest that at least p
// percent of them do not exceed.
func percentile(times []time.Duration, p int) time.Duration {
	return times[(len(times)*p+99)/100-1]
}

func milliseconds(d time.Duration) string {
	return fmt.Sprintf("%.1f ms", float64(d.Microseconds())/1000)
}
