package rest

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"log"
	"maps"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"testing/iotest"
	"testing/synctest"
	"time"

	"github.com/pinecone-community/assistant-go/auth"
	"github.com/pinecone-community/assistant-go/internal/apierror"
	"github.com/pinecone-community/assistant-go/internal/upload"
)

// script is a Doer that returns its answers in order, repeats the last one, and
// records the times of the requests.
type script struct {
	watchedDoer
	answers []answer
	times   []time.Time
	bodies  []string
}

type answer struct {
	status int
	header http.Header
	body   io.Reader
	err    error // no response
}

func newScript(answers ...answer) *script {
	s := &script{answers: answers}
	s.Doer = doerFunc(func(req *http.Request) (*http.Response, error) {
		s.times = append(s.times, time.Now())
		if req.Body != nil {
			body, err := io.ReadAll(req.Body)
			req.Body.Close()
			if err != nil {
				return nil, err
			}
			s.bodies = append(s.bodies, string(body))
		}
		a := s.answers[min(len(s.times), len(s.answers))-1]
		if a.err != nil {
			return nil, a.err
		}
		resp := okResponse(`{"name":"x"}`)
		resp.StatusCode = a.status
		maps.Copy(resp.Header, a.header)
		if a.body != nil {
			resp.Body, resp.ContentLength = io.NopCloser(a.body), -1
		}
		return resp, nil
	})
	return s
}

// pauses returns the pauses between the requests.
func (s *script) pauses() (pauses []time.Duration) {
	for i := range len(s.times) - 1 {
		pauses = append(pauses, s.times[i+1].Sub(s.times[i]))
	}
	return pauses
}

func failed(status int, header ...string) answer {
	a := answer{status: status, header: http.Header{}}
	for i := 0; i < len(header); i += 2 {
		a.header.Set(header[i], header[i+1])
	}
	return a
}

func coded(status int, code string) answer {
	a := failed(status)
	a.body = strings.NewReader(fmt.Sprintf(`{"status":%d,"error":{"code":%q,"message":"m"}}`, status, code))
	return a
}

var success = answer{status: http.StatusOK}

// urlError wraps an error as http.Client does.
func urlError(err error) error { return &url.Error{Op: "Post", URL: "http://h", Err: err} }

// ask sends a call and decodes the response.
func ask(ctx context.Context, client *Client, method string) (*thing, error) {
	return JSON(ctx, NewCall(client, method, []Editor(nil)).Path("/things"), decodeThing)
}

