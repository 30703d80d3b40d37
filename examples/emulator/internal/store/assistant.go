package store

import (
	"context"
	"database/sql"
	"time"

	"github.com/pinecone-community/assistant-go/examples/emulator/internal/model"
)

// Assistant is an assistant of the project.
type Assistant struct {
	Sequence     int64
	Name         string
	Instructions string
	Metadata     map[string]any // nil if it was never set
	Region       model.Region
	Status       model.AssistantStatus
	Created      time.Time
	Updated      time.Time
}

const selectAssistant = "SELECT sequence, name, instructions, metadata, region, status, created, updated FROM assistant"

func scanAssistant(row scanner) (*Assistant, error) {
	a := &Assistant{}
	return a, row.Scan(&a.Sequence, &a.Name, &a.Instructions, object{&a.Metadata}, &a.Region, &a.Status,
		instant{&a.Created}, instant{&a.Updated})
}

// AddAssistant adds an assistant and sets its sequence number. It returns ErrExists if
// there is an assistant with the name, and the error of admit, which is called with the
// number of other assistants.
func (db *DB) AddAssistant(a *Assistant, admit func(existing int) error) error {
	metadata, err := encode(a.Metadata)
	if err != nil {
		return err
	}
	return db.update(func(tx *sql.Tx) error {
		found, err := collect(tx, scanOne[int64], `INSERT INTO assistant (name, instructions, metadata, region, status, created, updated)
			VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING RETURNING sequence`,
			a.Name, a.Instructions, metadata, a.Region, a.Status, a.Created.UnixNano(), a.Updated.UnixNano())
		if err != nil {
			return err
		}
		if len(found) == 0 {
			return ErrExists
		}
		existing, err := one(tx, scanOne[int], "SELECT count(*) - 1 FROM assistant WHERE status <> ?", removed)
		if err != nil {
			return err
		}
		if err := admit(existing); err != nil {
			return err
		}
		a.Sequence = found[0]
		return nil
	})
}

// Assistant returns the assistant with a name.
func (db *DB) Assistant(name string) (*Assistant, error) {
	return one(db.reader, scanAssistant, selectAssistant+" WHERE name = ?", name)
}

// Assistants returns up to limit assistants with a sequence number greater than after,
// in order.
func (db *DB) Assistants(after int64, limit int) ([]*Assistant, error) {
	return collect(db.reader, scanAssistant, selectAssistant+" WHERE sequence > ? AND status <> ? ORDER BY sequence LIMIT ?", after, removed, limit)
}

// AssistantsIn returns the names of the assistants with a status.
func (db *DB) AssistantsIn(status model.AssistantStatus) ([]string, error) {
	return collect(db.reader, scanOne[string], "SELECT name FROM assistant WHERE status = ? ORDER BY sequence", status)
}

// ChangeAssistant stores the instructions, metadata, status and time of update that
// change sets. If change returns an error, nothing is stored.
func (db *DB) ChangeAssistant(name string, change func(*Assistant) error) (a *Assistant, err error) {
	err = db.deletion(func(tx *sql.Tx) error {
		if a, err = one(tx, scanAssistant, selectAssistant+" WHERE name = ?", name); err != nil {
			return err
		}
		if err := change(a); err != nil {
			return err
		}
		metadata, err := encode(a.Metadata)
		if err != nil {
			return err
		}
		return exec(tx, "UPDATE assistant SET instructions = ?, metadata = ?, status = ?, updated = ? WHERE sequence = ?",
			a.Instructions, metadata, a.Status, a.Updated.UnixNano(), a.Sequence)
	})
	return a, err
}

// removed is the status of a removed assistant until its data is purged. No method of DB
// returns such an assistant.
const removed model.AssistantStatus = "Removed"

// RemoveAssistant removes an assistant, whose name can be used again. [DB.Purge] removes
// its files and operations.
func (db *DB) RemoveAssistant(name string) error {
	return db.deletion(func(tx *sql.Tx) error {
		// A name with a slash cannot conflict with the name of another assistant.
		found, err := collect(tx, scanOne[int64],
			"UPDATE assistant SET name = '/' || sequence, status = ?, instructions = '', metadata = NULL WHERE name = ? RETURNING sequence", removed, name)
		if err == nil && len(found) == 0 {
			err = ErrNotFound
		}
		return err
	})
}

// The number of rows that [DB.Purge] removes in one transaction. Other transactions can
// run in between.
const (
	purgedPassages   = 512
	purgedFiles      = 64
	purgedOperations = 1024
)

// Purge removes the files and operations of removed assistants.
func (db *DB) Purge(ctx context.Context) error {
	for {
		assistants, err := collect(db.reader, scanOne[int64], "SELECT sequence FROM assistant WHERE status = ? LIMIT 1", removed)
		if err != nil || len(assistants) == 0 {
			return err
		}
		if err := db.purge(ctx, assistants[0]); err != nil {
			return err
		}
	}
}

func (db *DB) purge(ctx context.Context, assistant int64) error {
	from, to := passagesOf(assistant)
	for {
		var some []int64
		err := db.deletion(func(tx *sql.Tx) (err error) {
			some, err = collect(tx, scanOne[int64], `DELETE FROM passage WHERE id IN
				(SELECT id FROM passage WHERE id BETWEEN ? AND ? LIMIT ?) RETURNING id`, from, to, purgedPassages)
			return err
		})
		if err == nil {
			err = context.Cause(ctx)
		}
		if err != nil {
			return err
		}
		if len(some) < purgedPassages {
			break
		}
	}
	for {
		files, err := collect(db.reader, scanFile, selectFile+" WHERE file.assistant = ? ORDER BY file.sequence LIMIT ?", assistant, purgedFiles)
		if err != nil {
			return err
		}
		if len(files) == 0 {
			break
		}
		if err := db.purgeFiles(ctx, files); err != nil {
			return err
		}
	}
	for {
		var ended bool
		err := db.deletion(func(tx *sql.Tx) error {
			some, err := collect(tx, scanOne[int64], `DELETE FROM operation WHERE sequence IN
				(SELECT sequence FROM operation WHERE assistant = ? LIMIT ?) RETURNING sequence`, assistant, purgedOperations)
			if ended = len(some) == 0; !ended || err != nil {
				return err
			}
			return exec(tx, "DELETE FROM assistant WHERE sequence = ?", assistant)
		})
		if err == nil {
			err = context.Cause(ctx)
		}
		if ended || err != nil {
			return err
		}
	}
}

// purgeFiles removes files and their contents: the small ones in one transaction, the
// contents of the others in parts.
func (db *DB) purgeFiles(ctx context.Context, files []*File) error {
	err := db.deletion(func(tx *sql.Tx) error {
		for _, f := range files {
			if err := removeFile(tx, f); err != nil {
				return err
			}
			if f.Size > pieceSize {
				continue
			}
			if err := removeContent(tx, f.Content); err != nil {
				return err
			}
		}
		return nil
	})
	for _, f := range files {
		if err == nil && f.Size > pieceSize {
			err = db.RemoveContent(ctx, f.Content)
		}
	}
	if err == nil {
		err = context.Cause(ctx)
	}
	return err
}
