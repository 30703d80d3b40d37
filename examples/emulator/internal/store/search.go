package store

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"

	"github.com/pinecone-community/assistant-go/examples/emulator/internal/document"
	"github.com/pinecone-community/assistant-go/examples/emulator/internal/model"
)

// A search takes a time that hardly grows with the number of passages. Of the index it
// looks at scanned rows, the same number for each term: terms that are in more passages
// than that say little of any of them. Of the passages in these rows it reads the most
// promising ones. Where a filter leaves few rows, it looks at more.
const (
	scanned         = 8192
	scannedFiltered = 8 * scanned
	scannedLeast    = 256 // for each term
	maxHits         = 512
	readAtOnce      = 256
	maxTerms        = 64
)

// assistantShift is where the assistant's number is in the identifier of a passage.
const assistantShift = 32

// passagesOf returns the first and the last identifier of passages of an assistant.
func passagesOf(assistant int64) (first, last int64) {
	return assistant << assistantShift, (assistant+1)<<assistantShift - 1
}

// AddPassages adds passages of a file that an operation processes; numbers go on
// from a number, and 0 replaces those that are there. They are found once the
// operation is complete.
func (db *DB) AddPassages(op int64, number int, passages []document.Passage, percent int32) error {
	return db.addPassages(op, number, passages, percent, 0)
}

// AddLastPassages is like AddPassages, and ends the reading.
func (db *DB) AddLastPassages(op int64, number int, passages []document.Passage, percent int32) error {
	return db.addPassages(op, number, passages, percent, 1)
}

func (db *DB) addPassages(op int64, number int, passages []document.Passage, percent int32, ended int) error {
	return db.during(op, func(tx *sql.Tx, f *File) error {
		if number == 0 {
			if err := exec(tx, "DELETE FROM passage WHERE file = ?", f.Sequence); err != nil {
				return err
			}
		}
		from, to := passagesOf(f.Assistant)
		id, err := scanOne[int64](query(tx, "SELECT coalesce(max(id), ? - 1) + 1 FROM passage WHERE id BETWEEN ? AND ?", from, from, to))
		if err != nil {
			return err
		}
		// The words come last: FTS5 writes out what it has gathered when another
		// statement comes in between.
		texts := make([]string, len(passages))
		for i, passage := range passages {
			texts[i] = document.Text(passage.Sentences)
			first := passage.Sentences[0]
			err = exec(tx, "INSERT INTO passage VALUES (?, ?, ?, ?, ?, ?, ?, ?)", id+int64(i), f.Sequence, number+i, len(texts[i]),
				first.Page, first.Paragraph, passage.Heading, document.Encode(passage.Sentences))
			if err != nil {
				return err
			}
		}
		for i, passage := range passages {
			err := exec(tx, "INSERT INTO words (rowid, heading, text) VALUES (?, ?, ?)",
				id+int64(i), document.Separate(passage.Heading), document.Separate(texts[i]))
			if err != nil {
				return err
			}
		}
		return exec(tx, "UPDATE operation SET percent = ?, readings = readings - ? WHERE sequence = ?", percent, ended, op)
	})
}

// Hit is a passage that has words that are searched for.
type Hit struct {
	File   int64 // the file's sequence number
	Number int   // of the passage in the file, from 0
	Size   int   // of its text in bytes
	Terms  []int // which of the search's terms it has
	Score  float64
}

// Excerpt is a run of passages of a file.
type Excerpt struct {
	File      int64 // the file's sequence number
	From, To  int   // the numbers of its first and last passage
	Score     float64
	Sentences []document.Sentence
}

// Search is what to search for, and in which files.
type Search struct {
	Assistant int64
	Filter    *Filter
	Terms     []string // at most 64 words in any form; each is different from the others
	// Count returns how often each term is in a text. The index decides whether a term
	// is in a passage where it was looked at; without Count it alone does.
	Count func(text string) []int
	// Choose picks from the hits, the best first, the excerpts to return. It must not
	// use the database.
	Choose func(hits []Hit) []Excerpt
}

