//go:build unix

package main

import (
	"bytes"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/creack/pty"

	"github.com/pinecone-community/assistant-go/auth"
	"github.com/pinecone-community/assistant-go/examples/emulator/emulator"
	"github.com/pinecone-community/assistant-go/examples/internal/exampletest"
	"github.com/pinecone-community/assistant-go/examples/sample"
)

// asProgram is an environment variable that makes the test binary run the
// program, as a terminal needs a process.
const asProgram = "CHAT_TEST_AS_PROGRAM"

func TestMain(m *testing.M) {
	if os.Getenv(asProgram) != "" {
		main()
		return
	}
	os.Exit(m.Run())
}

const (
	question = "How often are the prisms cleaned, and what are they washed with?\n"

	ctrlC     = "\x03"
	ctrlD     = "\x04"
	backspace = "\x7f"
	arrowUp   = "\x1b[A"
)

func TestTerminal(t *testing.T) {
	r := &exampletest.Recorder{}
	terminal := open(t, r)
	terminal.wait("type /help")
	terminal.wait("> ")
	terminal.typed("/help\n")
	terminal.wait("Ctrl-C stops an answer.")
	terminal.wait("> ")
	terminal.typed(question)
	terminal.wait("Clean")
	terminal.typed(ctrlC)
	terminal.wait("(stopped)")
	terminal.wait("> ")
	terminal.typed(arrowUp + "\n") // recalls the question from the history
	terminal.wait("after every storm.[1]")
	terminal.wait("[1] maintenance-manual.pdf, p. 1")
	terminal.wait("> ")
	terminal.typed("This works." + strings.Repeat(backspace, 6) + "fails.\n")
	terminal.wait("chat: pinecone: POST")
	terminal.wait("> ")
	// A Ctrl-C right after an answer was meant for the answer and ends nothing.
	terminal.typed(ctrlC)
	terminal.wait("(Ctrl-C once more ends the chat.)")
	terminal.wait("> ")
	terminal.typed("/new\n")
	terminal.wait("A new conversation.")
	terminal.wait("> ")
	terminal.typed(ctrlC)
	terminal.wait("once more")
	terminal.wait("> ")
	terminal.typed(ctrlC)
	terminal.ended()
	if r.Last() != deleted {
		t.Errorf("last request %s", r.Last())
	}
}

func TestTerminalEnds(t *testing.T) {
	for _, end := range [][]string{{ctrlC, ctrlC}, {"half a question" + ctrlC, ctrlC}, {ctrlD}, {"/quit\n"}} {
		r := &exampletest.Recorder{}
		terminal := open(t, r)
		terminal.wait("> ")
		terminal.typed(end[0])
		if len(end) > 1 {
			terminal.wait("once more")
			terminal.wait("> ")
			terminal.typed(end[1])
		}
		terminal.ended()
		if r.Last() != deleted {
			t.Errorf("%q: last request %s", end, r.Last())
		}
	}
}

// An interrupt before the first prompt ends the program, and the assistant is
// deleted.
func TestTerminalInterruptedWhileOpening(t *testing.T) {
	uploading := make(chan struct{}, 100)
	r := &exampletest.Recorder{Instead: func(req *http.Request) (*http.Response, error) {
		if !strings.HasPrefix(req.URL.Path, "/assistant/operations/") {
			return nil, nil
		}
		uploading <- struct{}{}
		<-req.Context().Done()
		return nil, req.Context().Err()
	}}
	terminal := open(t, r)
	<-uploading
	terminal.typed(ctrlC)
	terminal.wait("chat: assistant example-assistant: ")
	// The canceled request may be recorded after the last one.
	if err := terminal.program.Wait(); err == nil || !slices.Contains(r.Requests(), deleted) {
		t.Errorf("ended with %v, requests %q", err, r.Requests())
	}
}

// hang bounds every wait of the tests. It only ends tests that hang.
const hang = 5 * time.Minute

// columns is the width of the terminal.
const columns = 40

// The lines of an answer fit the width of the terminal, and no word is broken.
func TestTerminalWraps(t *testing.T) {
	terminal := openWith(t, &exampletest.Recorder{}, true)
	terminal.wait("> ")
	terminal.typed(question)
	answer := terminal.wait("[1] maintenance-manual.pdf, p. 1")
	_, answer, _ = strings.Cut(answer, "Clean the")
	lines := strings.Split(strings.ReplaceAll("Clean the"+answer, "\r", ""), "\n")
	if len(lines) < 4 {
		t.Errorf("%q", lines)
	}
	for _, line := range lines {
		if len(line) > columns {
			t.Errorf("%d columns: %q", len(line), line)
		}
	}
	if text := strings.Join(strings.Fields(strings.Join(lines, " ")), " "); !strings.Contains(text, "four parts distilled water, and dry them with a chamois leather.[1]") {
		t.Errorf("%q", text)
	}
	terminal.wait("> ") // the prompt never sees a Ctrl-D that is typed before
	terminal.typed(ctrlD)
	terminal.ended()
}

