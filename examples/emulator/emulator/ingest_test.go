package emulator

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/pinecone-community/assistant-go/examples/emulator/internal/model"
	"github.com/pinecone-community/assistant-go/examples/emulator/internal/store"
)

// A file that was being read when the process ended twice is failed, and the next is
// read.
func TestDeadly(t *testing.T) {
	folder := t.TempDir()
	db, err := store.Open(folder)
	if err != nil {
		t.Fatal(err)
	}
	a := &store.Assistant{Name: "a", Status: model.AssistantStatusReady, Created: time.Now(), Updated: time.Now()}
	if err := db.AddAssistant(a, func(int) error { return nil }); err != nil {
		t.Fatal(err)
	}
	for deaths, id := range []string{"never", "once", "twice", "often"} {
		f := &store.File{Assistant: a.Sequence, ID: id, Name: "a.txt", Status: model.FileStatusProcessing, Created: time.Now(), Updated: time.Now()}
		if f.Content, f.Size, err = db.AddContent(strings.NewReader("The tide is high.")); err != nil {
			t.Fatal(err)
		}
		op := &store.Operation{ID: id, Kind: model.OperationTypeUploadFile, File: id, Created: time.Now()}
		if _, err := db.AddFile(f, op, func(int) error { return nil }); err != nil {
			t.Fatal(err)
		}
		for range deaths {
			if _, err := db.BeginReading(op.Sequence, percentRead); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	f := start(t, WithData(folder), WithPace(quick))
	for id, want := range map[string]string{"never": "", "once": "", "twice": errDeadly.Error(), "often": errDeadly.Error()} {
		op, err := f.data.DescribeOperation(t.Context(), "a", id)
		if err != nil {
			t.Fatal(err)
		}
		if op = f.wait(t, op); op.ErrorMessage != want {
			t.Errorf("%s: %+v", id, op)
		}
	}
}

// A step is tried again as long as the database has a fault, and no longer.
func TestTry(t *testing.T) {
	f := start(t, WithPace(quick))
	f.createAssistant(t)
	tried := make(chan int)
	count := 0
	f.soon(&f.general, func() {
		f.try(&f.general, 0, func(int64) error {
			count++
			tried <- count
			if count < 2 {
				return errors.Join(errors.New("it failed"), store.ErrFull)
			}
			return nil
		})
	})
	for want := range 2 {
		if got := <-tried; got != want+1 {
			t.Errorf("try %d", got)
		}
	}
}
