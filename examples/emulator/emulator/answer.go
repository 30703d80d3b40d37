package emulator

import (
	"slices"
	"strings"
)

const (
	// maxQuotes is how many sentences an answer has at most.
	maxQuotes = 3
	// A sentence is quoted if it scores at least this part of the best one.
	quoteThreshold = 0.5
	// What does not end like a sentence is more likely a heading.
	headingPenalty = 0.5
)

const nothingFound = "I could not find anything about this in the files of the assistant."

// quote is a sentence that an answer repeats, and where it stands.
type quote struct {
	text    string
	origins []origin
}

type origin struct {
	source *source
	page   int // 0 if the file has none
}

// quotes returns the sentences of the snippets that answer a question best, the
// best first. Each is there once, however many files have it.
func quotes(snippets []snippet, question string) []quote {
	var all []quote
	var texts [][]string
	var weights []float64 // the score of the best snippet that has it
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
		// A sentence alone says little: what stands around it counts more.
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
