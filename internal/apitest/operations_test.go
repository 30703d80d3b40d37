package apitest

import (
	"io"
	"net/http"
	"net/http/httptest"
	"reflect"
	"testing"

	control202501 "github.com/pinecone-community/assistant-go/gen/2025-01/control"
	data202501 "github.com/pinecone-community/assistant-go/gen/2025-01/data"
	evaluation202501 "github.com/pinecone-community/assistant-go/gen/2025-01/evaluation"
	control202604 "github.com/pinecone-community/assistant-go/gen/2026-04/control"
	data202604 "github.com/pinecone-community/assistant-go/gen/2026-04/data"
	evaluation202604 "github.com/pinecone-community/assistant-go/gen/2026-04/evaluation"
	"github.com/pinecone-community/assistant-go/internal/spectest"
)

// reply is what a test's server answers with.
type reply struct {
	status int
	body   string
	header string // Location
}

// operation is a call of a typed method. got is compared with want.
type operation struct {
	method string
	reply  reply
	call   func(t *testing.T, client *http.Client, server string) (got any, err error)
	want   any
	wire   string // method and target that the server sees
}

const (
	assistantJSON = `{"name":"a-1","status":"Ready","host":"https://h","created_at":"2026-01-02T03:04:05Z","metadata":null}`
	fileJSON      = `{"id":"3fa85f64-5717-4562-b3fc-2c963f66afa6","name":"a.pdf","status":"Available","metadata":{"year":2026}}`
	operationJSON = `{"id":"op-1","operation_type":"upload_file","status":"Processing","created_on":"2026-01-02T03:04:05Z","percent_complete":42}`
	alignmentJSON = `{"metrics":{"correctness":1,"completeness":0.5,"alignment":0.66},"reasoning":{"evaluated_facts":[{"fact":{"content":"f"},"entailment":"entailed","reasoning":"r"}]},"usage":{"prompt_tokens":1,"completion_tokens":2,"total_tokens":3}}`
	chatJSON      = `{"id":"c","finish_reason":"stop","message":{"role":"assistant","content":"Yes."},"model":"gpt-4o","citations":[{"position":3,"references":[{"file":` + fileJSON + `,"pages":[1,2]}]}],"usage":{"total_tokens":3}}`
	choiceJSON    = `{"id":"c","choices":[{"index":0,"finish_reason":"stop","message":{"role":"assistant","content":"Yes."}}],"model":"gpt-4o"}`
	snippetJSON   = `{"type":"text","content":"c","score":0.25,"reference":{"type":"pdf","file":` + fileJSON + `,"pages":[1]}}`
	contextJSON   = `{"id":"x","snippets":[` + snippetJSON + `],"usage":{"total_tokens":3}}`
)

// TestOperations calls every operation once. Requests and replies are validated
// against the spec.
func TestOperations(t *testing.T) {
	for _, test := range []struct {
		version, plane string
		typed          any
		operations     []operation
	}{
		{"2026-04", "control", (*control202604.API)(nil), control202604Operations},
		{"2026-04", "data", (*data202604.API)(nil), data202604Operations},
		{"2026-04", "evaluation", (*evaluation202604.API)(nil), evaluation202604Operations},
		{"2025-01", "control", (*control202501.API)(nil), control202501Operations},
		{"2025-01", "data", (*data202501.API)(nil), data202501Operations},
		{"2025-01", "evaluation", (*evaluation202501.API)(nil), evaluation202501Operations},
	} {
		spec := spectest.Load(t, test.version, test.plane)
		called := map[string]bool{}
		for _, op := range test.operations {
			called[op.method] = true
			t.Run(test.version+" "+test.plane+" "+op.method, func(t *testing.T) {
				runOperation(t, spec, op)
			})
		}
		for _, method := range operationMethods(test.typed) {
			if !called[method] {
				t.Errorf("%s %s: no test calls %s", test.version, test.plane, method)
			}
		}
	}
}

