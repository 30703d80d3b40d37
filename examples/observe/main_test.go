package main

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/pinecone-community/assistant-go/auth"
	"github.com/pinecone-community/assistant-go/examples/emulator/emulator"
	"github.com/pinecone-community/assistant-go/examples/internal/exampletest"
	"github.com/pinecone-community/assistant-go/gen/2026-07/control"
)

const deleted = "DELETE /assistant/assistants/example-assistant OK"

// observe runs the program against an emulator with a known key. It fails the
// test if any output shows the key.
func observe(ctx context.Context, t *testing.T, r *exampletest.Recorder, args ...string) (out, log string, err error) {
	t.Helper()
	running := emulator.Start(t, emulator.WithPace(time.Millisecond))
	t.Setenv(auth.EnvAPIKey, running.Key)
	var outBuf, logBuf bytes.Buffer
	err = run(ctx, append([]string{"-url", running.URL + "/assistant"}, args...), &outBuf, &logBuf, r.Client(t).Transport)
	out, log = outBuf.String(), logBuf.String()
	if strings.Contains(out+log, running.Key) || err != nil && strings.Contains(err.Error(), running.Key) {
		t.Errorf("the key is shown:\n%s\n%s\n%v", out, log, err)
	}
	return out, log, err
}

// matches fails the test unless the text has a line for each pattern, in order.
func matches(t *testing.T, text string, patterns ...string) {
	t.Helper()
	rest := text
	for _, pattern := range patterns {
		found := regexp.MustCompile("(?m)" + pattern + "$").FindStringIndex(rest)
		if found == nil {
			t.Fatalf("no %q in its place:\n%s", pattern, text)
		}
		rest = rest[found[1]:]
	}
}

func TestLogAndTrace(t *testing.T) {
	r := &exampletest.Recorder{}
	out, log, err := observe(t.Context(), t, r, "When is the lamp lit,", "and what for?")
	if err != nil || r.Last() != deleted {
		t.Fatalf("error %v, last request %s", err, r.Last())
	}
	const assistants = "http://127.0.0.1:[0-9]+/assistant/assistants"
	matches(t, out,
		"^.*30 minutes before sunset.*",
		"^ .*s  observe ",
		"^ .*s    open ",
		"^ .*s      HTTP GET "+assistants+"/example-assistant 404 ",
		"^ .*s      HTTP POST "+assistants+" 200 ",
		"^ .*s      HTTP GET "+assistants+"/example-assistant 200 ",
		"^ .*s    upload ",
		"^ .*s      HTTP POST http://127.0.0.1:[0-9]+/assistant/files/example-assistant 202 ",
		"^ .*s      HTTP GET http://127.0.0.1:[0-9]+/assistant/operations/example-assistant/[-0-9a-f]+ 200 ",
		"^ .*s    invoke_agent example-assistant gen_ai.operation.name=invoke_agent gen_ai.provider.name=pinecone "+
			"gen_ai.agent.name=example-assistant gen_ai.request.stream=true gen_ai.output.type=text gen_ai.response.model=[^ ]+ "+
			"gen_ai.response.time_to_first_chunk=[0-9.e-]+ gen_ai.response.id=[^ ]+ gen_ai.response.finish_reasons=[^ ]+ "+
			"gen_ai.usage.input_tokens=[1-9][0-9]* gen_ai.usage.output_tokens=[1-9][0-9]* ",
		"^ .*s      HTTP POST http://127.0.0.1:[0-9]+/assistant/chat/example-assistant 200 ",
		"^ .*s    close ",
		"^ .*s      HTTP DELETE "+assistants+"/example-assistant 200 ",
	)
	line := func(method, path, status string) string {
		return "^time=[^ ]+ level=INFO msg=response method=" + method + " path=/assistant/" + path +
			" span=[0-9a-f]{16} status=" + status + " duration=[^ ]+s bytes=[0-9]+ request_id=[-0-9a-f]{36}"
	}
	matches(t, log,
		line("GET", "assistants/example-assistant", "404"),
		line("POST", "assistants", "200"),
		line("POST", "files/example-assistant", "202"),
		line("GET", "operations/example-assistant/[-0-9a-f]+", "200"),
		line("POST", "chat/example-assistant", "200"),
		line("DELETE", "assistants/example-assistant", "200"),
	)
	if strings.Contains(log, "lamp") || strings.Contains(log, "span=0000000000000000") {
		t.Errorf("the log has the question, or a request without a span:\n%s", log)
	}
	if got, want := strings.Count(log, "msg=response"), len(r.Requests()); got != want || strings.Count(out, "HTTP ") != want {
		t.Errorf("%d lines and %d spans for %d requests", got, strings.Count(out, "HTTP "), want)
	}
}