// Search finds passages that have any of the terms, in files that are Available, and
// returns the excerpts that are chosen of them with their sentences, and the files that
// they are from. Scores are those of BM25, for which a word in a heading counts as one
// and a half in the text; they are positive and only good for comparing the hits of one
// search. The best 512 hits are found, unless all terms are in so many passages that
// the index tells nothing of which these are. The search ends with ctx.
func (db *DB) Search(ctx context.Context, search Search) (excerpts []Excerpt, files map[int64]*File, err error) {
	if len(search.Terms) == 0 {
		return nil, nil, nil
	}
	if len(search.Terms) > maxTerms {
		return nil, nil, fmt.Errorf("%d terms, the limit is %d", len(search.Terms), maxTerms)
	}
	var passing []int64
	if !search.Filter.matchesAll() {
		if passing, err = db.passing(ctx, search.Assistant, 0, search.Filter, math.MaxInt); err != nil {
			return nil, nil, err
		}
	}
	err = db.view(func(tx *sql.Tx) error {
		s := &searching{Search: search, ctx: ctx, tx: tx, passed: make(map[int64]bool)}
		if err := s.applyFilter(passing); err != nil {
			return err
		}
		hits, err := s.hits()
		if err != nil {
			return err
		}
		excerpts, files = search.Choose(hits), make(map[int64]*File)
		for i := range excerpts {
			excerpt := &excerpts[i]
			if excerpt.Sentences, err = readSentences(tx, *excerpt); err != nil {
				return err
			}
			if files[excerpt.File] == nil {
				if files[excerpt.File], err = one(tx, scanFile, selectFile+" WHERE file.sequence = ?", excerpt.File); err != nil {
					return err
				}
			}
		}
		return context.Cause(ctx)
	})
	if errors.Is(err, context.Canceled) && ctx.Err() != nil {
		err = context.Cause(ctx)
	}
	return excerpts, files, err
}

// searching is a search that goes on.
type searching struct {
	Search
	ctx     context.Context
	tx      *sql.Tx
	ranges  []idRange      // of the passages that the filter leaves; nil without one
	few     bool           // they are so few that all of them can be read
	passed  map[int64]bool // whether files that were read pass the filter
	weights []float64      // of the terms: how rare they are
	found   map[int64]uint64
}

// idRange is a range of identifiers of passages.
type idRange struct{ first, last int64 }

func (s *searching) hits() ([]Hit, error) {
	s.found = make(map[int64]uint64)
	if err := s.scan(); err != nil {
		return nil, err
	}
	if s.few {
		for _, r := range s.ranges {
			for id := r.first; id <= r.last; id++ {
				s.found[id] |= 0
			}
		}
	}
	promise := make(map[int64]float64, len(s.found))
	for id, terms := range s.found {
		for i, weight := range s.weights {
			if terms&(1<<i) != 0 {
				promise[id] += weight
			}
		}
	}
	candidates := slices.SortedFunc(maps.Keys(s.found), func(a, b int64) int {
		return cmp.Or(cmp.Compare(promise[b], promise[a]), cmp.Compare(a, b))
	})
	var passages []*passage
	for some := range slices.Chunk(candidates, readAtOnce) {
		if len(passages) >= maxHits {
			break
		}
		read, err := s.read(some)
		if err != nil {
			return nil, err
		}
		passages = append(passages, read...)
	}
	return s.rate(passages), nil
}

// applyFilter finds the passages of the files that pass the filter.
func (s *searching) applyFilter(passing []int64) error {
	if s.Filter.matchesAll() {
		return nil
	}
	list, err := json.Marshal(passing)
	if err != nil {
		return err
	}
	// The identifiers of a file's passages follow each other, but for those of files
	// that were processed at the same time.
	s.ranges, err = collectUntil(s.ctx, s.tx, func(row scanner) (r idRange, err error) {
		return r, row.Scan(&r.first, &r.last)
	}, `SELECT min(passage.id), max(passage.id) FROM json_each(?) AS list
		CROSS JOIN file ON file.sequence = list.value AND file.status = ? CROSS JOIN passage ON passage.file = file.sequence
		GROUP BY list.value`, string(list), model.FileStatusAvailable)
	s.ranges = merge(s.ranges)
	total := int64(0)
	for _, r := range s.ranges {
		total += r.last - r.first + 1
	}
	s.few = total <= maxHits
	return err
}

// merge returns ranges in order that do not overlap.
func merge(ranges []idRange) []idRange {
	slices.SortFunc(ranges, func(a, b idRange) int { return cmp.Compare(a.first, b.first) })
	merged := []idRange{}
	for _, r := range ranges {
		if last := len(merged) - 1; last >= 0 && r.first <= merged[last].last+1 {
			merged[last].last = max(merged[last].last, r.last)
			continue
		}
		merged = append(merged, r)
	}
	return merged
}

// passes reports whether a passage may pass the filter: which file it is of shows when
// it is read.
func (s *searching) passes(id int64) bool {
	if s.ranges == nil {
		return true
	}
	at, exact := slices.BinarySearchFunc(s.ranges, id, func(r idRange, id int64) int { return cmp.Compare(r.first, id) })
	return exact || at > 0 && id <= s.ranges[at-1].last
}

