package emulator

import (
	"strings"
	"unicode"

	porter "github.com/blevesearch/go-porterstemmer"
	"golang.org/x/text/unicode/norm"
)

// maxTerms is how many terms of a query are searched for.
const maxTerms = 256

// terms returns the words of a text that carry meaning, in the form in which the
// index of the database has them: in lower case, without accents and endings.
func terms(text string) []string {
	var terms []string
	for _, word := range words(text) {
		terms = append(terms, stem(word))
	}
	return terms
}

// distinct returns the words of a query that carry meaning, one of each term.
func distinct(query string) []string {
	var distinct []string
	known := make(map[string]bool)
	for _, word := range words(query) {
		if term := stem(word); !known[term] && len(distinct) < maxTerms {
			known[term] = true
			distinct = append(distinct, word)
		}
	}
	return distinct
}

func words(text string) []string {
	var words []string
	fields := strings.FieldsFunc(strings.ToLower(withoutAccents(text)), func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r)
	})
	for _, word := range fields {
		if !stopWords[word] {
			words = append(words, word)
		}
	}
	return words
}

func withoutAccents(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Mn, r) {
			return -1
		}
		return r
	}, norm.NFD.String(text))
}

func stem(word string) string { return string(porter.StemWithoutLowerCasing([]rune(word))) }

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