func TestRetries(t *testing.T) {
	failures := 2
	r := &exampletest.Recorder{Instead: func(req *http.Request) (*http.Response, error) {
		if req.Method != http.MethodDelete || failures == 0 {
			return nil, nil
		}
		failures--
		if failures == 0 {
			return nil, io.ErrUnexpectedEOF
		}
		return &http.Response{
			StatusCode: http.StatusServiceUnavailable,
			Header:     http.Header{"X-Request-Id": {"busy-1"}, "Retry-After": {"0"}},
			Body:       io.NopCloser(strings.NewReader("busy")),
			Request:    req,
		}, nil
	}}
	out, log, err := observe(t.Context(), t, r)
	if err != nil || r.Last() != deleted {
		t.Fatalf("error %v, last request %s", err, r.Last())
	}
	const span = "^ .*s      HTTP DELETE http://127.0.0.1:[0-9]+/assistant/assistants/example-assistant "
	matches(t, out, "^ .*s    close ", span+"503 ", span+" ?unexpected EOF", span+"200 ")
	matches(t, log,
		"method=DELETE .* status=503 .* bytes=4 request_id=busy-1",
		`level=ERROR msg="no response" method=DELETE .* error="unexpected EOF"`,
		"method=DELETE .* status=200 .*",
	)
}

// A response that is cut short is logged with the error and the bytes that were
// received.
func TestCutReply(t *testing.T) {
	const start = `data:{"type":"message_start","id":"1","model":"m","role":"assistant"}` + "\n\n"
	r := &exampletest.Recorder{Instead: func(req *http.Request) (*http.Response, error) {
		if !strings.HasPrefix(req.URL.Path, "/assistant/chat/") {
			return nil, nil
		}
		body := io.MultiReader(strings.NewReader(start), broken{})
		return &http.Response{
			StatusCode: http.StatusOK, Header: http.Header{"Content-Type": {"text/event-stream"}},
			Body: io.NopCloser(body), Request: req,
		}, nil
	}}
	out, log, err := observe(t.Context(), t, r)
	if !errors.Is(err, io.ErrUnexpectedEOF) || r.Last() != deleted {
		t.Fatalf("error %v, last request %s", err, r.Last())
	}
	matches(t, log, `path=/assistant/chat/example-assistant .* error="the line is down" status=200 .* bytes=71 .*`)
	matches(t, out, "^ .*s    invoke_agent .* error.type=[^ ]+ stream, after 1 events: .*", "^ .*s    close ")
}

type broken struct{}

func (broken) Read([]byte) (int, error) { return 0, errors.New("the line is down") }

func TestInterrupt(t *testing.T) {
	ctx, interrupt := context.WithCancel(t.Context())
	r := &exampletest.Recorder{Instead: func(req *http.Request) (*http.Response, error) {
		if strings.HasPrefix(req.URL.Path, "/assistant/chat/") {
			interrupt()
			return nil, req.Context().Err()
		}
		return nil, nil
	}}
	out, _, err := observe(ctx, t, r)
	if !errors.Is(err, context.Canceled) || r.Last() != deleted {
		t.Errorf("error %v, last request %s", err, r.Last())
	}
	matches(t, out, "^ .*s    invoke_agent .* error.type=canceled context canceled", "^ .*s    close ")
}

// A redirect to another host does not get the key, also with the program's own
// HTTP client.
func TestRedirect(t *testing.T) {
	r := &exampletest.Recorder{Instead: func(req *http.Request) (*http.Response, error) {
		if req.URL.Host == "elsewhere.example" {
			t.Error("the redirect was followed")
		}
		return &http.Response{
			StatusCode: http.StatusTemporaryRedirect,
			Header:     http.Header{"Location": {"https://elsewhere.example/assistant"}},
			Body:       http.NoBody, Request: req,
		}, nil
	}}
	if _, _, err := observe(t.Context(), t, r); !errors.Is(err, auth.ErrRedirect) {
		t.Errorf("error %v", err)
	}
}

func TestWrongKey(t *testing.T) {
	running := emulator.Start(t, emulator.WithPace(time.Millisecond))
	t.Setenv(auth.EnvAPIKey, "wrong-key")
	var out, log bytes.Buffer
	err := run(t.Context(), []string{"-url", running.URL + "/assistant"}, &out, &log, (&exampletest.Recorder{}).Client(t).Transport)
	if !errors.Is(err, control.ErrUnauthorized) {
		t.Fatalf("error %v", err)
	}
	matches(t, log.String(), "status=401 .*")
	if all := err.Error() + out.String() + log.String(); strings.Contains(all, "wrong-key") {
		t.Errorf("the key is shown: %s", all)
	}
}

func TestMissingDocuments(t *testing.T) {
	r := &exampletest.Recorder{}
	_, _, err := observe(t.Context(), t, r, "-documents", "nowhere")
	if err == nil || !strings.Contains(err.Error(), "-documents: open nowhere") || len(r.Requests()) != 0 {
		t.Errorf("error %v, requests %q", err, r.Requests())
	}
}
