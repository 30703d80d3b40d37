package store

import (
	"context"
	"database/sql"
	"time"

	"github.com/pinecone-community/assistant-go/examples/emulator/internal/model"
)

// Assistant is an assistant.
type Assistant struct {
	Sequence     int64
	Name         string
	Instructions string
	Metadata     map[string]any // nil if none was ever set
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

// AddAssistant adds an assistant and sets its sequence number. ErrExists says that
// there is one of the name. Admit is told how many there are, and may refuse.
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

// Assistant returns the assistant of a name.
func (db *DB) Assistant(name string) (*Assistant, error) {
	return one(db.reader, scanAssistant, selectAssistant+" WHERE name = ?", name)
}

// Assistants returns the first assistants behind a sequence number.
func (db *DB) Assistants(after int64, limit int) ([]*Assistant, error) {
	return collect(db.reader, scanAssistant, selectAssistant+" WHERE sequence > ? AND status <> ? ORDER BY sequence LIMIT ?", after, removed, limit)
}

// AssistantsIn returns the names of the assistants that have a status.
func (db *DB) AssistantsIn(status model.AssistantStatus) ([]string, error) {
	return collect(db.reader, scanOne[string], "SELECT name FROM assistant WHERE status = ? ORDER BY sequence", status)
}

// ChangeAssistant lets change set an assistant's instructions, metadata, status
// and time of update. If it fails nothing is changed.
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

// removed is the status of an assistant that is gone for everybody. Its files are still
// to be purged.
const removed model.AssistantStatus = "Removed"

// RemoveAssistant removes an assistant, whose name is free from now on. What belonged
// to it is left to [DB.Purge].
func (db *DB) RemoveAssistant(name string) error {
	return db.deletion(func(tx *sql.Tx) error {
		// No assistant has a name with a slash.
		found, err := collect(tx, scanOne[int64],
			"UPDATE assistant SET name = '/' || sequence, status = ?, instructions = '', metadata = NULL WHERE name = ? RETURNING sequence", removed, name)
		if err == nil && len(found) == 0 {
			err = ErrNotFound
		}
		return err
	})
}

// How much [DB.Purge] removes in one transaction, so that others can write in between.
const (
	purgedPassages   = 512
	purgedFiles      = 64
	purgedOperations = 1024
)

// Purge removes what belonged to assistants that are removed.
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

// purgeFiles removes files and their contents: all that is small at once, the rest in
// parts.
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
