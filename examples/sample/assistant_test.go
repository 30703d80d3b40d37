package sample

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/pinecone-community/assistant-go/auth"
	"github.com/pinecone-community/assistant-go/examples/emulator/emulator"
	"github.com/pinecone-community/assistant-go/examples/internal/exampletest"
	"github.com/pinecone-community/assistant-go/examples/quickstart/documents"
	"github.com/pinecone-community/assistant-go/gen/2026-07/control"
	"github.com/pinecone-community/assistant-go/gen/2026-07/data"
)

const deleted = "DELETE /assistant/assistants/example-assistant OK"

// used is an open assistant.
type used struct {
	*Assistant
	Data *data.API
}

// use opens the assistant at the running emulator, or at a new one if running
// is nil, calls do, and closes the assistant.
func use(ctx context.Context, t *testing.T, r *exampletest.Recorder, running *emulator.Running, args []string, do func(used)) (progress string, err error) {
	t.Helper()
	if running == nil {
		running = emulator.Start(t, emulator.WithPace(time.Millisecond))
	}
	set := flag.NewFlagSet("test", flag.ContinueOnError)
	flags := AddFlags(set)
	if err := set.Parse(args); err != nil {
		t.Fatal(err)
	}
	editor, err := auth.APIKey(running.Key)
	if err != nil {
		t.Fatal(err)
	}
	client := r.Client(t)
	ctl, err := control.New(control.WithRequestEditorFn(editor), control.WithHTTPClient(client), control.WithBaseURL(running.URL+"/assistant"))
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	a, err := flags.Open(ctx, ctl, &out)
	if err != nil {
		return out.String(), err
	}
	api, err := data.New(a.Host, data.WithRequestEditorFn(editor), data.WithHTTPClient(client))
	if err != nil {
		t.Fatal(err)
	}
	if err := a.Upload(ctx, api, &out); err != nil {
		return out.String(), errors.Join(err, a.Close(ctx))
	}
	if do != nil {
		do(used{a, api})
	}
	return out.String(), a.Close(ctx)
}

func files(t *testing.T, a used) map[string]data.AssistantFile {
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
	r := &exampletest.Recorder{}
	progress, err := use(t.Context(), t, r, nil, nil, func(a used) {
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
	var want strings.Builder
	want.WriteString("Created the assistant example-assistant.\n")
	for _, document := range documents.All {
		fmt.Fprintf(&want, "Uploaded %s.\n", document.Name)
	}
	for i, document := range documents.All {
		fmt.Fprintf(&want, "The service has read %s (%d of 4).\n", document.Name, i+1)
	}
	if err != nil || r.Last() != deleted || progress != want.String() {
		t.Errorf("error %v, last request %s, told\n%s", err, r.Last(), progress)
	}
}

// documents.All lists every file in its folder.
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
	running := emulator.Start(t, emulator.WithPace(time.Millisecond))
	folder := t.TempDir()
	for name, content := range map[string]string{"notes.txt": "Some notes.", "draft.odt": "Not taken."} {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	args := []string{"-name", "other", "-documents", folder}
	r := &exampletest.Recorder{}
	check := func(a used) {
		if files := files(t, a); len(files) != 1 || files["notes.txt"].Status != data.FileStatusAvailable {
			t.Errorf("files %v", files)
		}
	}
	if _, err := use(t.Context(), t, r, running, append(args, "-keep"), check); err != nil {
		t.Fatal(err)
	}
	progress, err := use(t.Context(), t, r, running, args, check)
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
	folder := t.TempDir()
	if err := os.WriteFile(filepath.Join(folder, "a.json"), []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	r := &exampletest.Recorder{}
	_, err := use(t.Context(), t, r, nil, []string{"-documents", folder}, nil)
	var failed *data.FailedError
	if !errors.As(err, &failed) || !strings.HasPrefix(err.Error(), "assistant example-assistant: a.json: ") || r.Last() != deleted {
		t.Errorf("error %v, last request %s", err, r.Last())
	}
}

func TestInterruptDeletesTheAssistant(t *testing.T) {
	ctx, interrupt := context.WithCancel(t.Context())
	r := &exampletest.Recorder{Instead: func(req *http.Request) (*http.Response, error) {
		if strings.HasPrefix(req.URL.Path, "/assistant/operations/") {
			interrupt()
			return nil, req.Context().Err()
		}
		return nil, nil
	}}
	if _, err := use(ctx, t, r, nil, nil, nil); !errors.Is(err, context.Canceled) || r.Last() != deleted {
		t.Errorf("error %v, last request %s", err, r.Last())
	}
}

// If the creation is interrupted, the error says that the assistant may have
// been created.
func TestInterruptedCreation(t *testing.T) {
	ctx, interrupt := context.WithCancel(t.Context())
	r := &exampletest.Recorder{Instead: func(req *http.Request) (*http.Response, error) {
		if req.Method == http.MethodPost {
			interrupt()
			return nil, req.Context().Err()
		}
		return nil, nil
	}}
	progress, err := use(ctx, t, r, nil, nil, nil)
	if !errors.Is(err, context.Canceled) || !strings.Contains(err.Error(), "example-assistant may have been created") || progress != "" {
		t.Errorf("error %v, told %q", err, progress)
	}
}

func TestDeletion(t *testing.T) {
	status := http.StatusForbidden
	r := &exampletest.Recorder{Instead: func(req *http.Request) (*http.Response, error) {
		if req.Method == http.MethodDelete {
			return &http.Response{StatusCode: status, Header: http.Header{}, Body: http.NoBody, Request: req}, nil
		}
		return nil, nil
	}}
	if _, err := use(t.Context(), t, r, nil, nil, nil); !errors.Is(err, control.ErrForbidden) || !strings.Contains(err.Error(), "was not deleted") {
		t.Errorf("forbidden: error %v", err)
	}
	status = http.StatusNotFound // another client has deleted the assistant
	if _, err := use(t.Context(), t, r, nil, nil, nil); err != nil {
		t.Errorf("not found: error %v", err)
	}
}

// The error of a refused connection says how to start the emulator.
func TestNothingListens(t *testing.T) {
	running := emulator.Start(t, emulator.WithPace(time.Millisecond))
	if err := running.Close(); err != nil {
		t.Fatal(err)
	}
	_, err := use(t.Context(), t, &exampletest.Recorder{}, running, nil, nil)
	if err == nil || !strings.Contains(err.Error(), "go run ./emulator") || !strings.Contains(err.Error(), EnvURL) {
		t.Errorf("error %v", err)
	}
	for _, err := range []error{io.EOF, &net.OpError{Op: "read", Err: io.EOF, Addr: &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1)}}, &net.OpError{Op: "dial", Err: io.EOF, Addr: &net.TCPAddr{IP: net.IPv4(192, 0, 2, 1)}}} {
		if got := Explain(err); got.Error() != err.Error() {
			t.Errorf("%v became %v", err, got)
		}
	}
}
