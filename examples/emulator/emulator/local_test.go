package emulator

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/pinecone-community/assistant-go/gen/2026-04/control"
	"github.com/pinecone-community/assistant-go/gen/2026-04/data"
)

// local sends a request below /emulator and returns the body of the response, which must
// have the status want.
func (f *fixture) local(t *testing.T, method, path, body string, want int) string {
	t.Helper()
	status, text := f.send(t, method, path, nil, body)
	if status != want {
		t.Fatalf("%s %s: status %d: %s", method, path, status, text)
	}
	return text
}

const lampQuestion = `{"messages":[{"role":"user","content":"When is the lamp lit?"}]}`

// Scripted replies can be added in Go and over HTTP.
func TestScriptedAnswer(t *testing.T) {
	f := startWithLamp(t)
	remote := start(t, WithControl(), WithPace(quick))
	remote.createAssistant(t)
	if err := f.Answer(Reply{
		Text: "See the manual. ", FinishReason: "length", Model: "gpt-9", Count: 2,
		Citations: []Citation{{Position: 3, References: []Reference{{File: "lamp.txt", Pages: []int{2}, Highlight: "lit"}, {File: "other.pdf"}}}},
	}); err != nil {
		t.Fatal(err)
	}
	remote.local(t, "POST", repliesPath, `{"text":"See the manual. ","finish_reason":"length","model":"gpt-9","count":2,
		"citations":[{"position":3,"references":[{"file":"lamp.txt","pages":[2],"highlight":"lit"},{"file":"other.pdf"}]}]}`, 204)
	request := data.ChatRequest{Messages: ask("When is the lamp lit?"), IncludeHighlights: true}
	for _, f := range []*fixture{f, remote} {
		whole, err := f.data.Chat(t.Context(), "a", request)
		if err != nil {
			t.Fatal(err)
		}
		streamed, err := data.CollectChat(f.data.ChatStream(t.Context(), "a", request))
		if err != nil {
			t.Fatal(err)
		}
		for _, answer := range []*data.ChatResponse{whole, streamed} {
			if answer.Message.Content != "See the manual. " || answer.FinishReason != "length" || answer.Model != "gpt-9" || len(answer.Citations) != 1 || answer.Citations[0].Position != 3 {
				t.Fatalf("answer %+v", answer)
			}
			references := answer.Citations[0].References
			if len(references) != 2 || references[0].File.Name != "lamp.txt" || references[0].Highlight.Content != "lit" || references[0].Pages[0] != 2 || references[1].File.Name != "other.pdf" || references[1].Highlight.Content != "" {
				t.Errorf("references %+v", references)
			}
		}
		if after, err := f.data.Chat(t.Context(), "a", request); err != nil || after.Message.Content == whole.Message.Content {
			t.Errorf("third answer %+v, error %v", after, err)
		}
	}
	// A scripted reply does not change the file.
	if _, text := f.send(t, "GET", "/assistant/files/a/lamp", nil, ""); !strings.Contains(text, `"id":"lamp"`) {
		t.Error(text)
	}
}

// A stream has the chunks and the additional events of a scripted reply, in all versions.
func TestScriptedStream(t *testing.T) {
	for _, version := range Versions() {
		f := startWithLamp(t)
		if err := f.Answer(Reply{
			Chunks: []string{"A", "", "B"}, ChunkDelay: time.Millisecond,
			Events: []Event{{Before: 0, Data: object{"type": "first"}}, {Before: 99, Data: object{"type": "last"}}, {Before: 1, Data: object{"type": "between", "x": object{"y": 1}}}},
		}); err != nil {
			t.Fatal(err)
		}
		req, err := http.NewRequestWithContext(t.Context(), "POST", f.URL+"/assistant/chat/a", strings.NewReader(`{"stream":true,`+lampQuestion[1:]))
		if err != nil {
			t.Fatal(err)
		}
		req.Header = http.Header{keyHeader: {f.Key}, versionHeader: {version}, "Content-Type": {jsonType}}
		resp, err := http.DefaultClient.Do(req) // not validated, since the specs do not list the events
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(resp.Body)
		resp.Body.Close()
		if err != nil {
			t.Fatal(err)
		}
		var kinds []string
		for event := range strings.SplitSeq(strings.TrimSpace(string(text)), "\n\n") {
			var chunk struct{ Type string }
			if err := json.Unmarshal([]byte(strings.TrimPrefix(event, "data:")), &chunk); err != nil {
				t.Fatalf("%q: %v", event, err)
			}
			kinds = append(kinds, chunk.Type)
		}
		want := "first message_start between content_chunk content_chunk content_chunk message_end last"
		if got := strings.Join(kinds, " "); got != want {
			t.Errorf("%s: events %s, want %s", version, got, want)
		}
	}
}

