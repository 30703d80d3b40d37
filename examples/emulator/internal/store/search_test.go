package store

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/pinecone-community/assistant-go/examples/emulator/internal/document"
	"github.com/pinecone-community/assistant-go/examples/emulator/internal/model"
)

// index adds an Available file with a passage for each text.
func (f *fixture) index(t *testing.T, id string, metadata map[string]any, texts ...string) *File {
	t.Helper()
	file, op := f.add(t, id, strings.Join(texts, " "), metadata)
	if err := f.AddPassages(op.Sequence, 0, passages(texts...), 50); err != nil {
		t.Fatal(err)
	}
	if err := f.Complete(op.Sequence, 1, time.Now()); err != nil {
		t.Fatal(err)
	}
	return file
}

func TestSearch(t *testing.T) {
	db := open(t, "")
	tide := db.index(t, "tide", map[string]any{"kind": "tide"}, "The tide is high at the café.", "Generators and tides.", "Nothing.")
	lamp := db.index(t, "lamp", map[string]any{"kind": "lamp"}, `The lamp, "lit" at 灯台の灯り.`, "The tide and the lamp of keepers.")
	tests := []struct {
		terms []string
		want  string // file and passage number of each hit, the best first
	}{
		{[]string{"cafe"}, "tide0"},
		{[]string{"CAFÉ"}, "tide0"},
		{[]string{"generator"}, "tide1"},
		{[]string{"lamp", "keeper"}, "lamp1 lamp0"},
		{[]string{"灯台"}, "lamp0"},
		{[]string{"台灯"}, ""},
		{[]string{"nothing"}, "tide2"},
		{[]string{"absent"}, ""},
		{nil, ""},
		// Terms have no operators.
		{[]string{""}, ""},
		{[]string{`"`}, ""},
		{[]string{`lit" OR "tide`}, ""},
		{[]string{"lamp OR tide"}, ""},
		{[]string{"tid*"}, ""},
		{[]string{"text:tide"}, ""},
		{[]string{"assistant1"}, ""},
		{[]string{"NEAR(lamp tide)"}, ""},
		{[]string{"x\x00tide"}, ""},
		{[]string{"\x00"}, ""},
		{[]string{"𞤀𞤣", "'; DROP TABLE file"}, ""},
	}
	names := map[int64]string{tide.Sequence: "tide", lamp.Sequence: "lamp"}
	for _, tt := range tests {
		var got []string
		for _, hit := range search(t, db.DB, db.assistant.Sequence, tt.terms...) {
			got = append(got, fmt.Sprint(names[hit.File], hit.Number))
			if hit.Score <= 0 {
				t.Errorf("%q: score %v", tt.terms, hit.Score)
			}
		}
		if strings.Join(got, " ") != tt.want {
			t.Errorf("%q: %v, want %q", tt.terms, got, tt.want)
		}
	}
}

