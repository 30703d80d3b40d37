package store

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/pinecone-community/assistant-go/examples/emulator/internal/document"
)

func size(t *testing.T, folder string) (total int64) {
	t.Helper()
	for _, name := range []string{fileName, fileName + "-wal"} {
		info, err := os.Stat(filepath.Join(folder, name))
		if err == nil {
			total += info.Size()
		} else if !errors.Is(err, os.ErrNotExist) {
			t.Fatal(err)
		}
	}
	return total
}

// limit limits the size of the database to a number of pages.
func (f *fixture) limit(t *testing.T, pages int) {
	t.Helper()
	if _, err := f.writer.ExecContext(t.Context(), fmt.Sprintf("PRAGMA max_page_count = %d", pages)); err != nil {
		t.Fatal(err)
	}
}

func noise(n int) []byte {
	content := make([]byte, n)
	_, _ = rand.NewChaCha8([32]byte{}).Read(content) // never fails
	return content
}

// Shrink returns the space of deleted contents to the disk.
func TestShrink(t *testing.T) {
	folder := t.TempDir()
	db := open(t, folder)
	if err := db.Shrink(t.Context()); err != nil {
		t.Fatal(err)
	}
	empty := size(t, folder)
	var contents []int64
	for range 4 {
		id, _, err := db.AddContent(bytes.NewReader(noise(2 << 20)))
		if err != nil {
			t.Fatal(err)
		}
		contents = append(contents, id)
	}
	kept := contents[3]
	for _, id := range contents[:3] {
		if err := db.RemoveContent(t.Context(), id); err != nil {
			t.Fatal(err)
		}
	}
	if err := db.Shrink(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := size(t, folder); got > empty+4<<20 {
		t.Errorf("%d bytes with a content of 2 MiB, %d bytes without", got, empty)
	}
	content := make([]byte, 2<<20)
	if _, err := db.Content(kept, 2<<20).ReadAt(content, 0); err != nil || !bytes.Equal(content, noise(2<<20)) {
		t.Errorf("the remaining content differs, error %v", err)
	}
	if err := db.RemoveContent(t.Context(), kept); err != nil {
		t.Fatal(err)
	}
}

// On a full disk, additions fail with ErrFull and stored data stays. Deletions work and
// make space.
func TestFull(t *testing.T) {
	folder := t.TempDir()
	db := open(t, folder)
	_, op := db.add(t, "first", "The tide is high.", nil)
	id, _, err := db.AddContent(bytes.NewReader(noise(2 << 20)))
	if err != nil {
		t.Fatal(err)
	}
	pages, err := one(db.reader, scanOne[int], "PRAGMA page_count")
	if err != nil {
		t.Fatal(err)
	}
	db.limit(t, pages)
	if _, _, err := db.AddContent(bytes.NewReader(noise(2 << 20))); !errors.Is(err, ErrFull) || !Fault(err) {
		t.Errorf("content: error %v", err)
	}
	var many []document.Passage
	for n := range maxHits {
		many = append(many, passages(fmt.Sprintf("The tide of day %d is high, and so is the wind of year %x.", n, noise(n%100)))...)
	}
	if err := db.AddPassages(op.Sequence, 0, many, 50); !errors.Is(err, ErrFull) {
		t.Errorf("passages: error %v", err)
	}
	// The failed transactions do not affect the next one.
	if f, _, err := db.Progress(op.Sequence, 30); err != nil || f.ID != "first" {
		t.Errorf("%+v, error %v", f, err)
	}
	if err := db.RemoveContent(t.Context(), id); err != nil {
		t.Fatal(err)
	}
	if err := db.AddLastPassages(op.Sequence, 0, many, 50); err != nil {
		t.Fatal(err)
	}
	if err := db.Complete(op.Sequence, 1, time.Now()); err != nil {
		t.Fatal(err)
	}
	if found := search(t, db.DB, db.assistant.Sequence, "tide"); len(found) != maxHits {
		t.Errorf("%d passages", len(found))
	}
}

// A database in a folder has a reserve, which can be released once and filled again.
func TestReserve(t *testing.T) {
	folder := t.TempDir()
	db := open(t, folder)
	path := filepath.Join(folder, reserveName)
	if info, err := os.Stat(path); err != nil || info.Size() != reserveSize {
		t.Fatalf("%+v, error %v", info, err)
	}
	if !db.reserve.release() || db.reserve.release() {
		t.Error("release, want true and then false")
	}
	db.reserve.fill()
	if info, err := os.Stat(path); err != nil || info.Size() != reserveSize {
		t.Fatalf("%+v, error %v", info, err)
	}
	if memory := (&reserve{}); memory.release() {
		t.Error("a database in memory has a reserve")
	}
}

// The files of a removed assistant are not found at once, and Purge removes their rows.
func TestPurge(t *testing.T) {
	db := open(t, t.TempDir())
	for n := range purgedFiles + 8 {
		db.index(t, fmt.Sprint(n), map[string]any{"n": float64(n)}, "The tide is high.", "The wind is low.")
	}
	if err := db.RemoveAssistant("a"); err != nil {
		t.Fatal(err)
	}
	if _, err := db.Assistant("a"); !errors.Is(err, ErrNotFound) {
		t.Errorf("error %v", err)
	}
	if err := db.RemoveAssistant("a"); !errors.Is(err, ErrNotFound) {
		t.Errorf("second removal: error %v", err)
	}
	if all, err := db.Assistants(0, 10); err != nil || len(all) != 0 {
		t.Errorf("%+v, error %v", all, err)
	}
	again := &Assistant{Name: "a", Status: "Ready"}
	if err := db.AddAssistant(again, func(existing int) error {
		if existing != 0 {
			t.Errorf("%d other assistants, want 0", existing)
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	if found := search(t, db.DB, again.Sequence, "tide"); len(found) != 0 {
		t.Errorf("found %v", found)
	}
	if err := db.Purge(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, table := range []string{"file", "passage", "operation", "content", "piece", "words"} {
		if left, err := one(db.reader, scanOne[int], "SELECT count(*) FROM "+table); err != nil || left != 0 {
			t.Errorf("%s: %d rows left, error %v", table, left, err)
		}
	}
}

// The database counts the readings of a file during which the process ended.
func TestReadings(t *testing.T) {
	folder := t.TempDir()
	db := open(t, folder)
	_, op := db.add(t, "x", "The tide is high.", nil)
	deaths := func() int {
		t.Helper()
		_, n, err := db.Progress(op.Sequence, 25)
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	for want := range 3 {
		if got := deaths(); got != want {
			t.Errorf("%d unfinished readings, want %d", got, want)
		}
		if _, err := db.BeginReading(op.Sequence, 50); err != nil {
			t.Fatal(err)
		}
		if err := db.Close(); err != nil {
			t.Fatal(err)
		}
		var err error
		if db.DB, err = Open(folder); err != nil {
			t.Fatal(err)
		}
	}
	if err := db.EndReading(op.Sequence); err != nil {
		t.Fatal(err)
	}
	if err := db.AddLastPassages(op.Sequence, 0, passages("The tide is high."), 75); err != nil {
		t.Fatal(err)
	}
	if got := deaths(); got != 1 {
		t.Errorf("%d unfinished readings after two that ended, want 1", got)
	}
}
