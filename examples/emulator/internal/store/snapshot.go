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

// Snapshot writes a copy of the database, without the setting "key", to a new file.
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
	// secure_delete overwrites the deleted key in the free space of the file.
	_, err = copied.ExecContext(context.Background(), "PRAGMA secure_delete = ON; DELETE FROM setting WHERE name = 'key'")
	return errors.Join(err, copied.Close())
}

// snapshot has the settings of a connection to a snapshot, which is a single file.
const snapshot = "_journal_mode=MEMORY"

// CheckSnapshot returns an error if a file is not a valid snapshot.
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
		return fmt.Errorf("schema version %d, want %d", found, version)
	}
	var sound string
	if err := query(file, "PRAGMA quick_check(1)").Scan(&sound); err != nil {
		return err
	}
	if sound != "ok" {
		return errors.New(sound)
	}
	// The schema, including the triggers, must be that of this program.
	want, err := tables()
	if err != nil {
		return err
	}
	got, err := collect(file, scanOne[string], listSchema)
	if err != nil {
		return err
	}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		return errors.New("the schema differs from that of the emulator")
	}
	return nil
}

const listSchema = "SELECT coalesce(sql, name) FROM sqlite_schema ORDER BY type, name"

// tables returns the schema of a new database.
func tables() ([]string, error) {
	db, err := Open("")
	if err != nil {
		return nil, err
	}
	defer db.Close()
	return collect(db.reader, scanOne[string], listSchema)
}

// Replace replaces the contents of the database with a snapshot that [CheckSnapshot] has
// accepted. If path is empty, it makes the database empty. The database must not be used
// meanwhile.
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
