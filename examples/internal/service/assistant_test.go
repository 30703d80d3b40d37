package service

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/pinecone-community/assistant-go/auth"
	"github.com/pinecone-community/assistant-go/examples/emulator/emulator"
	"github.com/pinecone-community/assistant-go/examples/internal/exampletest"
	"github.com/pinecone-community/assistant-go/examples/quickstart/documents"
	"github.com/pinecone-community/assistant-go/gen/2026-07/control"
	"github.com/pinecone-community/assistant-go/gen/2026-07/data"
)

const deleted = "DELETE /assistant/assistants/example-assistant OK"

// use opens the assistant at the service, has do use it and closes it.
func use(ctx context.Context, t *testing.T, r *exampletest.Recorder, args []string, do func(*Service, *Assistant)) (progress string, err error) {
	t.Helper()
	set := flag.NewFlagSet("test", flag.ContinueOnError)
	connection, assistant := AddFlags(set), AddAssistantFlags(set)
	if err := set.Parse(args); err != nil {
		t.Fatal(err)
	}
	s, err := connection.Connect(ctx, r.Client(t))
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	var out bytes.Buffer
	a, err := assistant.Open(ctx, s, &out)
	if err != nil {
		return out.String(), err
	}
	if do != nil {
		do(s, a)
	}
	return out.String(), a.Close(ctx)
}

func files(t *testing.T, a *Assistant) map[string]data.AssistantFile {
	files := map[string]data.AssistantFile{}
	for file, err := range a.Data.AllFiles(t.Context(), a.Name, nil) {
		if err != nil {
			t.Fatal(err)
		}
		files[file.Name] = file
	}
	return files
}

func TestNewAssistant(t *testing.T) {
	t.Setenv(auth.EnvAPIKey, "")
	r := &exampletest.Recorder{}
	progress, err := use(t.Context(), t, r, nil, func(_ *Service, a *Assistant) {
		files := files(t, a)
		for _, document := range documents.All {
			file := files[document.Name]
			if file.Status != data.FileStatusAvailable || file.Metadata["kind"] != document.Metadata["kind"] {
				t.Errorf("%s is %s, with %v", document.Name, file.Status, file.Metadata)
			}
		}
		if len(files) != len(documents.All) {
			t.Errorf("%d files", len(files))
		}
	})
	if err != nil || r.Last() != deleted || !strings.HasPrefix(progress, "The assistant example-assistant is created.\n") {
		t.Errorf("error %v, last request %s, told %q", err, r.Last(), progress)
	}
}

// The documents are all that their folder has.
func TestAllDocuments(t *testing.T) {
	entries, err := documents.FS.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	var there, listed []string
	for _, entry := range entries {
		there = append(there, entry.Name())
	}
	for _, document := range documents.All {
		listed = append(listed, document.Name)
	}
	if !slices.Equal(there, listed) {
		t.Errorf("the folder has %q, the list %q", there, listed)
	}
}

func TestKeptAssistantIsUsedAgain(t *testing.T) {
	running := emulator.Start(t)
	t.Setenv(auth.EnvAPIKey, running.Key)
	folder := t.TempDir()
	for name, content := range map[string]string{"notes.txt": "Some notes.", "draft.odt": "Not taken."} {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	args := []string{"-url", running.URL + "/assistant", "-name", "other", "-documents", folder}
	r := &exampletest.Recorder{}
	check := func(_ *Service, a *Assistant) {
		if files := files(t, a); len(files) != 1 || files["notes.txt"].Status != data.FileStatusAvailable {
			t.Errorf("files %v", files)
		}
	}
	if _, err := use(t.Context(), t, r, append(args, "-keep"), check); err != nil {
		t.Fatal(err)
	}
	progress, err := use(t.Context(), t, r, args, check)
	if err != nil || progress != "" {
		t.Errorf("error %v, told %q", err, progress)
	}
	for _, request := range r.Requests() {
		if strings.HasPrefix(request, "DELETE") {
			t.Error(request)
		}
	}
}

func TestFailureDeletesTheAssistant(t *testing.T) {
	t.Setenv(auth.EnvAPIKey, "")
	folder := t.TempDir()
	if err := os.WriteFile(filepath.Join(folder, "a.json"), []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	r := &exampletest.Recorder{}
	_, err := use(t.Context(), t, r, []string{"-documents", folder}, nil)
	var failed *data.FailedError
	if !errors.As(err, &failed) || !strings.HasPrefix(err.Error(), "assistant example-assistant: a.json: ") || r.Last() != deleted {
		t.Errorf("error %v, last request %s", err, r.Last())
	}
}

func TestInterruptDeletesTheAssistant(t *testing.T) {
	t.Setenv(auth.EnvAPIKey, "")
	ctx, interrupt := context.WithCancel(t.Context())
	r := &exampletest.Recorder{Instead: func(req *http.Request) (*http.Response, error) {
		if strings.HasPrefix(req.URL.Path, "/assistant/operations/") {
			interrupt()
			return nil, req.Context().Err()
		}
		return nil, nil
	}}
	if _, err := use(ctx, t, r, nil, nil); !errors.Is(err, context.Canceled) || r.Last() != deleted {
		t.Errorf("error %v, last request %s", err, r.Last())
	}
}

// Nobody knows whether the service has acted on a request that was given up.
func TestInterruptedCreation(t *testing.T) {
	t.Setenv(auth.EnvAPIKey, "")
	ctx, interrupt := context.WithCancel(t.Context())
	r := &exampletest.Recorder{Instead: func(req *http.Request) (*http.Response, error) {
		if req.Method == http.MethodPost {
			interrupt()
			return nil, req.Context().Err()
		}
		return nil, nil
	}}
	_, err := use(ctx, t, r, nil, nil)
	if !errors.Is(err, context.Canceled) || !strings.Contains(err.Error(), "example-assistant may be there") {
		t.Errorf("error %v", err)
	}
}

func TestDeletion(t *testing.T) {
	t.Setenv(auth.EnvAPIKey, "")
	status := http.StatusForbidden
	r := &exampletest.Recorder{Instead: func(req *http.Request) (*http.Response, error) {
		if req.Method == http.MethodDelete {
			return &http.Response{StatusCode: status, Header: http.Header{}, Body: http.NoBody, Request: req}, nil
		}
		return nil, nil
	}}
	if _, err := use(t.Context(), t, r, nil, nil); !errors.Is(err, control.ErrForbidden) || !strings.Contains(err.Error(), "is still there") {
		t.Errorf("forbidden: error %v", err)
	}
	status = http.StatusNotFound // somebody else was faster
	if _, err := use(t.Context(), t, r, nil, nil); err != nil {
		t.Errorf("not found: error %v", err)
	}
}
