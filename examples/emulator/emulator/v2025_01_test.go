package emulator

import (
	"errors"
	"net/http"
	"net/url"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/pinecone-community/assistant-go/auth"
	control2025 "github.com/pinecone-community/assistant-go/gen/2025-01/control"
	data2025 "github.com/pinecone-community/assistant-go/gen/2025-01/data"
	evaluation2025 "github.com/pinecone-community/assistant-go/gen/2025-01/evaluation"
	"github.com/pinecone-community/assistant-go/gen/2026-04/data"
)

// older has generated clients of version 2025-01.
type older struct {
	control    *control2025.API
	data       *data2025.API
	evaluation *evaluation2025.API
}

func (f *fixture) older(t *testing.T) *older {
	t.Helper()
	editor, err := auth.APIKey(f.Key)
	if err != nil {
		t.Fatal(err)
	}
	o := &older{}
	base := f.URL + basePath
	if o.control, err = control2025.New(control2025.WithRequestEditorFn(editor), control2025.WithHTTPClient(f.client), control2025.WithBaseURL(base)); err != nil {
		t.Fatal(err)
	}
	if o.data, err = data2025.New(f.URL, data2025.WithRequestEditorFn(editor), data2025.WithHTTPClient(f.client)); err != nil {
		t.Fatal(err)
	}
	if o.evaluation, err = evaluation2025.New(evaluation2025.WithRequestEditorFn(editor), evaluation2025.WithHTTPClient(f.client), evaluation2025.WithBaseURL(base)); err != nil {
		t.Fatal(err)
	}
	return o
}

// upload uploads a file to the assistant a, waits until it is processed and returns it.
func (o *older) upload(t *testing.T, name, content string, metadata map[string]any) (*data2025.AssistantFile, error) {
	t.Helper()
	f, err := o.data.UploadFile(t.Context(), "a", &data2025.UploadFileParams{Metadata: metadata}, data2025.UploadFileRequest{File: data2025.FileBytes(name, []byte(content))})
	if err != nil {
		t.Fatal(err)
	}
	if f.Status != data2025.FileStatusProcessing || f.Name != name || f.ErrorMessage != "" {
		t.Errorf("uploaded %+v", f)
	}
	return o.data.WaitForFile(t.Context(), "a", f.ID, data2025.WaitInterval(quick, quick))
}

func TestAssistant2025(t *testing.T) {
	f := start(t, WithPace(quick))
	o := f.older(t)
	ctx := t.Context()
	created, err := o.control.CreateAssistant(ctx, control2025.CreateAssistantRequest{
		Name: "a", Instructions: "Be brief.", Metadata: map[string]any{"x": 1.0}, Region: control2025.RegionEU,
	})
	if err != nil {
		t.Fatal(err)
	}
	if created.Name != "a" || created.Host != f.URL || created.Instructions != "Be brief." || created.Metadata["x"] != 1.0 || created.CreatedAt.IsZero() {
		t.Errorf("created %+v", created)
	}
	if _, err := o.control.WaitForAssistant(ctx, "a", control2025.WaitInterval(quick, quick)); err != nil {
		t.Fatal(err)
	}
	none := ""
	updated, err := o.control.UpdateAssistant(ctx, "a", control2025.UpdateAssistantRequest{Instructions: &none})
	if err != nil || updated.Name != "a" || updated.Instructions != "" || updated.Metadata["x"] != 1.0 {
		t.Errorf("updated %+v, error %v", updated, err)
	}
	updated, err = o.control.UpdateAssistant(ctx, "a", control2025.UpdateAssistantRequest{Metadata: map[string]any{}})
	if err != nil || len(updated.Metadata) != 0 {
		t.Errorf("updated %+v, error %v", updated, err)
	}

	// Version 2026-04 describes the same assistant, with more fields.
	same, err := f.control.DescribeAssistant(ctx, "a")
	if err != nil || same.Region != "eu" || same.Instructions != "" || len(same.Metadata) != 0 {
		t.Errorf("in 2026-04 %+v, error %v", same, err)
	}
	if err := o.control.DeleteAssistant(ctx, "a"); err != nil {
		t.Fatal(err)
	}
	eventually(t, func() bool {
		_, err := o.control.DescribeAssistant(ctx, "a")
		return errors.Is(err, control2025.ErrNotFound)
	})
}