// A search does not find files of other assistants, files that do not match the filter,
// files that are not Available, and removed files.
func TestSearchScope(t *testing.T) {
	db := open(t, "")
	db.index(t, "first", map[string]any{"number": 1.0}, "The tide is high.")
	db.index(t, "second", map[string]any{"number": 2.0}, "The tide is high.")
	_, pending := db.add(t, "pending", "x", nil)
	if err := db.AddPassages(pending.Sequence, 0, passages("The tide is high."), 50); err != nil {
		t.Fatal(err)
	}
	count := func(filter string) int {
		t.Helper()
		compiled, err := CompileFilter(parse(t, filter))
		if err != nil {
			t.Fatal(err)
		}
		found := 0
		excerpts, files, err := db.Search(t.Context(), Search{Assistant: db.assistant.Sequence, Filter: compiled, Terms: []string{"tide"}, Choose: func(hits []Hit) []Excerpt {
			found = len(hits)
			return []Excerpt{{File: hits[0].File}}
		}})
		if err != nil || len(excerpts) != 1 || len(excerpts[0].Sentences) != 1 || files[excerpts[0].File] == nil {
			t.Errorf("%+v, %v, error %v", excerpts, files, err)
		}
		return found
	}
	if got := count(`{}`); got != 2 {
		t.Errorf("found %d", got)
	}
	if got := count(`{"number":{"$gt":1}}`); got != 1 {
		t.Errorf("found %d with a filter", got)
	}
	if err := db.Fail(pending.Sequence, "damaged", time.Now()); err != nil {
		t.Fatal(err)
	}
	db.index(t, "first", nil, "The lamp is lit.") // replaces it
	if got := count(`{}`); got != 1 {
		t.Errorf("found %d after a replacement", got)
	}
	other := &Assistant{Name: "b", Status: model.AssistantStatusReady}
	if err := db.AddAssistant(other, admit); err != nil {
		t.Fatal(err)
	}
	if found := search(t, db.DB, other.Sequence, "tide"); len(found) != 0 {
		t.Errorf("another assistant: found %v", found)
	}
	if err := errors.Join(db.RemoveAssistant("a"), db.Purge(t.Context())); err != nil {
		t.Fatal(err)
	}
	var left int
	err := db.reader.QueryRowContext(t.Context(), `SELECT (SELECT count(*) FROM passage) + (SELECT count(*) FROM file) + (SELECT count(*) FROM operation) +
		(SELECT count(*) FROM piece) - (SELECT count(*) FROM content) FROM assistant WHERE name = 'b'`).Scan(&left)
	// The caller of AddFile removes the content of the replaced file.
	if err != nil || left != 0 {
		t.Errorf("%d rows left, error %v", left, err)
	}
}

func TestEndedOperation(t *testing.T) {
	db := open(t, "")
	_, op := db.add(t, "x", "x", nil)
	if _, _, err := db.DeleteFile(db.assistant.Sequence, "x", &Operation{ID: "d", Kind: "delete_file", File: "x"}); err != nil {
		t.Fatal(err)
	}
	for _, err := range []error{
		db.AddPassages(op.Sequence, 0, []document.Passage{}, 1),
		db.Complete(op.Sequence, 1, time.Now()),
		db.Fail(op.Sequence, "x", time.Now()),
	} {
		if err != ErrEnded {
			t.Errorf("error %v", err)
		}
	}
}

// With more passages than a search scans, it still finds rare words, and still applies
// the filter.
func TestSearchMany(t *testing.T) {
	db := open(t, "")
	const files, each = 4, 512
	for n := range files {
		texts := make([]string, each)
		for i := range texts {
			texts[i] = "The tide is high and the wind is low."
		}
		if n == files-1 {
			texts[each-1] = "The tide is high and a curlew sings."
		}
		db.index(t, fmt.Sprint(n), map[string]any{"n": float64(n)}, texts...)
	}
	for _, terms := range [][]string{{"curlew"}, {"tide", "wind", "curlew"}, {"tide", "high", "low", "wind", "curlew", "sings"}} {
		found := search(t, db.DB, db.assistant.Sequence, terms...)
		if len(found) == 0 || len(found) > maxHits || found[0].Number != each-1 {
			t.Errorf("%q: %d passages", terms, len(found))
		}
	}
	filter, err := CompileFilter(parse(t, `{"n":2}`))
	if err != nil {
		t.Fatal(err)
	}
	wide, err := CompileFilter(parse(t, `{"n":{"$gte":1}}`))
	if err != nil {
		t.Fatal(err)
	}
	for _, filter := range []*Filter{filter, wide} {
		_, _, err = db.Search(t.Context(), Search{
			Assistant: db.assistant.Sequence, Filter: filter, Terms: []string{"tide", "wind", "curlew"},
			Choose: func(hits []Hit) []Excerpt {
				if len(hits) != maxHits {
					t.Errorf("%d passages", len(hits))
				}
				return nil
			},
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, _, err := db.Search(ctx, Search{Assistant: db.assistant.Sequence, Terms: []string{"tide"}, Choose: func([]Hit) []Excerpt { return nil }}); !errors.Is(err, context.Canceled) {
		t.Errorf("canceled: error %v", err)
	}
}

func TestMerge(t *testing.T) {
	got := merge([]idRange{{7, 9}, {1, 3}, {2, 5}, {6, 6}, {12, 12}, {8, 8}})
	if fmt.Sprint(got) != "[{1 9} {12 12}]" {
		t.Error(got)
	}
}
