package emulator

import (
	"errors"
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/pinecone-community/assistant-go/gen/2026-04/data"
)

func TestUpload(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := inMemory(t, WithPace(100*time.Millisecond))
		ctx := t.Context()
		f.createAssistant(t)
		op, err := f.data.UploadFile(ctx, "a", nil, data.UploadFileRequest{
			File: data.FileBytes("tide table.txt", []byte("The tide is high.")), Metadata: map[string]any{"year": 2026},
		})
		if err != nil {
			t.Fatal(err)
		}
		if op.Status != data.OperationStatusProcessing || op.OperationType != data.OperationTypeUploadFile || op.FileID == "" || op.PercentComplete != 0 {
			t.Errorf("operation %+v", op)
		}
		file, err := f.data.DescribeFile(ctx, "a", op.FileID, nil)
		if err != nil || file.Status != data.FileStatusProcessing {
			t.Errorf("file %+v, error %v", file, err)
		}

		var seen []int32
		eventually(t, func() bool {
			if op, err = f.data.DescribeOperation(ctx, "a", op.ID); err != nil {
				t.Fatal(err)
			}
			if len(seen) == 0 || seen[len(seen)-1] != op.PercentComplete {
				seen = append(seen, op.PercentComplete)
			}
			return op.Status != data.OperationStatusProcessing
		})
		if op.Status != data.OperationStatusCompleted || op.CompletedOn.Before(op.CreatedOn) || op.IngestionUnits <= 0 || op.ErrorMessage != "" {
			t.Errorf("operation %+v", op)
		}
		for i := 1; i < len(seen); i++ {
			if seen[i] < seen[i-1] {
				t.Errorf("progress %v", seen)
			}
		}
		if len(seen) < 3 || seen[len(seen)-1] != 100 {
			t.Errorf("progress %v", seen)
		}
		file, err = f.data.DescribeFile(ctx, "a", op.FileID, nil)
		if err != nil || file.Status != data.FileStatusAvailable || file.Name != "tide table.txt" || file.Size != 17 ||
			file.Metadata["year"] != 2026.0 || file.SignedURL != "" || file.UpdatedOn.Before(file.CreatedOn) {
			t.Errorf("file %+v, error %v", file, err)
		}
	})
}

func TestLocation(t *testing.T) {
	f := start(t)
	f.createAssistant(t)
	body, header := form(t, field{"file", "a.txt", "hello"})
	resp, text := f.exchange(t, "POST", "/assistant/files/a", header, body)
	id, _ := decoded(t, text)["id"].(string)
	if got, want := resp.Header.Get("Location"), "/operations/a/"+id; resp.StatusCode != 202 || id == "" || got != want {
		t.Errorf("status %d, Location %q, want %q", resp.StatusCode, got, want)
	}
}

func TestUnreadableFile(t *testing.T) {
	f := start(t, WithPace(quick))
	ctx := t.Context()
	f.createAssistant(t)
	op := f.upload(t, "a.json", "{", nil)
	if op.Status != data.OperationStatusFailed || !strings.Contains(op.ErrorMessage, "cannot be read as json") || op.IngestionUnits != 0 || op.PercentComplete == 100 || op.CompletedOn.IsZero() {
		t.Errorf("operation %+v", op)
	}
	file, err := f.data.DescribeFile(ctx, "a", op.FileID, nil)
	if err != nil || file.Status != data.FileStatusProcessingFailed {
		t.Errorf("file %+v, error %v", file, err)
	}
	deletion, err := f.data.DeleteFile(ctx, "a", op.FileID)
	if err != nil || deletion != nil {
		t.Errorf("deletion %+v, error %v", deletion, err)
	}
	if _, err := f.data.DescribeFile(ctx, "a", op.FileID, nil); !errors.Is(err, data.ErrNotFound) {
		t.Errorf("file after its deletion: %v", err)
	}
}