func TestRetriedFailures(t *testing.T) {
	dial := func(err error) answer {
		return answer{err: urlError(&net.OpError{Op: "dial", Net: "tcp", Err: err})}
	}
	cut := func(err error) answer {
		return answer{status: 200, body: io.MultiReader(strings.NewReader(`{"name":`), iotest.ErrReader(err))}
	}
	tests := []struct {
		name       string
		answer     func() answer
		idempotent bool // GET, PUT and DELETE are retried
		others     bool // POST and PATCH are retried
	}{
		{"408", func() answer { return failed(408) }, true, false},
		{"429", func() answer { return failed(429) }, true, true},
		{"429 with Retry-After", func() answer { return failed(429, "Retry-After", "1") }, true, true},
		{"429 TOO_MANY_REQUESTS", func() answer { return coded(429, "TOO_MANY_REQUESTS") }, true, true},
		{"429 ALREADY_EXISTS", func() answer { return coded(429, "ALREADY_EXISTS") }, false, false},
		{"500", func() answer { return failed(500) }, true, false},
		{"502", func() answer { return failed(502) }, true, false},
		{"503", func() answer { return failed(503) }, true, false},
		{"503 with Retry-After", func() answer { return failed(503, "Retry-After", "1") }, true, true},
		{"503 with a bad Retry-After", func() answer { return failed(503, "Retry-After", "soon") }, true, false},
		{"504", func() answer { return failed(504) }, true, false},
		{"504 with Retry-After", func() answer { return failed(504, "Retry-After", "1") }, true, false},
		{"500 cut", func() answer { return answer{status: 500, body: iotest.ErrReader(io.ErrUnexpectedEOF)} }, true, false},

		{"no connection", func() answer { return dial(os.NewSyscallError("connect", syscall.ECONNREFUSED)) }, true, true},
		{"no address", func() answer { return dial(&net.DNSError{Err: "no such host", IsNotFound: true}) }, true, true},
		{"connection reset", func() answer {
			return answer{err: urlError(&net.OpError{Op: "read", Err: os.NewSyscallError("read", syscall.ECONNRESET)})}
		}, true, false},
		{"broken pipe", func() answer { return answer{err: urlError(&net.OpError{Op: "write", Err: syscall.EPIPE})} }, true, false},
		{"no response", func() answer { return answer{err: urlError(io.EOF)} }, true, false},
		{"another doer's", func() answer { return answer{err: errors.New("broken")} }, true, false},
		{"response cut", func() answer { return cut(io.ErrUnexpectedEOF) }, true, false},
		{"response reset", func() answer { return cut(syscall.ECONNRESET) }, true, false},

		{"400", func() answer { return coded(400, "INVALID_ARGUMENT") }, false, false},
		{"400 TOO_MANY_REQUESTS", func() answer { return coded(400, "TOO_MANY_REQUESTS") }, false, false},
		{"400 with Retry-After", func() answer { return failed(400, "Retry-After", "1") }, false, false},
		{"401", func() answer { return failed(401) }, false, false},
		{"403", func() answer { return failed(403) }, false, false},
		{"404", func() answer { return failed(404) }, false, false},
		{"404 cut", func() answer { return answer{status: 404, body: iotest.ErrReader(io.ErrUnexpectedEOF)} }, false, false},
		{"409", func() answer { return failed(409) }, false, false},
		{"422", func() answer { return failed(422) }, false, false},
		{"501", func() answer { return failed(501) }, false, false},
		{"304", func() answer { return failed(304) }, false, false},
		{"undecodable", func() answer { return answer{status: 200, body: strings.NewReader("{]")} }, false, false},
		{"empty", func() answer { return answer{status: 200, body: strings.NewReader("")} }, false, false},
		{"HTML", func() answer { return failed(200, "Content-Type", "text/html") }, false, false},
		{"redirect refused", func() answer { return answer{err: urlError(fmt.Errorf("%w: to x", auth.ErrRedirect))} }, false, false},
		{"certificate refused", func() answer {
			return answer{err: urlError(&tls.CertificateVerificationError{Err: x509.UnknownAuthorityError{}})}
		}, false, false},
		{"cancelled", func() answer { return answer{err: urlError(context.Canceled)} }, false, false},
		{"deadline", func() answer { return answer{err: urlError(context.DeadlineExceeded)} }, false, false},
		{"cancelled dial", func() answer { return dial(context.Canceled) }, false, false},
		{"cancelled response", func() answer { return cut(context.Canceled) }, false, false},
		{"cancelled look-up", func() answer { return dial(fmt.Errorf("lookup: %w", context.Canceled)) }, false, false},
	}
	for _, tt := range tests {
		for _, method := range []string{"GET", "PUT", "DELETE", "POST", "PATCH"} {
			for _, forced := range []bool{false, true} {
				t.Run(fmt.Sprintf("%s %s %v", tt.name, method, forced), func(t *testing.T) {
					synctest.Test(t, func(t *testing.T) {
						again := tt.idempotent
						if (method == "POST" || method == "PATCH") && !forced {
							again = tt.others
						}
						options := DefaultOptions(testVersion)
						options.RetryNonIdempotent = forced

						// A transient failure.
						doer := newScript(tt.answer(), success)
						result, err := ask(t.Context(), newClientWith(t, doer, options), method)
						if again && (err != nil || result.Name != "x" || len(doer.times) != 2) || !again && (err == nil || len(doer.times) != 1) {
							t.Errorf("%d attempts, %v, error %v", len(doer.times), result, err)
						}
						if given, closed := doer.given.Load(), doer.closed.Load(); given != closed {
							t.Errorf("%d bodies given, %d closed", given, closed)
						}
						// A permanent failure returns its last error.
						for retries := range 4 {
							options.MaxRetries = retries
							doer := newScript(tt.answer(), tt.answer(), tt.answer(), tt.answer(), success)
							_, err := ask(t.Context(), newClientWith(t, doer, options), method)
							want := 1
							if again {
								want = 1 + retries
							}
							if err == nil || len(doer.times) != want {
								t.Errorf("%d attempts with %d retries, error %v", len(doer.times), retries, err)
							}
							last := doer.answers[want-1]
							var reply *apierror.Error
							if last.err != nil && err != last.err || last.err == nil && (!errors.As(err, &reply) || reply.StatusCode != last.status) {
								t.Errorf("error %v", err)
							}
						}
					})
				})
			}
		}
	}
}

