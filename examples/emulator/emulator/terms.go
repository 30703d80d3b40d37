package emulator

import (
	"strings"
	"unicode"
)

// terms returns the words of a text that carry meaning, in lower case and
// without their endings.
func terms(text string) []string {
	var terms []string
	words := strings.FieldsFunc(strings.ToLower(text), func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r)
	})
	for _, word := range words {
		if !stopWords[word] {
			terms = append(terms, stem(word))
		}
	}
	return terms
}

// stem takes the commonest English endings off, so that forms of one word meet.
func stem(word string) string {
	for _, ending := range []string{"ing", "ed", "es", "s", "e"} {
		if rest, ok := strings.CutSuffix(word, ending); ok && len(rest) >= 3 {
			return rest
		}
	}
	return word
}

var stopWords = func() map[string]bool {
	words := make(map[string]bool)
	for _, word := range strings.Fields(`
		a about after all also an and any are as at be been before but by can could did do does each for from had
		has have he her his how i if in into is it its itself long many may me more most much must my no not of
		often on one or our she should so some such than that the their them then there these they this those to
		us was we were what when where which while who whom whose why will with would you your`) {
		words[word] = true
	}
	return words
}()
