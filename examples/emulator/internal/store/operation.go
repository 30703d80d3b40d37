package store

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"github.com/pinecone-community/assistant-go/examples/emulator/internal/model"
)

// Operation is work on a file.
type Operation struct {
	Sequence  int64
	ID        string
	Kind      model.OperationType
	File      string // the file's identifier
	Status    model.OperationStatus
	Created   time.Time
	Completed time.Time // zero while it is Processing
	Percent   int32
	Message   string // why it Failed
	Units     float64
}

const selectOperation = "SELECT sequence, id, kind, file, status, created, completed, percent, message, units FROM operation"

func scanOperation(row scanner) (*Operation, error) {
	op := &Operation{}
	return op, row.Scan(&op.Sequence, &op.ID, &op.Kind, &op.File, &op.Status, instant{&op.Created}, instant{&op.Completed},
		&op.Percent, &op.Message, &op.Units)
}

func addOperation(tx *sql.Tx, assistant int64, op *Operation) error {
	op.Status = model.OperationStatusProcessing
	err := query(tx, "INSERT INTO operation (assistant, id, kind, file, status, created) VALUES (?, ?, ?, ?, ?, ?) RETURNING sequence",
		assistant, op.ID, op.Kind, op.File, op.Status, op.Created.UnixNano()).Scan(&op.Sequence)
	return err
}

// endOperations ends the operations that are still going on with a file. Its
// deletion is complete, everything else failed.
func endOperations(tx *sql.Tx, assistant int64, file string, now time.Time, message string) error {
	return exec(tx, `UPDATE operation SET completed = ?1,
			status = iif(kind = ?2, ?3, ?4), percent = iif(kind = ?2, 100, percent), message = iif(kind = ?2, '', ?5)
		WHERE assistant = ?6 AND file = ?7 AND status = 'Processing'`,
		now.UnixNano(), model.OperationTypeDeleteFile, model.OperationStatusCompleted, model.OperationStatusFailed, message, assistant, file)
}

// Operation returns an operation of an assistant.
func (db *DB) Operation(assistant int64, id string) (*Operation, error) {
	return one(db.reader, scanOperation, selectOperation+" WHERE assistant = ? AND id = ?", assistant, id)
}

// Operations returns the first operations of an assistant behind a sequence
// number that ended after a time or have not ended. An empty kind or status
// stands for all.
func (db *DB) Operations(assistant, after int64, kind model.OperationType, status model.OperationStatus, since time.Time, limit int) ([]*Operation, error) {
	return collect(db.reader, scanOperation, selectOperation+` WHERE assistant = ?1 AND sequence > ?2
				AND kind = iif(?3 = '', kind, ?3) AND status = iif(?4 = '', status, ?4)
				AND (completed IS NULL OR completed > ?5) ORDER BY sequence LIMIT ?6`,
		assistant, after, kind, status, since.UnixNano(), limit)
}

// Unfinished returns the sequence numbers of all operations that have not ended.
func (db *DB) Unfinished() ([]*Operation, error) {
	return collect(db.reader, scanOperation, selectOperation+" WHERE status = 'Processing' ORDER BY sequence")
}

// ErrEnded says that an operation has ended, by itself or since its file was
// replaced or deleted.
var ErrEnded = errors.New("the operation has ended")

// during runs fn with the file of an operation, if that goes on still.
func (db *DB) during(op int64, fn func(tx *sql.Tx, f *File) error) error {
	return db.update(ongoing(op, fn))
}

func ongoing(op int64, fn func(tx *sql.Tx, f *File) error) func(*sql.Tx) error {
	return func(tx *sql.Tx) error {
		f, err := one(tx, scanFile, selectFile+` WHERE (file.assistant, file.id) =
			(SELECT assistant, file FROM operation WHERE sequence = ? AND status = 'Processing')`, op)
		if errors.Is(err, ErrNotFound) {
			return ErrEnded
		}
		if err != nil {
			return err
		}
		return fn(tx, f)
	}
}

// Progress tells how far an operation is, and returns its file and how many readings
// of that did not end.
func (db *DB) Progress(op int64, percent int32) (f *File, readings int, err error) {
	err = db.during(op, func(tx *sql.Tx, found *File) error {
		f = found
		readings, err = one(tx, scanOne[int], "UPDATE operation SET percent = ? WHERE sequence = ? RETURNING readings", percent, op)
		return err
	})
	return f, readings, err
}

