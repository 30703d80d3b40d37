package main

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/pinecone-community/assistant-go/auth"
	"github.com/pinecone-community/assistant-go/examples/emulator/emulator"
	"github.com/pinecone-community/assistant-go/examples/internal/exampletest"
	"github.com/pinecone-community/assistant-go/gen/2026-07/control"
	"github.com/pinecone-community/assistant-go/gen/2026-07/data"
)

const deleted = "DELETE /assistant/assistants/example-assistant OK"

// rag runs the program against the emulator.
func rag(ctx context.Context, t *testing.T, r *exampletest.Recorder, args ...string) (out, status string, err error) {
	t.Helper()
	exampletest.Serve(t)
	return program(ctx, t, r, args...)
}

// program runs the program with the key of the environment, or with an emulator of
// its own.
func program(ctx context.Context, t *testing.T, r *exampletest.Recorder, args ...string) (out, status string, err error) {
	t.Helper()
	var outBuf, statusBuf bytes.Buffer
	err = run(ctx, args, &outBuf, &statusBuf, r.Client(t))
	return outBuf.String(), statusBuf.String(), err
}

func TestPrompt(t *testing.T) {
	t.Setenv(auth.EnvAPIKey, "")
	r := &exampletest.Recorder{}
	out, status, err := program(t.Context(), t, r, "-snippet-size", "512", "emergency", "generator and shore power")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(out, instructions+"\n[1] ") || !strings.HasSuffix(out, "\n\nQuestion: emergency generator and shore power\n") {
		t.Errorf("the frame:\n%s", out)
	}
	for _, want := range []string{
		"] storm-log.txt\n", "Shore power failed.", "\n[2] ", "] maintenance-manual.pdf, p. 1, 2\n", "Run the generator under load",
	} {
		if !strings.Contains(out, want) {
			t.Errorf("no %q:\n%s", want, out)
		}
	}
	if !strings.Contains(status, "Passages: 3. Tokens, as the service counts them: ") || strings.Contains(status, ": 0.") {
		t.Errorf("status:\n%s", status)
	}
	if r.Last() != deleted {
		t.Errorf("last request %s", r.Last())
	}
}

// The flags reach the service and take effect.
func TestFlags(t *testing.T) {
	tests := []struct {
		args []string
		sent string
		has  string
		not  string
	}{
		{[]string{"-filter", `{"kind":"log"}`, "generator and shore power"},
			`{"filter":{"kind":"log"},"include_binary_content":false,"query":"generator and shore power"}`, "[1] storm-log.txt", "maintenance-manual.pdf"},
		{[]string{"-filter", `{"year":{"$lt":2026}}`, "When is the lamp lit?"},
			`{"filter":{"year":{"$lt":2026}},"include_binary_content":false,"query":"When is the lamp lit?"}`, "[1] keepers-handbook.md", "[2] "},
		{[]string{"-top-k", "1", "-snippet-size", "512", "generator and shore power"},
			`{"include_binary_content":false,"query":"generator and shore power","snippet_size":512,"top_k":1}`, "[1] ", "\n[2] "},
	}
	for _, tt := range tests {
		var sent []byte
		r := &exampletest.Recorder{Instead: func(req *http.Request) (*http.Response, error) {
			if strings.HasSuffix(req.URL.Path, "/context") {
				body, err := req.GetBody()
				if err != nil {
					return nil, err
				}
				sent, err = io.ReadAll(body)
				return nil, err
			}
			return nil, nil
		}}
		out, _, err := rag(t.Context(), t, r, tt.args...)
		if err != nil || string(sent) != tt.sent {
			t.Errorf("%q: error %v, sent %s", tt.args, err, sent)
		}
		if !strings.Contains(out, tt.has) || strings.Contains(out, tt.not) {
			t.Errorf("%q: has no %q or has %q:\n%s", tt.args, tt.has, tt.not, out)
		}
	}
}

