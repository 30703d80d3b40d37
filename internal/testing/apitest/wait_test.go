package apitest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	control202501 "github.com/pinecone-community/assistant-go/gen/2025-01/control"
	data202501 "github.com/pinecone-community/assistant-go/gen/2025-01/data"
	control202604 "github.com/pinecone-community/assistant-go/gen/2026-04/control"
	data202604 "github.com/pinecone-community/assistant-go/gen/2026-04/data"
)

// replies is a doer that returns responses in order and repeats the last one.
// "" stands for a 500.
type replies struct {
	bodies []string
	asked  []string
}

func (r *replies) Do(req *http.Request) (*http.Response, error) {
	r.asked = append(r.asked, req.Method+" "+req.URL.Path)
	body := r.bodies[min(len(r.asked), len(r.bodies))-1]
	resp := &http.Response{StatusCode: http.StatusOK, Header: http.Header{"Content-Type": {"application/json"}}, Body: io.NopCloser(strings.NewReader(body)), ContentLength: int64(len(body))}
	if body == "" {
		resp.StatusCode = http.StatusInternalServerError
	}
	return resp, nil
}

// waits are the methods that wait, each with the value that it returned.
var waits = []struct {
	name, path string
	progress   string // JSON field of the progress; "" for none
	done       string
	failed     []string
	unknown    string
	message    bool // the response has a message
	wait       func(context.Context, *replies, func(string, float64)) (status string, err error)
}{
	{"operation", "/assistant/operations/a/x", "percent_complete", "Completed", []string{"Failed"}, "Processing", true,
		func(ctx context.Context, r *replies, report func(string, float64)) (string, error) {
			api, err := data202604.New("service.example", data202604.WithHTTPClient(r))
			if err != nil {
				return "", err
			}
			v, err := api.WaitForOperation(ctx, "a", "x", data202604.WaitInterval(time.Second, 2*time.Second), data202604.WaitProgress(report))
			if v == nil {
				return "", err
			}
			return string(v.Status), err
		}},
	{"file 2025-01", "/assistant/files/a/x", "percent_done", "Available", []string{"ProcessingFailed"}, "Processing", true,
		func(ctx context.Context, r *replies, report func(string, float64)) (string, error) {
			api, err := data202501.New("service.example", data202501.WithHTTPClient(r))
			if err != nil {
				return "", err
			}
			v, err := api.WaitForFile(ctx, "a", "x", data202501.WaitInterval(time.Second, 2*time.Second), data202501.WaitProgress(report))
			if v == nil {
				return "", err
			}
			return string(v.Status), err
		}},
	{"assistant", "/assistant/assistants/a", "", "Ready", []string{"Failed", "InitializationFailed", "Terminating", "Terminated"}, "Initializing", false,
		func(ctx context.Context, r *replies, report func(string, float64)) (string, error) {
			api, err := control202604.New(control202604.WithHTTPClient(r))
			if err != nil {
				return "", err
			}
			v, err := api.WaitForAssistant(ctx, "a", control202604.WaitInterval(time.Second, 2*time.Second), control202604.WaitProgress(report))
			if v == nil {
				return "", err
			}
			return string(v.Status), err
		}},
	{"assistant 2025-01", "/assistant/assistants/a", "", "Ready", []string{"Failed", "Terminating", "Terminated"}, "Initializing", false,
		func(ctx context.Context, r *replies, report func(string, float64)) (string, error) {
			api, err := control202501.New(control202501.WithHTTPClient(r))
			if err != nil {
				return "", err
			}
			v, err := api.WaitForAssistant(ctx, "a", control202501.WaitInterval(time.Second, 2*time.Second), control202501.WaitProgress(report))
			if v == nil {
				return "", err
			}
			return string(v.Status), err
		}},
}

func TestWaits(t *testing.T) {
	for _, w := range waits {
		reply := func(status string, percent float64) string {
			if w.progress == "percent_done" { // a fraction
				percent /= 100
			}
			return fmt.Sprintf(`{"id":"x","name":"a","status":%q,"error_message":"no text in it","%s":%v}`, status, w.progress, percent)
		}
		t.Run(w.name+" done", func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := &replies{bodies: []string{reply(w.unknown, 10), reply("SomethingNew", 20), reply("", 30), reply(w.done, 100)}}
				var reports []string
				start := time.Now()
				status, err := w.wait(t.Context(), r, func(status string, percent float64) {
					reports = append(reports, fmt.Sprint(status, " ", percent))
				})
				want := []string{w.unknown + " 10", "SomethingNew 20", " 30", w.done + " 100"}
				if w.progress == "" {
					want = []string{w.unknown + " 0", "SomethingNew 0", " 0", w.done + " 0"}
				}
				if status != w.done || err != nil || !slices.Equal(reports, want) {
					t.Errorf("got %q, error %v, reports %q", status, err, reports)
				}
				if len(r.asked) != 4 || r.asked[3] != "GET "+w.path {
					t.Errorf("asked %q", r.asked)
				}
				// The pauses are at most 1, 1.5 and 2 seconds and at least half
				// of that.
				if lasted := time.Since(start); lasted < 2250*time.Millisecond || lasted > 4500*time.Millisecond {
					t.Errorf("it lasted %s", lasted)
				}
			})
		})
		for _, failed := range w.failed {
			t.Run(w.name+" "+failed, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					r := &replies{bodies: []string{reply(w.unknown, 10), reply(failed, 10)}}
					status, err := w.wait(t.Context(), r, nil)
					var failure *data202604.FailedError
					if !errors.As(err, &failure) || status != failed || failure.Status != failed || len(r.asked) != 2 {
						t.Fatalf("got %q, error %v after %q", status, err, r.asked)
					}
					if w.message != (failure.Message == "no text in it") || w.message != strings.Contains(err.Error(), "no text in it") {
						t.Errorf("error %v", err)
					}
				})
			})
		}
		t.Run(w.name+" cannot be asked", func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := &replies{bodies: []string{reply(w.unknown, 10), ""}}
				status, err := w.wait(t.Context(), r, nil)
				var apiErr *data202604.Error
				if !errors.As(err, &apiErr) || !errors.Is(err, data202604.ErrServer) || status != w.unknown || len(r.asked) != 4 {
					t.Errorf("got %q, error %v after %q", status, err, r.asked)
				}
			})
		})
		t.Run(w.name+" for too long", func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
				defer cancel()
				start := time.Now()
				status, err := w.wait(ctx, &replies{bodies: []string{reply(w.unknown, 10)}}, nil)
				if !errors.Is(err, context.DeadlineExceeded) || status != w.unknown || !strings.Contains(err.Error(), w.unknown) || time.Since(start) != time.Minute {
					t.Errorf("got %q, error %v after %s", status, err, time.Since(start))
				}
			})
		})
	}
}
