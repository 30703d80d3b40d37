package document

import (
	"bytes"
	"iter"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxSentence is the limit of a sentence in bytes. A longer one is cut, so that a
// sentence fits into the smallest snippet.
const maxSentence = 1000

// Sentence is a sentence of a file, the unit of quotation.
type Sentence struct {
	Text      string
	Page      int // 0 if the file has no pages
	Paragraph int // from 1; each paragraph has a sentence
}

// Sentences returns the sentences of a paragraph. White space is replaced by single
// spaces.
func Sentences(block string) []string { return slices.Collect(EachSentence(block)) }

// EachSentence returns an iterator over the [Sentences] of a paragraph.
func EachSentence(block string) iter.Seq[string] {
	return func(yield func(string) bool) {
		wanted := true
		s := splitter{emit: func(sentence string) { wanted = wanted && yield(sentence) }}
		for _, r := range block {
			if s.write(r); !wanted {
				return
			}
		}
		s.end()
	}
}

// splitter splits a paragraph into sentences.
type splitter struct {
	emit     func(sentence string)
	word     []byte // current word
	sentence []byte // complete words of the current sentence
	last     int    // offset of the last word in sentence
	number   bool   // whether sentence is only the number of an item
}

// write adds a character. White space ends a word.
func (s *splitter) write(r rune) {
	if unicode.IsSpace(r) {
		s.endWord()
		return
	}
	if len(s.word)+utf8.RuneLen(r) > maxSentence { // cut the word
		s.begin()
		s.flush()
		s.emit(string(s.word))
		s.word = s.word[:0]
	}
	s.word = utf8.AppendRune(s.word, r)
}

// begin ends the current sentence if the current word begins another one.
func (s *splitter) begin() {
	if len(s.sentence) > 0 && !s.number && endsSentence(s.sentence[s.last:], s.word) {
		s.flush()
	}
}

func (s *splitter) endWord() {
	if len(s.word) == 0 {
		return
	}
	s.begin()
	if len(s.sentence) > 0 && len(s.sentence)+1+len(s.word) > maxSentence {
		s.flush()
	}
	if len(s.sentence) > 0 {
		s.sentence = append(s.sentence, ' ')
		s.number = false
	} else {
		s.number = len(bytes.Trim(s.word, "0123456789.")) == 0
	}
	s.last = len(s.sentence)
	s.sentence = append(s.sentence, s.word...)
	s.word = s.word[:0]
}

func (s *splitter) end() {
	s.endWord()
	s.flush()
}

func (s *splitter) flush() {
	if len(s.sentence) > 0 {
		s.emit(string(s.sentence))
	}
	s.sentence = s.sentence[:0]
}

// abbreviations are words whose full stop rarely ends a sentence.
var abbreviations = map[string]bool{
	"a.m.": true, "p.m.": true, "e.g.": true, "i.e.": true, "vs.": true, "no.": true,
	"mr.": true, "mrs.": true, "ms.": true, "dr.": true, "st.": true, "approx.": true,
}

func endsSentence(word, next []byte) bool {
	word = bytes.TrimRight(word, `"')]”’`)
	if len(word) == 0 || !strings.ContainsRune(".!?", rune(word[len(word)-1])) {
		return false
	}
	first, _ := utf8.DecodeRune(bytes.TrimLeft(next, `"'([“‘`))
	if first == utf8.RuneError {
		return true
	}
	return !unicode.IsLower(first) && !abbreviations[strings.ToLower(string(word))]
}
