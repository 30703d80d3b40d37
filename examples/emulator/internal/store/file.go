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
	Assistant  int64 // sequence number of the assistant
	ID         string
	Name       string
	Content    int64          // identifier of the content
	Size       int64          // in bytes
	Metadata   map[string]any // nil if it has none
	Multimodal bool
	Status     model.FileStatus
	Created    time.Time
	Updated    time.Time

	// Fields of the operation that processes the file or has processed it.
	Percent int32
	Message string // error message, if the status is ProcessingFailed
}

const selectFile = `SELECT file.sequence, file.assistant, file.id, name, content, size, metadata, multimodal, file.status,
	file.created, file.updated, percent, iif(file.status = 'ProcessingFailed', message, '')
	FROM file JOIN operation ON operation.sequence = file.operation`

func scanFile(row scanner) (*File, error) {
	f := &File{}
	return f, row.Scan(&f.Sequence, &f.Assistant, &f.ID, &f.Name, &f.Content, &f.Size, object{&f.Metadata}, &f.Multimodal, &f.Status,
		instant{&f.Created}, instant{&f.Updated}, &f.Percent, &f.Message)
}

// usable returns ErrNotFound if the assistant does not exist or is being deleted.
func usable(tx *sql.Tx, assistant int64) error {
	_, err := one(tx, scanOne[int64], "SELECT 1 FROM assistant WHERE sequence = ? AND status NOT IN (?, ?)", assistant, model.AssistantStatusTerminating, removed)
	return err
}

// AddFile adds a file, whose content has been added, and the operation that processes the
// file. It sets the sequence numbers of both. It returns ErrNotFound if the assistant does
// not exist, and the error of admit, which is called with the number of other files.
//
// A file with the same identifier is replaced; the new file has its sequence number and
// its time of creation. The old file and its passages are removed at once, so that
// listings, downloads and searches have the same contents. (The service's behaviour until
// the new file is Available is not documented.) AddFile returns the content of the old
// file, which the caller must remove.
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

// Files returns up to limit files of an assistant that match a filter and have a sequence
// number greater than after, in order.
func (db *DB) Files(ctx context.Context, assistant, after int64, filter *Filter, limit int) ([]*File, error) {
	if filter.matchesAll() {
		return collect(db.reader, scanFile, selectFile+" WHERE file.assistant = ? AND file.sequence > ? ORDER BY file.sequence LIMIT ?", assistant, after, limit)
	}
	matching, err := db.matching(ctx, assistant, after, filter, limit)
	if err != nil {
		return nil, err
	}
	list, err := json.Marshal(matching)
	if err != nil {
		return nil, err
	}
	return collect(db.reader, scanFile, selectFile+" WHERE file.sequence IN (SELECT value FROM json_each(?)) ORDER BY file.sequence", string(list))
}

// filteredAtOnce is the number of files that are read in one query. The filter is applied
// to them between the queries, when no other query has to wait.
const filteredAtOnce = 256

// matching returns the sequence numbers of the files that [DB.Files] returns.
func (db *DB) matching(ctx context.Context, assistant, after int64, filter *Filter, limit int) ([]int64, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, filterLimit, ErrSlowFilter)
	defer cancel()
	matching := []int64{}
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
			if matching = append(matching, f.sequence); len(matching) == limit {
				return matching, nil
			}
		}
		if len(files) < filteredAtOnce {
			return matching, nil
		}
	}
}

// filtered is the part of a file that a filter needs.
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

// clearPassages removes the passages of a file in several transactions, so that other
// transactions can run in between and each has space on a full disk.
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