// Clients retry twice by default; the zero Options do not retry.
func TestRetriesByDefault(t *testing.T) {
	for want, options := range map[int]Options{3: DefaultOptions("v"), 1: {}} {
		synctest.Test(t, func(t *testing.T) {
			doer := newScript(failed(500))
			if _, err := ask(t.Context(), newClientWith(t, doer, options), "GET"); !errors.Is(err, apierror.ErrServer) || len(doer.times) != want {
				t.Errorf("%d attempts, want %d, error %v", len(doer.times), want, err)
			}
		})
	}
}

// Empty and MaybeJSON retry like JSON.
func TestRetriesOfEmptyReplies(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		doer := newScript(failed(503), success, failed(500), failed(502), failed(204))
		client := newClientWith(t, doer, DefaultOptions("v"))
		if err := Empty(t.Context(), newCall(client)); err != nil || len(doer.times) != 2 {
			t.Errorf("%d attempts, error %v", len(doer.times), err)
		}
		if result, err := MaybeJSON(t.Context(), newCall(client), decodeThing); result != nil || err != nil || len(doer.times) != 5 {
			t.Errorf("%d attempts, %v, error %v", len(doer.times), result, err)
		}
		doer.check(t, 5)
	})
}

// A DELETE that is repeated and finds nothing has the zero value as its result,
// also if the failed response had a value.
func TestDeletedBefore(t *testing.T) {
	status := func(int) Decode[thing] { return decodeThing }
	for name, send := range map[string]func(context.Context, *Call) (*thing, error){
		"JSON":      func(ctx context.Context, c *Call) (*thing, error) { return JSON(ctx, c, decodeThing) },
		"MaybeJSON": func(ctx context.Context, c *Call) (*thing, error) { return MaybeJSON(ctx, c, decodeThing) },
		"ByStatus":  func(ctx context.Context, c *Call) (*thing, error) { return ByStatus(ctx, c, status) },
	} {
		synctest.Test(t, func(t *testing.T) {
			broken := success
			broken.body = strings.NewReader(`{"name":"x","status":500,"error":{"code":"INTERNAL","message":"m"}}`)
			doer := newScript(broken, failed(404))
			client := newClientWith(t, doer, DefaultOptions("v"))
			result, err := send(t.Context(), NewCall(client, http.MethodDelete, []Editor(nil)).Path("/things"))
			if err != nil || len(doer.times) != 2 {
				t.Fatalf("%s: %d attempts, error %v", name, len(doer.times), err)
			}
			if name == "MaybeJSON" && result != nil || name != "MaybeJSON" && (result == nil || *result != thing{}) {
				t.Errorf("%s: got %+v", name, result)
			}
		})
	}
}