// A version without pages returns a whole list.
func TestNoPages2025(t *testing.T) {
	f := start(t, WithPace(quick))
	o := f.older(t)
	f.createAssistant(t)
	const files = dataPage + 1
	for range files {
		if _, err := f.data.UploadFile(t.Context(), "a", nil, data.UploadFileRequest{File: data.FileBytes("a.txt", []byte("The tide is high."))}); err != nil {
			t.Fatal(err)
		}
	}
	const assistants = assistantsPage + 1
	for i := range assistants - 1 {
		if _, err := o.control.CreateAssistant(t.Context(), control2025.CreateAssistantRequest{Name: "b" + strings.Repeat("b", i%40) + "-" + string(rune('a'+i/40)) + "b"}); err != nil {
			t.Fatal(err)
		}
	}
	list, err := o.data.ListFiles(t.Context(), "a", nil)
	if err != nil || len(list.Files) != files {
		t.Errorf("%d files, error %v", len(list.Files), err)
	}
	all, err := o.control.ListAssistants(t.Context())
	if err != nil || len(all.Assistants) != assistants {
		t.Errorf("%d assistants, error %v", len(all.Assistants), err)
	}
}

func TestFiles2025(t *testing.T) {
	f := start(t, WithPace(quick))
	o := f.older(t)
	ctx := t.Context()
	f.createAssistant(t)
	metadata := map[string]any{"genre": "comedy", "tags": []any{"a", "ü&=+"}, "year": 2026.0}
	file, err := o.upload(t, "tide table.txt", "The tide is high.", metadata)
	if err != nil {
		t.Fatal(err)
	}
	if file.Status != data2025.FileStatusAvailable || file.PercentDone != 1 || !reflect.DeepEqual(file.Metadata, metadata) || file.SignedURL != "" {
		t.Errorf("file %+v", file)
	}
	described, err := o.data.DescribeFile(ctx, "a", file.ID, &data2025.DescribeFileParams{IncludeURL: true})
	if err != nil || described.SignedURL == "" {
		t.Fatalf("described %+v, error %v", described, err)
	}
	resp, err := http.Get(described.SignedURL)
	if err != nil || resp.StatusCode != 200 {
		t.Fatalf("signed URL: %v, error %v", resp, err)
	}
	resp.Body.Close()

	bad, err := o.upload(t, "bad.json", "{", nil)
	var failed *data2025.FailedError
	if !errors.As(err, &failed) || !strings.Contains(failed.Message, "cannot be read as json") || bad.Status != data2025.FileStatusProcessingFailed || bad.PercentDone >= 1 {
		t.Errorf("unreadable file %+v, error %v", bad, err)
	}
	list, err := o.data.ListFiles(ctx, "a", &data2025.ListFilesParams{Filter: map[string]any{"genre": "comedy"}})
	if err != nil || len(list.Files) != 1 || list.Files[0].ID != file.ID || list.Files[0].PercentDone != 1 {
		t.Errorf("filtered %+v, error %v", list, err)
	}
	if list, err = o.data.ListFiles(ctx, "a", nil); err != nil || len(list.Files) != 2 || list.Files[1].ErrorMessage == "" || list.Files[0].ErrorMessage != "" {
		t.Errorf("all %+v, error %v", list, err)
	}

	// The failed file is deleted at once, the other file later. The responses are the
	// same.
	for _, id := range []string{file.ID, bad.ID} {
		status, text := f.send(t, "DELETE", "/assistant/files/a/"+id, http.Header{versionHeader: {"2025-01"}}, "")
		if status != 200 || text != "" {
			t.Errorf("deletion: status %d: %s", status, text)
		}
		eventually(t, func() bool {
			_, err := o.data.DescribeFile(ctx, "a", id, nil)
			return errors.Is(err, data2025.ErrNotFound)
		})
	}
}

// The progress of a file is not that of a file that it has replaced.
func TestProgressOfReplacedFile2025(t *testing.T) {
	f := start(t, WithPace(quick))
	o := f.older(t)
	f.createAssistant(t)
	for _, test := range []struct {
		content string
		percent float64
		failed  bool
	}{{"{", percentRead / 100., true}, {`["The tide is high."]`, 1, false}, {"{", percentRead / 100., true}} {
		op, err := f.data.UpsertFile(t.Context(), "a", "x", nil, data.UploadFileRequest{File: data.FileBytes("a.json", []byte(test.content))})
		if err != nil {
			t.Fatal(err)
		}
		f.wait(t, op)
		file, err := o.data.DescribeFile(t.Context(), "a", "x", nil)
		if err != nil || file.PercentDone != test.percent || (file.ErrorMessage != "") != test.failed {
			t.Errorf("%s: %+v, error %v", test.content, file, err)
		}
	}
}

