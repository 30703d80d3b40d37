package main

import (
	"io"
	"os"
	"strings"
	"unicode"

	"github.com/mattn/go-runewidth"
	"golang.org/x/term"
)

// wrapper writes text to a terminal and breaks lines between words. It keeps an
// incomplete word until the word ends. To any other writer it writes the text
// unchanged.
type wrapper struct {
	out    io.Writer
	width  int // in columns; 0 for no wrapping
	column int
	word   strings.Builder
	spaces int // number of spaces before the word
}

func newWrapper(out io.Writer) *wrapper {
	w := &wrapper{out: out}
	if file, ok := out.(*os.File); ok && term.IsTerminal(int(file.Fd())) {
		w.width = 80
		if width, _, err := term.GetSize(int(file.Fd())); err == nil && width > 0 {
			w.width = width
		}
	}
	return w
}

// write writes text. On a terminal it drops control characters, so that an
// answer cannot move the cursor or change the title.
func (w *wrapper) write(text string) {
	if w.width == 0 {
		_, _ = io.WriteString(w.out, text)
		return
	}
	for _, r := range text {
		switch {
		case r == '\n':
			w.flush()
			w.print("\n")
			w.column, w.spaces = 0, 0
		case r == ' ' || r == '\t':
			w.flush()
			w.spaces++
		case !unicode.IsControl(r) && !unicode.Is(unicode.Bidi_Control, r):
			w.word.WriteRune(r)
			if runewidth.RuneWidth(r) > 1 { // scripts with wide characters break between characters
				w.flush()
			}
		}
	}
}

// flush writes the word, on the next line if it does not fit.
func (w *wrapper) flush() {
	if w.word.Len() == 0 {
		return
	}
	word := w.word.String()
	w.word.Reset()
	width := runewidth.StringWidth(word)
	if w.column > 0 && w.column+w.spaces+width > w.width {
		w.print("\n")
		w.column, w.spaces = 0, 0
	}
	w.print(strings.Repeat(" ", w.spaces) + word)
	w.column += w.spaces + width
	w.spaces = 0
}

func (w *wrapper) print(text string) { _, _ = io.WriteString(w.out, text) }
