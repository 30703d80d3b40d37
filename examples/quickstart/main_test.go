package main

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/pinecone-community/assistant-go/auth"
	"github.com/pinecone-community/assistant-go/examples/internal/exampletest"
	"github.com/pinecone-community/assistant-go/examples/quickstart/documents"
	"github.com/pinecone-community/assistant-go/gen/2026-07/control"
	"github.com/pinecone-community/assistant-go/gen/2026-07/data"
)

// quickstart runs the program against the emulator. Every request and response
// is validated against the specs.
func quickstart(ctx context.Context, t *testing.T, r *exampletest.Recorder, args ...string) (string, error) {
	t.Helper()
	exampletest.Serve(t)
	return program(ctx, t, r, args...)
}

// program runs the program with the key of the environment, or with an emulator of
// its own.
func program(ctx context.Context, t *testing.T, r *exampletest.Recorder, args ...string) (string, error) {
	t.Helper()
	var out bytes.Buffer
	err := run(ctx, append([]string{"-documents", "documents"}, args...), &out, r.Client(t))
	return out.String(), err
}

const deleted = "DELETE /assistant/assistants/example-assistant OK"

func TestQuickstart(t *testing.T) {
	t.Setenv(auth.EnvAPIKey, "")
	r := &exampletest.Recorder{}
	out, err := program(t.Context(), t, r)
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	rest := out
	for _, line := range []string{
		"PINECONE_API_KEY is not set, so this is an emulator at http://127.0.0.1:",
		"\ncontrol.CreateAssistant: create an assistant\n",
		"\ncontrol.WaitForAssistant: ",
		"\ncontrol.UpdateAssistant: ",
		"\ndata.UploadFile, data.WaitForOperation: ",
		"    keepers-handbook.md       Completed\n",
		"    storm-log.txt             Completed\n",
		"\ndata.AllFiles: ",
		"    keepers-handbook.md       map[kind:manual year:2025]\n",
		"    maintenance-manual.pdf    map[kind:manual year:2026]\n",
		"\ndata.ChatStream: How often are the prisms cleaned",
		"Clean the prisms of the lens every two weeks, and after every storm.[1] Then wash",
		"    [1]                       maintenance-manual.pdf, p. 1\n",
		"\ndata.RetrieveContext: ",
		"    score 1.00                maintenance-manual.pdf, p. 1: ",
		"\nevaluation.EvaluateAlignment: ",
		"    alignment                 0.857",
		"\ncontrol.DeleteAssistant: ",
	} {
		_, after, found := strings.Cut(rest, line)
		if !found {
			t.Fatalf("no %q in its place:\n%s", line, out)
		}
		rest = after
	}
	if r.Last() != deleted {
		t.Errorf("last request %s", r.Last())
	}
}

func TestOtherName(t *testing.T) {
	r := &exampletest.Recorder{}
	out, err := quickstart(t.Context(), t, r, "-name", "other")
	if err != nil || r.Last() != "DELETE /assistant/assistants/other OK" {
		t.Errorf("error %v, last request %s\n%s", err, r.Last(), out)
	}
}

func TestFailureDeletesTheAssistant(t *testing.T) {
	failure := errors.New("the line is down")
	r := &exampletest.Recorder{Instead: func(req *http.Request) (*http.Response, error) {
		if strings.HasPrefix(req.URL.Path, "/assistant/chat/") {
			return nil, failure
		}
		return nil, nil
	}}
	out, err := quickstart(t.Context(), t, r)
	if !errors.Is(err, failure) || r.Last() != deleted || !strings.Contains(out, "control.DeleteAssistant") {
		t.Errorf("error %v, last request %s\n%s", err, r.Last(), out)
	}
}

func TestInterruptDeletesTheAssistant(t *testing.T) {
	ctx, interrupt := context.WithCancel(t.Context())
	r := &exampletest.Recorder{Instead: func(req *http.Request) (*http.Response, error) {
		if req.Method == http.MethodGet && strings.HasPrefix(req.URL.Path, "/assistant/operations/") {
			interrupt()
			return nil, ctx.Err()
		}
		return nil, nil
	}}
	out, err := quickstart(ctx, t, r)
	if !errors.Is(err, context.Canceled) || r.Last() != deleted {
		t.Errorf("error %v, last request %s\n%s", err, r.Last(), out)
	}
}

func TestUnreadableDocument(t *testing.T) {
	folder := t.TempDir()
	for _, document := range documents.All {
		if err := os.WriteFile(filepath.Join(folder, document.Name), []byte("{"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	r := &exampletest.Recorder{}
	_, err := quickstart(t.Context(), t, r, "-documents", folder)
	var failed *data.FailedError
	if !errors.As(err, &failed) || !strings.HasPrefix(failed.Message, "the file cannot be read as pdf") ||
		!strings.HasPrefix(err.Error(), "maintenance-manual.pdf: ") || r.Last() != deleted {
		t.Errorf("error %v, last request %s", err, r.Last())
	}
}

func TestNoDocuments(t *testing.T) {
	r := &exampletest.Recorder{}
	_, err := quickstart(t.Context(), t, r, "-documents", t.TempDir())
	if !errors.Is(err, os.ErrNotExist) || r.Last() != deleted {
		t.Errorf("error %v, last request %s", err, r.Last())
	}
}

func TestNoFolder(t *testing.T) {
	r := &exampletest.Recorder{}
	_, err := quickstart(t.Context(), t, r, "-documents", filepath.Join(t.TempDir(), "x"))
	if !errors.Is(err, os.ErrNotExist) || !strings.Contains(err.Error(), "-documents") || len(r.Requests()) != 0 {
		t.Errorf("error %v, requests %q", err, r.Requests())
	}
}

// With a key, the program uses Pinecone, and does not delete an assistant that
// it did not create.
func TestNameTaken(t *testing.T) {
	t.Setenv(auth.EnvAPIKey, "some-key")
	var requests []string
	client := &http.Client{Transport: &exampletest.Recorder{Instead: func(req *http.Request) (*http.Response, error) {
		requests = append(requests, req.Method+" "+req.URL.String()+" "+req.Header.Get("Api-Key"))
		return &http.Response{
			StatusCode: http.StatusTooManyRequests,
			Header:     http.Header{"Content-Type": {"application/json"}},
			Body:       io.NopCloser(strings.NewReader(`{"status":429,"error":{"code":"ALREADY_EXISTS","message":"taken"}}`)),
		}, nil
	}}}
	var out bytes.Buffer
	err := run(t.Context(), []string{"-documents", "documents"}, &out, client)
	if !errors.Is(err, control.ErrConflict) || !strings.Contains(err.Error(), "-name") {
		t.Errorf("error %v", err)
	}
	if len(requests) != 1 || requests[0] != "POST https://api.pinecone.io/assistant/assistants some-key" {
		t.Errorf("requests %q", requests)
	}
	if !strings.Contains(out.String(), "This is Pinecone's service") {
		t.Errorf("output %s", out.String())
	}
}

func TestBadKey(t *testing.T) {
	t.Setenv(auth.EnvAPIKey, "two words")
	if err := run(t.Context(), []string{"-documents", "documents"}, io.Discard, nil); !errors.Is(err, auth.ErrInvalidKey) {
		t.Errorf("error %v", err)
	}
}
