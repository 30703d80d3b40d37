package document

import "unicode/utf8"

// text takes the text of a file, character by character, and makes passages of it.
// Blank lines part paragraphs.
type text struct {
	limits    limits
	sentences splitter
	passages  collector
	page      int  // 0 in a kind that has no pages
	paragraph int  // that is being written
	written   bool // it has a sentence
	blank     bool // nothing is in the line so far
	onPage    bool // something is on the page
	bytes     int  // so far
	err       error
}

func newText(limits limits, emit func(Passage) error) *text {
	t := &text{limits: limits, paragraph: 1}
	t.passages.emit = emit
	t.sentences.emit = func(sentence string) {
		t.written = true
		if t.err == nil {
			t.err = t.passages.add(Sentence{sentence, t.page, t.paragraph})
		}
	}
	return t
}

// write adds a character of n bytes, unless there are too many. It drops what comes
// after an error.
func (t *text) write(r rune, n int) {
	if t.bytes += n; t.bytes > t.limits.text && t.err == nil {
		t.err = t.limits.tooMuch()
	}
	if t.err != nil {
		return
	}
	switch r {
	case '\n':
		if t.blank {
			t.endParagraph()
		}
		t.blank = true
	case ' ', '\t', '\r':
	default:
		t.blank, t.onPage = false, true
	}
	t.sentences.write(r)
}

// writeString adds a text. What is not UTF-8 in it is replaced.
func (t *text) writeString(s string) {
	for _, r := range s {
		t.write(r, utf8.RuneLen(r))
	}
}

func (t *text) endParagraph() {
	t.sentences.end()
	if t.written {
		t.paragraph++
		t.written = false
	}
}

// beginPage begins the page of a number, and a paragraph.
func (t *text) beginPage(number int) {
	t.endParagraph()
	t.page, t.onPage = number, false
}

// end ends the text.
func (t *text) end() error {
	t.sentences.end()
	if t.err == nil {
		t.err = t.passages.end()
	}
	return t.err
}
