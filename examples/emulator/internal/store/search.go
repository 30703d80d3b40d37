package store

import (
	"database/sql"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/pinecone-community/assistant-go/examples/emulator/internal/document"
	data "github.com/pinecone-community/assistant-go/examples/emulator/internal/model"
)

// maxHits is how many passages a search finds at most.
const maxHits = 2048

// AddPassages adds passages of a file that an operation processes; numbers go on
// from first, and first 0 replaces those that are there. They are found once the
// operation is complete.
func (db *DB) AddPassages(op int64, first int, passages []document.Passage, percent int32) error {
	return db.during(op, func(tx *sql.Tx, f *File) error {
		if first == 0 {
			if err := exec(tx, "DELETE FROM passage WHERE file = ?", f.Sequence); err != nil {
				return err
			}
		}
		id, err := scanOne[int64](query(tx, "SELECT coalesce(max(id), 0) + 1 FROM passage"))
		if err != nil {
			return err
		}
		// The words come last: FTS5 writes out what it has gathered when another
		// statement comes in between.
		texts := make([]string, len(passages))
		for i, passage := range passages {
			sentences, err := json.Marshal(passage.Sentences)
			if err != nil {
				return err
			}
			texts[i] = document.Text(passage.Sentences)
			err = exec(tx, "INSERT INTO passage VALUES (?, ?, ?, ?, ?)", id+int64(i), f.Sequence, first+i, len(texts[i]), string(sentences))
			if err != nil {
				return err
			}
		}
		scope := fmt.Sprint("assistant", f.Assistant)
		for i, passage := range passages {
			err := exec(tx, "INSERT INTO words (rowid, scope, heading, text) VALUES (?, ?, ?, ?)",
				id+int64(i), scope, document.Separate(passage.Heading), document.Separate(texts[i]))
			if err != nil {
				return err
			}
		}
		return exec(tx, "UPDATE operation SET percent = ? WHERE sequence = ?", percent, op)
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
	Terms     []string // words in any form; each is different from the others
	// Choose picks from the hits, the best first, the excerpts to return. It must not
	// use the database.
	Choose func(hits []Hit) []Excerpt
}

// Search finds the passages that have any of the terms, in files that are
// Available, and returns the excerpts that are chosen of them with their sentences,
// and the files that they are from. Scores are those of BM25, for which a word in a
// heading counts as one and a half in the text; they are positive and only good
// for comparing the hits of one search.
func (db *DB) Search(search Search) (excerpts []Excerpt, files map[int64]*File, err error) {
	if len(search.Terms) == 0 {
		return nil, nil, nil
	}
	err = db.view(func(tx *sql.Tx) error {
		hits, err := findHits(tx, search)
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
				if files[excerpt.File], err = one(tx, scanFile, selectFile+" WHERE sequence = ?", excerpt.File); err != nil {
					return err
				}
			}
		}
		return nil
	})
	return excerpts, files, err
}

// findHits searches for each term by itself. FTS5 rates a query of several words
// by the sum of what each is worth, so that the sum of these searches is the same
// score, and there is to know which terms a passage has.
func findHits(tx *sql.Tx, search Search) ([]Hit, error) {
	phrases := make([]string, len(search.Terms))
	for i, term := range search.Terms {
		phrases[i] = fmt.Sprintf(`scope : assistant%d AND {heading text} : "%s"`, search.Assistant, inQuotes.Replace(document.Separate(term)))
	}
	list, err := json.Marshal(phrases)
	if err != nil {
		return nil, err
	}
	condition, args := search.Filter.where()
	args = slices.Concat([]any{string(list), search.Assistant, data.FileStatusAvailable}, args, []any{maxHits})
	return collect(tx, scanHit, `
		WITH hit AS MATERIALIZED (
			SELECT words.rowid AS id, term.key AS term, -bm25(words, 0, 1.5, 1) AS score
			FROM json_each(?) AS term JOIN words ON words MATCH term.value)
		SELECT file, number, size, json_group_array(term), sum(score)
		FROM hit JOIN passage ON passage.id = hit.id
		WHERE file IN (SELECT sequence FROM file WHERE assistant = ? AND status = ? AND `+condition+`)
		GROUP BY hit.id ORDER BY 5 DESC, file, number LIMIT ?`, args...)
}

// inQuotes lets a text stand between quotes, where nothing in it is an operator.
var inQuotes = strings.NewReplacer(`"`, `""`, "\x00", " ")

func scanHit(row scanner) (hit Hit, err error) {
	var terms string
	if err := row.Scan(&hit.File, &hit.Number, &hit.Size, &terms, &hit.Score); err != nil {
		return hit, err
	}
	return hit, json.Unmarshal([]byte(terms), &hit.Terms)
}

func readSentences(tx *sql.Tx, excerpt Excerpt) (sentences []document.Sentence, err error) {
	texts, err := collect(tx, scanOne[string],
		"SELECT sentences FROM passage WHERE file = ? AND number BETWEEN ? AND ? ORDER BY number", excerpt.File, excerpt.From, excerpt.To)
	if err != nil {
		return nil, err
	}
	for _, text := range texts {
		var some []document.Sentence
		if err := json.Unmarshal([]byte(text), &some); err != nil {
			return nil, err
		}
		sentences = append(sentences, some...)
	}
	return sentences, nil
}