// scan looks the terms up in the index.
func (s *searching) scan() error {
	first, last := passagesOf(s.Assistant)
	newest, err := one(s.tx, scanOne[int64], "SELECT coalesce(max(id), 0) FROM passage WHERE id BETWEEN ? AND ?", first, last)
	if err != nil || newest == 0 {
		return err
	}
	total := float64(newest - first + 1)
	most := scanned
	if s.ranges != nil {
		most = scannedFiltered
	}
	most = max(most/len(s.Terms), scannedLeast)
	for i, term := range s.Terms {
		phrase := fmt.Sprintf(`"%s"`, inQuotes.Replace(document.Separate(term)))
		ids, err := collectUntil(s.ctx, s.tx, scanOne[int64],
			"SELECT rowid FROM words WHERE words MATCH ? AND rowid BETWEEN ? AND ? ORDER BY rowid LIMIT ?", phrase, first, last, most)
		if err != nil {
			return err
		}
		passages := float64(len(ids))
		if len(ids) == most { // as many in the rest
			passages *= total / float64(ids[most-1]-first+1)
		}
		s.weights = append(s.weights, math.Log(1+(total-passages+0.5)/(passages+0.5)))
		for _, id := range ids {
			if s.passes(id) {
				s.found[id] |= 1 << i
			}
		}
	}
	return nil
}

// passage is one that may have terms.
type passage struct {
	id   int64
	hit  Hit
	head string
	text string
	file filtered
}

func scanPassage(row scanner) (*passage, error) {
	p := &passage{}
	err := row.Scan(&p.id, &p.hit.File, &p.hit.Number, &p.hit.Size, &p.head, &p.text, &p.file.metadata)
	return p, err
}

// read reads passages of files that are Available and pass the filter.
func (s *searching) read(ids []int64) ([]*passage, error) {
	list, err := json.Marshal(ids)
	if err != nil {
		return nil, err
	}
	metadata := "NULL"
	if !s.Filter.matchesAll() {
		metadata = "metadata"
	}
	passages, err := collectUntil(s.ctx, s.tx, scanPassage, `SELECT passage.id, passage.file, passage.number, passage.size, heading, text, `+metadata+`
		FROM json_each(?) AS list CROSS JOIN passage ON passage.id = list.value CROSS JOIN file ON file.sequence = passage.file
		WHERE file.status = ?`, string(list), model.FileStatusAvailable)
	if err != nil || s.Filter.matchesAll() {
		return passages, err
	}
	return slices.DeleteFunc(passages, func(p *passage) bool {
		passed, known := s.passed[p.hit.File]
		if !known {
			metadata, failed := p.file.decode()
			passed = s.Filter.match(metadata)
			s.passed[p.hit.File] = passed
			err = errors.Join(err, failed)
		}
		return !passed
	}), err
}

// The parameters of BM25, and what a word in a heading counts for.
const (
	saturation    = 1.2
	lengthPart    = 0.75
	headingWeight = 1.5
)

// rate returns the passages that have any of the terms, the best first.
func (s *searching) rate(passages []*passage) []Hit {
	size := 0
	for _, p := range passages {
		size += p.hit.Size
	}
	average := float64(size) / float64(max(len(passages), 1))
	var hits []Hit
	for _, p := range passages {
		in, above := make([]int, len(s.Terms)), make([]int, len(s.Terms))
		if s.Count != nil {
			in, above = s.Count(p.text), s.Count(p.head)
		}
		for i, weight := range s.weights {
			count := float64(in[i]) + headingWeight*float64(above[i])
			if s.found[p.id]&(1<<i) != 0 {
				count = max(count, 1)
			}
			if count == 0 {
				continue
			}
			p.hit.Terms = append(p.hit.Terms, i)
			length := 1 - lengthPart + lengthPart*float64(p.hit.Size)/average
			p.hit.Score += weight * count * (saturation + 1) / (count + saturation*length)
		}
		if len(p.hit.Terms) > 0 {
			hits = append(hits, p.hit)
		}
	}
	slices.SortFunc(hits, func(a, b Hit) int {
		return cmp.Or(cmp.Compare(b.Score, a.Score), cmp.Compare(a.File, b.File), cmp.Compare(a.Number, b.Number))
	})
	return hits[:min(len(hits), maxHits)]
}

// inQuotes lets a text stand between quotes, where nothing in it is an operator.
var inQuotes = strings.NewReplacer(`"`, `""`, "\x00", " ")

func readSentences(tx *sql.Tx, excerpt Excerpt) ([]document.Sentence, error) {
	parts, err := collect(tx, func(row scanner) ([]document.Sentence, error) {
		var text string
		var page, paragraph int
		if err := row.Scan(&page, &paragraph, &text); err != nil {
			return nil, err
		}
		return document.Decode(text, page, paragraph), nil
	}, "SELECT page, paragraph, text FROM passage WHERE file = ? AND number BETWEEN ? AND ? ORDER BY number", excerpt.File, excerpt.From, excerpt.To)
	return slices.Concat(parts...), err
}