// BeginReading notes that the file of an operation, which it returns, is read from now
// on. Unless
// [DB.EndReading], [DB.AddLastPassages] or the end of the operation follows, the process has ended meanwhile.
func (db *DB) BeginReading(op int64, percent int32) (f *File, err error) {
	err = db.during(op, func(tx *sql.Tx, found *File) error {
		f = found
		return exec(tx, "UPDATE operation SET percent = ?, readings = readings + 1 WHERE sequence = ?", percent, op)
	})
	return f, err
}

// EndReading notes that the file of an operation is not read any more.
func (db *DB) EndReading(op int64) error {
	return db.deletion(ongoing(op, func(tx *sql.Tx, _ *File) error {
		return exec(tx, "UPDATE operation SET readings = readings - 1 WHERE sequence = ?", op)
	}))
}

// Complete completes an operation that processed a file, which is Available from
// now on.
func (db *DB) Complete(op int64, units float64, now time.Time) error {
	return db.during(op, func(tx *sql.Tx, f *File) error {
		err := exec(tx, "UPDATE operation SET status = ?, percent = 100, units = ?, completed = ? WHERE sequence = ?",
			model.OperationStatusCompleted, units, now.UnixNano(), op)
		if err != nil {
			return err
		}
		return setStatus(tx, f, model.FileStatusAvailable, now)
	})
}

// Fail ends an operation whose file could not be processed.
func (db *DB) Fail(op int64, message string, now time.Time) error {
	var file int64
	err := db.deletion(ongoing(op, func(tx *sql.Tx, f *File) error {
		file = f.Sequence
		err := exec(tx, "UPDATE operation SET status = ?, message = ?, completed = ? WHERE sequence = ?",
			model.OperationStatusFailed, message, now.UnixNano(), op)
		if err != nil {
			return err
		}
		return setStatus(tx, f, model.FileStatusProcessingFailed, now)
	}))
	if err != nil {
		return err
	}
	return db.clearPassages(context.Background(), file)
}

func setStatus(tx *sql.Tx, f *File, status model.FileStatus, now time.Time) error {
	return exec(tx, "UPDATE file SET status = ?, updated = ? WHERE sequence = ?", status, now.UnixNano(), f.Sequence)
}

// DeleteFile starts to delete a file, with an operation, and returns that or the
// one that does it already. A file that could not be processed is removed at once:
// there is no operation, but a content that has to be removed.
func (db *DB) DeleteFile(assistant int64, file string, op *Operation) (begun *Operation, orphan int64, err error) {
	err = db.deletion(func(tx *sql.Tx) error {
		if err := usable(tx, assistant); err != nil {
			return err
		}
		f, err := one(tx, scanFile, selectFile+" WHERE file.assistant = ? AND file.id = ?", assistant, file)
		if err != nil {
			return err
		}
		switch f.Status {
		case model.FileStatusDeleting:
			begun, err = one(tx, scanOperation, selectOperation+" WHERE assistant = ? AND file = ? AND status = 'Processing'", assistant, file)
			return err
		case model.FileStatusProcessingFailed:
			orphan = f.Content
			return removeFile(tx, f)
		}
		if err := endOperations(tx, assistant, file, op.Created, "the file was deleted before it was processed"); err != nil {
			return err
		}
		if err := setStatus(tx, f, model.FileStatusDeleting, op.Created); err != nil {
			return err
		}
		begun = op
		return addOperation(tx, assistant, op)
	})
	return begun, orphan, err
}

// CompleteDeletion removes the file of an operation that deletes it, and returns
// the content that has to be removed.
func (db *DB) CompleteDeletion(ctx context.Context, op int64, now time.Time) (orphan int64, err error) {
	f, err := one(db.reader, scanFile, selectFile+` WHERE (file.assistant, file.id) =
		(SELECT assistant, file FROM operation WHERE sequence = ? AND status = 'Processing')`, op)
	if errors.Is(err, ErrNotFound) {
		return 0, ErrEnded
	}
	if err == nil {
		err = db.clearPassages(ctx, f.Sequence)
	}
	if err != nil {
		return 0, err
	}
	err = db.deletion(ongoing(op, func(tx *sql.Tx, f *File) error {
		orphan = f.Content
		if err := removeFile(tx, f); err != nil {
			return err
		}
		return exec(tx, "UPDATE operation SET status = ?, percent = 100, completed = ? WHERE sequence = ?",
			model.OperationStatusCompleted, now.UnixNano(), op)
	}))
	return orphan, err
}
