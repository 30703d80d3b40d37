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

// ErrFull reports that the disk of the database has no space left.
var ErrFull = errors.New("no space left on the disk of the database")

// Fault reports whether an error is a fault of the database itself, such as a full disk.
// The call may succeed later.
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

// explain adds ErrFull to an error that is due to a full disk.
func explain(err error) error {
	if isFull(err) && !errors.Is(err, ErrFull) {
		return fmt.Errorf("%w: %w", ErrFull, err)
	}
	return err
}

// deletion is like update, for transactions that eventually free space. If the disk is
// full, it releases the reserve and tries again. Then update fails until there is space
// for the reserve again.
func (db *DB) deletion(fn func(*sql.Tx) error) error {
	err := transact(db.writer, fn)
	if errors.Is(err, ErrFull) && db.reserve.release() {
		err = transact(db.writer, fn)
	}
	return err
}

// reserveSize is the size of the reserve in bytes. It is enough for the write-ahead log
// of any deletion.
const reserveSize = 8 << 20

// reserve is a file that reserves space for the write-ahead log of deletions.
type reserve struct {
	path string // "" in memory

	mu      sync.Mutex
	missing bool
	tried   time.Time // time of the last attempt to create the file
}

// fill creates the file, if the disk has space for it.
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
	// Write the bytes, since a truncated file takes no space.
	err := os.WriteFile(r.path, make([]byte, reserveSize), 0o600)
	if r.missing = err != nil; r.missing {
		_ = os.Remove(r.path)
	}
}

// reservePause is the pause between two attempts to create the file.
const reservePause = time.Second

// ready reports whether the file exists. If not, it tries to create it.
func (r *reserve) ready() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.missing && time.Since(r.tried) > reservePause {
		r.make()
	}
	return !r.missing
}

// release removes the file, and reports whether there was one.
func (r *reserve) release() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.path == "" || os.Remove(r.path) != nil {
		return false
	}
	r.missing, r.tried = true, time.Now()
	return true
}

// Parameters of [DB.Shrink] in pages of 4 KiB.
const (
	pagesAtOnce = 512 // removed in one transaction
	pagesKept   = 256 // fewer free pages are kept
)

// Shrink returns the space of deleted data to the disk, in several transactions, so that
// other transactions can run in between.
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
		// The database file shrinks at a checkpoint of the log. A reader that has not
		// ended delays that until the next call.
		if _, err := db.writer.ExecContext(context.WithoutCancel(ctx), "PRAGMA wal_checkpoint(TRUNCATE)"); err != nil {
			return explain(err)
		}
	}
	db.reserve.fill()
	return nil
}
