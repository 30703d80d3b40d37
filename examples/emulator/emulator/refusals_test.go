package emulator

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/pinecone-community/assistant-go/examples/emulator/internal/store"
)

func TestRefusals(t *testing.T) {
	f := start(t, WithPace(quick))
	f.createAssistant(t)
	if op := f.upload(t, "a.txt", "The tide is high.", nil); op.ErrorMessage != "" {
		t.Fatal(op.ErrorMessage)
	}

	const (
		assistants  = "/assistant/assistants"
		files       = "/assistant/files/a"
		chat        = "/assistant/chat/a"
		completions = "/assistant/chat/a/chat/completions"
		passages    = "/assistant/chat/a/context"
		messages    = `"messages":[{"role":"user","content":"hi"}]`
		invalid     = "INVALID_ARGUMENT"
	)
	long := strings.Repeat("x", maxText)
	values, err := json.Marshal(make([]int, store.MaxFilterValues+1))
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name    string
		method  string
		path    string
		header  http.Header
		body    string
		status  int
		code    string
		message string
	}{
		{"no key", "GET", assistants, http.Header{keyHeader: nil}, "", 401, "UNAUTHENTICATED", "Invalid API key."},
		{"wrong key", "GET", assistants, http.Header{keyHeader: {"x"}}, "", 401, "UNAUTHENTICATED", "Invalid API key."},
		{"no key, no such path", "GET", "/assistant/x", http.Header{keyHeader: nil}, "", 401, "UNAUTHENTICATED", "Invalid API key."},
		{"unknown version", "GET", assistants, http.Header{versionHeader: {"2025-02"}}, "", 403, "FORBIDDEN", "Invalid API version"},
		{"other version's operation", "GET", "/assistant/operations/a", http.Header{versionHeader: {"2025-01"}}, "", 404, "NOT_FOUND", "not an operation of the API in 2025-01"},
		{"no such path", "GET", "/assistant/x", nil, "", 404, "NOT_FOUND", "/assistant/x"},
		{"not below the base path", "GET", "/assistants", nil, "", 404, "NOT_FOUND", "/assistants"},
		{"no such method", "PUT", assistants, nil, "{}", 405, "UNIMPLEMENTED", "want GET, POST"},

		{"create: no body", "POST", assistants, nil, "", 400, invalid, "body: empty"},
		{"create: not JSON", "POST", assistants, nil, "{", 400, invalid, "body"},
		{"create: other type", "POST", assistants, http.Header{"Content-Type": {"text/plain"}}, `{"name":"b"}`, 400, invalid, "Content-Type"},
		{"create: no type", "POST", assistants, http.Header{"Content-Type": nil}, `{"name":"b"}`, 400, invalid, "Content-Type"},
		{"create: no name", "POST", assistants, nil, "{}", 400, invalid, "name"},
		{"create: empty name", "POST", assistants, nil, `{"name":""}`, 400, invalid, "name"},
		{"create: upper case", "POST", assistants, nil, `{"name":"B"}`, 400, invalid, "1 to 63"},
		{"create: underscore", "POST", assistants, nil, `{"name":"b_b"}`, 400, invalid, "1 to 63"},
		{"create: hyphen first", "POST", assistants, nil, `{"name":"-b"}`, 400, invalid, "1 to 63"},
		{"create: hyphen last", "POST", assistants, nil, `{"name":"b-"}`, 400, invalid, "1 to 63"},
		{"create: letter of another script", "POST", assistants, nil, `{"name":"é"}`, 400, invalid, "1 to 63"},
		{"create: 64 characters", "POST", assistants, nil, `{"name":"` + long[:64] + `"}`, 400, invalid, "name"},
		{"create: unknown region", "POST", assistants, nil, `{"name":"b","region":"mars"}`, 400, invalid, "region"},
		{"create: long instructions", "POST", assistants, nil, `{"name":"b","instructions":"` + long + `x"}`, 400, invalid, "instructions: 16385 bytes"},
		{"create: long metadata", "POST", assistants, nil, `{"name":"b","metadata":{"x":"` + long + `"}}`, 400, invalid, "Metadata exceeds maximum length of 16384 bytes"},
		{"create: metadata is a list", "POST", assistants, nil, `{"name":"b","metadata":[]}`, 400, invalid, "metadata"},
		{"create: name taken", "POST", assistants, nil, `{"name":"a"}`, 429, "ALREADY_EXISTS", `"a" already exists`},
		{"list: limit 0", "GET", assistants + "?limit=0", nil, "", 400, invalid, "limit"},
		{"list: limit 101", "GET", assistants + "?limit=101", nil, "", 400, invalid, "limit"},
		{"list: limit is not a number", "GET", assistants + "?limit=x", nil, "", 400, invalid, "limit"},
		{"list: foreign token", "GET", assistants + "?pagination_token=x", nil, "", 400, invalid, "pagination_token"},
		{"list: malformed token", "GET", assistants + "?pagination_token=YWZ0ZXI6eA", nil, "", 400, invalid, "pagination_token"},
		{"get: unknown", "GET", assistants + "/b", nil, "", 404, "NOT_FOUND", `Assistant "b" not found.`},
		{"update: unknown", "PATCH", assistants + "/b", nil, `{"instructions":""}`, 404, "NOT_FOUND", `"b"`},
		{"update: nothing", "PATCH", assistants + "/a", nil, `{}`, 400, invalid, "changes nothing"},
		{"update: nulls", "PATCH", assistants + "/a", nil, `{"instructions":null,"metadata":null}`, 400, invalid, "changes nothing"},
		{"update: long instructions", "PATCH", assistants + "/a", nil, `{"instructions":"` + long + `x"}`, 400, invalid, "instructions"},
		{"delete: unknown", "DELETE", assistants + "/b", nil, "", 404, "NOT_FOUND", `"b"`},

		{"files: unknown assistant", "GET", "/assistant/files/b", nil, "", 404, "NOT_FOUND", `Assistant "b"`},
		{"files: filter is not JSON", "GET", files + "?filter=x", nil, "", 400, invalid, "filter"},
		{"files: filter is a list", "GET", files + "?filter=[]", nil, "", 400, invalid, "filter"},
		{"files: unknown operator", "GET", files + `?filter={"x":{"$like":1}}`, nil, "", 400, invalid, "$like"},
		{"files: limit 0", "GET", files + "?limit=0", nil, "", 400, invalid, "limit"},
		{"files: foreign token", "GET", files + "?pagination_token=x", nil, "", 400, invalid, "pagination_token"},
		{"upload: JSON", "POST", files, nil, `{}`, 400, invalid, "Content-Type"},
		{"upload: no boundary", "POST", files, http.Header{"Content-Type": {formType}}, "x", 400, invalid, "boundary"},
		{"upload: nothing", "POST", files, http.Header{"Content-Type": {formType + "; boundary=x"}}, "", 400, invalid, "file"},
		{"file: unknown", "GET", files + "/x", nil, "", 404, "NOT_FOUND", `File "x" not found.`},
		{"file: unknown assistant", "GET", "/assistant/files/b/x", nil, "", 404, "NOT_FOUND", `Assistant "b"`},
		{"file: include_url", "GET", files + "/x?include_url=maybe", nil, "", 400, invalid, "include_url"},
		{"file: delete unknown", "DELETE", files + "/x", nil, "", 404, "NOT_FOUND", `"x"`},
		{"operations: unknown assistant", "GET", "/assistant/operations/b", nil, "", 404, "NOT_FOUND", `"b"`},
		{"operations: unknown status", "GET", "/assistant/operations/a?status=Done", nil, "", 400, invalid, "status"},
		{"operations: unknown kind", "GET", "/assistant/operations/a?operation_type=x", nil, "", 400, invalid, "operation_type"},
		{"operations: foreign token", "GET", "/assistant/operations/a?pagination_token=x", nil, "", 400, invalid, "pagination_token"},
		{"operation: unknown", "GET", "/assistant/operations/a/x", nil, "", 404, "NOT_FOUND", `Operation "x" not found.`},

		{"chat: unknown assistant", "POST", "/assistant/chat/b", nil, `{` + messages + `}`, 404, "NOT_FOUND", `"b"`},
		{"chat: no messages", "POST", chat, nil, `{}`, 400, invalid, "messages"},
		{"chat: empty messages", "POST", chat, nil, `{"messages":[]}`, 400, invalid, "messages"},
		{"chat: no content", "POST", chat, nil, `{"messages":[{"role":"user"}]}`, 400, invalid, "messages.0.content"},
		{"chat: empty content", "POST", chat, nil, `{"messages":[{"content":""},{"content":"hi"}]}`, 400, invalid, "messages.0.content"},
		{"chat: unknown model", "POST", chat, nil, `{"model":"x",` + messages + `}`, 400, invalid, `Invalid model "x", want one of [gpt-4o gpt-4.1`},
		{"chat: JSON as a stream", "POST", chat, nil, `{"json_response":true,"stream":true,` + messages + `}`, 400, invalid, "exclude"},
		{"chat: filter", "POST", chat, nil, `{"filter":{"$eq":1},` + messages + `}`, 400, invalid, "$eq"},
		{"chat: long filter", "POST", chat, nil, `{"filter":{"x":{"$in":` + string(values) + `}},` + messages + `}`, 400, invalid, "10001 values"},
		{"chat: top_k 65", "POST", chat, nil, `{"context_options":{"top_k":65},` + messages + `}`, 400, invalid, "top_k"},
		{"chat: snippet_size 511", "POST", chat, nil, `{"context_options":{"snippet_size":511},` + messages + `}`, 400, invalid, "snippet_size"},
		{"chat: temperature is text", "POST", chat, nil, `{"temperature":"0",` + messages + `}`, 400, invalid, "temperature"},
		{"completions: unknown model", "POST", completions, nil, `{"model":"x",` + messages + `}`, 400, invalid, `Invalid model "x"`},
		{"completions: empty content", "POST", completions, nil, `{"messages":[{"content":""}]}`, 400, invalid, "messages.0.content"},
		{"context: neither", "POST", passages, nil, `{}`, 400, invalid, "query or messages"},
		{"context: both", "POST", passages, nil, `{"query":"hi",` + messages + `}`, 400, invalid, "query or messages"},
		{"context: empty query", "POST", passages, nil, `{"query":""}`, 400, invalid, "query or messages"},
		{"context: empty content", "POST", passages, nil, `{"messages":[{"content":""}]}`, 400, invalid, "messages.0.content"},
		{"context: top_k 0", "POST", passages, nil, `{"query":"hi","top_k":0}`, 400, invalid, "top_k"},
		{"context: top_k 65", "POST", passages, nil, `{"query":"hi","top_k":65}`, 400, invalid, "top_k"},
		{"context: snippet_size 8193", "POST", passages, nil, `{"query":"hi","snippet_size":8193}`, 400, invalid, "snippet_size"},
		{"context: filter", "POST", passages, nil, `{"query":"hi","filter":{"$and":{}}}`, 400, invalid, "$and"},
		{"context: unknown assistant", "POST", "/assistant/chat/b/context", nil, `{"query":"hi"}`, 404, "NOT_FOUND", `"b"`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			status, text := f.send(t, tt.method, tt.path, tt.header, tt.body)
			checkRefusal(t, status, text, tt.status, tt.code, tt.message)
		})
	}
}

