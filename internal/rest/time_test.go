package rest

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"github.com/pinecone-community/assistant-go/internal/apierror"
	"github.com/pinecone-community/assistant-go/internal/upload"
)

// ways returns all ways to send a call.
func ways(client *Client) map[string]func(context.Context) error {
	form := func() *Call {
		return NewCall(client, http.MethodPost, []Editor(nil)).Path("/files").
			Form(upload.FilePart("file", upload.FileReader("a.txt", strings.NewReader("content"))))
	}
	return map[string]func(context.Context) error{
		"JSON":      func(ctx context.Context) error { _, err := JSON(ctx, newCall(client), decodeThing); return err },
		"MaybeJSON": func(ctx context.Context) error { _, err := MaybeJSON(ctx, newCall(client), decodeThing); return err },
		"Empty":     func(ctx context.Context) error { return Empty(ctx, newCall(client)) },
		"upload":    func(ctx context.Context) error { _, err := JSON(ctx, form(), decodeThing); return err },
		"Stream":    func(ctx context.Context) error { _, err := collect(pieces(ctx, client)); return err },
		"Open": func(ctx context.Context) error {
			d, err := Open(ctx, newCall(client))
			if err == nil {
				defer d.Close()
				_, err = io.Copy(io.Discard, d)
			}
			return err
		},
	}
}

// The idle timeout ends calls, uploads and streams in which no byte is sent or
// received. They are not retried.
func TestIdleTimeout(t *testing.T) {
	const idle = time.Minute
	for state, answer := range map[string]func(http.ResponseWriter, string){
		"before the response": func(http.ResponseWriter, string) {},
		"in the response": func(w http.ResponseWriter, contentType string) {
			w.Header().Set("Content-Type", contentType)
			_, _ = io.WriteString(w, "{")
			_ = http.NewResponseController(w).Flush()
		},
		"in an error": func(w http.ResponseWriter, _ string) {
			w.WriteHeader(http.StatusBadGateway)
			_, _ = io.WriteString(w, "{")
			_ = http.NewResponseController(w).Flush()
		},
	} {
		for _, http2 := range []bool{false, true} {
			for name := range ways(nil) {
				if name == "Empty" && state == "in the response" {
					continue // Empty needs no body
				}
				t.Run(state+" "+name, func(t *testing.T) {
					synctest.Test(t, func(t *testing.T) {
						var attempts atomic.Int64
						net := newNetwork(t, http2, func(w http.ResponseWriter, r *http.Request) {
							attempts.Add(1)
							contentType := "application/json"
							if name == "Stream" {
								contentType = "text/event-stream"
							}
							answer(w, contentType)
							<-r.Context().Done()
						})
						client := newClientWith(t, net, Options{IdleTimeout: idle, MaxRetries: 2, RetryNonIdempotent: state != "in an error"})
						if state == "in an error" {
							client.options.MaxRetries = 0
						}
						start := time.Now()
						err := ways(client)[name](t.Context())
						var timeout interface{ Timeout() bool }
						if !errors.Is(err, ErrIdleTimeout) || !errors.As(err, &timeout) || !timeout.Timeout() || errors.Is(err, context.Canceled) ||
							errors.Is(err, context.DeadlineExceeded) || !strings.Contains(err.Error(), "no byte was sent or received for 1m0s") {
							t.Errorf("error %v", err)
						}
						if lasted := time.Since(start); lasted != idle || attempts.Load() != 1 {
							t.Errorf("%d attempts in %s", attempts.Load(), lasted)
						}
						net.check(t, 1, btoi(http2))
					})
				})
			}
		}
	}
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}

func TestIdleTimeoutByDefault(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		net := newNetwork(t, false, func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
		start := time.Now()
		err := Empty(t.Context(), newCall(newClientWith(t, net, Options{})))
		if !errors.Is(err, ErrIdleTimeout) || time.Since(start) != 5*time.Minute {
			t.Errorf("error %v after %s", err, time.Since(start))
		}
		// The context's deadline is reported as such, also just before the idle
		// timeout.
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute-1)
		defer cancel()
		if err := Empty(ctx, newCall(newClientWith(t, net, Options{}))); !errors.Is(err, context.DeadlineExceeded) || errors.Is(err, ErrIdleTimeout) {
			t.Errorf("error %v", err)
		}
	})
}

