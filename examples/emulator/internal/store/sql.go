package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"time"
)

// update runs fn in a write transaction. fn must use the database only through its
// transaction, since a database in memory has a single connection. If the reserve is
// missing, update returns ErrFull.
func (db *DB) update(fn func(*sql.Tx) error) error {
	if !db.reserve.ready() {
		return ErrFull
	}
	return transact(db.writer, fn)
}

// view runs fn in a read transaction, all statements of which see the same state. A single
// statement does not need one.
func (db *DB) view(fn func(*sql.Tx) error) error { return transact(db.reader, fn) }

func transact(pool *sql.DB, fn func(*sql.Tx) error) error {
	tx, err := pool.BeginTx(context.Background(), nil)
	if err != nil {
		return explain(err)
	}
	if err := fn(tx); err != nil {
		// If the disk is full, SQLite has rolled back already.
		if failed := tx.Rollback(); failed != nil && !isFull(err) {
			err = errors.Join(err, failed)
		}
		return explain(err)
	}
	if err := tx.Commit(); err != nil {
		// SQLite may have left the transaction open on the connection, which
		// database/sql considers ended.
		_, _ = pool.ExecContext(context.Background(), "ROLLBACK")
		return explain(err)
	}
	return nil
}

// querier is a transaction or, for a single statement, a database.
type querier interface {
	QueryContext(ctx context.Context, text string, args ...any) (*sql.Rows, error)
	QueryRowContext(ctx context.Context, text string, args ...any) *sql.Row
}

func exec(tx *sql.Tx, text string, args ...any) error {
	_, err := tx.ExecContext(context.Background(), text, args...)
	return err
}

func query(on querier, text string, args ...any) *sql.Row {
	return on.QueryRowContext(context.Background(), text, args...)
}

// scanner is a [sql.Row] or [sql.Rows].
type scanner interface{ Scan(...any) error }

// one returns the first row, or ErrNotFound if there is none.
func one[T any](on querier, scan func(scanner) (T, error), text string, args ...any) (T, error) {
	value, err := scan(query(on, text, args...))
	if errors.Is(err, sql.ErrNoRows) {
		err = ErrNotFound
	}
	return value, err
}

// collect returns all rows.
func collect[T any](on querier, scan func(scanner) (T, error), text string, args ...any) ([]T, error) {
	return collectUntil(context.Background(), on, scan, text, args...)
}

// collectUntil is like collect, and can be canceled.
func collectUntil[T any](ctx context.Context, on querier, scan func(scanner) (T, error), text string, args ...any) ([]T, error) {
	rows, err := on.QueryContext(ctx, text, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var all []T
	for rows.Next() {
		value, err := scan(rows)
		if err != nil {
			return nil, err
		}
		all = append(all, value)
	}
	return all, rows.Err()
}

func scanOne[T any](row scanner) (value T, err error) {
	err = row.Scan(&value)
	return value, err
}

// object scans metadata. NULL is scanned as nil.
type object struct{ value *map[string]any }

func (o object) Scan(from any) error {
	text, _ := from.(string)
	if text == "" {
		*o.value = nil
		return nil
	}
	return json.Unmarshal([]byte(text), o.value)
}

// encode returns metadata as a value for the database: JSON, or nil for NULL.
func encode(metadata map[string]any) (any, error) {
	if metadata == nil {
		return nil, nil
	}
	text, err := json.Marshal(metadata)
	return string(text), err
}

// instant scans a time in nanoseconds since 1970. NULL leaves the time unchanged.
type instant struct{ value *time.Time }

func (i instant) Scan(from any) error {
	if nanoseconds, ok := from.(int64); ok {
		*i.value = time.Unix(0, nanoseconds).UTC()
	}
	return nil
}
