package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"os"
	"strings"
	"testing"

	"github.com/pinecone-community/assistant-go/auth"
	"github.com/pinecone-community/assistant-go/examples/emulator/emulator"
	"github.com/pinecone-community/assistant-go/examples/internal/exampletest"
	"github.com/pinecone-community/assistant-go/gen/2026-07/control"
	"github.com/pinecone-community/assistant-go/gen/2026-07/data"
)

const deleted = "DELETE /assistant/assistants/example-assistant OK"

// chat runs the program against the emulator, with input from a pipe.
func chat(ctx context.Context, t *testing.T, r *exampletest.Recorder, input string, args ...string) (out, status string, err error) {
	t.Helper()
	exampletest.Serve(t)
	return program(ctx, t, r, input, args...)
}

// program runs the program with the key of the environment, or with an emulator of
// its own.
func program(ctx context.Context, t *testing.T, r *exampletest.Recorder, input string, args ...string) (out, status string, err error) {
	t.Helper()
	var outBuf, statusBuf bytes.Buffer
	err = run(ctx, args, strings.NewReader(input), &outBuf, &statusBuf, r.Client(t))
	return outBuf.String(), statusBuf.String(), err
}

func TestPipe(t *testing.T) {
	t.Setenv(auth.EnvAPIKey, "")
	var asked [][]data.Message
	r := &exampletest.Recorder{Instead: func(req *http.Request) (*http.Response, error) {
		if strings.HasPrefix(req.URL.Path, "/assistant/chat/") {
			asked = append(asked, messages(t, req))
		}
		return nil, nil
	}}
	const input = "How often are the prisms cleaned, and what are they washed with?\r\n\n  \n" +
		"When is the lamp lit?\nWho fitted storm panes from the inside?" // no line break
	out, status, err := program(t.Context(), t, r, input, "-history", "1")
	if err != nil {
		t.Fatal(err)
	}
	const prisms = "Clean the prisms of the lens every two weeks, and after every storm.[1] " +
		"Then wash the prisms with a mixture of one part white vinegar and four parts distilled water, and dry them with a chamois leather.[1]\n" +
		"[1] maintenance-manual.pdf, p. 1\n"
	if !strings.HasPrefix(out, prisms) {
		t.Errorf("the first answer:\n%s", out)
	}
	if !strings.Contains(out, "Light the lamp 30 minutes before sunset.[") || !strings.Contains(out, "] keepers-handbook.md\n") {
		t.Errorf("the second answer:\n%s", out)
	}
	if !strings.HasSuffix(out, "[1] storm-log.txt\n") {
		t.Errorf("the third answer:\n%s", out)
	}
	if strings.Contains(out, ">") || strings.Contains(status, ">") {
		t.Errorf("a prompt:\n%s%s", out, status)
	}
	if r.Last() != deleted {
		t.Errorf("last request %s", r.Last())
	}
	var sent []string
	for _, messages := range asked {
		roles := ""
		for _, message := range messages {
			roles += string(message.Role) + " "
		}
		sent = append(sent, roles)
	}
	if got := strings.Join(sent, "| "); got != "user | user assistant user | user assistant user " {
		t.Fatalf("sent %s", got)
	}
	last := asked[2]
	if last[0].Content != "When is the lamp lit?" || !strings.Contains(last[1].Content, "sunset.") ||
		strings.Contains(last[1].Content, "[") || last[2].Content != "Who fitted storm panes from the inside?" {
		t.Errorf("sent %q", last)
	}
}

// messages returns the messages of a request and restores its body.
func messages(t *testing.T, req *http.Request) []data.Message {
	body, err := io.ReadAll(req.Body)
	if err != nil {
		t.Error(err)
	}
	req.Body = io.NopCloser(bytes.NewReader(body))
	var request data.ChatRequest
	if err := json.Unmarshal(body, &request); err != nil {
		t.Error(err)
	}
	return request.Messages
}

func TestEndOfInput(t *testing.T) {
	for _, input := range []string{"", "/quit\nWhen is the lamp lit?\n", "\n\n /quit \n"} {
		r := &exampletest.Recorder{}
		if out, _, err := chat(t.Context(), t, r, input); err != nil || out != "" || r.Last() != deleted {
			t.Errorf("%q: %q, error %v, last request %s", input, out, err, r.Last())
		}
	}
}

