package emulator

import (
	"fmt"
	"strings"
	"testing"

	"github.com/pinecone-community/assistant-go/gen/2026-04/control"
	"github.com/pinecone-community/assistant-go/gen/2026-04/data"
)

// A page begins after the last item of the previous page, also after deletions and
// additions.
func TestPagesDuringChanges(t *testing.T) {
	f := start(t, WithPace(quick))
	ctx := t.Context()
	f.createAssistant(t)
	var ids []string
	for number := range 4 {
		ids = append(ids, f.upload(t, fmt.Sprintf("%d.txt", number), "x", nil).FileID)
	}
	first, err := f.data.ListFiles(ctx, "a", &data.ListFilesParams{Limit: 2})
	if err != nil {
		t.Fatal(err)
	}
	for _, id := range ids[1:3] {
		deletion, err := f.data.DeleteFile(ctx, "a", id)
		if err != nil {
			t.Fatal(err)
		}
		f.wait(t, deletion)
	}
	f.upload(t, "4.txt", "x", nil)
	second, err := f.data.ListFiles(ctx, "a", &data.ListFilesParams{Limit: 2, PaginationToken: first.Pagination.Next})
	if err != nil || len(second.Files) != 2 || second.Files[0].Name != "3.txt" || second.Files[1].Name != "4.txt" || second.Pagination.Next != "" {
		t.Errorf("%+v, error %v", second, err)
	}
}

// A page token is valid only for its list.
func TestTokenOfAnotherList(t *testing.T) {
	f := start(t, WithPace(quick))
	ctx := t.Context()
	f.createAssistant(t)
	if _, err := f.control.CreateAssistant(ctx, control.CreateAssistantRequest{Name: "b"}); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		f.upload(t, "a.txt", "x", nil)
	}
	tokens := make(map[string]string)
	assistants, err := f.control.ListAssistants(ctx, &control.ListAssistantsParams{Limit: 1})
	if err != nil {
		t.Fatal(err)
	}
	tokens["/assistant/assistants"] = assistants.Pagination.Next
	files, err := f.data.ListFiles(ctx, "a", &data.ListFilesParams{Limit: 1})
	if err != nil {
		t.Fatal(err)
	}
	tokens["/assistant/files/a"] = files.Pagination.Next
	operations, err := f.data.ListOperations(ctx, "a", &data.ListOperationsParams{Limit: 1})
	if err != nil {
		t.Fatal(err)
	}
	tokens["/assistant/operations/a"] = operations.Pagination.Next
	for path := range tokens {
		for of, token := range tokens {
			want := 400
			if path == of {
				want = 200
			}
			if status, text := f.send(t, "GET", path+"?pagination_token="+token, nil, ""); token == "" || status != want {
				t.Errorf("%s with the token %q of %s: status %d: %s", path, token, of, status, text)
			}
		}
	}
	for _, path := range []string{"/assistant/files/b", "/assistant/operations/b"} {
		token := tokens[strings.Replace(path, "/b", "/a", 1)]
		if status, text := f.send(t, "GET", path+"?pagination_token="+token, nil, ""); status != 400 {
			t.Errorf("%s with a token of another assistant: status %d: %s", path, status, text)
		}
	}
}
