package emulator

import (
	"github.com/pinecone-community/assistant-go/examples/emulator/internal/v2026_04/data"
)

// ingest stores a file, in the place of one with the same identifier, and starts
// to process it. The caller holds the mutex.
func (s *Server) ingest(a *assistant, f *file, kind data.OperationType) *operation {
	now := s.now()
	f.sequence, f.created, f.updated = s.next(), now, now
	if old := a.files[f.id]; old != nil {
		f.sequence, f.created = old.sequence, old.created
	}
	a.files[f.id] = f
	op := s.begin(a, kind, f.id)
	s.spawn(func() { s.process(a, f, op) })
	return op
}

// process reads a file, in three steps.
func (s *Server) process(a *assistant, f *file, op *operation) {
	if !s.step(func() { op.percent = 25 }) {
		return
	}
	sentences, err := read(f.kind, f.content)
	if !s.step(func() { op.percent = 75 }) {
		return
	}
	s.step(func() {
		f.updated = s.now()
		switch {
		case a.files[f.id] != f:
			s.end(op, "the file was replaced or deleted before it was processed")
		case f.status == data.FileStatusDeleting:
			s.end(op, "the file is being deleted")
		case err != nil:
			f.status = data.FileStatusProcessingFailed
			s.end(op, err.Error())
		default:
			f.status, f.sentences = data.FileStatusAvailable, sentences
			op.units = units(sentences)
			s.end(op, "")
		}
	})
}

// units are what an operation reports as consumed: one for a thousand tokens of
// text. How the service counts is not documented.
func units(sentences []sentence) float64 {
	n := 0
	for _, sentence := range sentences {
		n += tokens(sentence.text)
	}
	return float64(n) / 1000
}

// remove starts the deletion of a file. The caller holds the mutex.
func (s *Server) remove(a *assistant, f *file) {
	op := s.begin(a, data.OperationTypeDeleteFile, f.id)
	f.status, f.updated, f.deletion = data.FileStatusDeleting, s.now(), op
	s.spawn(func() {
		s.step(func() {
			// An upsert in between has put another file in its place.
			if a.files[f.id] == f {
				delete(a.files, f.id)
			}
			s.end(op, "")
		})
	})
}
