package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"time"

	"github.com/pinecone-community/assistant-go/examples/emulator/internal/model"
)

// File is a file of an assistant.
type File struct {
	Sequence   int64
	Assistant  int64 // the assistant's sequence number
	ID         string
	Name       string
	Content    int64
	Size       int64
	Metadata   map[string]any // nil if there is none
	Multimodal bool
	Status     model.FileStatus
	Created    time.Time
	Updated    time.Time

	// Of the operation that processes or processed it.
	Percent int32
	Message string // why it failed
}

const selectFile = `SELECT file.sequence, file.assistant, file.id, name, content, size, metadata, multimodal, file.status,
	file.created, file.updated, percent, iif(file.status = 'ProcessingFailed', message, '')
	FROM file JOIN operation ON operation.sequence = file.operation`

func scanFile(row scanner) (*File, error) {
	f := &File{}
	return f, row.Scan(&f.Sequence, &f.Assistant, &f.ID, &f.Name, &f.Content, &f.Size, object{&f.Metadata}, &f.Multimodal, &f.Status,
		instant{&f.Created}, instant{&f.Updated}, &f.Percent, &f.Message)
}

// usable fails with ErrNotFound if there is no such assistant any more, or it is
// being deleted.
func usable(tx *sql.Tx, assistant int64) error {
	_, err := one(tx, scanOne[int64], "SELECT 1 FROM assistant WHERE sequence = ? AND status NOT IN (?, ?)", assistant, model.AssistantStatusTerminating, removed)
	return err
}

// AddFile adds a file to its assistant, whose content is there already, and the operation that
// processes it. It sets their sequence numbers, and keeps that and the creation of a file of the same identifier, which
// is replaced: neither it nor its passages are there any more, so that a listing,
// a download and a search never tell of different contents. (What the service does
// until the new one is Available is not documented.) The content of a file that
// was replaced has to be removed.
func (db *DB) AddFile(f *File, op *Operation, admit func(others int) error) (orphan int64, err error) {
	metadata, err := encode(f.Metadata)
	if err != nil {
		return 0, err
	}
	err = db.update(func(tx *sql.Tx) error {
		if err := usable(tx, f.Assistant); err != nil {
			return err
		}
		others, err := one(tx, scanOne[int], "SELECT files FROM assistant WHERE sequence = ?", f.Assistant)
		if err != nil {
			return err
		}
		old, err := one(tx, scanFile, selectFile+" WHERE file.assistant = ? AND file.id = ?", f.Assistant, f.ID)
		switch {
		case errors.Is(err, ErrNotFound):
		case err != nil:
			return err
		default:
			others--
			f.Sequence, f.Created = old.Sequence, old.Created
			orphan = old.Content
			err := endOperations(tx, f.Assistant, f.ID, f.Updated, "the file was replaced before it was processed")
			if err != nil {
				return err
			}
			if err := removeFile(tx, old); err != nil {
				return err
			}
		}
		if err := admit(others); err != nil {
			return err
		}
		if err := addOperation(tx, f.Assistant, op); err != nil {
			return err
		}
		var sequence any // NULL: the next one
		if f.Sequence > 0 {
			sequence = f.Sequence
		}
		f.Sequence, err = scanOne[int64](query(tx, `INSERT INTO file VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING sequence`,
			sequence, f.Assistant, f.ID, f.Name, f.Content, f.Size, metadata, f.Multimodal, f.Status, f.Created.UnixNano(), f.Updated.UnixNano(), op.Sequence))
		return err
	})
	return orphan, err
}

// File returns a file of an assistant.
func (db *DB) File(assistant int64, id string) (*File, error) {
	return one(db.reader, scanFile, selectFile+" WHERE file.assistant = ? AND file.id = ?", assistant, id)
}

// Files returns the first files of an assistant behind a sequence number that
// match a filter.
func (db *DB) Files(ctx context.Context, assistant, after int64, filter *Filter, limit int) ([]*File, error) {
	if filter.matchesAll() {
		return collect(db.reader, scanFile, selectFile+" WHERE file.assistant = ? AND file.sequence > ? ORDER BY file.sequence LIMIT ?", assistant, after, limit)
	}
	passing, err := db.passing(ctx, assistant, after, filter, limit)
	if err != nil {
		return nil, err
	}
	list, err := json.Marshal(passing)
	if err != nil {
		return nil, err
	}
	return collect(db.reader, scanFile, selectFile+" WHERE file.sequence IN (SELECT value FROM json_each(?)) ORDER BY file.sequence", string(list))
}

// filteredAtOnce is how many files are read at once to be held against a filter, while
// nobody waits for the database.
const filteredAtOnce = 256

// passing returns the sequence numbers of the first files of an assistant behind one
// that match a filter.
func (db *DB) passing(ctx context.Context, assistant, after int64, filter *Filter, limit int) ([]int64, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, filterLimit, ErrSlowFilter)
	defer cancel()
	passing := []int64{}
	for {
		files, err := collect(db.reader, scanFiltered, "SELECT sequence, metadata FROM file WHERE assistant = ? AND sequence > ? ORDER BY sequence LIMIT ?", assistant, after, filteredAtOnce)
		if err != nil {
			return nil, err
		}
		for _, f := range files {
			if ctx.Err() != nil {
				return nil, context.Cause(ctx)
			}
			metadata, err := f.decode()
			if err != nil {
				return nil, err
			}
			if after = f.sequence; !filter.match(metadata) {
				continue
			}
			if passing = append(passing, f.sequence); len(passing) == limit {
				return passing, nil
			}
		}
		if len(files) < filteredAtOnce {
			return passing, nil
		}
	}
}

// filtered is a file that is held against a filter.
type filtered struct {
	sequence int64
	metadata sql.NullString
}

func scanFiltered(row scanner) (f filtered, err error) {
	return f, row.Scan(&f.sequence, &f.metadata)
}

func (f *filtered) decode() (metadata map[string]any, err error) {
	return metadata, object{&metadata}.Scan(f.metadata.String)
}

// clearPassages removes the passages of a file in parts, so that others can write in
// between and a full disk has room for each.
func (db *DB) clearPassages(ctx context.Context, file int64) error {
	for {
		var some []int64
		err := db.deletion(func(tx *sql.Tx) (err error) {
			some, err = collect(tx, scanOne[int64], `DELETE FROM passage WHERE id IN
				(SELECT id FROM passage WHERE file = ? LIMIT ?) RETURNING id`, file, purgedPassages)
			return err
		})
		if err == nil && len(some) == purgedPassages {
			err = context.Cause(ctx)
		}
		if err != nil || len(some) < purgedPassages {
			return err
		}
	}
}

// removeFile removes a file and its passages, but not its content.
func removeFile(tx *sql.Tx, f *File) error {
	return exec(tx, "DELETE FROM file WHERE sequence = ?", f.Sequence)
}