func runOperation(t *testing.T, spec *spectest.Spec, op operation) {
	t.Helper()
	var wire string
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		wire = req.Method + " " + req.RequestURI
		_, _ = io.Copy(io.Discard, req.Body)
		if op.reply.header != "" {
			w.Header().Set("Location", op.reply.header)
		}
		if op.reply.body != "" {
			w.Header().Set("Content-Type", "application/json")
		}
		w.WriteHeader(op.reply.status)
		_, _ = io.WriteString(w, op.reply.body)
	}))
	defer server.Close()
	client := &http.Client{Transport: spectest.Transport(t, http.DefaultTransport, spec)}
	got, err := op.call(t, client, server.URL+"/assistant")
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(got, op.want) {
		t.Errorf("got %#v, want %#v", got, op.want)
	}
	if wire != op.wire {
		t.Errorf("the server saw %s, want %s", wire, op.wire)
	}
}

// onControl and its kin make a client and call it.
func onControl202604[T any](call func(*testing.T, *control202604.API) (T, error)) func(*testing.T, *http.Client, string) (any, error) {
	return func(t *testing.T, client *http.Client, server string) (any, error) {
		api, err := control202604.New(control202604.WithBaseURL(server), control202604.WithHTTPClient(client), control202604.WithRequestEditorFn(newEditor(t)))
		if err != nil {
			return nil, err
		}
		return call(t, api)
	}
}

func onData202604[T any](call func(*testing.T, *data202604.API) (T, error)) func(*testing.T, *http.Client, string) (any, error) {
	return func(t *testing.T, client *http.Client, server string) (any, error) {
		api, err := data202604.New(server, data202604.WithHTTPClient(client), data202604.WithRequestEditorFn(newEditor(t)))
		if err != nil {
			return nil, err
		}
		return call(t, api)
	}
}

func onEvaluation202604[T any](call func(*testing.T, *evaluation202604.API) (T, error)) func(*testing.T, *http.Client, string) (any, error) {
	return func(t *testing.T, client *http.Client, server string) (any, error) {
		api, err := evaluation202604.New(evaluation202604.WithBaseURL(server), evaluation202604.WithHTTPClient(client), evaluation202604.WithRequestEditorFn(newEditor(t)))
		if err != nil {
			return nil, err
		}
		return call(t, api)
	}
}

func onControl202501[T any](call func(*testing.T, *control202501.API) (T, error)) func(*testing.T, *http.Client, string) (any, error) {
	return func(t *testing.T, client *http.Client, server string) (any, error) {
		api, err := control202501.New(control202501.WithBaseURL(server), control202501.WithHTTPClient(client), control202501.WithRequestEditorFn(newEditor(t)))
		if err != nil {
			return nil, err
		}
		return call(t, api)
	}
}

func onData202501[T any](call func(*testing.T, *data202501.API) (T, error)) func(*testing.T, *http.Client, string) (any, error) {
	return func(t *testing.T, client *http.Client, server string) (any, error) {
		api, err := data202501.New(server, data202501.WithHTTPClient(client), data202501.WithRequestEditorFn(newEditor(t)))
		if err != nil {
			return nil, err
		}
		return call(t, api)
	}
}

func onEvaluation202501[T any](call func(*testing.T, *evaluation202501.API) (T, error)) func(*testing.T, *http.Client, string) (any, error) {
	return func(t *testing.T, client *http.Client, server string) (any, error) {
		api, err := evaluation202501.New(evaluation202501.WithBaseURL(server), evaluation202501.WithHTTPClient(client), evaluation202501.WithRequestEditorFn(newEditor(t)))
		if err != nil {
			return nil, err
		}
		return call(t, api)
	}
}

