package main

import (
	"bytes"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/pinecone-community/assistant-go/auth"
	"github.com/pinecone-community/assistant-go/examples/emulator/emulator"
	"github.com/pinecone-community/assistant-go/gen/2026-07/control"
)

func TestChecksAreNamed(t *testing.T) {
	seen := make(map[string]bool)
	for _, c := range checks() {
		if c.name == "" || c.source == "" || c.run == nil || seen[c.name] {
			t.Errorf("%+v", c)
		}
		seen[c.name] = true
	}
	if len(seen) < 60 {
		t.Errorf("%d checks", len(seen))
	}
}

// contract runs the program against an emulator. It fails the test if an
// assistant is left or the key is shown.
func contract(t *testing.T, transport http.RoundTripper, args ...string) (out string, running *emulator.Running, err error) {
	t.Helper()
	running = emulator.Start(t, emulator.WithPace(time.Millisecond))
	t.Setenv(auth.EnvAPIKey, running.Key)
	var outBuf, status bytes.Buffer
	err = run(t.Context(), append([]string{"-url", running.URL + "/assistant"}, args...), &outBuf, &status, transport)
	editor, editorErr := auth.APIKey(running.Key)
	if editorErr != nil {
		t.Fatal(editorErr)
	}
	ctl, newErr := control.New(control.WithRequestEditorFn(editor), control.WithBaseURL(running.URL+"/assistant"))
	if newErr != nil {
		t.Fatal(newErr)
	}
	for assistant, err := range ctl.AllAssistants(t.Context(), nil) {
		if err != nil {
			t.Fatal(err)
		}
		if assistant.Status != control.AssistantStatusTerminating {
			t.Errorf("%s is still there, %s", assistant.Name, assistant.Status)
		}
	}
	if all := outBuf.String() + status.String(); strings.Contains(all, running.Key) || err != nil && strings.Contains(err.Error(), running.Key) {
		t.Errorf("the key is shown: %s %v", all, err)
	}
	return outBuf.String(), running, err
}

func TestRecord(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "new")
	out, running, _ := contract(t, http.DefaultTransport, "-record", folder)
	if got := strings.Count(out, "\nholds ") + strings.Count(out, "\ndiffers ") + strings.Count(out, "\nnot tried "); got != len(checks()) {
		t.Errorf("%d rows for %d checks:\n%s", got, len(checks()), out)
	}
	files, err := os.ReadDir(folder)
	if err != nil || len(files) < len(checks()) {
		t.Fatalf("%d files, error %v", len(files), err)
	}
	for _, file := range files {
		text, err := os.ReadFile(filepath.Join(folder, file.Name()))
		if err != nil {
			t.Fatal(err)
		}
		if bytes.Contains(text, []byte(running.Key)) || regexp.MustCompile(`signature=[^R]`).Match(text) {
			t.Errorf("%s has a secret:\n%s", file.Name(), text)
		}
	}
	text, err := os.ReadFile(filepath.Join(folder, "control-patch-answers-name-1.txt"))
	if err != nil || !regexp.MustCompile(`(?s)^PATCH http.*Api-Key: REMOVED.*\{"metadata":\{"run":"1"\}\}.*HTTP/1.1 200 OK.*"assistant_name"`).Match(text) {
		t.Errorf("error %v:\n%s", err, text)
	}
}

// stranger is a service whose responses to all requests are wrong, except requests
// about the run's own assistant.
type stranger struct {
	status int
	body   string
}

func (s stranger) RoundTrip(req *http.Request) (*http.Response, error) {
	own := strings.Contains(req.URL.Path, "/assistants") && (req.Method == http.MethodDelete || req.Method == http.MethodGet || req.Method == http.MethodPost)
	if own && setup(req) {
		return http.DefaultTransport.RoundTrip(req)
	}
	if req.Body != nil {
		req.Body.Close()
	}
	return &http.Response{
		StatusCode: s.status, Status: http.StatusText(s.status), Proto: "HTTP/1.1", Header: http.Header{},
		Body: io.NopCloser(strings.NewReader(s.body)), Request: req,
	}, nil
}

// setup reports whether a request is about the run's own assistant.
func setup(req *http.Request) bool {
	if req.Method == http.MethodPost {
		body, err := io.ReadAll(req.Body)
		req.Body = io.NopCloser(bytes.NewReader(body))
		return err == nil && regexp.MustCompile(`"contract-[0-9a-f]{8}"`).Match(body)
	}
	return regexp.MustCompile(`/assistants/contract-[0-9a-f]{8}$`).MatchString(req.URL.Path)
}

// No fact holds for a service with wrong responses, except facts that need only
// the run's own assistant.
func TestChecksCanFail(t *testing.T) {
	for name, service := range map[string]stranger{
		"teapot": {http.StatusTeapot, "teapot"},
		"empty":  {http.StatusOK, "{}"},
		"list":   {http.StatusOK, "[]"},
		"text":   {http.StatusOK, "data: x\n\n"},
	} {
		out, _, err := contract(t, service)
		if err == nil {
			t.Errorf("%s: no error", name)
		}
		for line := range strings.Lines(out) {
			fact, holds := strings.CutPrefix(line, "holds ")
			if fact = strings.TrimSpace(fact); holds && !strings.HasPrefix(fact, "control: describe has") && !strings.HasPrefix(fact, "control: a name that is taken") {
				t.Errorf("%s: holds: %s", name, fact)
			}
		}
	}
}