// Without Retry-After, the pause is random between zero and its bound.
func TestRetryPauses(t *testing.T) {
	bounds := []time.Duration{500, 1000, 2000, 4000, 8000, 8000, 8000}
	least, most, sum := make([]time.Duration, len(bounds)), make([]time.Duration, len(bounds)), make([]time.Duration, len(bounds))
	const rounds = 400
	for round := range rounds {
		synctest.Test(t, func(t *testing.T) {
			doer := newScript(failed(500))
			_, _ = ask(t.Context(), newClientWith(t, doer, Options{MaxRetries: len(bounds)}), "GET")
			pauses := doer.pauses()
			if len(pauses) != len(bounds) {
				t.Fatalf("%d pauses", len(pauses))
			}
			for i, pause := range pauses {
				if round == 0 || pause < least[i] {
					least[i] = pause
				}
				most[i] = max(most[i], pause)
				sum[i] += pause
			}
		})
	}
	for i, bound := range bounds {
		bound *= time.Millisecond
		if most[i] > bound || most[i] < bound*9/10 || least[i] > bound/10 {
			t.Errorf("pause %d is from %s to %s, want 0 to %s", i+1, least[i], most[i], bound)
		}
		if mean := sum[i] / rounds; mean < bound*4/10 || mean > bound*6/10 {
			t.Errorf("pause %d is %s in the mean, want about %s", i+1, mean, bound/2)
		}
	}
}

// The bound of the pause does not overflow after many failures.
func TestRetryPauseDoesNotOverflow(t *testing.T) {
	for n := range 200 {
		if pause, ok := pauseBefore(n, io.EOF, time.Minute); !ok || pause < 0 || pause > maxPause {
			t.Errorf("pause %d is %s", n, pause)
		}
	}
}

// A Retry-After of 0 still leaves the random pause.
func TestRetryAfterNothingStillPauses(t *testing.T) {
	resp := &http.Response{StatusCode: http.StatusTooManyRequests, Header: http.Header{"Retry-After": {"0"}}, Body: http.NoBody}
	failure := apierror.FromResponse(resp)
	var longest time.Duration
	for range 100 {
		pause, _ := pauseBefore(0, failure, time.Minute)
		longest = max(longest, pause)
	}
	if longest < firstPause/10 || longest > firstPause {
		t.Errorf("the longest of 100 pauses is %s", longest)
	}
}

func TestRetryAfter(t *testing.T) {
	const date = "Sat, 01 Jan 2000 00:00:00 GMT" // the time at which a synctest bubble begins
	tests := []struct {
		name   string
		header []string
		least  time.Duration
		most   time.Duration
		given  bool // the error is returned without a retry
	}{
		{"seconds", []string{"Retry-After", "7"}, 7 * time.Second, 7 * time.Second, false},
		{"0", []string{"Retry-After", "0"}, 0, 500 * time.Millisecond, false},
		{"a minute", []string{"Retry-After", "60"}, time.Minute, time.Minute, false},
		{"more than a minute", []string{"Retry-After", "61"}, 0, 0, true},
		{"a day", []string{"Retry-After", "86400"}, 0, 0, true},
		{"for ever", []string{"Retry-After", "99999999999999999999"}, 0, 0, true},
		{"date", []string{"Retry-After", "Sat, 01 Jan 2000 00:00:20 GMT", "Date", date}, 20 * time.Second, 20 * time.Second, false},
		{"date by another clock", []string{"Retry-After", "Wed, 01 Jan 2020 00:00:20 GMT", "Date", "Wed, 01 Jan 2020 00:00:00 GMT"}, 20 * time.Second, 20 * time.Second, false},
		{"date without Date", []string{"Retry-After", "Sat, 01 Jan 2000 00:00:20 GMT"}, 20 * time.Second, 20 * time.Second, false},
		{"date in the past", []string{"Retry-After", "Fri, 31 Dec 1999 23:00:00 GMT", "Date", date}, 0, 500 * time.Millisecond, false},
		{"date far ahead", []string{"Retry-After", "Sat, 01 Jan 2000 00:01:01 GMT", "Date", date}, 0, 0, true},
		{"no form", []string{"Retry-After", "1.5"}, 0, 500 * time.Millisecond, false},
		{"negative", []string{"Retry-After", "-5"}, 0, 500 * time.Millisecond, false},
		{"empty", []string{"Retry-After", ""}, 0, 500 * time.Millisecond, false},
		{"absent", nil, 0, 500 * time.Millisecond, false},
	}
	for _, tt := range tests {
		for _, status := range []int{429, 503, 500} {
			synctest.Test(t, func(t *testing.T) {
				doer := newScript(failed(status, tt.header...), success)
				start := time.Now()
				_, err := ask(t.Context(), newClientWith(t, doer, DefaultOptions("v")), "GET")
				if tt.given {
					var reply *apierror.Error
					if !errors.As(err, &reply) || reply.StatusCode != status || len(doer.times) != 1 || time.Since(start) != 0 {
						t.Errorf("%s: %d attempts, error %v after %s", tt.name, len(doer.times), err, time.Since(start))
					}
					return
				}
				if err != nil || len(doer.times) != 2 {
					t.Fatalf("%s: %d attempts, error %v", tt.name, len(doer.times), err)
				}
				if pause := doer.pauses()[0]; pause < tt.least || pause > tt.most {
					t.Errorf("%s: the pause is %s, want %s to %s", tt.name, pause, tt.least, tt.most)
				}
			})
		}
	}
}

