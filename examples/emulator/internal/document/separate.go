package document

import (
	"strings"
	"unicode"
)

// firstUnspaced is where the first of these scripts begins: CJK Radicals Supplement.
const firstUnspaced = '\u2e80'

// Unspaced reports whether a character is of a script that is written without
// spaces between words.
func Unspaced(r rune) bool {
	if r < firstUnspaced {
		return false
	}
	return unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana) || r == 'ー'
}

// Separate puts a space before and behind each such character, so that an index of
// words has each of them.
func Separate(text string) string {
	if !strings.ContainsFunc(text, Unspaced) {
		return text
	}
	var separate strings.Builder
	for _, r := range text {
		if Unspaced(r) {
			separate.WriteString(" " + string(r) + " ")
		} else {
			separate.WriteRune(r)
		}
	}
	return separate.String()
}
