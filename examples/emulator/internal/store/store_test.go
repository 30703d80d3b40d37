package store

import (
	"bytes"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/pinecone-community/assistant-go/examples/emulator/internal/document"
	"github.com/pinecone-community/assistant-go/examples/emulator/internal/model"
)

// A folder can have any name. Its data is found after it is opened again.
func TestFolder(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "a b", "50% of #1?mode=memory&x")
	first := open(t, folder)
	_, op := first.add(t, "1", "The tide is high.", map[string]any{"x": 1.0})
	if err := first.AddPassages(op.Sequence, 0, passages("The tide is high."), 50); err != nil {
		t.Fatal(err)
	}
	if err := first.Complete(op.Sequence, 1, time.Now()); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{"secret": "first", "other": "second"} {
		if got, err := first.Setting(name, want); err != nil || got != want {
			t.Errorf("setting %q, error %v", got, err)
		}
	}
	if _, err := Open(folder); err == nil || !strings.Contains(err.Error(), "in use") {
		t.Errorf("second Open: error %v", err)
	}
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	second, err := Open(folder)
	if err != nil {
		t.Fatal(err)
	}
	defer second.Close()
	a, err := second.Assistant("a")
	if err != nil {
		t.Fatal(err)
	}
	if found := search(t, second, a.Sequence, "tide"); len(found) != 1 {
		t.Errorf("found %v", found)
	}
	if got, err := second.Setting("secret", "another"); err != nil || got != "first" {
		t.Errorf("setting %q, error %v", got, err)
	}
	files, err := second.Files(t.Context(), a.Sequence, 0, nil, 10)
	if err != nil || len(files) != 1 || files[0].Status != model.FileStatusAvailable || files[0].Metadata["x"] != 1.0 {
		t.Errorf("files %+v, error %v", files, err)
	}
}

func TestInvalidFolder(t *testing.T) {
	newer, broken, file := t.TempDir(), t.TempDir(), filepath.Join(t.TempDir(), "file")
	if err := open(t, newer).Close(); err != nil {
		t.Fatal(err)
	}
	db, err := sql.Open("sqlite", filepath.Join(newer, fileName))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.ExecContext(t.Context(), "PRAGMA user_version = 77"); err != nil {
		t.Fatal(err)
	}
	for path, content := range map[string]string{filepath.Join(broken, fileName): strings.Repeat("no database ", 1000), file: ""} {
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for folder, want := range map[string]string{newer: "version 77", broken: "not a database", file: "file"} {
		if db, err := Open(folder); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want %q", err, want)
			if err == nil {
				db.Close()
			}
		}
	}
}

func TestContent(t *testing.T) {
	db := open(t, "")
	random := rand.New(rand.NewPCG(1, 2))
	for _, size := range []int{0, 1, pieceSize - 1, pieceSize, pieceSize + 1, 6*pieceSize + 12345} {
		content := make([]byte, size)
		for i := range content {
			content[i] = byte(random.Uint32())
		}
		id, got, err := db.AddContent(iotest.HalfReader(bytes.NewReader(content)))
		if err != nil || got != int64(size) {
			t.Fatalf("%d bytes of %d, error %v", got, size, err)
		}
		reader := db.Content(id, got)
		if err := iotest.TestReader(io.NewSectionReader(reader, 0, got), content); err != nil {
			t.Errorf("%d bytes: %v", size, err)
		}
		for range 200 {
			from := random.IntN(size + 1)
			part := make([]byte, random.IntN(size-from+1))
			if _, err := reader.ReadAt(part, int64(from)); err != nil || !bytes.Equal(part, content[from:from+len(part)]) {
				t.Fatalf("%d bytes at %d of %d differ, error %v", len(part), from, size, err)
			}
		}
		if err := db.RemoveContent(t.Context(), id); err != nil {
			t.Fatal(err)
		}
		if n, err := db.Content(id, got).ReadAt(make([]byte, 1), 0); size > 0 && !errors.Is(err, ErrNotFound) {
			t.Errorf("%d bytes of a removed content, error %v", n, err)
		}
	}
}

// A content whose reader fails is not stored. A content without a file is an orphan when
// the database is opened again.
func TestOrphans(t *testing.T) {
	folder := t.TempDir()
	db := open(t, folder)
	fault := errors.New("cut off")
	cut := io.MultiReader(io.LimitReader(zeros{}, 3*pieceSize/2), iotest.ErrReader(fault))
	if _, _, err := db.AddContent(cut); !errors.Is(err, fault) {
		t.Errorf("error %v", err)
	}
	db.addFile(t, nil)
	orphan, _, err := db.AddContent(io.LimitReader(zeros{}, 3*pieceSize/2))
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range [][]int64{{orphan}, nil} {
		if err := db.Close(); err != nil {
			t.Fatal(err)
		}
		if db.DB, err = Open(folder); err != nil {
			t.Fatal(err)
		}
		if got := db.Orphans(); fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("orphans %v, want %v", got, want)
		}
		if err := db.RemoveContent(t.Context(), orphan); err != nil {
			t.Fatal(err)
		}
	}
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) {
	clear(p)
	return len(p), nil
}

func passages(texts ...string) []document.Passage {
	var all []document.Passage
	for _, text := range texts {
		all = append(all, document.Passage{Sentences: []document.Sentence{{Text: text}}})
	}
	return all
}

// search returns the hits of a search, the best first.
func search(t *testing.T, db *DB, assistant int64, terms ...string) []Hit {
	t.Helper()
	var found []Hit
	_, _, err := db.Search(t.Context(), Search{Assistant: assistant, Terms: terms, Choose: func(hits []Hit) []Excerpt {
		found = hits
		return nil
	}})
	if err != nil {
		t.Fatalf("%q: %v", terms, err)
	}
	return found
}

// SQLite stores the comments inside a statement. A snapshot would be refused after
// the words of a comment had changed.
func TestSchemaHasNoComments(t *testing.T) {
	statements, err := tables()
	if err != nil || len(statements) == 0 {
		t.Fatalf("%d statements, error %v", len(statements), err)
	}
	for _, statement := range statements {
		if strings.Contains(statement, "--") || strings.Contains(statement, "/*") {
			t.Errorf("a comment is a part of the schema:\n%s", statement)
		}
	}
}