// drip is a source that returns one byte after each pause.
type drip struct {
	text  string
	pause time.Duration
}

func (d *drip) Read(p []byte) (int, error) {
	if d.text == "" {
		return 0, io.EOF
	}
	time.Sleep(d.pause)
	p[0] = d.text[0]
	d.text = d.text[1:]
	return 1, nil
}

// Slow responses and uploads do not time out as long as bytes move.
func TestSlowButMoving(t *testing.T) {
	const idle = time.Minute
	text := strings.Repeat("x", 100)
	synctest.Test(t, func(t *testing.T) {
		net := newNetwork(t, false, func(w http.ResponseWriter, r *http.Request) {
			body, _ := io.ReadAll(r.Body)
			if r.Method == http.MethodPost && !strings.Contains(string(body), text) {
				t.Errorf("got %q", body)
			}
			w.Header().Set("Content-Type", "application/json")
			for _, c := range `{"name":"` + text + `"}` {
				time.Sleep(idle - 1)
				_, _ = io.WriteString(w, string(c))
				_ = http.NewResponseController(w).Flush()
			}
		})
		client := newClientWith(t, net, Options{IdleTimeout: idle})
		if v, err := JSON(t.Context(), newCall(client), decodeThing); err != nil || v.Name != text {
			t.Errorf("response: %v, error %v", v, err)
		}
		call := NewCall(client, http.MethodPost, []Editor(nil)).
			Form(upload.FilePart("file", upload.FileReader("a.txt", &drip{text, idle - 1}).WithProgress(func(int64, int64) {})))
		if v, err := JSON(t.Context(), call, decodeThing); err != nil || v.Name != text {
			t.Errorf("upload: %v, error %v", v, err)
		}
		call = NewCall(client, http.MethodPost, []Editor(nil)).
			Form(upload.FilePart("file", upload.FileReader("a.txt", &drip{text, idle + 1})))
		if _, err := JSON(t.Context(), call, decodeThing); !errors.Is(err, ErrIdleTimeout) {
			t.Errorf("stalled upload: error %v", err)
		}
		time.Sleep(2 * idle) // until the source returns
	})
}

// The context and the idle timeout end an upload whose source blocks.
func TestBlockedSource(t *testing.T) {
	for _, http2 := range []bool{false, true} {
		for _, progress := range []bool{false, true} {
			synctest.Test(t, func(t *testing.T) {
				net := newNetwork(t, http2, func(http.ResponseWriter, *http.Request) {})
				client := newClientWith(t, net, Options{IdleTimeout: time.Minute})
				for want, limit := range map[error]time.Duration{context.DeadlineExceeded: 59 * time.Second, ErrIdleTimeout: time.Hour} {
					source, sink := io.Pipe()
					file := upload.FileReader("a.txt", source)
					if progress {
						file = file.WithProgress(func(int64, int64) {})
					}
					ctx, cancel := context.WithTimeout(t.Context(), limit)
					start := time.Now()
					err := Empty(ctx, NewCall(client, http.MethodPost, []Editor(nil)).Form(upload.FilePart("file", file)))
					cancel()
					if !errors.Is(err, want) || time.Since(start) != min(limit, time.Minute) {
						t.Errorf("HTTP/2 %t: error %v after %s, want %v", http2, err, time.Since(start), want)
					}
					sink.Close()
				}
				synctest.Wait()
			})
		}
	}
}