func TestUpsert(t *testing.T) {
	f := start(t, WithPace(quick))
	ctx := t.Context()
	f.createAssistant(t)
	const id = "Tide_Table-1"
	upsert := func(name, content string) *data.AssistantFile {
		op, err := f.data.UpsertFile(ctx, "a", id, nil, data.UploadFileRequest{File: data.FileBytes(name, []byte(content))})
		if err != nil {
			t.Fatal(err)
		}
		if op = f.wait(t, op); op.Status != data.OperationStatusCompleted || op.OperationType != data.OperationTypeUpsertFile || op.FileID != id {
			t.Fatalf("operation %+v", op)
		}
		file, err := f.data.DescribeFile(ctx, "a", id, nil)
		if err != nil {
			t.Fatal(err)
		}
		return file
	}
	first := upsert("a.txt", "The tide is high.")
	second := upsert("b.md", "The tide is low.")
	if second.Name != "b.md" || second.Size != 16 || !second.CreatedOn.Equal(first.CreatedOn) || !second.UpdatedOn.After(first.UpdatedOn) {
		t.Errorf("first %+v, second %+v", first, second)
	}
	answer, err := f.data.Chat(ctx, "a", data.ChatRequest{Messages: []data.Message{{Content: "How is the tide?"}}})
	if err != nil || answer.Message.Content != "The tide is low." {
		t.Errorf("answer %+v, error %v", answer, err)
	}
	list, err := f.data.ListFiles(ctx, "a", nil)
	if err != nil || len(list.Files) != 1 {
		t.Errorf("files %+v, error %v", list, err)
	}
}

func TestReplacedWhileProcessed(t *testing.T) {
	f := start(t, WithPace(100*time.Millisecond))
	ctx := t.Context()
	f.createAssistant(t)
	var ops []*data.Operation
	for _, content := range []string{"The tide is high.", "The tide is low."} {
		op, err := f.data.UpsertFile(ctx, "a", "x", nil, data.UploadFileRequest{File: data.FileBytes("a.txt", []byte(content))})
		if err != nil {
			t.Fatal(err)
		}
		ops = append(ops, op)
	}
	if op := f.wait(t, ops[0]); op.Status != data.OperationStatusFailed || !strings.Contains(op.ErrorMessage, "replaced") {
		t.Errorf("first %+v", op)
	}
	if op := f.wait(t, ops[1]); op.Status != data.OperationStatusCompleted {
		t.Errorf("second %+v", op)
	}
}

func TestDelete(t *testing.T) {
	f := start(t, WithPace(100*time.Millisecond))
	ctx := t.Context()
	f.createAssistant(t)
	upload := f.upload(t, "a.txt", "The tide is high.", nil)
	op, err := f.data.DeleteFile(ctx, "a", upload.FileID)
	if err != nil || op == nil || op.OperationType != data.OperationTypeDeleteFile || op.Status != data.OperationStatusProcessing {
		t.Fatalf("operation %+v, error %v", op, err)
	}
	again, err := f.data.DeleteFile(ctx, "a", upload.FileID)
	if err != nil || again != nil { // 204
		t.Errorf("again %+v, error %v", again, err)
	}
	file, err := f.data.DescribeFile(ctx, "a", upload.FileID, nil)
	if err != nil || file.Status != data.FileStatusDeleting {
		t.Errorf("file %+v, error %v", file, err)
	}
	if op = f.wait(t, op); op.Status != data.OperationStatusCompleted {
		t.Errorf("operation %+v", op)
	}
	if _, err := f.data.DescribeFile(ctx, "a", upload.FileID, nil); !errors.Is(err, data.ErrNotFound) {
		t.Errorf("file after its deletion: %v", err)
	}

	list, err := f.data.ListOperations(ctx, "a", nil)
	if err != nil || len(list.Operations) != 2 {
		t.Fatalf("operations %+v, error %v", list, err)
	}
	for _, tt := range []struct {
		params data.ListOperationsParams
		want   int
	}{
		{data.ListOperationsParams{OperationType: data.OperationTypeDeleteFile}, 1},
		{data.ListOperationsParams{OperationType: data.OperationTypeUpsertFile}, 0},
		{data.ListOperationsParams{Status: data.OperationStatusCompleted}, 2},
		{data.ListOperationsParams{Status: data.OperationStatusProcessing}, 0},
		{data.ListOperationsParams{Limit: 1}, 1},
	} {
		if list, err := f.data.ListOperations(ctx, "a", &tt.params); err != nil || len(list.Operations) != tt.want {
			t.Errorf("%+v: %+v, error %v", tt.params, list, err)
		}
	}
}