func checkRefusal(t *testing.T, status int, text string, wantStatus int, wantCode, wantMessage string) {
	t.Helper()
	response := decoded(t, text)
	detail, _ := response["error"].(map[string]any)
	message, _ := detail["message"].(string)
	if status != wantStatus || response["status"] != float64(wantStatus) || detail["code"] != wantCode || !strings.Contains(message, wantMessage) {
		t.Errorf("status %d: %s\nwant %d %s and a message with %q", status, text, wantStatus, wantCode, wantMessage)
	}
	if strings.Contains(message, "\n") {
		t.Errorf("message of several lines: %q", message)
	}
}

func TestUploadRefusals(t *testing.T) {
	f := start(t)
	f.createAssistant(t)
	const files = "/assistant/files/a"
	file := field{"file", "a.txt", "hello"}
	tests := []struct {
		name    string
		method  string
		path    string
		fields  []field
		status  int
		code    string
		message string
	}{
		{"no file", "POST", files, []field{{"metadata", "", "{}"}}, 400, "INVALID_ARGUMENT", "file"},
		{"no file name", "POST", files, []field{{"file", "", "hello"}}, 400, "INVALID_ARGUMENT", "no file name"},
		{"unknown extension", "POST", files, []field{{"file", "a.exe", "hello"}}, 400, "INVALID_ARGUMENT", ".docx, .json, .md, .pdf, .txt"},
		{"no extension", "POST", files, []field{{"file", "a", "hello"}}, 400, "INVALID_ARGUMENT", "not supported"},
		{"large file", "POST", files, []field{{"file", "a.txt", strings.Repeat("x", maxFileBytes+1)}}, 400, "INVALID_ARGUMENT", "the limit of .txt"},
		{"two files", "POST", files, []field{file, file}, 400, "INVALID_ARGUMENT", "duplicate"},
		{"unknown field", "POST", files, []field{file, {"metdata", "", "{}"}}, 400, "INVALID_ARGUMENT", "metdata"},
		{"metadata in the query", "POST", files + "?metadata={}", []field{file}, 400, "INVALID_ARGUMENT", "not in the query"},
		{"metadata is not JSON", "POST", files, []field{file, {"metadata", "", "x"}}, 400, "INVALID_ARGUMENT", "metadata"},
		{"metadata is text", "POST", files, []field{file, {"metadata", "", `"x"`}}, 400, "INVALID_ARGUMENT", "metadata"},
		{"metadata is large", "POST", files, []field{file, {"metadata", "", `{"x":"` + strings.Repeat("x", maxText) + `"}`}}, 400, "INVALID_ARGUMENT", "Metadata exceeds maximum length of 16384 bytes"},
		{"multimodal text", "POST", files + "?multimodal=true", []field{file}, 400, "INVALID_ARGUMENT", "multimodal"},
		{"multimodal maybe", "POST", files + "?multimodal=maybe", []field{file}, 400, "INVALID_ARGUMENT", "multimodal"},
		{"unknown assistant", "POST", "/assistant/files/b", []field{file}, 404, "NOT_FOUND", `"b"`},
		{"upsert: unknown assistant", "PUT", "/assistant/files/b/x", []field{file}, 404, "NOT_FOUND", `"b"`},
		{"upsert: metadata in the query", "PUT", files + "/x?metadata={}", []field{file}, 400, "INVALID_ARGUMENT", "not in the query"},
		{"upsert: no file name", "PUT", files + "/x", []field{{"file", "", "hello"}}, 400, "INVALID_ARGUMENT", "no file name"},
		{"upsert: space", "PUT", files + "/x%20y", []field{file}, 400, "INVALID_ARGUMENT", "assistant_file_id"},
		{"upsert: full stop", "PUT", files + "/x.y", []field{file}, 400, "INVALID_ARGUMENT", "assistant_file_id"},
		{"upsert: 129 characters", "PUT", files + "/" + strings.Repeat("x", 129), []field{file}, 400, "INVALID_ARGUMENT", "assistant_file_id"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			body, header := form(t, tt.fields...)
			status, text := f.send(t, tt.method, tt.path, header, body)
			checkRefusal(t, status, text, tt.status, tt.code, tt.message)
		})
	}
	list, err := f.data.ListFiles(t.Context(), "a", nil)
	if err != nil || len(list.Files) != 0 {
		t.Errorf("files after refusals: %v, error %v", list, err)
	}
}

