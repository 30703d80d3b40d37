package store

import (
	"database/sql"
	"errors"
	"time"

	control "github.com/pinecone-community/assistant-go/examples/emulator/internal/model"
)

// Assistant is an assistant.
type Assistant struct {
	Sequence     int64
	Name         string
	Instructions string
	Metadata     map[string]any // nil if none was ever set
	Region       control.Region
	Status       control.AssistantStatus
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
		existing, err := one(tx, scanOne[int], "SELECT count(*) - 1 FROM assistant")
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
	return collect(db.reader, scanAssistant, selectAssistant+" WHERE sequence > ? ORDER BY sequence LIMIT ?", after, limit)
}

// AssistantsIn returns the names of the assistants that have a status.
func (db *DB) AssistantsIn(status control.AssistantStatus) ([]string, error) {
	return collect(db.reader, scanOne[string], "SELECT name FROM assistant WHERE status = ? ORDER BY sequence", status)
}

// ChangeAssistant lets change set an assistant's instructions, metadata, status
// and time of update. If it fails nothing is changed.
func (db *DB) ChangeAssistant(name string, change func(*Assistant) error) (a *Assistant, err error) {
	err = db.update(func(tx *sql.Tx) error {
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

// RemoveAssistant removes an assistant with all that belongs to it, a file at a
// time, so that others can write in between.
func (db *DB) RemoveAssistant(name string) error {
	a, err := db.Assistant(name)
	if err != nil {
		return err
	}
	for {
		var file *File
		err := db.update(func(tx *sql.Tx) error {
			var err error
			if file, err = one(tx, scanFile, selectFile+" WHERE assistant = ? LIMIT 1", a.Sequence); err != nil {
				return err
			}
			return removeFile(tx, file)
		})
		if errors.Is(err, ErrNotFound) {
			return db.update(func(tx *sql.Tx) error {
				return exec(tx, "DELETE FROM assistant WHERE sequence = ?", a.Sequence)
			})
		}
		if err == nil {
			err = db.RemoveContent(file.Content)
		}
		if err != nil {
			return err
		}
	}
}
