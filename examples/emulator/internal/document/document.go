// Package document reads the text of files.
package document

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// limits are how much is read of a file. A small file can take any time, memory or
// stack otherwise, by accident or on purpose.
type limits struct {
	time  time.Duration // without the time that the passages are used in
	text  int           // bytes, uncompressed
	pages int           // of a PDF
}

var usual = limits{time.Minute, 64 << 20, MaxPages}

// maxDepth is how deep elements can be in each other.
const maxDepth = 1000

var (
	errTooDeep = fmt.Errorf("it is nested deeper than %d levels", maxDepth)
	errStopped = errors.New("no more passages are wanted")
)

func (l limits) tooLong() error { return fmt.Errorf("reading it takes longer than %s", l.time) }

func (l limits) tooMuch() error { return fmt.Errorf("it has more than %d bytes of text", l.text) }

// Kind is a kind of file that the service takes.
type Kind struct {
	Name        string // as the type of a reference
	ContentType string
	extract     func(ctx context.Context, content *source, to *text) error
}

// kinds by extension, which alone decides.
var kinds = map[string]*Kind{
	".txt":  {"text", "text/plain; charset=utf-8", extractText},
	".md":   {"markdown", "text/markdown; charset=utf-8", extractMarkdown},
	".json": {"json", "application/json", extractJSON},
	".pdf":  {"pdf", "application/pdf", extractPDF},
	".docx": {"doc_x", "application/vnd.openxmlformats-officedocument.wordprocessingml.document", extractDocx},
}

// KindOf returns the kind of a file by its name; nil if the service takes none
// of that extension.
func KindOf(name string) *Kind { return kinds[Extension(name)] }

// Extension returns the extension of a file's name in lower case.
func Extension(name string) string { return strings.ToLower(filepath.Ext(name)) }

// Extensions returns the extensions of all kinds.
func Extensions() []string { return slices.Sorted(maps.Keys(kinds)) }

// ContentError is an error of the content's reader, which says nothing of the file.
type ContentError struct{ Err error }

func (e *ContentError) Error() string { return fmt.Sprintf("the content of the file: %v", e.Err) }

// Unwrap returns the reader's error.
func (e *ContentError) Unwrap() error { return e.Err }

// Passages reads a file and returns its passages in their order. The text of a file
// is never in memory as a whole. An error is the last that there is; the passages
// before are then of no use. It is a [ContentError] if the content could not be
// read, the cause of ctx if that is done, and else tells what is wrong with the
// file. A file without any text is an error, and so is one that takes longer than a
// minute, has more than 64 MiB of text or, if it is a PDF, more pages than that.
func (k *Kind) Passages(ctx context.Context, content io.ReaderAt, size int64, pages int) iter.Seq2[Passage, error] {
	limits := usual
	limits.pages = pages
	return k.passages(ctx, content, size, limits)
}

func (k *Kind) passages(ctx context.Context, content io.ReaderAt, size int64, limits limits) iter.Seq2[Passage, error] {
	return func(yield func(Passage, error) bool) {
		reading, stop := context.WithCancelCause(ctx)
		defer stop(nil)
		// The timer stands still while a passage is used.
		left := limits.time
		resumed := time.Now()
		if left <= 0 {
			stop(limits.tooLong())
		}
		timer := time.AfterFunc(left, func() { stop(limits.tooLong()) })
		defer timer.Stop()

		found := false
		to := newText(limits, func(passage Passage) error {
			found = true
			timer.Stop()
			left -= time.Since(resumed)
			if !yield(passage, nil) {
				stop(errStopped)
				return errStopped
			}
			resumed = time.Now()
			timer.Reset(left)
			return nil
		})
		from := &source{ctx: reading, content: content, size: size}
		err := k.extract(reading, from, to)
		if err == nil {
			err = to.end()
		}
		switch {
		case errors.Is(context.Cause(reading), errStopped):
			return
		case ctx.Err() != nil:
			err = context.Cause(ctx)
		case from.fault != nil:
			err = &ContentError{from.fault}
		case reading.Err() != nil:
			err = k.unreadable(context.Cause(reading))
		case to.err != nil:
			err = k.unreadable(to.err)
		case err != nil:
			err = k.unreadable(err)
		case !found:
			err = errors.New("the file has no text")
		}
		if err != nil {
			yield(Passage{}, err)
		}
	}
}

func (k *Kind) unreadable(err error) error {
	return fmt.Errorf("the file cannot be read as %s: %w", k.Name, err)
}

// source is a content that ends to be readable when a context is done.
type source struct {
	ctx     context.Context
	content io.ReaderAt
	size    int64
	fault   error // of the content
}

// ReadAt is of [io.ReaderAt].
func (s *source) ReadAt(p []byte, offset int64) (int, error) {
	if s.ctx.Err() != nil {
		return 0, context.Cause(s.ctx)
	}
	n, err := s.content.ReadAt(p, offset)
	if err != nil && !errors.Is(err, io.EOF) {
		s.fault = err
	}
	return n, err
}

// reader returns a reader of the whole content.
func (s *source) reader() *io.SectionReader { return io.NewSectionReader(s, 0, s.size) }