// A 101 response, whose body has no end, is an error at once.
func TestSwitchingProtocols(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		conn, buf, err := w.(http.Hijacker).Hijack()
		if err != nil {
			t.Error(err)
			return
		}
		_, _ = buf.WriteString("HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\n")
		_ = buf.Flush()
		_, _ = io.Copy(io.Discard, conn) // until the client closes the connection
		conn.Close()
	}))
	defer server.Close()
	for name := range ways(nil) {
		err := ways(newClient(t, server.URL, nil))[name](t.Context())
		var reply *apierror.Error
		if !errors.As(err, &reply) || reply.StatusCode != http.StatusSwitchingProtocols {
			t.Errorf("%s: error %v", name, err)
		}
	}
}

// The context ends the Read of a body that ignores the context.
func TestBodyThatKnowsNoContext(t *testing.T) {
	for want, end := range map[error]Options{context.Canceled: {}, ErrIdleTimeout: {IdleTimeout: time.Minute}} {
		synctest.Test(t, func(t *testing.T) {
			body, sink := io.Pipe()
			defer sink.Close()
			client := newClientWith(t, doerFunc(func(*http.Request) (*http.Response, error) {
				resp := okResponse("")
				resp.ContentLength, resp.Body = -1, body
				return resp, nil
			}), end)
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			if want == context.Canceled {
				time.AfterFunc(time.Second, cancel)
			}
			if _, err := JSON(ctx, newCall(client), decodeThing); !errors.Is(err, want) {
				t.Errorf("error %v, want %v", err, want)
			}
		})
	}
}

// A response body is not closed during a Read if the Read ends with the
// context: the wrapper of a Doer may not support that.
func TestBodyIsNotClosedWhileItIsRead(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		body := &fussyBody{}
		client := newClientWith(t, doerFunc(func(req *http.Request) (*http.Response, error) {
			body.Context = req.Context()
			resp := okResponse("")
			resp.ContentLength, resp.Body = -1, body
			return resp, nil
		}), Options{})
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if _, err := JSON(ctx, newCall(client), decodeThing); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("error %v", err)
		}
		if want := "read, closed"; strings.Join(body.seen, ", ") != want {
			t.Errorf("the body was %q, want %q", body.seen, want)
		}
	})
}

// fussyBody returns from Read a little after the end of its context.
type fussyBody struct {
	context.Context
	seen []string
}

func (b *fussyBody) Read([]byte) (int, error) {
	<-b.Done()
	time.Sleep(time.Millisecond)
	b.seen = append(b.seen, "read")
	return 0, b.Err()
}

func (b *fussyBody) Close() error {
	b.seen = append(b.seen, "closed")
	return nil
}

// A stream ends with its last event, whatever the service sends afterwards.
func TestStreamEndsWithItsLastEvent(t *testing.T) {
	for name, after := range map[string]func(w writer, r *http.Request){
		"the connection stays open": func(_ writer, r *http.Request) { <-r.Context().Done() },
		"heartbeats": func(w writer, r *http.Request) {
			for r.Context().Err() == nil {
				_, _ = io.WriteString(w.w, ":\n\n")
				_ = http.NewResponseController(w.w).Flush()
				time.Sleep(time.Millisecond)
			}
		},
		"the connection breaks": func(writer, *http.Request) { panic(http.ErrAbortHandler) },
		"another event":         func(w writer, _ *http.Request) { w.write(firstEvent) },
		"a part of an event":    func(w writer, _ *http.Request) { w.write(`data:{"te`) },
		"an error":              func(w writer, _ *http.Request) { w.write(`data:{"error":{}}` + "\n\n") },
		"its end":               func(writer, *http.Request) {},
	} {
		for _, http2 := range []bool{false, true} {
			t.Run(name, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					net := newNetwork(t, http2, func(rw http.ResponseWriter, r *http.Request) {
						w := newWriter(t, rw)
						w.write(firstEvent + lastEvent)
						after(w, r)
					})
					call := NewCall(newClientWith(t, net, Options{}), http.MethodPost, []Editor(nil)).Path("/chat")
					start := time.Now()
					texts, err := collect(Stream(t.Context(), call, decodePiece, End[piece]{Is: isLast}))
					if err != nil || strings.Join(texts, "") != "az" {
						t.Errorf("%q, error %v", texts, err)
					}
					if lasted := time.Since(start); lasted > drainTime || name == "its end" && lasted != 0 {
						t.Errorf("it lasted %s", lasted)
					}
					if name == "its end" {
						net.check(t, 1, 1)
					}
					time.Sleep(time.Second) // until the handler returns
				})
			})
		}
	}
}