// The request's options select snippets with images, and their image data.
func TestScriptedSnippets(t *testing.T) {
	f := startWithLamp(t)
	for _, test := range []struct{ options, want, not string }{
		{``, `"data":"aGk="`, ""},
		{`,"include_binary_content":false`, `"image":null`, "aGk="},
		{`,"multimodal":false`, `"only text"`, `"type":"multimodal"`},
	} {
		if err := f.Answer(Reply{Snippets: []map[string]any{
			{"type": "multimodal", "score": 0.5, "content": []any{object{"type": "image", "caption": "c", "image": object{"type": "base64", "mime_type": "image/png", "data": "aGk="}}},
				"reference": object{"type": "pdf", "file": "lamp.txt", "pages": []any{1.0}}},
			{"type": "text", "score": 0.4, "content": "only text", "reference": object{"type": "text", "file": "lamp"}},
		}}); err != nil {
			t.Fatal(err)
		}
		status, text := f.send(t, "POST", "/assistant/chat/a/context", nil, `{"query":"lamp"`+test.options+`}`)
		if status != 200 || !strings.Contains(text, test.want) || test.not != "" && strings.Contains(text, test.not) || !strings.Contains(text, `"id":"lamp"`) {
			t.Errorf("%s: status %d: %s", test.options, status, text)
		}
	}
}

func TestInvalidReplies(t *testing.T) {
	f := start(t, WithControl())
	for body, want := range map[string]string{
		`{}`:                                   "empty reply",
		`{"text":"x","operation":"y"}`:         "want Chat, ChatCompletion or RetrieveContext",
		`{"text":"x","operation":"ListFiles"}`: "want Chat",
		`{"text":"x","operation":"context_assistant"}`:          "snippets",
		`{"text":"x","count":-1}`:                               "count",
		`{"text":"x","chunks":["y"]}`:                           "chunks",
		`{"text":"x","chunk_delay":-1}`:                         "chunk_delay",
		`{"text":"x","chunk_delay":1e9}`:                        "chunk_delay",
		`{"text":"x","citations":[{"position":-1}]}`:            "citations.0.position",
		`{"text":"x","finish-reason":"stop"}`:                   "finish-reason",
		`{"text":1}`:                                            "text",
		`[]`:                                                    "want a JSON object",
		`{"text":"` + strings.Repeat("x", maxLocalBytes) + `"}`: "too large",
	} {
		if text := f.local(t, "POST", repliesPath, body, 400); !strings.Contains(text, want) {
			t.Errorf("%.60s: %s, want %q", body, text, want)
		}
	}
	f.createAssistant(t)
	f.local(t, "POST", repliesPath, `{"text":"x","operation":"chat_assistant"}`, 204)
	f.local(t, "DELETE", repliesPath, "", 204)
	if _, text := f.send(t, "POST", "/assistant/chat/a", nil, lampQuestion); strings.Contains(text, `"x"`) {
		t.Error(text)
	}
}