func TestDeletedWhileProcessed(t *testing.T) {
	f := start(t, WithPace(100*time.Millisecond))
	ctx := t.Context()
	f.createAssistant(t)
	upload, err := f.data.UploadFile(ctx, "a", nil, data.UploadFileRequest{File: data.FileBytes("a.txt", []byte("x"))})
	if err != nil {
		t.Fatal(err)
	}
	deletion, err := f.data.DeleteFile(ctx, "a", upload.FileID)
	if err != nil {
		t.Fatal(err)
	}
	if op := f.wait(t, deletion); op.Status != data.OperationStatusCompleted {
		t.Errorf("deletion %+v", op)
	}
	if op := f.wait(t, upload); op.Status != data.OperationStatusFailed {
		t.Errorf("upload %+v", op)
	}
}

func TestListFiles(t *testing.T) {
	f := start(t, WithPace(quick))
	ctx := t.Context()
	f.createAssistant(t)
	for i, name := range []string{"a.txt", "b.txt", "c.txt"} {
		f.upload(t, name, "x", map[string]any{"number": i, "even": i%2 == 0})
	}
	params := data.ListFilesParams{Filter: map[string]any{"even": true}, Limit: 1}
	var got string
	for {
		list, err := f.data.ListFiles(ctx, "a", &params)
		if err != nil || len(list.Files) != 1 {
			t.Fatalf("%+v, error %v", list, err)
		}
		got += list.Files[0].Name + " "
		if params.PaginationToken = list.Pagination.Next; params.PaginationToken == "" {
			break
		}
	}
	if got != "a.txt c.txt " {
		t.Errorf("listed %s", got)
	}
}

func TestSignedURL(t *testing.T) {
	var passed atomic.Int64
	clock := func(s *Server) {
		s.now = func() time.Time { return time.Now().UTC().Add(time.Duration(passed.Load())) }
	}
	f := start(t, WithPace(quick), clock)
	ctx := t.Context()
	f.createAssistant(t)
	op := f.upload(t, "a b.md", "The tide is high.", nil)
	file, err := f.data.DescribeFile(ctx, "a", op.FileID, &data.DescribeFileParams{IncludeURL: true})
	if err != nil {
		t.Fatal(err)
	}
	get := func(url string) (int, string, string) {
		t.Helper()
		path, ok := strings.CutPrefix(url, f.URL)
		if !ok {
			t.Fatalf("signed URL %s", url)
		}
		req, err := http.NewRequestWithContext(ctx, "GET", f.URL+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		body, err := io.ReadAll(resp.Body)
		if err != nil {
			t.Fatal(err)
		}
		return resp.StatusCode, resp.Header.Get("Content-Type"), string(body)
	}
	if status, contentType, body := get(file.SignedURL); status != 200 || !strings.HasPrefix(contentType, "text/markdown") || body != "The tide is high." {
		t.Errorf("status %d, %s: %s", status, contentType, body)
	}
	for name, url := range map[string]string{
		"another signature": file.SignedURL + "0",
		"no signature":      f.URL + "/signed/a/" + op.FileID,
		"another expiry":    strings.Replace(file.SignedURL, "expires=", "expires=9", 1),
		"another file":      strings.Replace(file.SignedURL, op.FileID, "x", 1),
	} {
		if status, _, body := get(url); status != 403 {
			t.Errorf("%s: status %d: %s", name, status, body)
		}
	}
	passed.Store(int64(time.Hour))
	if status, _, body := get(file.SignedURL); status != 403 {
		t.Errorf("after an hour: status %d: %s", status, body)
	}
	passed.Store(0)
	if deletion, err := f.data.DeleteFile(ctx, "a", op.FileID); err != nil {
		t.Fatal(err)
	} else {
		f.wait(t, deletion)
	}
	if status, _, body := get(file.SignedURL); status != 404 {
		t.Errorf("after the deletion: status %d: %s", status, body)
	}
}