// A pause that would outlast the context's deadline is not begun.
func TestRetryDeadline(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for _, a := range []answer{failed(503, "Retry-After", "10"), failed(429, "Retry-After", "10")} {
			doer := newScript(a, success)
			ctx, cancel := context.WithTimeout(t.Context(), 9*time.Second)
			start := time.Now()
			_, err := ask(ctx, newClientWith(t, doer, DefaultOptions("v")), "GET")
			var reply *apierror.Error
			if !errors.As(err, &reply) || reply.StatusCode != a.status || errors.Is(err, context.DeadlineExceeded) || len(doer.times) != 1 || time.Since(start) != 0 {
				t.Errorf("%d attempts, error %v after %s", len(doer.times), err, time.Since(start))
			}
			cancel()
		}

		// A later deadline lets the call be retried.
		doer := newScript(failed(503, "Retry-After", "10"), success)
		ctx, cancel := context.WithTimeout(t.Context(), 11*time.Second)
		defer cancel()
		if _, err := ask(ctx, newClientWith(t, doer, DefaultOptions("v")), "GET"); err != nil || len(doer.times) != 2 {
			t.Errorf("%d attempts, error %v", len(doer.times), err)
		}

		// A Doer's error is returned as it is.
		broken := errors.New("broken")
		doer = newScript(answer{err: broken})
		ended, cancel := context.WithTimeout(t.Context(), 0)
		defer cancel()
		if _, err := ask(ended, newClientWith(t, doer, DefaultOptions("v")), "GET"); err != broken || len(doer.times) != 1 {
			t.Errorf("%d attempts, error %#v", len(doer.times), err)
		}
	})
}

// Canceling the context ends the pause. The error wraps the context's error and
// the error that caused the retry.
func TestRetryCancelled(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		doer := newScript(failed(503, "Retry-After", "10"), success)
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(4*time.Second, cancel)
		start := time.Now()
		_, err := ask(ctx, newClientWith(t, doer, DefaultOptions("v")), "GET")
		if !errors.Is(err, context.Canceled) || !errors.Is(err, apierror.ErrServer) || len(doer.times) != 1 || time.Since(start) != 4*time.Second {
			t.Errorf("%d attempts, error %v after %s", len(doer.times), err, time.Since(start))
		}
	})
}

// A failed connection is retried for every method. The errors are those of real
// dialers.
func TestDialErrors(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	refusing := listener.Addr().String()
	listener.Close()
	for name, dialer := range map[string]*net.Dialer{"refused": {}, "timeout": {Deadline: time.Unix(1, 0)}} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				dials := 0
				transport := &http.Transport{DisableKeepAlives: true, DialContext: func(ctx context.Context, network, addr string) (net.Conn, error) {
					dials++
					return dialer.DialContext(ctx, network, addr)
				}}
				client, err := New("http://"+refusing, &http.Client{Transport: transport}, []Editor(nil), DefaultOptions("v"))
				if err != nil {
					t.Fatal(err)
				}
				_, err = JSON(t.Context(), NewCall(client, "POST", []Editor(nil)).JSON("body"), decodeThing)
				var network *net.OpError
				if dials != 3 || !errors.As(err, &network) || network.Op != "dial" || network.Timeout() != (name == "timeout") {
					t.Errorf("%d dials, error %v", dials, err)
				}
				dials = 0
				if _, err := collect(pieces(t.Context(), client)); dials != 3 || !errors.As(err, &network) {
					t.Errorf("%d dials for a stream, error %v", dials, err)
				}
				// The end of the context is not retried.
				dials = 0
				ctx, cancel := context.WithCancel(t.Context())
				cancel()
				if _, err := ask(ctx, client, "GET"); !errors.Is(err, context.Canceled) || dials > 1 {
					t.Errorf("%d dials, error %v", dials, err)
				}
			})
		})
	}
}

