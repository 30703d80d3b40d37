// Package store keeps what the service knows in an SQLite database, in memory or
// in a folder.
//
// Methods that take no context ask for what is short, and are not cut off when a
// client goes away.
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

// version is the version of the schema, which is the database's user_version.
const version = 3

// Names of what is in a folder, besides the -wal and -shm files of the database.
const (
	fileName    = "emulator.db"
	lockName    = "emulator.lock"
	reserveName = "emulator.reserve"
)

// Errors of what is asked for.
var (
	ErrNotFound = errors.New("not found")
	ErrExists   = errors.New("exists already")
)

// DB is safe for concurrent use.
type DB struct {
	// SQLite has one writer at a time: writers wait for its only connection, in
	// the order in which they come, and never find the database locked.
	writer *sql.DB
	// In memory it is the writer too, since no other connection would see the same
	// database. In a folder readers have connections of their own, which wait for
	// nobody.
	reader *sql.DB
	lock   *sql.DB // nil in memory

	reserve reserve

	orphans []int64 // contents that no file had when the database was opened
}

// Open opens the database in a folder, which is made if there is none; "" stands
// for one in memory, from which SQLite moves what is more than 64 MiB to a temporary
// file that nobody else sees. A folder is open once at a time.
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
	// What is in it is as secret as the files of the assistants.
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

// Settings of a database in memory.
const inMemory = "_pragma=cache_size(-65536)&"

// Settings of every connection. They come before the tables are made: pages that
// are free can be given back.
const shared = "_auto_vacuum=INCREMENTAL&_dqs=0&_foreign_keys=1&_pragma=temp_store(memory)"

// A transaction that writes locks the database from its start.
const writes = "&_txlock=immediate"

// Settings of a database in a folder. In a write-ahead log readers and the writer
// do not wait for each other. Each transaction is flushed to the disk before it is
// acknowledged (FULL): it survives that the process is killed and that the
// machine loses its power. A connection waits for what locks the database for a
// moment, such as the recovery of the log. A log that a large upload has made
// long is cut back to 32 MB.
const onDisk = "&_journal_mode=WAL&_synchronous=FULL&_busy_timeout=10000&_pragma=journal_size_limit(33554432)&_pragma=cache_size(-8192)"

// connect returns a pool of so many connections, which stay open.
func connect(uri string, connections int, settings string) (*sql.DB, error) {
	pool := sql.OpenDB(connector{uri + "?" + settings})
	pool.SetMaxOpenConns(connections)
	pool.SetMaxIdleConns(connections)
	if err := pool.PingContext(context.Background()); err != nil {
		return nil, errors.Join(err, pool.Close())
	}
	return pool, nil
}

// uri names a file in the way of SQLite, on Windows too.
func uri(path string) string {
	path = filepath.ToSlash(path)
	if !strings.HasPrefix(path, "/") {
		path = "/" + path
	}
	return (&url.URL{Scheme: "file", Path: path}).String()
}

// touch makes a file that only its owner can read, unless there is one. SQLite
// gives the files beside a database the permissions of the database. A file that
// is there must not be opened: to close it again would take away the locks that
// this process has on it.
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

// lockFolder keeps other processes out. The lock is one of SQLite's on a database
// of its own, which works on every system and ends with the process, however that
// ends.
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

// prepare makes the tables of a new database, and refuses one of another version.
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
			return fmt.Errorf("the database has version %d of its schema, this program knows version %d: use another folder", found, version)
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

// Close ends all connections. It waits for what they are doing.
func (db *DB) Close() error {
	var err error
	for _, pool := range []*sql.DB{db.reader, db.writer, db.lock} {
		if pool != nil {
			err = errors.Join(err, pool.Close())
		}
	}
	return err
}

// Setting returns a setting, which is the initial value unless the database has
// one already.
func (db *DB) Setting(name, initial string) (value string, err error) {
	err = db.deletion(func(tx *sql.Tx) error { // a full disk keeps nobody from starting
		if err := exec(tx, "INSERT INTO setting VALUES (?, ?) ON CONFLICT DO NOTHING", name, initial); err != nil {
			return err
		}
		return query(tx, "SELECT value FROM setting WHERE name = ?", name).Scan(&value)
	})
	return value, err
}