func TestChat2025(t *testing.T) {
	f := startWithFiles(t)
	o := f.older(t)
	ctx := t.Context()
	question := []data2025.Message{{Role: "user", Content: "When is the lamp lit, at sunset?"}}
	request := data2025.ChatRequest{Messages: question, IncludeHighlights: true, Model: "claude-3-5-sonnet"}
	whole, err := o.data.Chat(ctx, "a", request)
	if err != nil {
		t.Fatal(err)
	}
	if whole.Message.Content != "The “lamp” is lit at sunset." || whole.FinishReason != data2025.FinishReasonStop || whole.Model != "claude-3-5-sonnet" ||
		len(whole.Citations) != 1 || whole.Citations[0].Position != 27 || whole.Citations[0].References[0].Highlight.Content != whole.Message.Content {
		t.Errorf("response %+v", whole)
	}
	streamed, err := data2025.CollectChat(o.data.ChatStream(ctx, "a", request))
	if err != nil {
		t.Fatal(err)
	}
	for _, response := range []*data2025.ChatResponse{whole, streamed} {
		response.ID = ""
		response.Citations[0].References[0].File.SignedURL = "" // depends on the time
	}
	if !reflect.DeepEqual(streamed, whole) {
		t.Errorf("streamed %+v\nwhole %+v", streamed, whole)
	}

	completion, err := o.data.ChatCompletion(ctx, "a", data2025.ChatCompletionRequest{Messages: question})
	if err != nil || completion.Choices[0].Message.Content != "The “lamp” is lit at sunset. [1]" {
		t.Errorf("completion %+v, error %v", completion, err)
	}
	collected, err := data2025.CollectChatCompletion(o.data.ChatCompletionStream(ctx, "a", data2025.ChatCompletionRequest{Messages: question}))
	if err != nil || collected.Choices[0].Message.Content != completion.Choices[0].Message.Content || collected.Usage.TotalTokens == 0 {
		t.Errorf("streamed completion %+v, error %v", collected, err)
	}

	found, err := o.data.RetrieveContext(ctx, "a", data2025.ContextRequest{Query: "lamp sunset"})
	if err != nil || len(found.Snippets) != 1 || found.Snippets[0].Type != data2025.SnippetTypeText || found.Snippets[0].Reference["type"] != "text" {
		t.Fatalf("context %+v, error %v", found, err)
	}
	file, _ := found.Snippets[0].Reference["file"].(map[string]any)
	if file["name"] != "lamp.txt" || file["size"] != nil || file["multimodal"] != nil {
		t.Errorf("reference to %+v", file)
	}

	scores, err := o.evaluation.EvaluateAlignment(ctx, evaluation2025.AlignmentRequest{
		Question: "When?", Answer: "The lamp is lit at sunset.", GroundTruthAnswer: "The lamp is lit at sunset.",
	})
	if err != nil || scores.Metrics.Alignment != 1 || len(scores.Reasoning.EvaluatedFacts) != 1 {
		t.Errorf("scores %+v, error %v", scores, err)
	}
}

func TestTopK2025(t *testing.T) {
	f := start(t, WithPace(quick))
	o := f.older(t)
	f.createAssistant(t)
	for range 20 {
		if _, err := o.upload(t, "a.txt", "The tide is high.", nil); err != nil {
			t.Fatal(err)
		}
	}
	for _, test := range []struct{ topK, want int }{{0, 15}, {16, 16}, {1, 1}} {
		found, err := o.data.RetrieveContext(t.Context(), "a", data2025.ContextRequest{Query: "tide", TopK: test.topK})
		if err != nil || len(found.Snippets) != test.want {
			t.Errorf("top_k %d: %d snippets, error %v", test.topK, len(found.Snippets), err)
		}
	}
}