// An untrusted certificate is not retried.
func TestCertificateIsNotRetried(t *testing.T) {
	var connections atomic.Int64
	server := httptest.NewUnstartedServer(http.NotFoundHandler())
	server.Config.ErrorLog = discardLog()
	server.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		if state == http.StateNew {
			connections.Add(1)
		}
	}
	server.StartTLS()
	defer server.Close()
	client, err := New(server.URL, DefaultDoer(), []Editor(nil), DefaultOptions("v"))
	if err != nil {
		t.Fatal(err)
	}
	_, err = ask(t.Context(), client, "GET")
	var certificate *tls.CertificateVerificationError
	if !errors.As(err, &certificate) || connections.Load() != 1 {
		t.Errorf("%d connections, error %v", connections.Load(), err)
	}
}

// A refused redirect to another origin is not retried.
func TestRedirectIsNotRetried(t *testing.T) {
	other := newWitness(t, nil)
	server := newWitness(t, func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, other.URL+"/x", http.StatusTemporaryRedirect)
	})
	client, err := New(server.URL, DefaultDoer(), []Editor(nil), DefaultOptions("v"))
	if err != nil {
		t.Fatal(err)
	}
	for i, method := range []string{"GET", "DELETE"} {
		if _, err := ask(t.Context(), client, method); !errors.Is(err, auth.ErrRedirect) || len(server.seen()) != i+1 || len(other.seen()) != 0 {
			t.Errorf("%s: %d requests, error %v", method, len(server.seen()), err)
		}
	}
}

func discardLog() *log.Logger { return log.New(io.Discard, "", 0) }

// onlyReader hides all methods of a reader but Read.
type onlyReader struct{ io.Reader }

// A retry sends the same body, byte for byte. A body that cannot be read twice
// is not retried.
func TestRetriedBodies(t *testing.T) {
	content := bytes.Repeat([]byte("0123456789"), 10<<10)
	name := filepath.Join(t.TempDir(), "a.txt")
	if err := os.WriteFile(name, content, 0o600); err != nil {
		t.Fatal(err)
	}
	form := func(file func() upload.File) func(*Call) {
		return func(c *Call) {
			c.Form(upload.FilePart("file", file()), upload.JSONPart("metadata", map[string]any{"a": 1}, 0))
		}
	}
	tests := map[string]struct {
		body     func(*Call)
		attempts int
	}{
		"JSON":  {func(c *Call) { c.JSON(map[string]string{"content": string(content)}) }, 3},
		"none":  {func(*Call) {}, 3},
		"text":  {func(c *Call) { c.Form(upload.TextPart("text", string(content))) }, 3},
		"bytes": {form(func() upload.File { return upload.FileBytes("a.txt", content) }), 3},
		"path":  {form(func() upload.File { return upload.OpenFile(name) }), 3},
		"seeker": {form(func() upload.File {
			seeker := bytes.NewReader(append([]byte("skipped"), content...))
			_, _ = seeker.Seek(7, io.SeekStart)
			return upload.FileReader("a.txt", seeker)
		}), 3},
		"reader": {form(func() upload.File { return upload.FileReader("a.txt", onlyReader{bytes.NewReader(content)}) }), 1},
		"buffer": {form(func() upload.File { return upload.FileReader("a.txt", bytes.NewBuffer(slices.Clone(content))) }), 1},
	}
	failures := map[string]answer{
		"429":         failed(429),
		"503":         failed(503),
		"no response": {err: urlError(io.EOF)},
		"refused":     {err: urlError(&net.OpError{Op: "dial", Err: syscall.ECONNREFUSED})},
	}
	for _, key := range slices.Sorted(maps.Keys(tests)) {
		tt := tests[key]
		for failure, a := range failures {
			synctest.Test(t, func(t *testing.T) {
				doer := newScript(a, a, success)
				client := newClientWith(t, doer, Options{MaxRetries: 5, RetryNonIdempotent: true})
				call := NewCall(client, "POST", []Editor(nil)).Path("/things")
				tt.body(call)
				result, err := JSON(t.Context(), call, decodeThing)
				if len(doer.times) != tt.attempts || (err == nil) != (tt.attempts == 3) || err == nil && result.Name != "x" {
					t.Fatalf("%s, %s: %d attempts, %v, error %v", key, failure, len(doer.times), result, err)
				}
				var reply *apierror.Error
				if err != nil && err != a.err && (!errors.As(err, &reply) || reply.StatusCode != a.status) {
					t.Errorf("%s, %s: error %v, want the first", key, failure, err)
				}
				if key == "none" {
					if len(doer.bodies) != 0 {
						t.Errorf("%q was sent", doer.bodies)
					}
					return
				}
				if len(doer.bodies) != tt.attempts || !strings.Contains(doer.bodies[0], string(content)) || strings.Contains(doer.bodies[0], "skipped") {
					t.Errorf("%s: %d bodies, the first of %d bytes", key, len(doer.bodies), len(doer.bodies[0]))
				}
				for _, body := range doer.bodies {
					if body != doer.bodies[0] {
						t.Errorf("%s: the bodies differ", key)
					}
				}
			})
		}
	}
}

