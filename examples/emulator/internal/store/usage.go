package store

import "time"

// Units is how many units the operations that ended at or after a time consumed. Those
// of assistants that are gone are not among them.
func (db *DB) Units(since time.Time) (float64, error) {
	return one(db.reader, scanOne[float64], "SELECT coalesce(sum(units), 0) FROM operation WHERE completed >= ?", since.UnixNano())
}

// Stored is the size of all files.
func (db *DB) Stored() (int64, error) {
	return one(db.reader, scanOne[int64], "SELECT coalesce(sum(size), 0) FROM file")
}