var control202604Operations = []operation{
	{"ListAssistants", reply{200, `{"assistants":[` + assistantJSON + `],"pagination":{"next":"t2"}}`, ""},
		onControl202604(func(t *testing.T, api *control202604.API) (string, error) {
			page, err := api.ListAssistants(t.Context(), &control202604.ListAssistantsParams{Limit: 2, PaginationToken: "t1="})
			if err != nil {
				return "", err
			}
			return page.Assistants[0].Host + " " + page.Pagination.Next, nil
		}), "https://h t2", "GET /assistant/assistants?limit=2&pagination_token=t1%3D"},
	{"CreateAssistant", reply{200, assistantJSON, ""},
		onControl202604(func(t *testing.T, api *control202604.API) (control202604.AssistantStatus, error) {
			assistant, err := api.CreateAssistant(t.Context(), control202604.CreateAssistantRequest{Name: "a-1", Region: control202604.RegionEU, Metadata: map[string]any{"team": "x"}})
			if err != nil {
				return "", err
			}
			return assistant.Status, nil
		}), control202604.AssistantStatusReady, "POST /assistant/assistants"},
	{"DescribeAssistant", reply{200, assistantJSON, ""},
		onControl202604(func(t *testing.T, api *control202604.API) (int, error) {
			assistant, err := api.DescribeAssistant(t.Context(), "a-1")
			if err != nil {
				return 0, err
			}
			return assistant.CreatedAt.Year(), nil
		}), 2026, "GET /assistant/assistants/a-1"},
	{"UpdateAssistant", reply{200, `{"assistant_name":"a-1","instructions":"","metadata":{}}`, ""},
		onControl202604(func(t *testing.T, api *control202604.API) (string, error) {
			none := ""
			updated, err := api.UpdateAssistant(t.Context(), "a-1", control202604.UpdateAssistantRequest{Instructions: &none, Metadata: map[string]any{}})
			if err != nil {
				return "", err
			}
			return updated.Name, nil
		}), "a-1", "PATCH /assistant/assistants/a-1"},
	{"DeleteAssistant", reply{200, "", ""},
		onControl202604(func(t *testing.T, api *control202604.API) (any, error) {
			return nil, api.DeleteAssistant(t.Context(), "a-1")
		}), nil, "DELETE /assistant/assistants/a-1"},
}

var data202604Operations = []operation{
	{"ListFiles", reply{200, `{"files":[` + fileJSON + `],"pagination":{"next":"t2"}}`, ""},
		onData202604(func(t *testing.T, api *data202604.API) (string, error) {
			page, err := api.ListFiles(t.Context(), "a-1", &data202604.ListFilesParams{Filter: map[string]any{"year": map[string]any{"$gte": 2020}}})
			if err != nil {
				return "", err
			}
			return page.Files[0].Name, nil
		}), "a.pdf", "GET /assistant/files/a-1?filter=%7B%22year%22%3A%7B%22%24gte%22%3A2020%7D%7D"},
	{"UploadFile", reply{202, operationJSON, "/operations/a-1/op-1"},
		onData202604(func(t *testing.T, api *data202604.API) (int32, error) {
			op, err := api.UploadFile(t.Context(), "a-1", &data202604.UploadFileParams{Multimodal: true}, data202604.UploadFileRequest{
				File:     data202604.FileBytes("a.pdf", []byte("%PDF-1.7")),
				Metadata: map[string]any{"my_key": "v"},
			})
			if err != nil {
				return 0, err
			}
			return op.PercentComplete, nil
		}), int32(42), "POST /assistant/files/a-1?multimodal=true"},
	{"UpsertFile", reply{202, operationJSON, "/operations/a-1/op-1"},
		onData202604(func(t *testing.T, api *data202604.API) (data202604.OperationStatus, error) {
			op, err := api.UpsertFile(t.Context(), "a-1", "my_file-1", nil, data202604.UploadFileRequest{File: data202604.FileBytes("a.md", []byte("# a"))})
			if err != nil {
				return "", err
			}
			return op.Status, nil
		}), data202604.OperationStatusProcessing, "PUT /assistant/files/a-1/my_file-1"},
	{"DescribeFile", reply{200, fileJSON, ""},
		onData202604(func(t *testing.T, api *data202604.API) (data202604.FileStatus, error) {
			file, err := api.DescribeFile(t.Context(), "a-1", "f-1", &data202604.DescribeFileParams{IncludeURL: true})
			if err != nil {
				return "", err
			}
			return file.Status, nil
		}), data202604.FileStatusAvailable, "GET /assistant/files/a-1/f-1?include_url=true"},
	{"DeleteFile", reply{202, operationJSON, "/operations/a-1/op-1"},
		onData202604(func(t *testing.T, api *data202604.API) (string, error) {
			op, err := api.DeleteFile(t.Context(), "a-1", "f-1")
			if err != nil {
				return "", err
			}
			return op.ID, nil
		}), "op-1", "DELETE /assistant/files/a-1/f-1"},
	{"DeleteFile", reply{204, "", ""},
		onData202604(func(t *testing.T, api *data202604.API) (*data202604.Operation, error) {
			return api.DeleteFile(t.Context(), "a-1", "f-1")
		}), (*data202604.Operation)(nil), "DELETE /assistant/files/a-1/f-1"},
	{"ListOperations", reply{200, `{"operations":[` + operationJSON + `]}`, ""},
		onData202604(func(t *testing.T, api *data202604.API) (data202604.OperationType, error) {
			page, err := api.ListOperations(t.Context(), "a-1", &data202604.ListOperationsParams{
				OperationType: data202604.OperationTypeUploadFile, Status: data202604.OperationStatusFailed, Limit: 100,
			})
			if err != nil {
				return "", err
			}
			return page.Operations[0].OperationType, nil
		}), data202604.OperationTypeUploadFile, "GET /assistant/operations/a-1?limit=100&operation_type=upload_file&status=Failed"},
	{"DescribeOperation", reply{200, operationJSON, ""},
		onData202604(func(t *testing.T, api *data202604.API) (string, error) {
			op, err := api.DescribeOperation(t.Context(), "a-1", "op-1")
			if err != nil {
				return "", err
			}
			return op.ID, nil
		}), "op-1", "GET /assistant/operations/a-1/op-1"},
	{"Chat", reply{200, chatJSON, ""},
		onData202604(func(t *testing.T, api *data202604.API) ([]int, error) {
			answer, err := api.Chat(t.Context(), "a-1", data202604.ChatRequest{
				Messages: []data202604.Message{{Role: "user", Content: "q"}}, Model: data202604.ModelGPT4O, Temperature: 0.5,
				ContextOptions: data202604.ContextOptions{TopK: 5, SnippetSize: 512},
			})
			if err != nil {
				return nil, err
			}
			return answer.Citations[0].References[0].Pages, nil
		}), []int{1, 2}, "POST /assistant/chat/a-1"},
	{"ChatCompletion", reply{200, choiceJSON, ""},
		onData202604(func(t *testing.T, api *data202604.API) (string, error) {
			answer, err := api.ChatCompletion(t.Context(), "a-1", data202604.ChatCompletionRequest{Messages: []data202604.Message{{Role: "user", Content: "q"}}})
			if err != nil {
				return "", err
			}
			return answer.Choices[0].Message.Content, nil
		}), "Yes.", "POST /assistant/chat/a-1/chat/completions"},
	{"RetrieveContext", reply{200, contextJSON, ""},
		onData202604(func(t *testing.T, api *data202604.API) (string, error) {
			found, err := api.RetrieveContext(t.Context(), "a-1", data202604.ContextRequest{Query: "q", TopK: 64})
			if err != nil {
				return "", err
			}
			return found.Snippets[0].Value.(*data202604.TextSnippet).Content, nil
		}), "c", "POST /assistant/chat/a-1/context"},
}

