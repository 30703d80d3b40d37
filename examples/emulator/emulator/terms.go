package emulator

import (
	"iter"
	"slices"
	"strings"
	"unicode"

	porter "github.com/blevesearch/go-porterstemmer"
	"golang.org/x/text/unicode/norm"

	"github.com/pinecone-community/assistant-go/examples/emulator/internal/document"
)

// maxTerms is the limit of the terms of a search. Of a longer query, the longest terms are
// used, which are usually the rarest.
const maxTerms = 64

// terms returns the words of a text, without stop words, as the terms of the database's
// index: without accents and endings.
func terms(text string) []string {
	words := words(text)
	for i, word := range words {
		words[i] = stem(word)
	}
	return words
}

// distinct returns the words of a query for a search, one for each term.
func distinct(query string) []string {
	var distinct []string
	known := make(map[string]bool) // terms of the words in distinct
	shortest := 0                  // index of the shortest word in distinct
	for word := range eachWord(query) {
		if len(distinct) == maxTerms && len(word) <= len(distinct[shortest]) {
			continue
		}
		term := stem(word)
		if known[term] {
			continue
		}
		if known[term] = true; len(distinct) == maxTerms {
			delete(known, stem(distinct[shortest]))
			distinct = slices.Delete(distinct, shortest, shortest+1)
		}
		distinct = append(distinct, word)
		for i, word := range distinct {
			if i == 0 || len(word) <= len(distinct[shortest]) {
				shortest = i
			}
		}
	}
	return distinct
}

// counter returns a function that counts the occurrences of the terms of words in a text.
// The function is not safe for concurrent use.
func counter(query []string) func(text string) []int {
	terms := make(map[string]int)
	for i, word := range query {
		terms[stem(word)] = i
	}
	known := make(map[string]int) // index of the term of a word; -1 for none
	return func(text string) []int {
		counts := make([]int, len(query))
		for _, word := range words(text) {
			term, ok := known[word]
			if !ok {
				if term, ok = terms[stem(word)]; !ok {
					term = -1
				}
				known[word] = term
			}
			if term >= 0 {
				counts[term]++
			}
		}
		return counts
	}
}

// words returns the words of a text in lower case, without stop words. In a script
// without spaces between words, each pair of adjacent characters is a word.
func words(text string) []string { return slices.Collect(eachWord(text)) }

// eachWord returns an iterator over the words of a text.
func eachWord(text string) iter.Seq[string] {
	return func(yield func(string) bool) {
		fields := strings.FieldsFuncSeq(strings.ToLower(norm.NFC.String(text)), func(r rune) bool {
			return !unicode.IsLetter(r) && !unicode.IsDigit(r)
		})
		for field := range fields {
			switch {
			case strings.ContainsFunc(field, document.Unspaced):
				for pair := range pairs(field) {
					if !yield(pair) {
						return
					}
				}
			case !stopWords[field] && !yield(field):
				return
			}
		}
	}
}

// pairs returns an iterator over the words of a field: each pair of adjacent unspaced
// characters, an unspaced character without such a neighbor, and each other word.
func pairs(field string) iter.Seq[string] {
	return func(yield func(string) bool) {
		part := ""
		single, behindSingle := false, false // whether the part, and the part before it, are unspaced characters
		for next := range strings.FieldsSeq(document.Separate(field)) {
			nextSingle := strings.ContainsFunc(next, document.Unspaced)
			switch {
			case part == "":
			case single && nextSingle:
				if !yield(part + next) {
					return
				}
			case !single || !behindSingle:
				if !yield(part) {
					return
				}
			}
			part, behindSingle, single = next, single, nextSingle
		}
		if part != "" && (!single || !behindSingle) {
			yield(part)
		}
	}
}

// maxStemmed is the length in bytes up to which the index stems a word.
const maxStemmed = 64

func stem(word string) string {
	word = withoutAccents(word)
	if len(word) > maxStemmed {
		return word
	}
	return string(porter.StemWithoutLowerCasing([]rune(word)))
}

func withoutAccents(word string) string {
	return norm.NFC.String(strings.Map(func(r rune) rune {
		if r >= 0x0300 && r <= 0x036f { // combining diacritical marks
			return -1
		}
		return r
	}, norm.NFD.String(word)))
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
