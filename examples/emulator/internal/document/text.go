package document

import (
	"bufio"
	"context"
	"errors"
	"io"
	"unicode/utf8"
)

var (
	errNotUTF8 = errors.New("not UTF-8")
	errUTF16   = errors.New("UTF-16, want UTF-8")
)

// bufferSize is the size of the buffer for reading a text, in bytes.
const bufferSize = 64 << 10

// runes copies the characters of a file to a text.
type runes struct {
	*bufio.Reader
	to *text
}

// newRunes returns runes that have skipped a byte-order mark. UTF-16 is an error.
func newRunes(content *source, to *text) (*runes, error) {
	r := &runes{bufio.NewReaderSize(content.reader(), bufferSize), to}
	start, err := r.Peek(3)
	switch text := string(start); {
	case err != nil && !errors.Is(err, io.EOF):
		return nil, err
	case text == "\ufeff":
		_, err = r.Discard(len(text))
		return r, err
	case len(text) >= 2 && (text[:2] == "\xff\xfe" || text[:2] == "\xfe\xff"):
		return nil, errUTF16
	}
	return r, nil
}

// copy adds the next character to the text and returns it. At the end, the error is
// io.EOF.
func (r *runes) copy() (rune, error) {
	c, n, err := r.ReadRune()
	switch {
	case err != nil:
		return 0, err
	case c == utf8.RuneError && n == 1:
		return 0, errNotUTF8
	}
	r.to.write(c, n)
	return c, r.to.err
}

func extractText(_ context.Context, content *source, to *text) error {
	r, err := newRunes(content, to)
	for err == nil {
		_, err = r.copy()
	}
	return notEOF(err)
}

// extractMarkdown extracts each heading and each item as a paragraph, without its mark.
// It keeps the numbers of items and the marks inside a line.
func extractMarkdown(_ context.Context, content *source, to *text) error {
	r, err := newRunes(content, to)
	for err == nil {
		err = r.copyLine()
	}
	return notEOF(err)
}

// longestMark is the length of the longest mark of a block and of the blank after it.
const longestMark = len("###### ")

func (r *runes) copyLine() error {
	indented := false
	start, _ := r.Peek(longestMark) // copy returns the error, if any
	for len(start) > 0 && isBlank(start[0]) {
		indented = true
		if _, err := r.copy(); err != nil {
			return err
		}
		start, _ = r.Peek(longestMark)
	}
	mark, kind := blockMark(start)
	if kind != noMark {
		r.to.endParagraph()
	}
	if kind != numberMark {
		if _, err := r.Discard(mark); err != nil {
			return err
		}
	}
	for {
		c, err := r.copy()
		if err == nil && c != '\n' {
			continue
		}
		if kind == headingMark && !indented {
			r.to.endParagraph()
		}
		return err
	}
}

type markKind int

const (
	noMark markKind = iota
	headingMark
	itemMark
	numberMark
)

// blockMark returns the length and the kind of the mark at the start of a line.
func blockMark(line []byte) (int, markKind) {
	count := func(is func(byte) bool) int {
		n := 0
		for n < len(line) && is(line[n]) {
			n++
		}
		return n
	}
	blankAt := func(n int) bool { return n < len(line) && isBlank(line[n]) }
	if n := count(func(c byte) bool { return c == '#' }); n > 0 {
		if blankAt(n) {
			return n, headingMark
		}
		return 0, noMark
	}
	if len(line) > 0 && (line[0] == '-' || line[0] == '*' || line[0] == '+') && blankAt(1) {
		return 1, itemMark
	}
	if n := count(func(c byte) bool { return '0' <= c && c <= '9' }); n >= 1 && n <= 3 && n < len(line) && line[n] == '.' && blankAt(n+1) {
		return n + 1, numberMark
	}
	return 0, noMark
}

func isBlank(c byte) bool { return c == ' ' || c == '\t' }

func notEOF(err error) error {
	if errors.Is(err, io.EOF) {
		return nil
	}
	return err
}