var evaluation202604Operations = []operation{
	{"EvaluateAlignment", reply{200, alignmentJSON, ""},
		onEvaluation202604(func(t *testing.T, api *evaluation202604.API) (string, error) {
			result, err := api.EvaluateAlignment(t.Context(), evaluation202604.AlignmentRequest{Question: "q", Answer: "a", GroundTruthAnswer: "g"})
			if err != nil {
				return "", err
			}
			return result.Reasoning.EvaluatedFacts[0].Reasoning, nil
		}), "r", "POST /assistant/evaluation/metrics/alignment"},
}

var control202501Operations = []operation{
	{"ListAssistants", reply{200, `{"assistants":[` + assistantJSON + `]}`, ""},
		onControl202501(func(t *testing.T, api *control202501.API) (string, error) {
			page, err := api.ListAssistants(t.Context())
			if err != nil {
				return "", err
			}
			return page.Assistants[0].Host, nil
		}), "https://h", "GET /assistant/assistants"},
	{"CreateAssistant", reply{200, assistantJSON, ""},
		onControl202501(func(t *testing.T, api *control202501.API) (string, error) {
			assistant, err := api.CreateAssistant(t.Context(), control202501.CreateAssistantRequest{Name: "a-1", Region: control202501.RegionUS})
			if err != nil {
				return "", err
			}
			return assistant.Name, nil
		}), "a-1", "POST /assistant/assistants"},
	{"DescribeAssistant", reply{200, assistantJSON, ""},
		onControl202501(func(t *testing.T, api *control202501.API) (string, error) {
			assistant, err := api.DescribeAssistant(t.Context(), "a-1")
			if err != nil {
				return "", err
			}
			return assistant.Name, nil
		}), "a-1", "GET /assistant/assistants/a-1"},
	{"UpdateAssistant", reply{200, `{"name":"a-1"}`, ""},
		onControl202501(func(t *testing.T, api *control202501.API) (string, error) {
			updated, err := api.UpdateAssistant(t.Context(), "a-1", control202501.UpdateAssistantRequest{Metadata: map[string]any{"a": 1}})
			if err != nil {
				return "", err
			}
			return updated.Name, nil
		}), "a-1", "PATCH /assistant/assistants/a-1"},
	{"DeleteAssistant", reply{200, "", ""},
		onControl202501(func(t *testing.T, api *control202501.API) (any, error) {
			return nil, api.DeleteAssistant(t.Context(), "a-1")
		}), nil, "DELETE /assistant/assistants/a-1"},
}