// A plain reader is read once, although http.Client has retries of its own. The
// error is the first.
func TestPlainReaderIsSentOnce(t *testing.T) {
	for name, kill := range map[string]func(w http.ResponseWriter, r *http.Request){
		"redirect": func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "/again", http.StatusTemporaryRedirect)
		},
		"abort": func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) },
	} {
		requests := 0
		synctest.Test(t, func(t *testing.T) {
			net := newNetwork(t, false, func(w http.ResponseWriter, r *http.Request) {
				if r.Method == http.MethodGet { // the GET opens the connection that the next request reuses
					_, _ = io.WriteString(w, "{}")
					return
				}
				requests++
				kill(w, r)
			})
			net.CheckRedirect = auth.CheckRedirect
			client := newClientWith(t, net, Options{MaxRetries: 3, RetryNonIdempotent: true})
			if err := Empty(t.Context(), newCall(client)); err != nil {
				t.Fatal(err)
			}
			_, err := JSON(t.Context(), NewCall(client, "PUT", []Editor(nil)).Form(upload.FilePart("file", upload.FileReader("a.txt", onlyReader{strings.NewReader("content")}))), decodeThing)
			var reply *apierror.Error
			if requests != 1 || err == nil || strings.Contains(err.Error(), "rewound") ||
				errors.As(err, &reply) != (name == "redirect") || reply != nil && reply.StatusCode != http.StatusTemporaryRedirect {
				t.Errorf("%s: %d requests, error %v", name, requests, err)
			}
		})
	}
}

// A read error of the caller's file is not retried.
func TestSourceErrorIsNotRetried(t *testing.T) {
	broken := errors.New("disk")
	for name, file := range map[string]upload.File{
		"gone":   upload.OpenFile(filepath.Join(t.TempDir(), "none.txt")),
		"broken": upload.FileReader("a.txt", &brokenSeeker{bytes.NewReader([]byte("content")), broken}),
	} {
		synctest.Test(t, func(t *testing.T) {
			doer := newScript(success)
			client := newClientWith(t, doer, Options{MaxRetries: 3, RetryNonIdempotent: true})
			start := time.Now()
			_, err := JSON(t.Context(), NewCall(client, "PUT", []Editor(nil)).Form(upload.FilePart("file", file)), decodeThing)
			if !errors.Is(err, os.ErrNotExist) && !errors.Is(err, broken) || len(doer.times) > 1 || time.Since(start) != 0 {
				t.Errorf("%s: %d attempts, error %v after %s", name, len(doer.times), err, time.Since(start))
			}
		})
	}
}

