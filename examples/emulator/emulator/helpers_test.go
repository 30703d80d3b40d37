package emulator

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/textproto"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/pinecone-community/assistant-go/auth"
	"github.com/pinecone-community/assistant-go/gen/2026-04/control"
	"github.com/pinecone-community/assistant-go/gen/2026-04/data"
	"github.com/pinecone-community/assistant-go/gen/2026-04/evaluation"
	"github.com/pinecone-community/assistant-go/internal/testing/spectest"
	"github.com/pinecone-community/assistant-go/openapi"
)

// quick is the pace of tests that do not depend on it.
const quick = time.Millisecond

// defaultVersion is the version of requests without a generated client.
const defaultVersion = data.APIVersion

// fixture is a running emulator and generated clients for it. The requests and responses
// of the clients are validated against the specs.
type fixture struct {
	*Running
	client     *http.Client // validates requests and responses
	responses  *http.Client // validates only responses
	control    *control.API
	data       *data.API
	evaluation *evaluation.API
}

func start(t *testing.T, opts ...Option) *fixture {
	t.Helper()
	running, err := Listen(t.Context(), "127.0.0.1:0", opts...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := running.Close(); err != nil {
			t.Error(err)
		}
	})
	return connect(t, running)
}

// connect returns the clients of an emulator.
func connect(t *testing.T, running *Running) *fixture {
	t.Helper()
	transport := &http.Transport{}
	t.Cleanup(transport.CloseIdleConnections)
	return connectBy(t, running, transport)
}

// inMemory returns an emulator without a network, for use with synctest.
func inMemory(t *testing.T, opts ...Option) *fixture {
	t.Helper()
	service, err := New(opts...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := service.Close(); err != nil {
			t.Error(err)
		}
	})
	return connectBy(t, &Running{URL: "http://127.0.0.1", Key: service.Key(), Server: service},
		roundTripper(func(req *http.Request) (*http.Response, error) {
			response := httptest.NewRecorder()
			service.ServeHTTP(response, received(req))
			return response.Result(), nil
		}))
}

// received returns a request of a client as a server would receive it.
func received(req *http.Request) *http.Request {
	got := req.Clone(req.Context())
	got.Host, got.URL.Scheme, got.URL.Host = req.URL.Host, "", ""
	if got.Body == nil {
		got.Body = http.NoBody
	}
	return got
}

// connectBy returns the clients of an emulator, which use a transport.
func connectBy(t *testing.T, running *Running, transport http.RoundTripper) *fixture {
	t.Helper()
	editor, err := auth.APIKey(running.Key)
	if err != nil {
		t.Fatal(err)
	}
	f := &fixture{
		Running:   running,
		client:    &http.Client{Transport: byVersion(t, spectest.Transport, transport)},
		responses: &http.Client{Transport: byVersion(t, spectest.Replies, transport)},
	}
	base := running.URL + basePath
	if f.control, err = control.New(control.WithRequestEditorFn(editor), control.WithHTTPClient(f.client), control.WithBaseURL(base), control.WithMaxRetries(0)); err != nil {
		t.Fatal(err)
	}
	if f.data, err = data.New(running.URL, data.WithRequestEditorFn(editor), data.WithHTTPClient(f.client), data.WithMaxRetries(0)); err != nil {
		t.Fatal(err)
	}
	if f.evaluation, err = evaluation.New(evaluation.WithRequestEditorFn(editor), evaluation.WithHTTPClient(f.client), evaluation.WithBaseURL(base), evaluation.WithMaxRetries(0)); err != nil {
		t.Fatal(err)
	}
	return f
}

type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(req *http.Request) (*http.Response, error) { return f(req) }

// byVersion returns a transport that applies check with the specs of a request's version.
func byVersion(t *testing.T, check func(spectest.Reporter, http.RoundTripper, ...*spectest.Spec) http.RoundTripper, base http.RoundTripper) http.RoundTripper {
	t.Helper()
	checked := make(map[string]http.RoundTripper)
	for _, version := range Versions() {
		checked[version] = check(t, base, specs(t, version)...)
	}
	return roundTripper(func(req *http.Request) (*http.Response, error) {
		if req.Method == "FROB" { // not a method that a spec can have
			return base.RoundTrip(req)
		}
		version := req.Header.Get(versionHeader)
		if checked[version] == nil {
			version = "2025-01"
		}
		return checked[version].RoundTrip(req)
	})
}

