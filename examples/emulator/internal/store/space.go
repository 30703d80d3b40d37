package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"sync"
	"time"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// ErrFull says that the disk has no space for what was to be stored.
var ErrFull = errors.New("no space is left on the disk of the database")

// Fault reports whether an error is one of the database itself: what was asked of it
// may succeed later.
func Fault(err error) bool {
	var fault *sqlite.Error
	return errors.Is(err, ErrFull) || errors.As(err, &fault)
}

func isFull(err error) bool {
	var fault *sqlite.Error
	if !errors.As(err, &fault) {
		return errors.Is(err, ErrFull)
	}
	switch fault.Code() {
	case sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR_SHMSIZE, sqlite3.SQLITE_IOERR_WRITE:
		return true
	}
	return false
}

// explain says that the disk is full if that is what an error is about.
func explain(err error) error {
	if isFull(err) && !errors.Is(err, ErrFull) {
		return fmt.Errorf("%w: %w", ErrFull, err)
	}
	return err
}

// deletion is like update, for what makes space in the end. It has the reserve if the
// disk is full: nothing else is written until the disk has the space of the reserve
// again.
func (db *DB) deletion(fn func(*sql.Tx) error) error {
	err := transact(db.writer, fn)
	if errors.Is(err, ErrFull) && db.reserve.release() {
		err = transact(db.writer, fn)
	}
	return err
}

// reserveSize is enough for the log of any transaction that deletes.
const reserveSize = 8 << 20

// reserve is a file that keeps space for deletions: SQLite needs some for its log.
type reserve struct {
	path string // "" in memory

	mu      sync.Mutex
	missing bool
	tried   time.Time
}

// fill makes the file, or none if the disk has not the space.
func (r *reserve) fill() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.make()
}

func (r *reserve) make() {
	if r.path == "" {
		return
	}
	r.tried = time.Now()
	if known, err := os.Stat(r.path); err == nil && known.Size() == reserveSize {
		r.missing = false
		return
	}
	// Written, since a file that is only made longer takes no space.
	err := os.WriteFile(r.path, make([]byte, reserveSize), 0o600)
	if r.missing = err != nil; r.missing {
		_ = os.Remove(r.path)
	}
}

// reservePause is the time after which a full disk is tried again.
const reservePause = time.Second

// ready reports whether there is the file. If not, it tries to make it.
func (r *reserve) ready() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.missing && time.Since(r.tried) > reservePause {
		r.make()
	}
	return !r.missing
}

// release reports whether there was a file, which is gone.
func (r *reserve) release() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.path == "" || os.Remove(r.path) != nil {
		return false
	}
	r.missing, r.tried = true, time.Now()
	return true
}

// How [DB.Shrink] works: so many pages, of 4 KiB, at once, until fewer than so many
// are free.
const (
	pagesAtOnce = 512
	pagesKept   = 256
)

// Shrink gives the space of what was deleted back to the disk, in parts, so that
// others can write in between.
func (db *DB) Shrink(ctx context.Context) error {
	shrunk := false
	for ctx.Err() == nil {
		var free int
		err := db.deletion(func(tx *sql.Tx) (err error) {
			if free, err = one(tx, scanOne[int], "PRAGMA freelist_count"); err != nil || free < pagesKept {
				return err
			}
			// The statement vacuums a page for each row.
			_, err = collect(tx, func(scanner) (struct{}, error) { return struct{}{}, nil }, fmt.Sprintf("PRAGMA incremental_vacuum(%d)", pagesAtOnce))
			return err
		})
		if err != nil {
			return err
		}
		if free < pagesKept {
			break
		}
		shrunk = true
	}
	if !shrunk {
		return nil
	}
	if db.lock != nil {
		// What is in the log leaves the database as long as it was. A reader that has
		// not ended keeps the log until the next time.
		if _, err := db.writer.ExecContext(context.WithoutCancel(ctx), "PRAGMA wal_checkpoint(TRUNCATE)"); err != nil {
			return explain(err)
		}
	}
	db.reserve.fill()
	return nil
}
