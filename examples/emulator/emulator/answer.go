package emulator

import (
	"slices"
	"strings"
)

const (
	// maxQuotes is the most sentences of an answer.
	maxQuotes = 3
	// quoteThreshold is the least score of a quoted sentence, relative to the best.
	quoteThreshold = 0.5
	// headingPenalty multiplies the score of a sentence without a full stop, which is
	// probably a heading.
	headingPenalty = 0.5
)

const nothingFound = "I could not find anything about this in the files of the assistant."

// quote is a quoted sentence.
type quote struct {
	text    string
	origins []origin // all places of the sentence
}

// origin is a place in a file.
type origin struct {
	source *source
	page   int // 0 if the file has no pages
}

// quotes returns the sentences of the snippets that answer a question best, the best
// first and without duplicates.
func quotes(snippets []snippet, question string) []quote {
	var all []quote
	var texts [][]string
	var weights []float64 // score of the best snippet with the sentence
	known := make(map[string]int)
	for _, snippet := range snippets {
		for _, sentence := range snippet.sentences {
			at, ok := known[sentence.text]
			if !ok {
				at = len(all)
				known[sentence.text] = at
				all = append(all, quote{text: sentence.text})
				texts = append(texts, sentence.terms)
				weights = append(weights, snippet.score)
			}
			all[at].origins = append(all[at].origins, origin{snippet.source, sentence.page})
		}
	}
	var asked []string
	for _, word := range distinct(question) {
		asked = append(asked, stem(word))
	}
	rated := scores(texts, asked)
	order := make([]int, len(all))
	for i := range all {
		order[i] = i
		// The score of the snippet counts more than that of the single sentence.
		rated[i] *= weights[i] * weights[i]
		if !strings.HasSuffix(strings.TrimRight(all[i].text, `"')]”’`), ".") {
			rated[i] *= headingPenalty
		}
	}
	slices.SortStableFunc(order, func(a, b int) int { return descending(rated[a], rated[b]) })
	var best []quote
	for _, i := range order[:min(len(order), maxQuotes)] {
		if rated[i] > 0 && rated[i] >= quoteThreshold*rated[order[0]] {
			best = append(best, all[i])
		}
	}
	return best
}
