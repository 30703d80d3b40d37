package store

import (
	"context"
	"database/sql"
	"errors"
	"io"
)

// pieceSize is the size in bytes of the pieces in which a content is stored and read. A
// content is never in memory as a whole.
const pieceSize = 1 << 20

// adding is a semaphore of the contents that are being added in this process.
var adding = make(chan struct{}, 64)

// AddContent stores all data of r as a content and returns its identifier and its size in
// bytes. Each piece has its own transaction, so that a slow reader does not block other
// writers. If r returns an error, AddContent returns it and stores nothing. Up to 64
// contents are added at a time, whose pieces take 64 MiB of memory.
func (db *DB) AddContent(r io.Reader) (id, size int64, err error) {
	adding <- struct{}{}
	defer func() { <-adding }()
	piece := make([]byte, pieceSize)
	for number := 0; ; number++ {
		n, end := io.ReadFull(r, piece)
		if end == io.ErrUnexpectedEOF || end == io.EOF && number == 0 {
			end = io.EOF
		}
		if end != nil && end != io.EOF {
			return 0, 0, errors.Join(end, db.RemoveContent(context.Background(), id))
		}
		err := db.update(func(tx *sql.Tx) (err error) {
			if number == 0 {
				if id, err = scanOne[int64](query(tx, "INSERT INTO content DEFAULT VALUES RETURNING id")); err != nil {
					return err
				}
			}
			if n == 0 {
				return nil
			}
			return exec(tx, "INSERT INTO piece VALUES (?, ?, ?)", id, number, piece[:n])
		})
		if err != nil {
			return 0, 0, errors.Join(err, db.RemoveContent(context.Background(), id))
		}
		size += int64(n)
		if end == io.EOF {
			return id, size, nil
		}
	}
}

// piecesAtOnce is the number of pieces that are removed in one transaction.
const piecesAtOnce = 16

// RemoveContent removes a content that no file has, in several transactions.
func (db *DB) RemoveContent(ctx context.Context, id int64) error {
	for {
		var some []int64
		err := db.deletion(func(tx *sql.Tx) (err error) {
			some, err = collect(tx, scanOne[int64], `DELETE FROM piece WHERE rowid IN
				(SELECT rowid FROM piece WHERE content = ? LIMIT ?) RETURNING number`, id, piecesAtOnce)
			if err != nil || len(some) == piecesAtOnce {
				return err
			}
			return removeContent(tx, id)
		})
		if err == nil && len(some) == piecesAtOnce {
			err = context.Cause(ctx)
		}
		if err != nil || len(some) < piecesAtOnce {
			return err
		}
	}
}

// removeContent removes a content in one transaction.
func removeContent(tx *sql.Tx, id int64) error {
	if err := exec(tx, "DELETE FROM piece WHERE content = ?", id); err != nil {
		return err
	}
	return exec(tx, "DELETE FROM content WHERE id = ?", id)
}

// Orphans returns the contents that no file had when the database was opened: those of
// interrupted uploads and of removed files.
func (db *DB) Orphans() []int64 { return db.orphans }

// Content returns a reader of a content with the given size in bytes.
func (db *DB) Content(id, size int64) *Content {
	return &Content{db: db, id: id, size: size}
}

// Content reads a content, with up to four pieces in memory. Reading fails if the content
// is removed meanwhile. A Content is not safe for concurrent use.
type Content struct {
	db     *DB
	id     int64
	size   int64
	recent [4]piece // the most recently used first
}

type piece struct {
	number int64
	bytes  []byte
}

// ReadAt implements [io.ReaderAt].
func (c *Content) ReadAt(p []byte, offset int64) (n int, err error) {
	if offset < 0 {
		return 0, errors.New("negative offset")
	}
	for n < len(p) {
		if offset >= c.size {
			return n, io.EOF
		}
		bytes, err := c.piece(offset / pieceSize)
		if err != nil {
			return n, err
		}
		copied := copy(p[n:], bytes[offset%pieceSize:])
		n, offset = n+copied, offset+int64(copied)
	}
	return n, nil
}

func (c *Content) piece(number int64) ([]byte, error) {
	found := piece{number: number}
	at := len(c.recent) - 1
	for i, known := range c.recent {
		if known.number == number && known.bytes != nil {
			found, at = known, i
			break
		}
	}
	if found.bytes == nil {
		var err error
		if found.bytes, err = one(c.db.reader, scanOne[[]byte], "SELECT bytes FROM piece WHERE content = ? AND number = ?", c.id, number); err != nil {
			return nil, err
		}
	}
	copy(c.recent[1:at+1], c.recent[:at])
	c.recent[0] = found
	return found.bytes, nil
}
