package emulator

import (
	"errors"
	"time"

	"github.com/pinecone-community/assistant-go/examples/emulator/internal/document"
	"github.com/pinecone-community/assistant-go/examples/emulator/internal/store"
)

// passagesAtOnce is how many passages are added in one transaction, so that
// others can write in between.
const passagesAtOnce = 256

// How far an operation is, in percent, when its file is begun, is being read, and is
// read and indexed.
const (
	percentBegun   = 25
	percentRead    = 50
	percentIndexed = 75
)

// largeBytes is the size of a file from which on it is read by itself.
const largeBytes = 1 << 20

// maxDeaths is how often the process may end while a file is read.
const maxDeaths = 2

var errDeadly = errors.New("the emulator ended twice while it read the file")

// databasePause is the time after which a step is tried again that failed since the
// database has a fault, such as a full disk.
const databasePause = time.Second

// A file is processed in three steps: it is begun, read and indexed, and made
// Available. A step can be repeated.
type step func(op int64) error

// try runs a step of an operation. If that fails for a reason of its own, so does the
// operation. If the database has a fault, the step is tried again later.
func (s *Server) try(on *lane, op int64, do step) {
	err := do(op)
	switch {
	case err == nil, s.ctx.Err() != nil, errors.Is(err, store.ErrEnded), errors.Is(err, store.ErrNotFound):
	case store.Fault(err):
		s.after(databasePause, on, func() { s.try(on, op, do) })
	default:
		s.soon(&s.general, func() { s.try(&s.general, op, func(op int64) error { return s.db.Fail(op, err.Error(), s.now()) }) })
	}
}

// process begins to process a file when the time of a step has passed.
func (s *Server) process(op int64) {
	s.after(s.pace, &s.general, func() { s.try(&s.general, op, s.begin) })
}

func (s *Server) begin(op int64) error {
	f, deaths, err := s.db.Progress(op, percentBegun)
	switch {
	case err != nil:
		return err
	case deaths >= maxDeaths:
		return errDeadly
	}
	on := &s.general
	switch {
	case document.KindOf(f.Name).Name == "pdf":
		on = &s.pdfs
	case f.Size > largeBytes, deaths > 0:
		on = &s.large
	}
	s.after(s.pace, on, func() { s.try(on, op, s.index) })
	return nil
}

func (s *Server) index(op int64) error {
	f, err := s.db.BeginReading(op, percentRead)
	if err != nil {
		return err
	}
	units, err := s.read(op, f)
	if err != nil {
		if s.ctx.Err() != nil || store.Fault(err) {
			err = errors.Join(err, s.db.EndReading(op))
		}
		return err
	}
	s.after(s.pace, &s.general, func() {
		s.try(&s.general, op, func(op int64) error { return s.db.Complete(op, units, s.now()) })
	})
	return nil
}

// read reads a file and adds its passages as they come. It returns the units that the
// operation reports as consumed: one for a thousand tokens of text. How the service
// counts is not documented.
func (s *Server) read(op int64, f *store.File) (units float64, err error) {
	var batch []document.Passage
	number, read := 0, 0
	content := s.db.Content(f.Content, f.Size)
	pages := document.MaxPages
	if f.Multimodal {
		pages = maxMultimodalPages
	}
	for passage, err := range document.KindOf(f.Name).Passages(s.ctx, content, f.Size, pages) {
		if err != nil {
			return 0, err
		}
		if len(batch) == passagesAtOnce {
			if err := s.db.AddPassages(op, number, batch, percentRead); err != nil {
				return 0, err
			}
			number += len(batch)
			batch = nil
		}
		batch = append(batch, passage)
		for _, sentence := range passage.Sentences {
			read += tokens(sentence.Text)
		}
	}
	return float64(read) / 1000, s.db.AddLastPassages(op, number, batch, percentIndexed)
}

// remove ends the deletion of a file.
func (s *Server) remove(op int64) error {
	orphan, err := s.db.CompleteDeletion(s.ctx, op, s.now())
	if err == nil {
		s.forget(orphan)
	}
	return err
}

// removeLater ends the deletion of a file when the time of a step has passed.
func (s *Server) removeLater(op int64) {
	s.after(s.pace, &s.general, func() { s.try(&s.general, op, s.remove) })
}
