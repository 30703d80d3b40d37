// Package ledger notes what a service was sent and has acknowledged, and holds
// the service against it.
package ledger

import (
	"crypto/sha256"
	"maps"
	"slices"
	"sync"
)

type state int

const (
	sent    state = iota // the file may be there or not
	stored               // acknowledged: it has to be there
	leaving              // its deletion was sent: it may be there or not
	deleted              // acknowledged: it must go
)

// entry is a file that was sent.
type entry struct {
	state     state
	name      string
	sum       [sha256.Size]byte
	metadata  map[string]any
	id        string // of the file, once the upload is acknowledged
	operation string // that has to complete: the upload, or the deletion
	excused   bool   // it failed for a reason for which it may
}

// Ledger notes the files of one assistant. It is safe for concurrent use.
type Ledger struct {
	// Excuse is part of a reason for which a file may have failed; "" for none.
	Excuse string

	mu      sync.Mutex
	entries map[string]*entry
	excused int // in the last check
}

// Excused returns how many files had failed for an excuse when they were checked last.
func (l *Ledger) Excused() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.excused
}

// keyField is the field of a file's metadata that tells which entry it is.
const keyField = "key"

// Send notes that a file is about to be uploaded. It returns the metadata to
// upload it with: what is given, in the types that JSON decodes to, and the key,
// which no other file may have.
func (l *Ledger) Send(key, name string, content []byte, metadata map[string]any) map[string]any {
	metadata = maps.Clone(metadata)
	if metadata == nil {
		metadata = make(map[string]any)
	}
	metadata[keyField] = key
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.entries == nil {
		l.entries = make(map[string]*entry)
	}
	l.entries[key] = &entry{name: name, sum: sha256.Sum256(content), metadata: metadata}
	return metadata
}

// Stored notes that the upload of a file was acknowledged.
func (l *Ledger) Stored(key, id, operation string) {
	l.update(key, func(e *entry) { e.state, e.id, e.operation = stored, id, operation })
}

// Refused notes that the service answered that it did not take a file.
func (l *Ledger) Refused(key string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.entries, key)
}

// Delete notes that a file is about to be deleted.
func (l *Ledger) Delete(key string) {
	l.update(key, func(e *entry) { e.state = leaving })
}

// Deleted notes that the deletion of a file was acknowledged, by an operation or,
// if it is empty, as done.
func (l *Ledger) Deleted(key, operation string) {
	l.update(key, func(e *entry) { e.state, e.operation = deleted, operation })
}

// Counts returns how many files have to be there, how many must not, and of how
// many neither is known.
func (l *Ledger) Counts() (there, gone, unknown int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, e := range l.entries {
		switch e.state {
		case stored:
			there++
		case deleted:
			gone++
		default:
			unknown++
		}
	}
	return there, gone, unknown
}

func (l *Ledger) update(key string, change func(*entry)) {
	l.mu.Lock()
	defer l.mu.Unlock()
	change(l.entries[key])
}

// copies returns copies of all entries, and their keys in order.
func (l *Ledger) copies() (map[string]entry, []string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	entries := make(map[string]entry, len(l.entries))
	for key, e := range l.entries {
		entries[key] = *e
	}
	return entries, slices.Sorted(maps.Keys(entries))
}