func TestRefusals2025(t *testing.T) {
	f := start(t, WithPace(quick))
	f.createAssistant(t)
	const (
		assistants = "/assistant/assistants"
		files      = "/assistant/files/a"
		chat       = "/assistant/chat/a"
		messages   = `"messages":[{"role":"user","content":"hi"}]`
		invalid    = "INVALID_ARGUMENT"
	)
	file := field{"file", "a.txt", "The tide is high."}
	long := url.QueryEscape(`{"x":"` + strings.Repeat("x", maxText) + `"}`)
	tests := []struct {
		name    string
		method  string
		path    string
		fields  []field
		body    string
		status  int
		code    string
		message string
	}{
		{"name of 46 characters", "POST", assistants, nil, `{"name":"` + strings.Repeat("x", 46) + `"}`, 400, invalid, "name"},
		{"name taken", "POST", assistants, nil, `{"name":"a"}`, 429, "ALREADY_EXISTS", `"a" already exists`},
		{"update: nothing", "PATCH", assistants + "/a", nil, `{}`, 400, invalid, "changes nothing"},
		{"update: unknown", "PATCH", assistants + "/b", nil, `{"instructions":""}`, 404, "NOT_FOUND", `"b"`},
		{"upsert", "PUT", files + "/x", []field{file}, "", 405, "UNIMPLEMENTED", "in 2025-01"},
		{"operations", "GET", "/assistant/operations/a", nil, "", 404, "NOT_FOUND", "in 2025-01"},
		{"metadata in the form", "POST", files, []field{file, {"metadata", "", "{}"}}, "", 400, invalid, "metadata"},
		{"metadata is not JSON", "POST", files + "?metadata=x", []field{file}, "", 400, invalid, "metadata"},
		{"metadata is a list", "POST", files + "?metadata=[]", []field{file}, "", 400, invalid, "metadata"},
		{"metadata is large", "POST", files + "?metadata=" + long, []field{file}, "", 400, invalid, "Metadata exceeds maximum length of 16384 bytes"},
		{"no file", "POST", files, []field{{"other", "", "x"}}, "", 400, invalid, "other"},
		{"unknown extension", "POST", files, []field{{"file", "a.exe", "x"}}, "", 400, invalid, ".docx"},
		{"unknown assistant", "POST", "/assistant/files/b", []field{file}, "", 404, "NOT_FOUND", `"b"`},
		{"file of an unknown assistant", "GET", "/assistant/files/b/x", nil, "", 404, "NOT_FOUND", `"b"`},
		{"unknown file", "GET", files + "/x", nil, "", 404, "NOT_FOUND", `"x"`},
		{"delete: unknown file", "DELETE", files + "/x", nil, "", 404, "NOT_FOUND", `"x"`},
		{"filter", "GET", files + `?filter={"x":{"$like":1}}`, nil, "", 400, invalid, "$like"},
		{"model of a later version", "POST", chat, nil, `{"model":"gpt-5",` + messages + `}`, 400, invalid, `Invalid model "gpt-5", want one of [gpt-4o claude-3-5-sonnet]`},
		{"JSON as a stream", "POST", chat, nil, `{"json_response":true,"stream":true,` + messages + `}`, 400, invalid, "exclude"},
		{"empty content", "POST", chat, nil, `{"messages":[{"content":""}]}`, 400, invalid, "messages.0.content"},
		{"stream of an unknown assistant", "POST", "/assistant/chat/b", nil, `{"stream":true,` + messages + `}`, 404, "NOT_FOUND", `"b"`},
		{"completions: empty content", "POST", chat + "/chat/completions", nil, `{"messages":[{"content":""}]}`, 400, invalid, "messages.0.content"},
		{"context: neither", "POST", chat + "/context", nil, `{}`, 400, invalid, "query or messages"},
		{"context: top_k 65", "POST", chat + "/context", nil, `{"query":"hi","top_k":65}`, 400, invalid, "top_k"},
	}
	// The default version is 2025-01.
	for name, version := range map[string][]string{"named": {"2025-01"}, "by default": nil} {
		for _, tt := range tests {
			t.Run(name+": "+tt.name, func(t *testing.T) {
				body, header := tt.body, http.Header{}
				if tt.fields != nil {
					body, header = form(t, tt.fields...)
				}
				header[versionHeader] = version
				status, text := f.send(t, tt.method, tt.path, header, body)
				checkRefusal(t, status, text, tt.status, tt.code, tt.message)
			})
		}
	}
	list, err := f.data.ListFiles(t.Context(), "a", nil)
	if err != nil || len(list.Files) != 0 {
		t.Errorf("files after refusals: %v, error %v", list, err)
	}
}

// Fields of later versions in a request's body have no effect, since the spec allows
// additional fields.
func TestLaterFields2025(t *testing.T) {
	f := startWithFiles(t)
	status, text := f.send(t, "POST", "/assistant/chat/a", http.Header{versionHeader: {"2025-01"}},
		`{"messages":[{"content":"lamp sunset"}],"temperature":9,"context_options":{"top_k":1000}}`)
	if status != 200 || !strings.Contains(text, "lit at sunset") {
		t.Errorf("status %d: %s", status, text)
	}
}

// The response to an upload depends on the version.
func TestVersions(t *testing.T) {
	f := start(t, WithPace(time.Hour))
	for _, version := range Versions() {
		status := 202
		if version < "2026" {
			status = 200
		}
		name := "a-" + version
		header := http.Header{versionHeader: {version}}
		if status, text := f.send(t, "POST", "/assistant/assistants", header, `{"name":"`+name+`"}`); status != 200 {
			t.Fatalf("%s: status %d: %s", version, status, text)
		}
		body, form := form(t, field{"file", "a.txt", "The tide is high."})
		form[versionHeader] = []string{version}
		resp, text := f.exchange(t, "POST", "/assistant/files/"+name, form, body)
		response := decoded(t, text)
		_, isFile := response["name"]
		if resp.StatusCode != status || isFile != (status == 200) || (resp.Header.Get("Location") != "") != (status == 202) {
			t.Errorf("%s: status %d: %s", version, resp.StatusCode, text)
		}
	}
}