// The emulator returns only text snippets. This response has all kinds of
// snippets in the spec, and unknown kinds.
func TestKindsOfSnippets(t *testing.T) {
	const reply = `{"snippets":[
		{"type":"multimodal","score":0.9,"content":[
			{"type":"text","text":"Figure 1"},
			{"type":"image","caption":"a lens"},
			{"type":"image","caption":"a lamp","image":{"type":"base64","mime_type":"image/png","data":"AAAA"}},
			{"type":"sound","seconds":3}
		],"reference":{"type":"pdf","file":{"id":"1","name":"a.pdf"},"pages":[4]}},
		{"type":"table","score":0.8,"rows":[]},
		{"type":"text","score":0.7,"content":"Some text.","reference":{"type":"text","file":{"id":"2","name":"b.txt"}}},
		null
	],"usage":{"prompt_tokens":7,"completion_tokens":0,"total_tokens":7}}`
	r := &exampletest.Recorder{Instead: func(req *http.Request) (*http.Response, error) {
		if !strings.HasSuffix(req.URL.Path, "/context") {
			return nil, nil
		}
		return &http.Response{
			StatusCode: http.StatusOK,
			Header:     http.Header{"Content-Type": {"application/json"}},
			Body:       io.NopCloser(strings.NewReader(reply)),
		}, nil
	}}
	out, status, err := rag(t.Context(), t, r, "What?")
	want := instructions + `
[1] a.pdf, p. 4
Figure 1
(Image: a lens)
(Image: a lamp)
(Something of the type "sound", which is left out)

[2] b.txt
Some text.

Question: What?
`
	if err != nil || out != want {
		t.Errorf("error %v\n%s", err, out)
	}
	if !strings.Contains(status, `Left out: a snippet of the new type "table".`) || !strings.Contains(status, "Passages: 2. Tokens, as the service counts them: 7.") {
		t.Errorf("status:\n%s", status)
	}
}

func TestNothingFound(t *testing.T) {
	r := &exampletest.Recorder{}
	out, _, err := rag(t.Context(), t, r, "-filter", `{"kind":"poem"}`, "When is the lamp lit?")
	if err == nil || !strings.Contains(err.Error(), "no document has a passage") || out != "" || r.Last() != deleted {
		t.Errorf("error %v, last request %s\n%s", err, r.Last(), out)
	}
}

// An invalid filter is an error of the service that names the fault.
func TestRefusedFilter(t *testing.T) {
	r := &exampletest.Recorder{}
	_, _, err := rag(t.Context(), t, r, "-filter", `{"year":{"$near":2026}}`, "When is the lamp lit?")
	if !errors.Is(err, data.ErrBadRequest) || !strings.Contains(err.Error(), "$near") || r.Last() != deleted {
		t.Errorf("error %v, last request %s", err, r.Last())
	}
}

func TestInterrupt(t *testing.T) {
	ctx, interrupt := context.WithCancel(t.Context())
	r := &exampletest.Recorder{Instead: func(req *http.Request) (*http.Response, error) {
		if strings.HasSuffix(req.URL.Path, "/context") {
			interrupt()
			return nil, req.Context().Err()
		}
		return nil, nil
	}}
	if out, _, err := rag(ctx, t, r, "When?"); !errors.Is(err, context.Canceled) || out != "" || r.Last() != deleted {
		t.Errorf("error %v, last request %s", err, r.Last())
	}
}

func TestWrongKey(t *testing.T) {
	running := emulator.Start(t)
	t.Setenv(auth.EnvAPIKey, "wrong-key")
	var status bytes.Buffer
	err := run(t.Context(), []string{"-url", running.URL + "/assistant", "When?"}, io.Discard, &status, (&exampletest.Recorder{}).Client(t))
	if !errors.Is(err, control.ErrUnauthorized) {
		t.Fatalf("error %v", err)
	}
	if all := err.Error() + status.String(); strings.Contains(all, "wrong-key") {
		t.Errorf("the key is shown: %s", all)
	}
}

func TestBadArguments(t *testing.T) {
	for _, tt := range []struct {
		want string
		args []string
	}{
		{"no question", nil},
		{"no question", []string{"-top-k", "3", " "}},
		{"-top-k is 65, want 1 to 64", []string{"-top-k", "65", "q"}},
		{"-top-k is -1", []string{"-top-k", "-1", "q"}},
		{"-snippet-size is 511, want 512 to 8192", []string{"-snippet-size", "511", "q"}},
		{"-snippet-size is 8193", []string{"-snippet-size", "8193", "q"}},
		{"-filter is not a JSON object", []string{"-filter", "kind=log", "q"}},
		{"-filter is not a JSON object", []string{"-filter", `["log"]`, "q"}},
		{"-filter is null", []string{"-filter", "null", "q"}},
		{"-documents: open nowhere", []string{"-documents", "nowhere", "q"}},
	} {
		r := &exampletest.Recorder{}
		_, _, err := rag(t.Context(), t, r, tt.args...)
		if err == nil || !strings.Contains(err.Error(), tt.want) || len(r.Requests()) != 0 {
			t.Errorf("%q: error %v, requests %q", tt.args, err, r.Requests())
		}
	}
}