// Stream waits a second for an event that may follow the end of the answer.
func TestStreamTail(t *testing.T) {
	usage := `data:{"text":"usage"}` + "\n\n"
	for name, tt := range map[string]struct {
		after func(w writer, r *http.Request)
		texts string
		lasts time.Duration
	}{
		"usage":           {func(w writer, _ *http.Request) { w.write(usage) }, "zusage", 0},
		"usage later":     {func(w writer, _ *http.Request) { time.Sleep(tailTime - 1); w.write(usage) }, "zusage", tailTime - 1},
		"usage, and open": {func(w writer, r *http.Request) { w.write(usage); <-r.Context().Done() }, "zusage", tailTime},
		"open":            {func(_ writer, r *http.Request) { <-r.Context().Done() }, "z", tailTime},
		"broken":          {func(writer, *http.Request) { panic(http.ErrAbortHandler) }, "z", 0},
		"cut":             {func(w writer, _ *http.Request) { w.write(usage[:9]) }, "z", 0},
		"heartbeats": {func(w writer, r *http.Request) {
			for r.Context().Err() == nil {
				_, _ = io.WriteString(w.w, ":\n\n")
				_ = http.NewResponseController(w.w).Flush()
				time.Sleep(time.Second / 10)
			}
		}, "z", tailTime},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				net := newNetwork(t, false, func(rw http.ResponseWriter, r *http.Request) {
					w := newWriter(t, rw)
					w.write(lastEvent)
					tt.after(w, r)
				})
				start := time.Now()
				texts, err := collect(pieces(t.Context(), newClientWith(t, net, Options{})))
				if err != nil || strings.Join(texts, "") != tt.texts || time.Since(start) != tt.lasts {
					t.Errorf("%q, error %v after %s", texts, err, time.Since(start))
				}
				time.Sleep(time.Second) // until the handler returns
			})
		})
	}
}

// Heartbeats renew the idle timeout, and not the event timeout.
func TestEventTimeout(t *testing.T) {
	beat := func(w writer, r *http.Request, most time.Duration) {
		for end := time.Now().Add(most); time.Now().Before(end) && r.Context().Err() == nil; {
			time.Sleep(15 * time.Second)
			_, _ = io.WriteString(w.w, ":\n\n")
			_ = http.NewResponseController(w.w).Flush()
		}
	}
	for name, tt := range map[string]struct {
		limit  time.Duration
		before string
		lasts  time.Duration
		fails  bool
	}{
		"off":                    {0, firstEvent, 24 * time.Hour, false},
		"met":                    {25 * time.Hour, firstEvent, 24 * time.Hour, false},
		"exceeded":               {time.Hour, firstEvent, time.Hour, true},
		"before the first event": {time.Hour, "", time.Hour, true},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				net := newNetwork(t, false, func(rw http.ResponseWriter, r *http.Request) {
					w := newWriter(t, rw)
					w.write(tt.before)
					beat(w, r, 24*time.Hour)
					if r.Context().Err() == nil {
						w.write(lastEvent)
					}
				})
				start := time.Now()
				_, err := collect(pieces(t.Context(), newClientWith(t, net, Options{IdleTimeout: time.Minute, EventTimeout: tt.limit})))
				var broken *StreamError
				if (err != nil) != tt.fails || tt.fails && (!errors.Is(err, ErrEventTimeout) || errors.Is(err, ErrIdleTimeout) || !errors.As(err, &broken) ||
					!strings.Contains(err.Error(), "no event was received for 1h0m0s")) {
					t.Errorf("error %v", err)
				}
				if time.Since(start) != tt.lasts {
					t.Errorf("it lasted %s", time.Since(start))
				}
				time.Sleep(time.Minute) // until the handler returns
			})
		})
	}
}