func TestFailureEndsThePipe(t *testing.T) {
	failure := errors.New("the line is down")
	r := &exampletest.Recorder{Instead: func(req *http.Request) (*http.Response, error) {
		if strings.HasPrefix(req.URL.Path, "/assistant/chat/") {
			return nil, failure
		}
		return nil, nil
	}}
	out, _, err := chat(t.Context(), t, r, "one?\ntwo?\n")
	asked := 0
	for _, request := range r.Requests() {
		if strings.HasPrefix(request, "POST /assistant/chat/") {
			asked++
		}
	}
	if !errors.Is(err, failure) || out != "" || asked != 1 || r.Last() != deleted {
		t.Errorf("error %v, %q, asked %d times, last request %s", err, out, asked, r.Last())
	}
}

func TestCutAnswer(t *testing.T) {
	const start = `data:{"type":"message_start","id":"1","model":"m","role":"assistant"}` + "\n\n" +
		`data:{"type":"content_chunk","id":"1","model":"m","delta":{"content":"At sunset "}}` + "\n\n"
	r := &exampletest.Recorder{Instead: func(req *http.Request) (*http.Response, error) {
		if !strings.HasPrefix(req.URL.Path, "/assistant/chat/") {
			return nil, nil
		}
		return &http.Response{
			StatusCode: http.StatusOK,
			Header:     http.Header{"Content-Type": {"text/event-stream"}},
			Body:       io.NopCloser(strings.NewReader(start)),
		}, nil
	}}
	out, _, err := chat(t.Context(), t, r, "When is the lamp lit?\n")
	if !errors.Is(err, io.ErrUnexpectedEOF) || out != "At sunset\n" || r.Last() != deleted {
		t.Errorf("error %v, %q, last request %s", err, out, r.Last())
	}
}

func TestEndedDuringAnswer(t *testing.T) {
	ctx, end := context.WithCancel(t.Context())
	r := &exampletest.Recorder{Instead: func(req *http.Request) (*http.Response, error) {
		if strings.HasPrefix(req.URL.Path, "/assistant/chat/") {
			end()
			return nil, req.Context().Err()
		}
		return nil, nil
	}}
	_, status, err := chat(ctx, t, r, "one?\ntwo?\n")
	if !errors.Is(err, context.Canceled) || strings.Contains(status, "stopped") || r.Last() != deleted {
		t.Errorf("error %v, %q, last request %s", err, status, r.Last())
	}
}

func TestLongQuestion(t *testing.T) {
	r := &exampletest.Recorder{}
	if _, _, err := chat(t.Context(), t, r, strings.Repeat("x", maxLine+1)); !errors.Is(err, bufio.ErrTooLong) || r.Last() != deleted {
		t.Errorf("error %v, last request %s", err, r.Last())
	}
}

func TestWrongKey(t *testing.T) {
	running := emulator.Start(t)
	t.Setenv(auth.EnvAPIKey, "wrong-key")
	r := &exampletest.Recorder{}
	var status bytes.Buffer
	err := run(t.Context(), []string{"-url", running.URL + "/assistant"}, strings.NewReader("one?\n"), io.Discard, &status, r.Client(t))
	if !errors.Is(err, control.ErrUnauthorized) || len(r.Requests()) != 1 {
		t.Errorf("error %v, requests %q", err, r.Requests())
	}
	if all := err.Error() + status.String(); strings.Contains(all, "wrong-key") {
		t.Errorf("the key is shown: %s", all)
	}
}

func TestBadArguments(t *testing.T) {
	for want, args := range map[string][]string{
		"-history is -1":               {"-history", "-1"},
		`unexpected argument "When"`:   {"When", "is", "it?"},
		"-documents: open nowhere":     {"-documents", "nowhere"},
		"flag provided but not":        {"-nothing"},
		"-documents: testdata has no ": {"-documents", "testdata"},
	} {
		t.Chdir(t.TempDir())
		if err := os.Mkdir("testdata", 0o700); err != nil {
			t.Fatal(err)
		}
		r := &exampletest.Recorder{}
		_, _, err := chat(t.Context(), t, r, "one?\n", args...)
		if err == nil || !strings.Contains(err.Error(), want) || len(r.Requests()) != 0 {
			t.Errorf("%q: error %v, requests %q", args, err, r.Requests())
		}
	}
}
