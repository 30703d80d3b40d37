package emulator

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"codeberg.org/go-pdf/fpdf"

	"github.com/pinecone-community/assistant-go/examples/emulator/internal/model"
	"github.com/pinecone-community/assistant-go/examples/emulator/internal/store"
	"github.com/pinecone-community/assistant-go/gen/2026-04/data"
)

// A file fails if the process has ended twice while it read the file.
func TestUnfinishedReadings(t *testing.T) {
	folder := t.TempDir()
	db, err := store.Open(folder)
	if err != nil {
		t.Fatal(err)
	}
	a := &store.Assistant{Name: "a", Status: model.AssistantStatusReady, Created: time.Now(), Updated: time.Now()}
	if err := db.AddAssistant(a, func(int) error { return nil }); err != nil {
		t.Fatal(err)
	}
	for unfinished, id := range []string{"never", "once", "twice", "often"} {
		f := &store.File{Assistant: a.Sequence, ID: id, Name: "a.txt", Status: model.FileStatusProcessing, Created: time.Now(), Updated: time.Now()}
		if f.Content, f.Size, err = db.AddContent(strings.NewReader("The tide is high.")); err != nil {
			t.Fatal(err)
		}
		op := &store.Operation{ID: id, Kind: model.OperationTypeUploadFile, File: id, Created: time.Now()}
		if _, err := db.AddFile(f, op, func(int) error { return nil }); err != nil {
			t.Fatal(err)
		}
		for range unfinished {
			if _, err := db.BeginReading(op.Sequence, percentRead); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	f := start(t, WithData(folder), WithPace(quick))
	for id, want := range map[string]string{"never": "", "once": "", "twice": errUnfinished.Error(), "often": errUnfinished.Error()} {
		op, err := f.data.DescribeOperation(t.Context(), "a", id)
		if err != nil {
			t.Fatal(err)
		}
		if op = f.wait(t, op); op.ErrorMessage != want {
			t.Errorf("%s: %+v", id, op)
		}
	}
}

// A step is retried while the database has a fault.
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
				return errors.Join(errors.New("failed"), store.ErrFull)
			}
			return nil
		})
	})
	for want := range 2 {
		if got := <-tried; got != want+1 {
			t.Errorf("try %d, want %d", got, want+1)
		}
	}
}

// A multimodal PDF can have up to 100 pages, another PDF more.
func TestMultimodalPages(t *testing.T) {
	f := start(t, WithPace(quick))
	f.createAssistant(t)
	for _, tt := range []struct {
		pages      int
		multimodal bool
		want       string
	}{{100, true, ""}, {101, true, "101 pages, limit 100"}, {101, false, ""}} {
		op, err := f.data.UploadFile(t.Context(), "a", &data.UploadFileParams{Multimodal: tt.multimodal},
			data.UploadFileRequest{File: data.FileBytes("a.pdf", pdfOf(t, tt.pages))})
		if err != nil {
			t.Fatal(err)
		}
		if op = f.wait(t, op); !strings.Contains(op.ErrorMessage, tt.want) || (op.Status == data.OperationStatusFailed) != (tt.want != "") {
			t.Errorf("%d pages, multimodal %t: %+v", tt.pages, tt.multimodal, op)
		}
	}
}

// pdfOf returns a PDF with a number of pages.
func pdfOf(t *testing.T, pages int) []byte {
	t.Helper()
	document := fpdf.New("P", "mm", "A6", "")
	document.SetFont("Times", "", 12)
	for n := range pages {
		document.AddPage()
		document.Write(6, fmt.Sprintf("The tide of day %d is high.", n))
	}
	var content bytes.Buffer
	if err := document.Output(&content); err != nil {
		t.Fatal(err)
	}
	return content.Bytes()
}
