// Package ledger records the files that clients have sent to a service and deleted, and
// the service's acknowledgements, and compares the service's files with the record.
package ledger

import (
	"crypto/sha256"
	"maps"
	"slices"
	"sync"
)

type state int

const (
	sent     state = iota // upload sent: the file may be there or not
	stored                // upload acknowledged: the file must be there
	deleting              // deletion sent: the file may be there or not
	deleted               // deletion acknowledged: the file must not be there
)

// entry is a file that was sent.
type entry struct {
	state     state
	name      string
	sum       [sha256.Size]byte
	metadata  map[string]any
	id        string // identifier of the file, once the upload is acknowledged
	operation string // identifier of the upload or deletion, which must complete
	excused   bool   // the operation failed for the reason in Ledger.Excuse
}

// Ledger records the files of one assistant. It is safe for concurrent use.
type Ledger struct {
	// Excuse is a text that the error message of an operation contains if the operation
	// may fail. If it is empty, no operation may fail.
	Excuse string

	mu      sync.Mutex
	entries map[string]*entry
	excused int // number of excused files in the last check
}

// Excused returns the number of files that had failed with Excuse at the last Check.
func (l *Ledger) Excused() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.excused
}

// keyField is the metadata field with the key of a file's entry.
const keyField = "key"

// Send records that a file is about to be uploaded. The metadata must have the types
// that encoding/json decodes to, and the key must be unique. Send returns the metadata
// to upload, which includes the key.
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

// Stored records that the upload of a file was acknowledged.
func (l *Ledger) Stored(key, id, operation string) {
	l.update(key, func(e *entry) { e.state, e.id, e.operation = stored, id, operation })
}

// Refused records that the service refused the upload of a file.
func (l *Ledger) Refused(key string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.entries, key)
}

// Delete records that a file is about to be deleted.
func (l *Ledger) Delete(key string) {
	l.update(key, func(e *entry) { e.state = deleting })
}

// Deleted records that the deletion of a file was acknowledged. If operation is empty,
// the deletion has completed.
func (l *Ledger) Deleted(key, operation string) {
	l.update(key, func(e *entry) { e.state, e.operation = deleted, operation })
}

// Counts returns the number of files that must be there, that must not be there, and
// whose last request has no response.
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

// copies returns copies of all entries, and their sorted keys.
func (l *Ledger) copies() (map[string]entry, []string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	entries := make(map[string]entry, len(l.entries))
	for key, e := range l.entries {
		entries[key] = *e
	}
	return entries, slices.Sorted(maps.Keys(entries))
}
