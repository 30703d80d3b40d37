package document

import (
	"strings"
	"unicode"
)

// firstUnspaced is the first character of the scripts of [Unspaced]: the beginning of
// CJK Radicals Supplement.
const firstUnspaced = '\u2e80'

// Unspaced reports whether a character belongs to a script without spaces between
// words.
func Unspaced(r rune) bool {
	if r < firstUnspaced {
		return false
	}
	return unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana) || r == 'ー'
}

// Separate puts spaces around each [Unspaced] character, so that an index of words
// contains the character as a word.
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
