package document

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxSentence is the length in bytes at which a sentence is cut, so that one
// fits into the smallest snippet.
const maxSentence = 1000

// Sentence is the smallest part of a file that is quoted.
type Sentence struct {
	Text      string
	Page      int // 0 if the file has none
	Paragraph int
}

var paragraphEnd = regexp.MustCompile(`\n[ \t]*\n`)

func split(pages []page) []Sentence {
	var sentences []Sentence
	paragraph := 0
	for _, page := range pages {
		for _, block := range paragraphEnd.Split(page.text, -1) {
			paragraph++
			for _, text := range Sentences(block) {
				sentences = append(sentences, Sentence{text, page.number, paragraph})
			}
		}
	}
	return sentences
}

// Sentences returns the sentences of a paragraph, with single spaces for
// all white space.
func Sentences(block string) []string {
	var sentences []string
	var current []string
	length := 0
	flush := func() {
		if len(current) > 0 {
			sentences = append(sentences, strings.Join(current, " "))
		}
		current, length = nil, 0
	}
	words := strings.Fields(strings.ToValidUTF8(block, "\ufffd")) // a PDF can have anything
	for i, word := range words {
		for len(word) > maxSentence { // no word of a language
			flush()
			cut := maxSentence
			for !utf8.RuneStart(word[cut]) {
				cut--
			}
			sentences, word = append(sentences, word[:cut]), word[cut:]
		}
		if length+len(word) > maxSentence {
			flush()
		}
		current = append(current, word)
		length += len(word) + 1
		number := len(current) == 1 && strings.Trim(word, "0123456789.") == "" // of an item
		if i+1 < len(words) && !number && endsSentence(word, words[i+1]) {
			flush()
		}
	}
	flush()
	return sentences
}

// Words that end with a full stop and mostly no sentence.
var abbreviations = map[string]bool{
	"a.m.": true, "p.m.": true, "e.g.": true, "i.e.": true, "vs.": true, "no.": true,
	"mr.": true, "mrs.": true, "ms.": true, "dr.": true, "st.": true, "approx.": true,
}

func endsSentence(word, next string) bool {
	word = strings.TrimRight(word, `"')]”’`)
	if !strings.HasSuffix(word, ".") && !strings.HasSuffix(word, "!") && !strings.HasSuffix(word, "?") {
		return false
	}
	for _, first := range strings.TrimLeft(next, `"'([“‘`) {
		return !unicode.IsLower(first) && !abbreviations[strings.ToLower(word)]
	}
	return true
}