var data202501Operations = []operation{
	{"ListFiles", reply{200, `{"files":[` + fileJSON + `]}`, ""},
		onData202501(func(t *testing.T, api *data202501.API) (string, error) {
			page, err := api.ListFiles(t.Context(), "a-1", &data202501.ListFilesParams{Filter: map[string]any{"a": 1}})
			if err != nil {
				return "", err
			}
			return page.Files[0].Name, nil
		}), "a.pdf", "GET /assistant/files/a-1?filter=%7B%22a%22%3A1%7D"},
	{"UploadFile", reply{200, fileJSON, ""},
		onData202501(func(t *testing.T, api *data202501.API) (string, error) {
			file, err := api.UploadFile(t.Context(), "a-1", &data202501.UploadFileParams{Metadata: map[string]any{"my_key": "v"}},
				data202501.UploadFileRequest{File: data202501.FileBytes("a.txt", []byte("a"))})
			if err != nil {
				return "", err
			}
			return file.ID, nil
		}), "3fa85f64-5717-4562-b3fc-2c963f66afa6", "POST /assistant/files/a-1?metadata=%7B%22my_key%22%3A%22v%22%7D"},
	{"DescribeFile", reply{200, fileJSON, ""},
		onData202501(func(t *testing.T, api *data202501.API) (data202501.FileStatus, error) {
			file, err := api.DescribeFile(t.Context(), "a-1", "f-1", nil)
			if err != nil {
				return "", err
			}
			return file.Status, nil
		}), data202501.FileStatusAvailable, "GET /assistant/files/a-1/f-1"},
	{"DeleteFile", reply{200, "", ""},
		onData202501(func(t *testing.T, api *data202501.API) (any, error) {
			return nil, api.DeleteFile(t.Context(), "a-1", "f-1")
		}), nil, "DELETE /assistant/files/a-1/f-1"},
	{"Chat", reply{200, chatJSON, ""},
		onData202501(func(t *testing.T, api *data202501.API) (string, error) {
			answer, err := api.Chat(t.Context(), "a-1", data202501.ChatRequest{Messages: []data202501.Message{{Role: "user", Content: "q"}}})
			if err != nil {
				return "", err
			}
			return answer.Message.Content, nil
		}), "Yes.", "POST /assistant/chat/a-1"},
	{"ChatCompletion", reply{200, choiceJSON, ""},
		onData202501(func(t *testing.T, api *data202501.API) (string, error) {
			answer, err := api.ChatCompletion(t.Context(), "a-1", data202501.ChatCompletionRequest{Messages: []data202501.Message{{Role: "user", Content: "q"}}})
			if err != nil {
				return "", err
			}
			return answer.Choices[0].Message.Content, nil
		}), "Yes.", "POST /assistant/chat/a-1/chat/completions"},
	{"RetrieveContext", reply{200, contextJSON, ""},
		onData202501(func(t *testing.T, api *data202501.API) (any, error) {
			found, err := api.RetrieveContext(t.Context(), "a-1", data202501.ContextRequest{Query: "q", TopK: 3})
			if err != nil {
				return "", err
			}
			return found.Snippets[0].Reference["type"], nil
		}), "pdf", "POST /assistant/chat/a-1/context"},
}

var evaluation202501Operations = []operation{
	{"EvaluateAlignment", reply{200, alignmentJSON, ""},
		onEvaluation202501(func(t *testing.T, api *evaluation202501.API) (float32, error) {
			result, err := api.EvaluateAlignment(t.Context(), evaluation202501.AlignmentRequest{Question: "q", Answer: "a", GroundTruthAnswer: "g"})
			if err != nil {
				return 0, err
			}
			return result.Metrics.Completeness, nil
		}), float32(0.5), "POST /assistant/evaluation/metrics/alignment"},
}
