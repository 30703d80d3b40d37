package apitest

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	data202501 "github.com/pinecone-community/assistant-go/gen/2025-01/data"
	control202604 "github.com/pinecone-community/assistant-go/gen/2026-04/control"
	data202604 "github.com/pinecone-community/assistant-go/gen/2026-04/data"
	evaluation202604 "github.com/pinecone-community/assistant-go/gen/2026-04/evaluation"
)

// Values and fields that the spec does not have never fail a decode.
func TestUnknownValuesDecode(t *testing.T) {
	for name, test := range map[string]struct {
		into any
		text string
	}{
		"unknown field":        {new(control202604.Assistant), `{"name":"a","status":"Ready","new":{"a":[1]}}`},
		"unknown status":       {new(control202604.Assistant), `{"name":"a","status":"Paused","region":"ap"}`},
		"nulls":                {new(control202604.Assistant), `{"name":null,"status":null,"metadata":null,"created_at":null,"region":null,"host":null}`},
		"null list":            {new(control202604.ListAssistantsResponse), `{"assistants":null,"pagination":null}`},
		"null in a list":       {new(control202604.ListAssistantsResponse), `{"assistants":[null]}`},
		"name":                 {new(control202604.UpdateAssistantResponse), `{"name":"a"}`},
		"assistant_name":       {new(control202604.UpdateAssistantResponse), `{"assistant_name":"a"}`},
		"nanoseconds":          {new(data202604.AssistantFile), `{"id":"not-a-uuid","name":"a.txt","created_on":"2026-01-02T03:04:05.123456789Z"}`},
		"2025 id":              {new(data202501.AssistantFile), `{"id":"not-a-uuid","name":"a.txt","percent_done":0.5}`},
		"operation":            {new(data202604.Operation), `{"id":"op","operation_type":"merge_files","status":"Queued","created_on":"2026-01-02T03:04:05+02:00","completed_on":null,"file_id":null,"ingestion_units":null,"percent_complete":null,"error_message":null}`},
		"finish reason null":   {new(data202604.ChatResponse), `{"finish_reason":"null","message":null,"citations":null,"usage":null,"content_filter_results":null}`},
		"finish reason absent": {new(data202604.ChatResponse), `{"finish_reason":null}`},
		"function_call":        {new(data202604.ChatResponse), `{"finish_reason":"function_call"}`},
		"filter results":       {new(data202604.ChatResponse), `{"content_filter_results":{"spec":"newcomer","results":[{"a":1}]}}`},
		"highlight null":       {new(data202604.Citation), `{"position":1,"references":[{"file":null,"pages":null,"highlight":null}]}`},
		"delta null":           {new(data202604.ChatCompletionChunk), `{"id":"x","choices":[{"index":0,"delta":null,"finish_reason":"stop"}]}`},
		"role null":            {new(data202604.ChatCompletionChunk), `{"id":"x","choices":[{"index":0,"delta":{"role":null,"content":null}}]}`},
		"usage at the end":     {new(data202604.ChatCompletionChunk), `{"id":"x","choices":[],"usage":{"prompt_tokens":1}}`},
		"image null":           {new(data202604.ImageBlock), `{"type":"image","caption":"c","image":null}`},
		"entailment":           {new(evaluation202604.EvaluatedFact), `{"fact":{"content":"f","x":1},"entailment":"perhaps","reasoning":"because"}`},
		"reference 2025":       {new(data202501.Snippet), `{"type":"table","content":"c","score":0.5,"reference":{"type":"spreadsheet","file":{"id":"x"}}}`},
	} {
		t.Run(name, func(t *testing.T) {
			if err := json.Unmarshal([]byte(test.text), test.into); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestKnownFieldsArriveBesideUnknownOnes(t *testing.T) {
	var file data202604.AssistantFile
	err := json.Unmarshal([]byte(`{"id":"f","name":"a.txt","status":"Shelved","size":5000000000,"created_on":"2026-01-02T03:04:05.123456789Z","metadata":{"my_key":[1,"x",null]},"shelf":7}`), &file)
	if err != nil {
		t.Fatal(err)
	}
	want := time.Date(2026, 1, 2, 3, 4, 5, 123456789, time.UTC)
	if file.ID != "f" || file.Size != 5e9 || file.Status != "Shelved" || !file.CreatedOn.Equal(want) {
		t.Errorf("%+v", file)
	}
	var chunk data202604.ChatCompletionChunk
	if err := json.Unmarshal([]byte(`{"choices":[],"usage":{"total_tokens":3}}`), &chunk); err != nil || chunk.Usage.TotalTokens != 3 {
		t.Errorf("%+v, error %v", chunk, err)
	}
	var fact evaluation202604.EvaluatedFact
	if err := json.Unmarshal([]byte(`{"fact":{"content":"f"},"entailment":"neutral","reasoning":"because"}`), &fact); err != nil || fact.Reasoning != "because" {
		t.Errorf("%+v, error %v", fact, err)
	}
}

// A union and a free-form value keep unknown members and fields.
func TestUnknownSurvivesDecodeAndEncode(t *testing.T) {
	for name, test := range map[string]struct {
		into any
		text string
	}{
		"unknown snippet":          {new(data202604.Snippet), `{"type":"table","rows":[[1,2]],"reference":{"type":"xlsx","sheet":"a"}}`},
		"known snippet, new field": {new(data202604.Snippet), `{"type":"text","content":"c","score":0.25,"language":"en","reference":{"type":"pdf","file":{"id":"f","name":"n","shelf":1},"pages":[1],"line":2}}`},
		"snippet without a type":   {new(data202604.Snippet), `{"content":"c"}`},
		"snippet null":             {new(data202604.Snippet), `null`},
		"unknown block":            {new(data202604.ContentBlock), `{"type":"video","url":"u"}`},
		"unknown reference":        {new(data202604.SnippetReference), `{"type":"xlsx","sheet":"a"}`},
		"reference 2025":           {new(data202501.SnippetReference), `{"type":"pdf","file":{"id":"f"},"pages":[1,2]}`},
		"metadata":                 {new(map[string]any), `{"my_key":{"Deep_Key":[null,true,0.5,"ü"]}}`},
		"filter results":           {new(data202604.ContentFilterResults), `{"spec":"newcomer","results":{"hate":[{"level":1}]}}`},
		"inside of a response": {new(data202604.ContextResponse), `{"snippets":[{"type":"table","rows":[1]},{"type":"multimodal","content":[{"type":"video","url":"u"}],"score":1,"reference":{"type":"xlsx"}}],
			"usage":{"prompt_tokens":1,"completion_tokens":2,"total_tokens":3}}`},
	} {
		t.Run(name, func(t *testing.T) {
			if err := json.Unmarshal([]byte(test.text), test.into); err != nil {
				t.Fatal(err)
			}
			again, err := json.Marshal(test.into)
			if err != nil {
				t.Fatal(err)
			}
			if !sameJSON(t, string(again), test.text) {
				t.Errorf("%s\nbecame\n%s", test.text, again)
			}
		})
	}
}

func TestUnionMembers(t *testing.T) {
	var reply data202604.ContextResponse
	err := json.Unmarshal([]byte(`{"usage":{},"snippets":[
		{"type":"text","content":"c","score":0.25,"reference":{"type":"doc_x","file":{"id":"f","name":"n.docx"},"pages":[7]}},
		{"type":"table"}]}`), &reply)
	if err != nil {
		t.Fatal(err)
	}
	text, ok := reply.Snippets[0].Value.(*data202604.TextSnippet)
	if !ok {
		t.Fatalf("%T", reply.Snippets[0].Value)
	}
	if docx, ok := text.Reference.Value.(*data202604.DocxReference); !ok || docx.File.Name != "n.docx" || docx.Pages[0] != 7 {
		t.Errorf("%#v", text.Reference.Value)
	}
	if table, ok := reply.Snippets[1].Value.(*data202604.UnknownSnippet); !ok || table.Type != "table" || string(table.Raw) != `{"type":"table"}` {
		t.Errorf("%#v", reply.Snippets[1].Value)
	}

	// A modified member is encoded with its new value.
	text.Content = "changed"
	again, err := json.Marshal(reply.Snippets[0])
	if err != nil || !strings.Contains(string(again), `"content":"changed"`) || !strings.Contains(string(again), `"doc_x"`) {
		t.Errorf("%s, error %v", again, err)
	}
	// A member that was made by the caller is encoded, and so is a union
	// without a member.
	for want, union := range map[string]data202604.Snippet{
		`{"type":"text","content":"c","score":1,"reference":null}`: {Value: &data202604.TextSnippet{Type: "text", Content: "c", Score: 1}},
		`{"type":"x"}`: {Value: &data202604.UnknownSnippet{Type: "x", Raw: json.RawMessage(`{"type":"x"}`)}},
		`null`:         {},
	} {
		got, err := json.Marshal(union)
		if err != nil || !sameJSON(t, string(got), want) {
			t.Errorf("%s, want %s (error %v)", got, want, err)
		}
	}
}

// A field that is left out and a field that is empty differ in the request
// where the service distinguishes them.
func TestAbsentAndEmpty(t *testing.T) {
	empty, no := "", false
	for name, test := range map[string]struct {
		body any
		want string
	}{
		"update nothing":     {control202604.UpdateAssistantRequest{}, `{}`},
		"clear instructions": {control202604.UpdateAssistantRequest{Instructions: &empty}, `{"instructions":""}`},
		"clear metadata":     {control202604.UpdateAssistantRequest{Metadata: map[string]any{}}, `{"metadata":{}}`},
		"create":             {control202604.CreateAssistantRequest{Name: "a"}, `{"name":"a"}`},
		"chat":               {data202604.ChatRequest{Messages: []data202604.Message{{Role: "user", Content: "q"}}}, `{"messages":[{"role":"user","content":"q"}]}`},
		"context":            {data202604.ContextRequest{Query: "q"}, `{"query":"q"}`},
		"context, text only": {data202604.ContextRequest{Query: "q", Multimodal: &no}, `{"query":"q","multimodal":false}`},
		"chat, text only":    {data202604.ChatRequest{ContextOptions: data202604.ContextOptions{Multimodal: &no}}, `{"messages":null,"context_options":{"multimodal":false}}`},
		"filter":             {data202604.ContextRequest{Query: "q", Filter: map[string]any{"my_key": map[string]any{"$ne": "a&b"}}}, `{"query":"q","filter":{"my_key":{"$ne":"a&b"}}}`},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := json.Marshal(test.body)
			if err != nil || !sameJSON(t, string(got), test.want) {
				t.Errorf("%s, want %s (error %v)", got, test.want, err)
			}
		})
	}
	var reply data202604.ChatResponse
	for text, want := range map[string]*int{`{}`: nil, `{"context_snippet_count":0}`: new(int)} {
		reply = data202604.ChatResponse{}
		if err := json.Unmarshal([]byte(text), &reply); err != nil || (reply.ContextSnippetCount == nil) != (want == nil) {
			t.Errorf("%s: count %v, error %v", text, reply.ContextSnippetCount, err)
		}
	}
}
