package emulator

import (
	"errors"
	"time"

	"github.com/pinecone-community/assistant-go/examples/emulator/internal/document"
	"github.com/pinecone-community/assistant-go/examples/emulator/internal/store"
)

// passagesAtOnce is the number of passages that are added in one transaction. Other
// transactions can run in between.
const passagesAtOnce = 256

// Progress of an operation in percent.
const (
	percentBegun   = 25 // processing has begun
	percentRead    = 50 // the file is being read
	percentIndexed = 75 // the file is read and indexed
)

// largeBytes is the size in bytes above which files are read one at a time.
const largeBytes = 1 << 20

// maxUnfinished is the number of readings during which the process ended, at which a file
// fails.
const maxUnfinished = 2

var errUnfinished = errors.New("the emulator ended twice while it read the file")

// databasePause is the pause before a retry after a fault of the database, such as a full
// disk.
const databasePause = time.Second

// step is a step of an operation. A file is processed in three steps: begin, index, and
// completion. A step can be repeated.
type step func(op int64) error

// try runs a step of an operation. It retries the step after a pause if the database has a
// fault. Another error of the step fails the operation.
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

// process schedules the processing of a file.
func (s *Server) process(op int64) {
	s.after(s.pace, &s.general, func() { s.try(&s.general, op, s.begin) })
}

func (s *Server) begin(op int64) error {
	f, unfinished, err := s.db.Progress(op, percentBegun)
	switch {
	case err != nil:
		return err
	case unfinished >= maxUnfinished:
		return errUnfinished
	}
	on := &s.general
	switch {
	case document.KindOf(f.Name).Name == "pdf":
		on = &s.pdfs
	case f.Size > largeBytes, unfinished > 0:
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

// read reads a file and adds its passages to the database. It returns the ingestion units:
// one for 1,000 tokens of text. How the service counts units is not documented.
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

// remove completes the deletion of a file.
func (s *Server) remove(op int64) error {
	orphan, err := s.db.CompleteDeletion(s.ctx, op, s.now())
	if err == nil {
		s.forget(orphan)
	}
	return err
}

// removeLater schedules the completion of the deletion of a file.
func (s *Server) removeLater(op int64) {
	s.after(s.pace, &s.general, func() { s.try(&s.general, op, s.remove) })
}
