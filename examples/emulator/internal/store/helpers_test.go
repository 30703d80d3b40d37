package store

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/pinecone-community/assistant-go/examples/emulator/internal/model"
)

// fixture is a database with an assistant.
type fixture struct {
	*DB
	assistant  *Assistant
	files      int
	operations int
}

func open(t *testing.T, folder string) *fixture {
	t.Helper()
	db, err := Open(folder)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	f := &fixture{DB: db, assistant: &Assistant{Name: "a", Status: model.AssistantStatusReady}}
	if err := db.AddAssistant(f.assistant, admit); err != nil {
		t.Fatal(err)
	}
	return f
}

// addFile adds a file with the number of files as its identifier.
func (f *fixture) addFile(t *testing.T, metadata map[string]any) *File {
	t.Helper()
	f.files++
	file, _ := f.add(t, fmt.Sprint(f.files), "The tide is high.", metadata)
	return file
}

func (f *fixture) add(t *testing.T, id, content string, metadata map[string]any) (*File, *Operation) {
	t.Helper()
	file := &File{Assistant: f.assistant.Sequence, ID: id, Name: "a.txt", Metadata: metadata, Status: model.FileStatusProcessing, Created: time.Now(), Updated: time.Now()}
	var err error
	if file.Content, file.Size, err = f.AddContent(strings.NewReader(content)); err != nil {
		t.Fatal(err)
	}
	f.operations++
	op := &Operation{ID: fmt.Sprint(f.operations), Kind: model.OperationTypeUploadFile, File: id, Created: time.Now()}
	if _, err := f.AddFile(file, op, admit); err != nil {
		t.Fatal(err)
	}
	return file, op
}

func (f *fixture) filtered(t *testing.T, filter map[string]any) []*File {
	t.Helper()
	compiled, err := CompileFilter(filter)
	if err != nil {
		t.Fatalf("%v: %v", filter, err)
	}
	files, err := f.Files(t.Context(), f.assistant.Sequence, 0, compiled, 1000)
	if err != nil {
		t.Fatalf("%v: %v", filter, err)
	}
	return files
}

// matches reports whether a filter matches file and no other file.
func (f *fixture) matches(t *testing.T, filter map[string]any, file *File) bool {
	t.Helper()
	found := f.filtered(t, filter)
	return len(found) == 1 && found[0].Sequence == file.Sequence
}

// parse decodes a JSON object.
func parse(t *testing.T, text string) map[string]any {
	t.Helper()
	var value map[string]any
	if err := json.Unmarshal([]byte(text), &value); err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return value
}

// admit accepts every assistant and file.
func admit(int) error { return nil }
