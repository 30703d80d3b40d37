package emulator

import (
	"fmt"

	"github.com/pinecone-community/assistant-go/examples/emulator/internal/document"
)

// passagesAtOnce is how many passages are added in one transaction, so that
// others can write in between.
const passagesAtOnce = 256

// How far an operation is, in percent, when its file is begun, read and indexed.
const (
	percentBegun   = 25
	percentRead    = 50
	percentIndexed = 75
)

// A file is processed in three steps: it is begun, read and indexed, and made
// Available. Each step is a task that can be repeated.

func (s *Server) begin(op int64) {
	_, err := s.db.Progress(op, percentBegun)
	s.next(op, err, s.index)
}

func (s *Server) index(op int64) {
	f, err := s.db.Progress(op, percentBegun)
	if err != nil {
		s.next(op, err, nil)
		return
	}
	sentences, err := document.KindOf(f.Name).Read(s.db.Content(f.Content, f.Size), f.Size)
	if err != nil {
		s.next(op, err, nil)
		return
	}
	passages := document.Passages(sentences)
	for from := 0; from < len(passages) && err == nil; from += passagesAtOnce {
		if s.ctx.Err() != nil {
			return
		}
		to := min(from+passagesAtOnce, len(passages))
		percent := percentRead + (percentIndexed-percentRead)*to/len(passages)
		err = s.db.AddPassages(op, from, passages[from:to], int32(percent))
	}
	units := units(sentences)
	s.next(op, err, func(op int64) {
		s.next(op, s.db.Complete(op, units, s.now()), nil)
	})
}

// next goes on with the next step, if there is one, or ends the operation with
// what was wrong.
func (s *Server) next(op int64, err error, step func(int64)) {
	switch {
	case ended(err):
	case err != nil:
		// If that cannot be stored either, the file is processed again at the next start.
		_ = s.db.Fail(op, err.Error(), s.now())
	case step != nil:
		s.later(func() { step(op) })
	}
}

// units are what an operation reports as consumed: one for a thousand tokens of
// text. How the service counts is not documented.
func units(sentences []document.Sentence) float64 {
	n := 0
	for _, sentence := range sentences {
		n += tokens(sentence.Text)
	}
	return float64(n) / 1000
}

// remove ends the deletion of a file.
func (s *Server) remove(op int64) {
	orphan, err := s.db.CompleteDeletion(op, s.now())
	if err != nil {
		s.next(op, fmt.Errorf("the file cannot be deleted: %w", err), nil)
		return
	}
	s.forget(orphan)
}