// brokenSeeker is an io.ReadSeeker whose Read fails.
type brokenSeeker struct {
	io.Seeker
	err error
}

func (b *brokenSeeker) Read([]byte) (int, error) { return 0, b.err }

// Editors run on every attempt, so that the API key may change in between.
func TestEditorsRunOnEveryAttempt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var keys []string
		attempts := 0
		net := newNetwork(t, false, func(w http.ResponseWriter, r *http.Request) {
			keys = append(keys, strings.Join(r.Header.Values("Api-Key"), "+"))
			if attempts++; attempts < 3 {
				w.WriteHeader(http.StatusServiceUnavailable)
				return
			}
			w.Header().Set("Content-Type", "application/json")
			_, _ = io.WriteString(w, "{}")
		})
		edited := 0
		editor := func(_ context.Context, req *http.Request) error {
			edited++
			req.Header.Add("Api-Key", fmt.Sprint("key", edited))
			return nil
		}
		if _, err := ask(t.Context(), newClientWith(t, net, DefaultOptions("v"), editor), "GET"); err != nil || fmt.Sprint(keys) != "[key1 key2 key3]" {
			t.Errorf("keys %q, error %v", keys, err)
		}
		net.check(t, 1, 1) // all attempts share a connection, as each response was read to its end

		// An editor's error ends the call.
		refused, calls := errors.New("no key"), 0
		failing := func(context.Context, *http.Request) error {
			if calls++; calls == 2 {
				return refused
			}
			return nil
		}
		doer := newScript(failed(500))
		if _, err := ask(t.Context(), newClientWith(t, doer, DefaultOptions("v"), failing), "GET"); err != refused || len(doer.times) != 1 || calls != 2 {
			t.Errorf("%d attempts, error %v", len(doer.times), err)
		}
	})
}

// A response that is cut short is retried for idempotent methods.
func TestCutReplies(t *testing.T) {
	for method, want := range map[string]int{"GET": 2, "PUT": 2, "DELETE": 2, "POST": 1, "PATCH": 1} {
		synctest.Test(t, func(t *testing.T) {
			attempts := 0
			net := newNetwork(t, false, func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Type", "application/json")
				if attempts++; attempts == 1 {
					w.Header().Set("Content-Length", "100")
				}
				_, _ = io.WriteString(w, `{"name":"x"}`)
			})
			doer := &watchedDoer{Doer: net}
			result, err := ask(t.Context(), newClientWith(t, doer, DefaultOptions("v")), method)
			doer.check(t, int64(want))
			if attempts != want || want == 2 && (err != nil || result.Name != "x") || want == 1 && !errors.Is(err, io.ErrUnexpectedEOF) {
				t.Errorf("%s: %d attempts, %v, error %v", method, attempts, result, err)
			}
		})
	}
}

// A call can be sent by several goroutines, which share no state but the
// request.
func TestRetriesConcurrently(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var attempts atomic.Int64
		net := newNetwork(t, false, func(w http.ResponseWriter, r *http.Request) {
			if attempts.Add(1)%2 == 1 {
				w.Header().Set("Retry-After", "1")
				w.WriteHeader(http.StatusTooManyRequests)
				return
			}
			body, _ := io.ReadAll(r.Body)
			w.Header().Set("Content-Type", "application/json")
			_, _ = fmt.Fprintf(w, `{"name":%s}`, body)
		})
		client := newClientWith(t, net, Options{MaxRetries: 1000})
		done := make(chan error)
		for i := range 20 {
			go func() {
				want := fmt.Sprint("body ", i)
				result, err := JSON(t.Context(), NewCall(client, "POST", []Editor(nil)).JSON(want), decodeThing)
				if err == nil && result.Name != want {
					err = fmt.Errorf("got %q, want %q", result.Name, want)
				}
				done <- err
			}()
		}
		for range 20 {
			if err := <-done; err != nil {
				t.Error(err)
			}
		}
	})
}