func TestJournal(t *testing.T) {
	f := start(t, WithControl(), WithPace(quick))
	f.createAssistant(t)
	body, header := form(t, field{"file", "a.txt", "The tide is high."}, field{"metadata", "", `{"x":1}`})
	f.send(t, "POST", "/assistant/files/a?multimodal=false", header, body)
	f.send(t, "GET", "/assistant/nothing", nil, "")
	f.send(t, "GET", "/assistants", nil, "")
	f.send(t, "POST", "/assistant/chat/a", http.Header{versionHeader: {"2025-10"}, "X-Test": {"y"}, "Authorization": {"Bearer " + f.Key}}, lampQuestion)
	f.send(t, "POST", "/assistant/chat/a", nil, "{")
	found := f.Requests()
	var got []string
	for _, r := range found {
		got = append(got, fmt.Sprintf("%s %s?%s %s %d", r.Method, r.Path, r.Query, r.Operation, r.Status))
	}
	want := []string{
		"POST /assistant/assistants? CreateAssistant 200",
		"POST /assistant/files/a?multimodal=false UploadFile 202",
		"GET /assistant/nothing?  404",
		"GET /assistants?  404",
		"POST /assistant/chat/a? Chat 200",
		"POST /assistant/chat/a? Chat 400",
	}
	if !reflect.DeepEqual(got, want) {
		t.Fatalf("requests\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	upload, chat := found[1], found[4]
	if upload.File != "a.txt" || upload.Metadata["x"] != 1.0 || upload.Body != "" || upload.Version != defaultVersion {
		t.Errorf("upload %+v", upload)
	}
	if chat.Body != lampQuestion || chat.Version != "2025-10" || chat.Header.Get("X-Test") != "y" || chat.Time.IsZero() || chat.Duration <= 0 {
		t.Errorf("chat %+v", chat)
	}
	text := f.local(t, "GET", requestsPath+"?operation=chat_assistant", "", 200)
	if strings.Contains(text, f.Key) {
		t.Errorf("key in the journal: %s", text)
	}
	var listed struct{ Requests []Request }
	if err := json.Unmarshal([]byte(text), &listed); err != nil || len(listed.Requests) != 2 || listed.Requests[0].Body != lampQuestion {
		t.Errorf("listed %+v, error %v", listed, err)
	}
	f.local(t, "GET", requestsPath+"?operation=x", "", 400)
	f.local(t, "DELETE", requestsPath, "", 204)
	for range maxRequests + 7 {
		f.send(t, "GET", "/assistant/nothing", nil, "")
	}
	f.send(t, "GET", "/assistant/last", nil, "")
	if found := f.Requests(); len(found) != maxRequests || found[maxRequests-1].Path != "/assistant/last" || found[0].Path != "/assistant/nothing" {
		t.Errorf("%d requests", len(found))
	}
}

// The log has a line for each request, without API key and query.
func TestLog(t *testing.T) {
	var mu sync.Mutex
	var log bytes.Buffer
	f := start(t, WithLog(writerFunc(func(p []byte) (int, error) {
		mu.Lock()
		defer mu.Unlock()
		return log.Write(p)
	})), WithPace(quick))
	f.createAssistant(t)
	f.send(t, "GET", "/assistant/files/a?filter=%7B%7D", http.Header{versionHeader: {"2025-01"}}, "")
	f.send(t, "GET", "/assistant/x%0Ay%20z", nil, "")
	f.send(t, "GET", "/assistant/assistants", http.Header{keyHeader: {"wrong-key"}}, "")
	mu.Lock()
	defer mu.Unlock()
	lines := strings.Split(strings.TrimSpace(log.String()), "\n")
	for i, want := range []string{
		` POST /assistant/assistants CreateAssistant 2026-04 200 `,
		` GET /assistant/files/a ListFiles 2025-01 200 `,
		` GET "/assistant/x\ny z" - 2026-04 404 `,
		` GET /assistant/assistants - 2026-04 401 `,
	} {
		if i >= len(lines) || !strings.Contains(lines[i], want) {
			t.Errorf("log %q, want %q", lines, want)
		}
	}
	if len(lines) != 4 || strings.Contains(log.String(), f.Key) || strings.Contains(log.String(), "wrong-key") {
		t.Errorf("log %q", log.String())
	}
}

type writerFunc func([]byte) (int, error)

func (f writerFunc) Write(p []byte) (int, error) { return f(p) }

// Advancing the clock makes signed URLs and operations expire, and restores rate limits.
func TestClock(t *testing.T) {
	f := start(t, WithControl(), WithPace(quick), WithPlan(Starter))
	f.createAssistant(t)
	op := f.upload(t, "a.txt", "The tide is high.", nil)
	file, err := f.data.DescribeFile(t.Context(), "a", op.FileID, &data.DescribeFileParams{IncludeURL: true})
	if err != nil {
		t.Fatal(err)
	}
	signed := func() int {
		resp, err := http.Get(file.SignedURL)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		return resp.StatusCode
	}
	status := 0
	for range 10 {
		if status, _ = f.send(t, "DELETE", "/assistant/files/a/x", nil, ""); status == 429 {
			break
		}
	}
	if status != 429 || signed() != 200 {
		t.Fatalf("status %d", status)
	}
	f.Advance(2 * time.Minute)
	if status, text := f.send(t, "DELETE", "/assistant/files/a/x", nil, ""); status != 404 {
		t.Errorf("rate limit after a minute: status %d: %s", status, text)
	}
	f.local(t, "POST", clockPath, `{"advance":3600}`, 200)
	if got := signed(); got != 403 {
		t.Errorf("signed URL after an hour: status %d", got)
	}
	if list, err := f.data.ListOperations(t.Context(), "a", nil); err != nil || len(list.Operations) != 1 {
		t.Errorf("operations %+v, error %v", list, err)
	}
	f.Advance(operationsKept)
	if list, err := f.data.ListOperations(t.Context(), "a", nil); err != nil || len(list.Operations) != 0 {
		t.Errorf("operations %+v, error %v", list, err)
	}
	var now struct{ Now time.Time }
	if err := json.Unmarshal([]byte(f.local(t, "GET", clockPath, "", 200)), &now); err != nil || now.Now.Before(time.Now().Add(operationsKept)) {
		t.Errorf("now %v, error %v", now, err)
	}
	for _, body := range []string{`{"advance":0}`, `{"advance":-1}`, `{"advance":1e300}`, `{"now":1}`} {
		f.local(t, "POST", clockPath, body, 400)
	}
}

// Projects do not share data.
func TestProjects(t *testing.T) {
	for _, folder := range []string{"", t.TempDir()} {
		opts := []Option{WithKeys("one", "two"), WithControl(), WithPace(quick), WithPlan(Starter)}
		if folder != "" {
			opts = append(opts, WithData(folder))
		}
		one := start(t, opts...)
		if one.Key != "one" || one.Project("two") == nil || one.Project("two") == one.Server || one.Project("one") != one.Server || one.Project("three") != nil || one.Project("") != nil {
			t.Fatal("Project returns a wrong server")
		}
		two := connect(t, &Running{URL: one.URL, Key: "two", Server: one.Project("two")})
		one.createAssistant(t)
		one.upload(t, "a.txt", "The tide is high.", nil)
		if _, err := two.control.DescribeAssistant(t.Context(), "a"); err == nil {
			t.Error("assistant of the other project: no error")
		}
		two.createAssistant(t) // with the same name
		if list, err := two.data.ListFiles(t.Context(), "a", nil); err != nil || len(list.Files) != 0 {
			t.Errorf("files %+v, error %v", list, err)
		}
		for i := range 4 { // up to the plan's limit for each project
			for _, f := range []*fixture{one, two} {
				if _, err := f.control.CreateAssistant(t.Context(), control.CreateAssistantRequest{Name: fmt.Sprint("b", i)}); err != nil {
					t.Error(err)
				}
			}
		}
		one.local(t, "POST", faultsPath, `{"status":503}`, 204)
		if status, _ := two.send(t, "GET", "/assistant/assistants", nil, ""); status != 200 {
			t.Errorf("fault of the other project: status %d", status)
		}
		if status, _ := one.send(t, "GET", "/assistant/assistants", nil, ""); status != 503 {
			t.Errorf("fault: status %d", status)
		}
		op := two.upload(t, "b.txt", "The tide is low.", nil)
		file, err := two.data.DescribeFile(t.Context(), "a", op.FileID, &data.DescribeFileParams{IncludeURL: true})
		if err != nil {
			t.Fatal(err)
		}
		resp, err := http.Get(file.SignedURL)
		if err != nil {
			t.Fatal(err)
		}
		text, _ := io.ReadAll(resp.Body)
		resp.Body.Close()
		if string(text) != "The tide is low." {
			t.Errorf("signed URL of the second project: %s", text)
		}
		if n := len(one.Requests()); n == 0 || n == len(two.Requests()) && reflect.DeepEqual(one.Requests(), two.Requests()) {
			t.Error("the projects share a journal")
		}
		if err := one.Close(); err != nil {
			t.Error(err)
		}
		if folder != "" {
			again := start(t, opts...)
			if list, err := connect(t, &Running{URL: again.URL, Key: "two"}).data.ListFiles(t.Context(), "a", nil); err != nil || len(list.Files) != 1 {
				t.Errorf("after a restart: %+v, error %v", list, err)
			}
		}
	}
	for _, keys := range [][]string{{"a", "a"}, {"a", ""}} {
		if s, err := New(WithKeys(keys...)); err == nil {
			t.Errorf("keys %q: no error", keys)
			s.Close()
		}
	}
}

func seedFolder(t *testing.T, files map[string]string) string {
	t.Helper()
	folder := t.TempDir()
	for name, content := range files {
		path := filepath.Join(folder, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return folder
}

// Reset restores the seed of a project, in memory and in a folder, also during requests.
func TestReset(t *testing.T) {
	t.Parallel()
	seed := seedFolder(t, map[string]string{
		"manual/lamp.txt": "The lamp is lit at sunset.", "manual/.hidden": "x", "manual/notes/x.txt": "left out",
		"manual.json": `{"instructions":"Be brief.","region":"eu","metadata":{"team":"x"},"files":{"lamp.txt":{"kind":"text"}}}`,
		"empty/.keep": "",
	})
	for _, folder := range []string{"", t.TempDir()} {
		opts := []Option{WithSeed(seed), WithControl(), WithPace(quick)}
		if folder != "" {
			opts = append(opts, WithData(folder))
		}
		f := start(t, opts...)
		seeded := func() {
			t.Helper()
			list, err := f.control.ListAssistants(t.Context(), nil)
			if err != nil || len(list.Assistants) != 2 || list.Assistants[1].Name != "manual" || list.Assistants[1].Status != "Ready" || list.Assistants[1].Region != "eu" || list.Assistants[1].Instructions != "Be brief." {
				t.Fatalf("assistants %+v, error %v", list, err)
			}
			eventually(t, func() bool {
				_, text := f.send(t, "GET", "/assistant/files/manual", nil, "")
				return strings.Contains(text, `"Available"`) && strings.Contains(text, `"kind":"text"`) && strings.Count(text, `"name"`) == 1
			})
			answer, err := f.data.Chat(t.Context(), "manual", data.ChatRequest{Messages: ask("When is the lamp lit?")})
			if err != nil || answer.Message.Content != "The lamp is lit at sunset." {
				t.Fatalf("answer %+v, error %v", answer, err)
			}
		}
		seeded()
		var group sync.WaitGroup
		stop := make(chan struct{})
		for i := range 4 {
			group.Go(func() {
				for n := 0; ; n++ {
					select {
					case <-stop:
						return
					default:
					}
					f.send(t, "POST", "/assistant/assistants", nil, fmt.Sprintf(`{"name":"b-%d-%d"}`, i, n))
					body, header := form(t, field{"file", "x.txt", "The tide is high."})
					f.send(t, "POST", fmt.Sprintf("/assistant/files/b-%d-%d", i, n), header, body)
				}
			})
		}
		for range 20 {
			f.local(t, "POST", resetPath, "", 204)
		}
		close(stop)
		group.Wait()
		if err := f.Fail(Fault{Status: 503}); err != nil {
			t.Fatal(err)
		}
		if err := f.Reset(); err != nil {
			t.Fatal(err)
		}
		if n := len(f.Requests()); n != 0 {
			t.Errorf("%d requests in the journal", n)
		}
		seeded()
		if err := f.Close(); err != nil {
			t.Error(err)
		}
		if err := f.Reset(); err == nil {
			t.Error("reset of a closed emulator: no error")
		}
	}
}

func TestInvalidSeeds(t *testing.T) {
	for want, files := range map[string]map[string]string{
		"no subfolders":            {},
		"invalid assistant name":   {"Not_Valid/a.txt": "x"},
		"type is not supported":    {"a/a.exe": "x"},
		"no folder b":              {"a/a.txt": "x", "b.json": "{}"},
		"no file b.txt":            {"a/a.txt": "x", "a.json": `{"files":{"b.txt":{}}}`},
		"want us or eu":            {"a/a.txt": "x", "a.json": `{"region":"mars"}`},
		"unknown field":            {"a/a.txt": "x", "a.json": `{"instruction":""}`},
		"the list":                 {"a/a.txt": "x", "a.json": `{"files":{"a.txt":{"x":[1]}}}`},
		"the limit is 10485760":    {"a/a.txt": strings.Repeat("x", maxFileBytes+1)},
		"Metadata exceeds maximum": {"a/a.txt": "x", "a.json": `{"metadata":{"x":"` + strings.Repeat("x", maxText) + `"}}`},
	} {
		s, err := New(WithSeed(seedFolder(t, files)))
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want %q", err, want)
		}
		if s != nil {
			s.Close()
		}
	}
	if _, err := New(WithSeed(filepath.Join(t.TempDir(), "none"))); err == nil {
		t.Error("missing folder: no error")
	}
}

// A snapshot has all data of a project except its key, and can be restored by another
// emulator.
func TestSnapshot(t *testing.T) {
	f := start(t, WithControl(), WithPace(quick))
	f.createAssistant(t)
	op := f.upload(t, "lamp.txt", "The lamp is lit at sunset.", map[string]any{"x": 1.0})
	snapshot := f.local(t, "GET", snapshotPath, "", 200)
	if strings.Contains(snapshot, f.Key) || !strings.HasPrefix(snapshot, "SQLite format 3") {
		t.Error("the snapshot contains the key, or is not an SQLite database")
	}
	for _, folder := range []string{"", t.TempDir()} {
		opts := []Option{WithControl(), WithPace(quick)}
		if folder != "" {
			opts = append(opts, WithData(folder))
		}
		other := start(t, opts...)
		if _, err := other.control.CreateAssistant(t.Context(), control.CreateAssistantRequest{Name: "gone"}); err != nil {
			t.Fatal(err)
		}
		for _, bad := range []string{"", "x", snapshot[:len(snapshot)/2], "SQLite format 3\x00" + strings.Repeat("x", 5000)} {
			if text := other.local(t, "PUT", snapshotPath, bad, 400); !strings.Contains(text, "not a snapshot") {
				t.Error(text)
			}
		}
		if _, err := other.control.DescribeAssistant(t.Context(), "gone"); err != nil {
			t.Errorf("after invalid snapshots: %v", err)
		}
		other.local(t, "PUT", snapshotPath, snapshot, 204)
		check := func(other *fixture) {
			t.Helper()
			list, err := other.control.ListAssistants(t.Context(), nil)
			if err != nil || len(list.Assistants) != 1 || list.Assistants[0].Name != "a" {
				t.Fatalf("assistants %+v, error %v", list, err)
			}
			file, err := other.data.DescribeFile(t.Context(), "a", op.FileID, nil)
			if err != nil || file.Metadata["x"] != 1.0 || file.Status != data.FileStatusAvailable {
				t.Errorf("file %+v, error %v", file, err)
			}
			answer, err := other.data.Chat(t.Context(), "a", data.ChatRequest{Messages: ask("When is the lamp lit?")})
			if err != nil || answer.Message.Content != "The lamp is lit at sunset." {
				t.Errorf("answer %+v, error %v", answer, err)
			}
		}
		check(other)
		other.upload(t, "more.txt", "The door is green.", nil)
		if err := other.Restore(strings.NewReader(snapshot)); err != nil {
			t.Fatal(err)
		}
		check(other)
		if list, err := other.data.ListFiles(t.Context(), "a", nil); err != nil || len(list.Files) != 1 {
			t.Errorf("files %+v, error %v", list, err)
		}
		key := other.Key
		if err := other.Close(); err != nil {
			t.Fatal(err)
		}
		if folder != "" {
			again := start(t, WithData(folder), WithKey(key))
			check(again)
		}
	}
}

func TestTLS(t *testing.T) {
	running, err := Listen(t.Context(), "127.0.0.1:0", WithTLS(), WithPace(quick))
	if err != nil {
		t.Fatal(err)
	}
	defer running.Close()
	if !strings.HasPrefix(running.URL, "https://127.0.0.1:") {
		t.Error(running.URL)
	}
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM(running.Certificate) {
		t.Fatalf("certificate %s", running.Certificate)
	}
	transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots}, ForceAttemptHTTP2: true}
	defer transport.CloseIdleConnections()
	f := connectBy(t, running, transport)
	f.createAssistant(t)
	op := f.upload(t, "a.txt", "The tide is high.", nil)
	file, err := f.data.DescribeFile(t.Context(), "a", op.FileID, &data.DescribeFileParams{IncludeURL: true})
	if err != nil || !strings.HasPrefix(file.SignedURL, running.URL) {
		t.Errorf("file %+v, error %v", file, err)
	}
	if answer, err := data.CollectChat(f.data.ChatStream(t.Context(), "a", data.ChatRequest{Messages: ask("tide")})); err != nil || answer.Message.Content == "" {
		t.Errorf("answer %+v, error %v", answer, err)
	}
	if _, err := http.Get(running.URL); err == nil {
		t.Error("client without the certificate: no error")
	}
}

// The paths below /emulator require WithControl and a key.
func TestControlOff(t *testing.T) {
	off, on := start(t), start(t, WithControl())
	for path, methods := range controlled {
		for method := range methods {
			if status, text := off.send(t, method, path, nil, "{}"); status != 404 || !strings.Contains(text, "-control") {
				t.Errorf("%s %s: status %d: %s", method, path, status, text)
			}
			if status, _ := on.send(t, method, path, http.Header{keyHeader: {"x"}}, "{}"); status != 401 {
				t.Errorf("%s %s without the key: status %d", method, path, status)
			}
		}
		if status, text := on.send(t, "PATCH", path, nil, "{}"); status != 405 {
			t.Errorf("PATCH %s: status %d: %s", path, status, text)
		}
	}
	on.local(t, "GET", "/emulator/nothing", "", 404)
}
