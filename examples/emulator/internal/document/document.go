// Package document reads the text of files.
package document

import (
	"errors"
	"fmt"
	"io"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// Limits of what is read of a file. What is beyond them is damaged, by accident or
// on purpose: a small file can take any time, memory or stack otherwise.
const (
	readLimit    = time.Minute
	maxTextBytes = 64 << 20 // uncompressed
	maxDepth     = 1000     // of elements in each other
)

var (
	errTooLong = errors.New("reading it takes too long")
	errTooMuch = fmt.Errorf("it has more than %d bytes of text", maxTextBytes)
	errTooDeep = fmt.Errorf("it is nested deeper than %d levels", maxDepth)
)

// Kind is a kind of file that the service takes.
type Kind struct {
	Name        string // as the type of a reference
	ContentType string
	extract     func(content io.ReaderAt, size int64) ([]page, error)
}

// page is a page of a file; its number is 0 in a kind that has no pages. Blank
// lines part its paragraphs.
type page struct {
	number int
	text   string
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

// Read returns the sentences of a file. A file without any is an error. It does
// not need the whole content in memory for the kinds that have pages.
func (k *Kind) Read(content io.ReaderAt, size int64) ([]Sentence, error) {
	pages, err := k.extract(&limited{content, time.Now().Add(readLimit)}, size)
	if err != nil {
		return nil, fmt.Errorf("the file cannot be read as %s: %w", k.Name, err)
	}
	sentences := split(pages)
	if len(sentences) == 0 {
		return nil, errors.New("the file has no text")
	}
	return sentences, nil
}

// limited is a content that ends to be readable at a time.
type limited struct {
	io.ReaderAt
	deadline time.Time
}

func (l *limited) ReadAt(p []byte, offset int64) (int, error) {
	if time.Now().After(l.deadline) {
		return 0, errTooLong
	}
	return l.ReaderAt.ReadAt(p, offset)
}

// capped fails when more is read than so many bytes.
type capped struct {
	io.Reader
	left int
}

func (c *capped) Read(p []byte) (int, error) {
	n, err := c.Reader.Read(p)
	if c.left -= n; c.left < 0 {
		return n, errTooMuch
	}
	return n, err
}
