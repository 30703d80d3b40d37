// Package store stores the assistants, files and operations of a project in an SQLite
// database, in memory or in a folder.
//
// Methods without a context are short, and continue if the client closes its connection.
package store

import (
	"context"
	"database/sql"
	_ "embed"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

//go:embed schema.sql
var schema string

// version is the version of the schema, stored as the database's user_version.
const version = 3

// Names of the files in a folder. The database also has -wal and -shm files.
const (
	fileName    = "emulator.db"
	lockName    = "emulator.lock"
	reserveName = "emulator.reserve"
)

// Errors of methods that name an assistant, a file or an operation.
var (
	ErrNotFound = errors.New("not found")
	ErrExists   = errors.New("exists already")
)

// DB is the database of a project. It is safe for concurrent use.
type DB struct {
	// writer has a single connection, since SQLite allows one writer at a time. Writers
	// wait for the connection and never find the database locked.
	writer *sql.DB
	// reader has connections that do not wait for writers. For a database in memory, it is
	// the same as writer, since another connection would have another database.
	reader *sql.DB
	lock   *sql.DB // nil in memory

	reserve reserve

	orphans []int64 // contents that no file had when the database was opened
}

// Open opens the database in a folder, and creates both if they do not exist. A folder can
// be opened only once at a time. If folder is empty, the database is in memory; SQLite
// moves what exceeds 64 MiB to a private temporary file.
func Open(folder string) (*DB, error) {
	if folder == "" {
		connection, err := connect("file:", 1, inMemory+shared+writes)
		if err != nil {
			return nil, err
		}
		return prepare(&DB{writer: connection, reader: connection})
	}
	folder, err := filepath.Abs(folder)
	if err != nil {
		return nil, err
	}
	// The database contains files and keys, so only its owner may read it.
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return nil, err
	}
	db := &DB{reserve: reserve{path: filepath.Join(folder, reserveName)}}
	if db.lock, err = lockFolder(folder); err != nil {
		return nil, err
	}
	path := filepath.Join(folder, fileName)
	if err = touch(path); err == nil {
		db.writer, err = connect(uri(path), 1, shared+onDisk+writes)
	}
	if err == nil {
		db.reader, err = connect(uri(path), max(4, runtime.GOMAXPROCS(0)), shared+onDisk+"&_query_only=1")
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("%s: %w", path, err), db.Close())
	}
	db.reserve.fill()
	return prepare(db)
}

// inMemory has the settings of a database in memory.
const inMemory = "_pragma=cache_size(-65536)&"

// shared has the settings of every connection. auto_vacuum must be set before the tables
// are created; it allows [DB.Shrink].
const shared = "_auto_vacuum=INCREMENTAL&_dqs=0&_foreign_keys=1&_pragma=temp_store(memory)"

// writes has the settings of the writer, whose transactions lock the database from their
// start.
const writes = "&_txlock=immediate"

// onDisk has the settings of a database in a folder. With a write-ahead log (WAL), readers
// and the writer do not wait for each other. Each transaction is flushed to the disk
// (FULL), so that it survives a kill of the process and a loss of power. A connection
// waits up to 10 seconds for a lock, such as that of a recovery of the log. The log is
// truncated to 32 MiB.
const onDisk = "&_journal_mode=WAL&_synchronous=FULL&_busy_timeout=10000&_pragma=journal_size_limit(33554432)&_pragma=cache_size(-8192)"

// connect returns a pool of up to the given number of connections, which stay open.
func connect(uri string, connections int, settings string) (*sql.DB, error) {
	pool := sql.OpenDB(connector{uri + "?" + settings})
	pool.SetMaxOpenConns(connections)
	pool.SetMaxIdleConns(connections)
	if err := pool.PingContext(context.Background()); err != nil {
		return nil, errors.Join(err, pool.Close())
	}
	return pool, nil
}

// uri returns the URI of a file for SQLite, on any system.
func uri(path string) string {
	path = filepath.ToSlash(path)
	if !strings.HasPrefix(path, "/") {
		path = "/" + path
	}
	return (&url.URL{Scheme: "file", Path: path}).String()
}

// touch creates a file that only its owner can read, unless it exists. SQLite gives the
// other files of a database the same permissions. An existing file must not be opened,
// since closing it would release this process's locks on it.
func touch(path string) error {
	file, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return nil
	}
	if err != nil {
		return err
	}
	return file.Close()
}

// lockFolder locks a folder against other processes. It uses SQLite's lock on a separate
// database, which works on every system and is released when the process ends or
// crashes.
func lockFolder(folder string) (*sql.DB, error) {
	path := filepath.Join(folder, lockName)
	if err := touch(path); err != nil {
		return nil, err
	}
	lock, err := connect(uri(path), 1, "_journal_mode=MEMORY&_busy_timeout=0&_pragma=locking_mode(exclusive)")
	if err == nil {
		if _, err = lock.ExecContext(context.Background(), "BEGIN EXCLUSIVE"); err == nil {
			return lock, nil
		}
		err = errors.Join(err, lock.Close())
	}
	var fault *sqlite.Error
	if errors.As(err, &fault) && fault.Code()&0xff == sqlite3.SQLITE_BUSY {
		return nil, fmt.Errorf("the folder %s is in use by another process", folder)
	}
	return nil, fmt.Errorf("%s: %w", path, err)
}

// prepare creates the tables of a new database. A database with another schema version is
// an error.
func prepare(db *DB) (*DB, error) {
	err := db.deletion(func(tx *sql.Tx) error {
		var found int
		if err := query(tx, "PRAGMA user_version").Scan(&found); err != nil {
			return err
		}
		switch found {
		case version:
		case 0:
			return exec(tx, fmt.Sprintf("%s; PRAGMA user_version = %d", schema, version))
		default:
			return fmt.Errorf("the database has schema version %d, want version %d; use another folder", found, version)
		}
		var err error
		db.orphans, err = collect(tx, scanOne[int64], "SELECT id FROM content WHERE id NOT IN (SELECT content FROM file)")
		return err
	})
	if err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return db, nil
}

// Close waits until all connections are idle and closes them.
func (db *DB) Close() error {
	var err error
	for _, pool := range []*sql.DB{db.reader, db.writer, db.lock} {
		if pool != nil {
			err = errors.Join(err, pool.Close())
		}
	}
	return err
}

// Setting returns the value of a setting. If the database does not have the setting, it
// stores the initial value.
func (db *DB) Setting(name, initial string) (value string, err error) {
	err = db.deletion(func(tx *sql.Tx) error { // works also on a full disk
		if err := exec(tx, "INSERT INTO setting VALUES (?, ?) ON CONFLICT DO NOTHING", name, initial); err != nil {
			return err
		}
		return query(tx, "SELECT value FROM setting WHERE name = ?", name).Scan(&value)
	})
	return value, err
}
