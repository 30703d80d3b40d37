package ledger

import (
	"strings"
	"testing"
	"time"

	"github.com/pinecone-community/assistant-go/auth"
	"github.com/pinecone-community/assistant-go/examples/emulator/emulator"
	"github.com/pinecone-community/assistant-go/gen/2026-07/control"
	"github.com/pinecone-community/assistant-go/gen/2026-07/data"
)

const assistant = "a"

// fixture is a ledger and a client of its service.
type fixture struct {
	Ledger
	api *data.API
}

func start(t *testing.T) *fixture {
	t.Helper()
	service := emulator.Start(t, emulator.WithPace(time.Millisecond))
	editor, err := auth.APIKey(service.Key)
	if err != nil {
		t.Fatal(err)
	}
	ctl, err := control.New(control.WithRequestEditorFn(editor), control.WithBaseURL(service.URL+"/assistant"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := ctl.CreateAssistant(t.Context(), control.CreateAssistantRequest{Name: assistant}); err != nil {
		t.Fatal(err)
	}
	api, err := data.New(service.URL, data.WithRequestEditorFn(editor))
	if err != nil {
		t.Fatal(err)
	}
	return &fixture{api: api}
}

// upload uploads a file with the metadata that Send returned.
func (f *fixture) upload(t *testing.T, name, content string, metadata map[string]any) *data.Operation {
	t.Helper()
	operation, err := f.api.UploadFile(t.Context(), assistant, nil, data.UploadFileRequest{
		File: data.FileBytes(name, []byte(content)), Metadata: metadata,
	})
	if err != nil {
		t.Fatal(err)
	}
	return operation
}

// store uploads a file and records it in the ledger.
func (f *fixture) store(t *testing.T, key string) *data.Operation {
	t.Helper()
	operation := f.upload(t, key+".txt", key+" is stored.", f.Send(key, key+".txt", []byte(key+" is stored."), map[string]any{"n": 1.5}))
	f.Stored(key, operation.FileID, operation.ID)
	return operation
}

func (f *fixture) delete(t *testing.T, id string) string {
	t.Helper()
	operation, err := f.api.DeleteFile(t.Context(), assistant, id)
	if err != nil {
		t.Fatal(err)
	}
	return operation.ID
}

func TestAsAcknowledged(t *testing.T) {
	f := start(t)
	f.store(t, "stays")
	goes := f.store(t, "goes")
	if _, err := f.api.WaitForOperation(t.Context(), assistant, goes.ID); err != nil {
		t.Fatal(err)
	}
	f.Delete("goes")
	f.Deleted("goes", f.delete(t, goes.FileID))

	// A file that was not acknowledged may be there or not.
	f.Send("not-received", "b.txt", []byte("b"), nil)
	f.upload(t, "c.txt", "It came.", f.Send("received", "c.txt", []byte("It came."), nil))
	f.store(t, "deleting")
	f.Delete("deleting")
	f.Send("refused", "d.txt", []byte("d"), nil)
	f.Refused("refused")

	if err := f.Check(t.Context(), f.api, assistant); err != nil {
		t.Error(err)
	}
	if there, gone, unknown := f.Counts(); there != 1 || gone != 1 || unknown != 3 {
		t.Errorf("%d there, %d gone, %d unknown", there, gone, unknown)
	}
}

func TestFaults(t *testing.T) {
	for _, tc := range []struct {
		name string
		do   func(*testing.T, *fixture)
		want string // in the error, which must not mention the file "sound"
	}{
		{"lost", func(t *testing.T, f *fixture) {
			operation := f.store(t, "x")
			if _, err := f.api.WaitForOperation(t.Context(), assistant, operation.ID); err != nil {
				t.Fatal(err)
			}
			if _, err := f.api.WaitForOperation(t.Context(), assistant, f.delete(t, operation.FileID)); err != nil {
				t.Fatal(err)
			}
		}, "file is missing"},
		{"operation lost", func(t *testing.T, f *fixture) {
			f.Stored("x", f.store(t, "x").FileID, "none")
		}, "404"},
		{"operation failed", func(t *testing.T, f *fixture) {
			metadata := f.Send("x", "x.json", []byte("{"), nil)
			operation := f.upload(t, "x.json", "{", metadata)
			f.Stored("x", operation.FileID, operation.ID)
		}, "cannot be read"},
		{"other contents", func(t *testing.T, f *fixture) {
			operation := f.upload(t, "x.txt", "It is late.", f.Send("x", "x.txt", []byte("It is early."), nil))
			f.Stored("x", operation.FileID, operation.ID)
		}, "differ from those sent"},
		{"other contents, not acknowledged", func(t *testing.T, f *fixture) {
			f.upload(t, "x.txt", "It is", f.Send("x", "x.txt", []byte("It is late."), nil))
		}, "differ from those sent"},
		{"other metadata", func(t *testing.T, f *fixture) {
			metadata := f.Send("x", "x.txt", []byte("x"), map[string]any{"n": 1.0})
			operation := f.upload(t, "x.txt", "x", map[string]any{"key": metadata["key"], "n": 2.0})
			f.Stored("x", operation.FileID, operation.ID)
		}, "metadata map["},
		{"other name", func(t *testing.T, f *fixture) {
			operation := f.upload(t, "y.txt", "x", f.Send("x", "x.txt", []byte("x"), nil))
			f.Stored("x", operation.FileID, operation.ID)
		}, "want file"},
		{"twice", func(t *testing.T, f *fixture) {
			metadata := f.Send("x", "x.txt", []byte("x"), nil)
			f.upload(t, "x.txt", "x", metadata)
			f.upload(t, "x.txt", "x", metadata)
		}, "file is there twice"},
		{"not deleted", func(t *testing.T, f *fixture) {
			f.store(t, "x")
			f.Deleted("x", "")
		}, "its deletion was acknowledged"},
		{"unknown", func(t *testing.T, f *fixture) {
			f.upload(t, "x.txt", "x", nil)
		}, "file was not sent"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			f := start(t)
			f.store(t, "sound")
			tc.do(t, f)
			err := f.Check(t.Context(), f.api, assistant)
			if err == nil || !strings.Contains(err.Error(), tc.want) || strings.Contains(err.Error(), "sound") {
				t.Errorf("error %v, want one with %q", err, tc.want)
			}
		})
	}
}