// The evaluation plane has its own error format.
func TestEvaluationRefusals(t *testing.T) {
	f := start(t)
	const good = `{"question":"q","answer":"a","ground_truth_answer":"g"}`
	tests := []struct {
		name    string
		header  http.Header
		body    string
		status  int
		message string
	}{
		{"no key", http.Header{keyHeader: nil}, good, 401, "Invalid API key."},
		{"unknown version", http.Header{versionHeader: {"x"}}, good, 403, "Invalid API version"},
		{"field missing in 2025-01", http.Header{versionHeader: {"2025-01"}}, `{"question":"q","answer":"a"}`, 422, "ground_truth_answer"},
		{"no body", nil, "", 422, "body: empty"},
		{"field missing", nil, `{"question":"q","answer":"a"}`, 422, "ground_truth_answer"},
		{"unknown field", nil, `{"question":"q","answer":"a","ground_truth_answer":"g","x":1}`, 422, "x"},
		{"wrong type", nil, `{"question":1,"answer":"a","ground_truth_answer":"g"}`, 422, "question"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			status, text := f.send(t, "POST", "/assistant/evaluation/metrics/alignment", tt.header, tt.body)
			response := decoded(t, text)
			message, _ := response["message"].(string)
			if status != tt.status || len(response) != 1 || !strings.Contains(message, tt.message) {
				t.Errorf("status %d: %s\nwant %d and a message with %q", status, text, tt.status, tt.message)
			}
		})
	}
}