// screen is a terminal that runs the program.
type screen struct {
	t       *testing.T
	tty     *os.File
	program *exec.Cmd
	output  <-chan string
	seen    string // output after the last text that was waited for
}

// open starts the program against an emulator behind a proxy. The proxy
// validates requests and responses against the specs and keeps the first answer
// from ending.
func open(t *testing.T, r *exampletest.Recorder) *screen { return openWith(t, r, false) }

func openWith(t *testing.T, r *exampletest.Recorder, whole bool) *screen {
	t.Helper()
	running := emulator.Start(t, emulator.WithPace(time.Millisecond))
	target, err := url.Parse(running.URL)
	if err != nil {
		t.Fatal(err)
	}
	proxy := &httputil.ReverseProxy{
		Rewrite: func(p *httputil.ProxyRequest) {
			p.SetURL(target)
			p.Out.Host = p.In.Host // the emulator returns it as the assistant's host
		},
		Transport: &stalling{t: t, base: r.Client(t).Transport, whole: whole},
		ErrorLog:  log.New(io.Discard, "", 0),
	}
	front := httptest.NewServer(proxy)
	t.Cleanup(front.Close)

	program := exec.CommandContext(t.Context(), os.Args[0])
	program.Env = append(os.Environ(), "TERM=xterm", asProgram+"=1", auth.EnvAPIKey+"="+running.Key, sample.EnvURL+"="+front.URL+"/assistant")
	tty, err := pty.StartWithSize(program, &pty.Winsize{Rows: 24, Cols: columns})
	if err != nil {
		t.Fatal(err)
	}
	output := make(chan string)
	go func() {
		defer close(output)
		for buf := make([]byte, 4096); ; {
			n, err := tty.Read(buf)
			if n > 0 {
				output <- string(buf[:n])
			}
			if err != nil {
				return
			}
		}
	}()
	t.Cleanup(func() {
		_ = program.Process.Kill()
		_ = program.Wait()
		go func() { // until the reader has ended
			for range output {
			}
		}()
		tty.Close()
	})
	return &screen{t: t, tty: tty, program: program, output: output}
}

func (s *screen) typed(keys string) {
	s.t.Helper()
	if _, err := s.tty.WriteString(keys); err != nil {
		s.t.Fatal(err)
	}
}

// wait waits until a text appears after the last text that was waited for. It
// returns the output up to the text.
func (s *screen) wait(text string) string {
	s.t.Helper()
	limit := time.After(hang)
	for {
		if before, after, ok := strings.Cut(s.seen, text); ok {
			s.seen = after
			return before
		}
		select {
		case more, ok := <-s.output:
			if !ok {
				s.t.Fatalf("ended without %q: %q", text, s.seen)
			}
			s.seen += more
		case <-limit:
			s.t.Fatalf("no %q: %q", text, s.seen)
		}
	}
}

// ended waits for the program to exit successfully.
func (s *screen) ended() {
	s.t.Helper()
	limit := time.After(hang)
	for {
		select {
		case more, ok := <-s.output:
			if !ok {
				if err := s.program.Wait(); err != nil {
					s.t.Errorf("%v: %q", err, s.seen)
				}
				return
			}
			s.seen += more
		case <-limit:
			s.t.Fatalf("does not end: %q", s.seen)
		}
	}
}

// stalling passes on three events of the first answer and then blocks until the
// client closes the request. It answers a question that contains "fails" with
// an error.
type stalling struct {
	t     *testing.T
	base  http.RoundTripper
	done  atomic.Bool
	whole bool // pass on whole answers
}

func (s *stalling) RoundTrip(req *http.Request) (*http.Response, error) {
	if !strings.HasPrefix(req.URL.Path, "/assistant/chat/") {
		return s.base.RoundTrip(req)
	}
	asked := messages(s.t, req)
	if strings.Contains(asked[len(asked)-1].Content, "fails") {
		return &http.Response{StatusCode: http.StatusTeapot, Header: http.Header{}, Body: http.NoBody, Request: req}, nil
	}
	resp, err := s.base.RoundTrip(req)
	if err != nil || s.whole || s.done.Swap(true) {
		return resp, err
	}
	all, err := io.ReadAll(resp.Body)
	resp.Body.Close()
	if err != nil {
		return nil, err
	}
	events := bytes.SplitAfter(all, []byte("\n\n"))
	resp.Body = io.NopCloser(io.MultiReader(bytes.NewReader(bytes.Join(events[:3], nil)), until{req}))
	return resp, nil
}

// until is a body that blocks until its request ends.
type until struct{ req *http.Request }

func (u until) Read([]byte) (int, error) {
	<-u.req.Context().Done()
	return 0, u.req.Context().Err()
}