// specs loads the specs of a version, with which a response must not have fields that they
// do not list.
func specs(t *testing.T, version string) []*spectest.Spec {
	t.Helper()
	if notPublished[version] != "" && !slices.Contains(openapi.Versions(), version) {
		version = notPublished[version]
	}
	var loaded []*spectest.Spec
	for _, plane := range []string{"control", "data", "evaluation"} {
		loaded = append(loaded, spectest.LoadStrict(t, version, plane))
	}
	return loaded
}

// createAssistant creates an assistant with the name a.
func (f *fixture) createAssistant(t *testing.T) {
	t.Helper()
	if _, err := f.control.CreateAssistant(t.Context(), control.CreateAssistantRequest{Name: "a"}); err != nil {
		t.Fatal(err)
	}
}

// upload uploads a file to the assistant a, waits for the operation and returns it.
func (f *fixture) upload(t *testing.T, name, content string, metadata map[string]any) *data.Operation {
	t.Helper()
	op, err := f.data.UploadFile(t.Context(), "a", nil, data.UploadFileRequest{File: data.FileBytes(name, []byte(content)), Metadata: metadata})
	if err != nil {
		t.Fatal(err)
	}
	return f.wait(t, op)
}

func (f *fixture) wait(t *testing.T, op *data.Operation) *data.Operation {
	t.Helper()
	var err error
	eventually(t, func() bool {
		if op, err = f.data.DescribeOperation(t.Context(), "a", op.ID); err != nil {
			t.Fatal(err)
		}
		return op.Status != data.OperationStatusProcessing
	})
	return op
}

func eventually(t *testing.T, condition func() bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Minute) // against a hang
	defer cancel()
	for !condition() {
		select {
		case <-ctx.Done():
			t.Fatal("timeout")
		case <-time.After(2 * time.Millisecond):
		}
	}
}

// send sends a request, which may be invalid, with default headers that header overrides.
// Only the response is validated against the specs.
func (f *fixture) send(t *testing.T, method, path string, header http.Header, body string) (int, string) {
	t.Helper()
	resp, text := f.exchange(t, method, path, header, body)
	return resp.StatusCode, text
}

// exchange is like send, and returns the response.
func (f *fixture) exchange(t *testing.T, method, path string, header http.Header, body string) (*http.Response, string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, f.URL+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header = http.Header{keyHeader: {f.Key}, versionHeader: {defaultVersion}, "Content-Type": {"application/json"}}
	for name, values := range header {
		req.Header[name] = values
	}
	resp, err := f.responses.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	if resp.Header.Get("X-Pinecone-Request-Id") == "" {
		t.Error("no X-Pinecone-Request-Id")
	}
	return resp, string(text)
}

// field is a field of a form. A field with a file name is a file.
type field struct{ name, file, content string }

// form returns a form and a header with its content type.
func form(t *testing.T, fields ...field) (string, http.Header) {
	t.Helper()
	var body bytes.Buffer
	writer := multipart.NewWriter(&body)
	for _, field := range fields {
		disposition := `form-data; name="` + field.name + `"`
		if field.file != "" {
			disposition += `; filename="` + field.file + `"`
		}
		part, err := writer.CreatePart(textproto.MIMEHeader{"Content-Disposition": {disposition}})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := part.Write([]byte(field.content)); err != nil {
			t.Fatal(err)
		}
	}
	if err := writer.Close(); err != nil {
		t.Fatal(err)
	}
	return body.String(), http.Header{"Content-Type": {writer.FormDataContentType()}}
}

// decoded decodes a JSON object.
func decoded(t *testing.T, text string) map[string]any {
	t.Helper()
	var value map[string]any
	if err := json.Unmarshal([]byte(text), &value); err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return value
}

func sample(t *testing.T, path string) string {
	t.Helper()
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}

// docx returns a Word document with a body.
func docx(t *testing.T, body string) string {
	t.Helper()
	var file bytes.Buffer
	archive := zip.NewWriter(&file)
	part, err := archive.Create("word/document.xml")
	if err == nil {
		_, err = fmt.Fprintf(part, `<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>%s</w:body></w:document>`, body)
	}
	if err == nil {
		err = archive.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	return file.String()
}
