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

// Limits of a search, due to which its duration hardly grows with the number of passages.
// A search scans a limited number of index rows, divided equally among the terms: a term
// in more passages does not distinguish them. It then reads the passages whose terms have
// the greatest weight.
const (
	scanned         = 8192        // index rows of all terms
	scannedFiltered = 8 * scanned // index rows of all terms, with a filter
	scannedLeast    = 256         // index rows of a term
	maxHits         = 512         // hits
	readAtOnce      = 256         // passages read in one query
	maxTerms        = 64
)

// assistantShift is the position of the assistant's sequence number in the identifier of
// a passage.
const assistantShift = 32

// passagesOf returns the first and the last identifier that passages of an assistant can
// have.
func passagesOf(assistant int64) (first, last int64) {
	return assistant << assistantShift, (assistant+1)<<assistantShift - 1
}

// AddPassages adds passages to the file of an operation and sets the progress. The first
// passage has the given number; if that is 0, the passages replace all others of the
// file. Searches find them once the operation is complete.
func (db *DB) AddPassages(op int64, number int, passages []document.Passage, percent int32) error {
	return db.addPassages(op, number, passages, percent, 0)
}

// AddLastPassages is like [DB.AddPassages], and ends the reading of the file.
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
		// The words are inserted after all passages, since FTS5 flushes its buffer when
		// another statement comes in between.
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

// Hit is a passage that contains terms of a search.
type Hit struct {
	File   int64 // sequence number of the file
	Number int   // number of the passage in the file, from 0
	Size   int   // size of the passage's text in bytes
	Terms  []int // indices of the terms that the passage contains
	Score  float64
}

// Excerpt is a sequence of passages of a file.
type Excerpt struct {
	File      int64 // sequence number of the file
	From, To  int   // numbers of the first and the last passage
	Score     float64
	Sentences []document.Sentence
}

// Search describes a search.
type Search struct {
	Assistant int64    // sequence number of the assistant
	Filter    *Filter  // nil matches all files
	Terms     []string // at most 64 different words, in any form
	// Count returns the number of occurrences of each term in a text. If it is nil, the
	// score depends only on which terms a passage contains according to the index.
	Count func(text string) []int
	// Choose returns the excerpts to return, given the hits, the best first. It must not
	// use the database.
	Choose func(hits []Hit) []Excerpt
}

// Search searches the Available files of an assistant for passages that contain any of
// the terms. It returns the excerpts of search.Choose with their sentences, and their
// files by sequence number.
//
// The score of a hit is its BM25 score, in which a word in a heading counts one and a
// half times. It is positive, and comparable only within a search. The hits are the best
// 512, unless each term is in more passages than the search scans.
//
// If ctx is done, Search returns its cause.
func (db *DB) Search(ctx context.Context, search Search) (excerpts []Excerpt, files map[int64]*File, err error) {
	if len(search.Terms) == 0 {
		return nil, nil, nil
	}
	if len(search.Terms) > maxTerms {
		return nil, nil, fmt.Errorf("%d terms, the limit is %d", len(search.Terms), maxTerms)
	}
	var matching []int64
	if !search.Filter.matchesAll() {
		if matching, err = db.matching(ctx, search.Assistant, 0, search.Filter, math.MaxInt); err != nil {
			return nil, nil, err
		}
	}
	err = db.view(func(tx *sql.Tx) error {
		s := &searching{Search: search, ctx: ctx, tx: tx, matched: make(map[int64]bool)}
		if err := s.applyFilter(matching); err != nil {
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

// searching is the state of a search.
type searching struct {
	Search
	ctx     context.Context
	tx      *sql.Tx
	ranges  []idRange        // identifiers of the passages of matching files; nil without a filter
	few     bool             // whether all passages in ranges can be read
	matched map[int64]bool   // results of the filter by file
	weights []float64        // weights of the terms: the rarer, the greater
	found   map[int64]uint64 // bit sets of terms by passage
}

// idRange is a range of passage identifiers.
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

// applyFilter finds the passages of the matching files.
func (s *searching) applyFilter(matching []int64) error {
	if s.Filter.matchesAll() {
		return nil
	}
	list, err := json.Marshal(matching)
	if err != nil {
		return err
	}
	// The identifiers of a file's passages are consecutive, unless another file was
	// processed at the same time.
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

// merge sorts ranges and joins those that overlap or adjoin.
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

// mayMatch reports whether a passage is in ranges. Its file may still not match the
// filter.
func (s *searching) mayMatch(id int64) bool {
	if s.ranges == nil {
		return true
	}
	at, exact := slices.BinarySearchFunc(s.ranges, id, func(r idRange, id int64) int { return cmp.Compare(r.first, id) })
	return exact || at > 0 && id <= s.ranges[at-1].last
}

// scan looks up the terms in the index, and sets found and weights.
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
		if len(ids) == most { // assume the same frequency in the rest
			passages *= total / float64(ids[most-1]-first+1)
		}
		s.weights = append(s.weights, math.Log(1+(total-passages+0.5)/(passages+0.5)))
		for _, id := range ids {
			if s.mayMatch(id) {
				s.found[id] |= 1 << i
			}
		}
	}
	return nil
}

// passage is a candidate for a hit.
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

// read reads the passages whose files are Available and match the filter.
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
		matched, known := s.matched[p.hit.File]
		if !known {
			metadata, failed := p.file.decode()
			matched = s.Filter.match(metadata)
			s.matched[p.hit.File] = matched
			err = errors.Join(err, failed)
		}
		return !matched
	}), err
}

// Parameters of BM25.
const (
	saturation    = 1.2  // k1
	lengthPart    = 0.75 // b
	headingWeight = 1.5  // weight of a word in a heading
)

// rate scores passages and returns the hits, the best first.
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

// inQuotes escapes a term for a quoted FTS5 string, in which there are no operators.
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
