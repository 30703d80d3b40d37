package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"

	"modernc.org/sqlite"
)

// Snapshot writes a copy of the database to a file, which must not be there. It has
// all but the setting key.
func (db *DB) Snapshot(path string) error {
	if err := touch(path); err != nil {
		return err
	}
	if _, err := db.writer.ExecContext(context.Background(), "VACUUM INTO ?", path); err != nil {
		return err
	}
	copied, err := connect(uri(path), 1, snapshot)
	if err != nil {
		return err
	}
	// What is deleted is overwritten, so that no key is in the file's free space.
	_, err = copied.ExecContext(context.Background(), "PRAGMA secure_delete = ON; DELETE FROM setting WHERE name = 'key'")
	return errors.Join(err, copied.Close())
}

// Settings of a connection to a snapshot, which is one file.
const snapshot = "_journal_mode=MEMORY"

// CheckSnapshot says what is wrong with a file that should be a snapshot.
func CheckSnapshot(path string) error {
	file, err := connect(uri(path), 1, "_query_only=1")
	if err != nil {
		return err
	}
	defer file.Close()
	var found int
	if err := query(file, "PRAGMA user_version").Scan(&found); err != nil {
		return err
	}
	if found != version {
		return fmt.Errorf("it has version %d of the schema, this program knows version %d", found, version)
	}
	var sound string
	if err := query(file, "PRAGMA quick_check(1)").Scan(&sound); err != nil {
		return err
	}
	if sound != "ok" {
		return errors.New(sound)
	}
	// What the tables are made of must be this program's own, triggers among it.
	want, err := tables()
	if err != nil {
		return err
	}
	got, err := collect(file, scanOne[string], listSchema)
	if err != nil {
		return err
	}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		return errors.New("its tables are others")
	}
	return nil
}

const listSchema = "SELECT coalesce(sql, name) FROM sqlite_schema ORDER BY type, name"

// tables is what a new database is made of.
func tables() ([]string, error) {
	db, err := Open("")
	if err != nil {
		return nil, err
	}
	defer db.Close()
	return collect(db.reader, scanOne[string], listSchema)
}

// Replace puts a snapshot that was checked, or nothing if the path is empty, in the
// place of all that the database has. Nobody else may use the database meanwhile.
func (db *DB) Replace(path string) error {
	source := path
	if source == "" {
		empty, err := os.MkdirTemp("", "emulator-")
		if err != nil {
			return err
		}
		defer os.RemoveAll(empty)
		source = empty + "/empty.db"
		made, err := connect(uri(source), 1, snapshot+"&"+shared)
		if err != nil {
			return err
		}
		_, err = made.ExecContext(context.Background(), fmt.Sprintf("%s; PRAGMA user_version = %d", schema, version))
		if err := errors.Join(err, made.Close()); err != nil {
			return err
		}
	} else if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		return err
	}
	connection, err := db.writer.Conn(context.Background())
	if err != nil {
		return err
	}
	defer connection.Close()
	err = connection.Raw(func(driver any) error {
		restorer, ok := driver.(interface {
			NewRestore(string) (*sqlite.Backup, error)
		})
		if !ok {
			return errors.New("the SQLite driver cannot restore")
		}
		restore, err := restorer.NewRestore(uri(source))
		if err != nil {
			return err
		}
		_, err = restore.Step(-1)
		return errors.Join(err, restore.Finish())
	})
	if err != nil {
		return err
	}
	db.orphans, err = collect[int64](connection, scanOne[int64], "SELECT id FROM content WHERE id NOT IN (SELECT content FROM file)")
	return err
}

var _ querier = (*sql.Conn)(nil)
