package store

import "time"

// Units returns the ingestion units of the operations that ended at or after a time,
// without those of purged assistants.
func (db *DB) Units(since time.Time) (float64, error) {
	return one(db.reader, scanOne[float64], "SELECT coalesce(sum(units), 0) FROM operation WHERE completed >= ?", since.UnixNano())
}

// Stored returns the total size of all files in bytes.
func (db *DB) Stored() (int64, error) {
	return one(db.reader, scanOne[int64], "SELECT coalesce(sum(size), 0) FROM file")
}
