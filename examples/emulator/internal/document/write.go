package document

import "unicode/utf8"

// text splits the characters of a file into sentences and passages. Blank lines separate
// paragraphs.
type text struct {
	limits    limits
	sentences splitter
	passages  collector
	page      int  // current page; 0 if the kind of file has no pages
	paragraph int  // current paragraph
	written   bool // whether the paragraph has a sentence
	blank     bool // whether the current line is blank so far
	onPage    bool // whether the page has text
	bytes     int  // number of bytes so far
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

// write adds a character of n bytes. Beyond the limit of the text it sets err. Once err is
// set, write does nothing.
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

// writeString adds a text, with invalid UTF-8 replaced.
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

// beginPage begins a page and a paragraph.
func (t *text) beginPage(number int) {
	t.endParagraph()
	t.page, t.onPage = number, false
}

// end emits the last sentence and the last passage.
func (t *text) end() error {
	t.sentences.end()
	if t.err == nil {
		t.err = t.passages.end()
	}
	return t.err
}