// The source of an upload is not read after the call has returned, whenever the
// response arrives.
func TestNothingGoesOn(t *testing.T) {
	for _, http2 := range []bool{false, true} {
		func() {
			defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
			server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				w.WriteHeader(http.StatusRequestEntityTooLarge)
			}))
			server.EnableHTTP2 = http2
			if http2 {
				server.StartTLS()
			} else {
				server.Start()
			}
			defer server.Close()
			client := newClient(t, server.URL, server.Client())
			for range 10 {
				returned := make(chan struct{})
				late := func() {
					select {
					case <-returned:
						t.Error("something goes on")
					default:
					}
				}
				source := readerFunc(func(p []byte) (int, error) { late(); return len(p), nil })
				file := upload.FileReader("a.txt", source).WithProgress(func(int64, int64) { late() })
				err := Empty(t.Context(), NewCall(client, http.MethodPost, []Editor(nil)).Form(upload.FilePart("file", file)))
				close(returned)
				if err == nil {
					t.Error("no error")
				}
			}
			server.Client().CloseIdleConnections()
		}()
	}
}

type readerFunc func([]byte) (int, error)

func (f readerFunc) Read(p []byte) (int, error) { return f(p) }

// Leaving the loop closes the connection before the loop returns.
func TestStreamIsLeftAtOnce(t *testing.T) {
	closed := make(chan struct{}, 1)
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		newWriter(t, rw).write(firstEvent)
		<-r.Context().Done()
	}))
	server.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		if state == http.StateClosed {
			closed <- struct{}{}
		}
	}
	server.Start()
	defer server.Close()
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	for range 5 {
		for range pieces(t.Context(), newClient(t, server.URL, server.Client())) {
			break
		}
		<-closed
	}
}

// A panic in the loop's body, an editor or a callback reaches the caller and
// leaves no goroutine or connection behind.
func TestPanicsReachTheCaller(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		net := newNetwork(t, false, func(rw http.ResponseWriter, r *http.Request) {
			if r.URL.Path == "/assistant/chat" {
				newWriter(t, rw).write(firstEvent)
				<-r.Context().Done()
			}
		})
		client := newClientWith(t, net, Options{})
		for name, f := range map[string]func(){
			"loop": func() {
				for range pieces(t.Context(), client) {
					panic("it")
				}
			},
			"editor": func() {
				_ = Empty(t.Context(), newCall(client, func(context.Context, *http.Request) error { panic("it") }))
			},
			"progress": func() {
				file := upload.FileBytes("a.txt", []byte("x")).WithProgress(func(int64, int64) { panic("it") })
				_ = Empty(t.Context(), NewCall(client, http.MethodPost, []Editor(nil)).Form(upload.FilePart("file", file)))
			},
			"wait": func() {
				_, _ = Wait(t.Context(), []WaitOption{WaitProgress(func(string, float64) { panic("it") })},
					func(context.Context) (int, State, error) { return 0, State{}, nil })
			},
			"client": func() {
				broken := newClientWith(t, doerFunc(func(*http.Request) (*http.Response, error) { panic("it") }), Options{})
				file := upload.FileBytes("a.txt", []byte("x")).WithProgress(func(int64, int64) {})
				_ = Empty(t.Context(), NewCall(broken, http.MethodPost, []Editor(nil)).Form(upload.FilePart("file", file)))
			},
		} {
			func() {
				defer func() {
					if v := recover(); v != "it" {
						t.Errorf("%s: panic %v", name, v)
					}
				}()
				f()
			}()
		}
		synctest.Wait()
	})
	// A panic in a source is an error.
	source := readerFunc(func([]byte) (int, error) { panic("it") })
	server := httptest.NewServer(http.NotFoundHandler())
	defer server.Close()
	client := newClient(t, server.URL, nil)
	err := Empty(t.Context(), NewCall(client, http.MethodPost, []Editor(nil)).Form(upload.FilePart("file", upload.FileReader("a.txt", source))))
	if err == nil || !strings.Contains(err.Error(), "panicked: it") {
		t.Errorf("error %v", err)
	}
}
