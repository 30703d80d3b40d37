package batch

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/pinecone-community/assistant-go/auth"
	"github.com/pinecone-community/assistant-go/gen/2026-07/data"
)

// service responds with 429 until a time, and records when requests arrive.
type service struct {
	open       time.Time
	retryAfter string

	mu      sync.Mutex
	arrived []time.Time
}

func (s *service) RoundTrip(req *http.Request) (*http.Response, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.arrived = append(s.arrived, time.Now())
	resp := &http.Response{StatusCode: http.StatusOK, Header: http.Header{}, Body: http.NoBody, Request: req}
	if time.Now().Before(s.open) {
		resp.StatusCode = http.StatusTooManyRequests
		if s.retryAfter != "" {
			resp.Header.Set("Retry-After", s.retryAfter)
		}
	}
	return resp, nil
}

func get(t *testing.T, ctx context.Context, client *http.Client) (int, error) { //nolint:revive // t comes first in tests
	t.Helper()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "https://example.com", http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := client.Do(req)
	if err != nil {
		return 0, err
	}
	resp.Body.Close()
	return resp.StatusCode, nil
}

// After one 429, no worker sends a request for the time in Retry-After.
func TestGateHoldsBackAll(t *testing.T) {
	for retryAfter, pause := range map[string]time.Duration{"7": 7 * time.Second, "": defaultPause, "soon": defaultPause} {
		synctest.Test(t, func(t *testing.T) {
			start := time.Now()
			s := &service{open: start.Add(pause), retryAfter: retryAfter}
			var told []time.Duration
			client := Client(s, func(pause time.Duration) { told = append(told, pause) })
			if status, err := get(t, t.Context(), client); status != http.StatusTooManyRequests || err != nil {
				t.Fatalf("status %d, error %v", status, err)
			}
			var workers sync.WaitGroup
			for range 10 {
				workers.Go(func() {
					if status, err := get(t, t.Context(), client); status != http.StatusOK || err != nil {
						t.Errorf("status %d, error %v", status, err)
					}
				})
			}
			workers.Wait()
			for i, at := range s.arrived[1:] {
				if got := at.Sub(start); got != pause {
					t.Errorf("request %d after %s, want %s", i, got, pause)
				}
			}
			if len(told) != 1 || told[0] != pause {
				t.Errorf("told %s", told)
			}
		})
	}
}

// Responses to requests in flight can extend the time for which the gate is
// closed.
func TestGateStaysShut(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		told := 0
		g := &gate{told: func(time.Duration) { told++ }}
		start := time.Now()
		g.shut(2 * time.Second)
		g.shut(5 * time.Second)
		g.shut(time.Second)
		go func() {
			time.Sleep(4 * time.Second)
			g.shut(6 * time.Second)
		}()
		if err := g.pass(t.Context()); err != nil {
			t.Fatal(err)
		}
		if got := time.Since(start); got != 10*time.Second || told != 1 {
			t.Errorf("open after %s, told %d times", got, told)
		}
	})
}

func TestGateEndsWithTheContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &service{open: time.Now().Add(time.Hour), retryAfter: "3600"}
		client := Client(s, func(time.Duration) {})
		if _, err := get(t, t.Context(), client); err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		body := &closed{Reader: strings.NewReader("x")}
		req, err := http.NewRequestWithContext(ctx, http.MethodPut, "https://example.com", body)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := client.Do(req); !errors.Is(err, context.DeadlineExceeded) || !body.closed || len(s.arrived) != 1 {
			t.Errorf("error %v, body closed %t, requests %d", err, body.closed, len(s.arrived))
		}
	})
}

type closed struct {
	io.Reader
	closed bool
}

func (c *closed) Close() error {
	c.closed = true
	return nil
}

func TestClientKeepsTheKey(t *testing.T) {
	client := Client(http.DefaultTransport, func(time.Duration) {})
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "https://other.example", http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	first, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "https://api.pinecone.io", http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	if err := client.CheckRedirect(req, []*http.Request{first}); !errors.Is(err, auth.ErrRedirect) {
		t.Errorf("error %v", err)
	}
}

func TestInsist(t *testing.T) {
	limited := &data.Error{StatusCode: http.StatusTooManyRequests, Code: "TOO_MANY_REQUESTS"}
	quota := &data.Error{StatusCode: http.StatusTooManyRequests, Code: "QUOTA_EXCEEDED"}
	server := &data.Error{StatusCode: http.StatusInternalServerError}
	for name, test := range map[string]struct {
		replies []error
		calls   int
	}{
		"at once":  {[]error{nil}, 1},
		"limited":  {[]error{limited, limited, limited, limited, nil}, 5},
		"canceled": {[]error{limited, context.Canceled, nil}, 2},
		"quota":    {[]error{limited, quota, nil}, 2},
		"server":   {[]error{server, nil}, 1},
	} {
		t.Run(name, func(t *testing.T) {
			calls := 0
			value, err := Insist(func() (int, error) {
				calls++
				return calls, test.replies[calls-1]
			})
			if value != test.calls || calls != test.calls || !errors.Is(err, test.replies[test.calls-1]) {
				t.Errorf("%d after %d calls, error %v", value, calls, err)
			}
		})
	}
}
