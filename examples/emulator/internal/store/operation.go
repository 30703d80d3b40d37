package store

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"github.com/pinecone-community/assistant-go/examples/emulator/internal/model"
)

// Operation is an operation on a file.
type Operation struct {
	Sequence  int64
	ID        string
	Kind      model.OperationType
	File      string // identifier of the file
	Status    model.OperationStatus
	Created   time.Time
	Completed time.Time // zero while the status is Processing
	Percent   int32
	Message   string // error message, if the status is Failed
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

// endOperations ends the unfinished operations of a file. A deletion completes; others
// fail with the message.
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

// Operations returns up to limit operations of an assistant that have a sequence number
// greater than after and are unfinished or ended after since, in order. An empty kind or
// status matches all.
func (db *DB) Operations(assistant, after int64, kind model.OperationType, status model.OperationStatus, since time.Time, limit int) ([]*Operation, error) {
	return collect(db.reader, scanOperation, selectOperation+` WHERE assistant = ?1 AND sequence > ?2
				AND kind = iif(?3 = '', kind, ?3) AND status = iif(?4 = '', status, ?4)
				AND (completed IS NULL OR completed > ?5) ORDER BY sequence LIMIT ?6`,
		assistant, after, kind, status, since.UnixNano(), limit)
}

// Unfinished returns all operations with the status Processing, in order.
func (db *DB) Unfinished() ([]*Operation, error) {
	return collect(db.reader, scanOperation, selectOperation+" WHERE status = 'Processing' ORDER BY sequence")
}

// ErrEnded reports that an operation has ended, possibly because its file was replaced
// or deleted.
var ErrEnded = errors.New("the operation has ended")

// during runs fn in a transaction with the file of an operation. It returns ErrEnded if
// the operation has ended.
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

// Progress sets the progress of an operation. It returns the file and the number of
// readings of the file that have not ended.
func (db *DB) Progress(op int64, percent int32) (f *File, readings int, err error) {
	err = db.during(op, func(tx *sql.Tx, found *File) error {
		f = found
		readings, err = one(tx, scanOne[int], "UPDATE operation SET percent = ? WHERE sequence = ? RETURNING readings", percent, op)
		return err
	})
	return f, readings, err
}

// BeginReading sets the progress of an operation, records that a reading of its file has
// begun, and returns the file. [DB.EndReading], [DB.AddLastPassages] and the end of the
// operation end the reading. If none of them follows, the process ended meanwhile.
func (db *DB) BeginReading(op int64, percent int32) (f *File, err error) {
	err = db.during(op, func(tx *sql.Tx, found *File) error {
		f = found
		return exec(tx, "UPDATE operation SET percent = ?, readings = readings + 1 WHERE sequence = ?", percent, op)
	})
	return f, err
}

// EndReading records that a reading of the file of an operation has ended.
func (db *DB) EndReading(op int64) error {
	return db.deletion(ongoing(op, func(tx *sql.Tx, _ *File) error {
		return exec(tx, "UPDATE operation SET readings = readings - 1 WHERE sequence = ?", op)
	}))
}

// Complete completes an operation that processed a file, and makes the file Available.
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

// Fail ends an operation whose file could not be processed, and removes the passages of
// the file.
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

// DeleteFile begins the deletion of a file with the operation op, and returns op. If the
// file is being deleted, it returns the operation of that deletion. A file that could not
// be processed is removed at once: DeleteFile returns no operation, but the content, which
// the caller must remove.
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

// CompleteDeletion removes the file of a deletion and completes the operation. It returns
// the content of the file, which the caller must remove.
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
