// Package document extracts the text of files.
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

// limits are the limits for reading a file. Without them, a small file could take any
// amount of time, memory or stack.
type limits struct {
	time  time.Duration // does not include the time in which the caller uses the passages
	text  int           // bytes, uncompressed
	pages int           // of a PDF
}

var defaultLimits = limits{time.Minute, 64 << 20, MaxPages}

// maxDepth is the limit of the nesting depth of JSON values and XML elements.
const maxDepth = 1000

var (
	errTooDeep = fmt.Errorf("nested deeper than %d levels", maxDepth)
	errStopped = errors.New("the caller stopped the iteration")
)

func (l limits) tooLong() error { return fmt.Errorf("reading takes longer than %s", l.time) }

func (l limits) tooMuch() error { return fmt.Errorf("more than %d bytes of text", l.text) }

// Kind is a kind of file that the service supports.
type Kind struct {
	Name        string // type of a reference to such a file
	ContentType string
	extract     func(ctx context.Context, content *source, to *text) error
}

// kinds maps a file name's extension to the kind of the file.
var kinds = map[string]*Kind{
	".txt":  {"text", "text/plain; charset=utf-8", extractText},
	".md":   {"markdown", "text/markdown; charset=utf-8", extractMarkdown},
	".json": {"json", "application/json", extractJSON},
	".pdf":  {"pdf", "application/pdf", extractPDF},
	".docx": {"doc_x", "application/vnd.openxmlformats-officedocument.wordprocessingml.document", extractDocx},
}

// KindOf returns the kind of a file with the given name, or nil if the service does not
// support the extension.
func KindOf(name string) *Kind { return kinds[Extension(name)] }

// Extension returns the extension of a file name in lower case, with its dot.
func Extension(name string) string { return strings.ToLower(filepath.Ext(name)) }

// Extensions returns the extensions of all kinds in order.
func Extensions() []string { return slices.Sorted(maps.Keys(kinds)) }

// ContentError is an error of the reader of a file's content. The file itself may be
// valid.
type ContentError struct{ Err error }

func (e *ContentError) Error() string {
	return fmt.Sprintf("reading the content of the file: %v", e.Err)
}

// Unwrap returns the reader's error.
func (e *ContentError) Unwrap() error { return e.Err }

// Passages returns the passages of a file in order, without holding the whole text in
// memory. An error ends the sequence, and the passages before it must be discarded. The
// error is a [ContentError] if the content could not be read, the cause of ctx if ctx is
// done, and otherwise describes the fault of the file. A file is at fault if it has no
// text, takes longer than a minute to read, has more than 64 MiB of text or, if it is a
// PDF, has more pages than the argument.
func (k *Kind) Passages(ctx context.Context, content io.ReaderAt, size int64, pages int) iter.Seq2[Passage, error] {
	limits := defaultLimits
	limits.pages = pages
	return k.passages(ctx, content, size, limits)
}

func (k *Kind) passages(ctx context.Context, content io.ReaderAt, size int64, limits limits) iter.Seq2[Passage, error] {
	return func(yield func(Passage, error) bool) {
		reading, stop := context.WithCancelCause(ctx)
		defer stop(nil)
		// The timer is stopped while the caller uses a passage.
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

// source is the content of a file. Reading it fails once ctx is done.
type source struct {
	ctx     context.Context
	content io.ReaderAt
	size    int64
	fault   error // last error of content, other than io.EOF
}

// ReadAt implements [io.ReaderAt].
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
