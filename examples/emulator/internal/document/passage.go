package document

import "strings"

// Sizes of passages in bytes. A passage is what is searched: about 256 tokens,
// small enough to tell where in a file the answer stands.
const (
	maxPassage = 1024
	// A heading begins a new passage unless the one before is smaller than this.
	minPassage = 256
)

// Passage is a run of sentences of a file.
type Passage struct {
	Heading   string // the last heading that stands above or at its start, if there is one
	Sentences []Sentence
}

// Text joins sentences again, a line for each paragraph.
func Text(sentences []Sentence) string {
	var text strings.Builder
	for i, sentence := range sentences {
		switch {
		case i == 0:
		case sentence.Paragraph == sentences[i-1].Paragraph:
			text.WriteByte(' ')
		default:
			text.WriteByte('\n')
		}
		text.WriteString(sentence.Text)
	}
	return text.String()
}

// Passages cuts the sentences of a file into passages.
func Passages(sentences []Sentence) []Passage {
	var passages []Passage
	heading, from, size := "", 0, 0
	flush := func(to int) {
		if from < to {
			passages = append(passages, Passage{heading, sentences[from:to]})
		}
		from, size = to, 0
	}
	for i, sentence := range sentences {
		isHeading := isHeading(sentences, i)
		if size+len(sentence.Text) > maxPassage || isHeading && size >= minPassage {
			flush(i)
		}
		if isHeading && from == i {
			heading = sentence.Text
		}
		size += len(sentence.Text) + 1
	}
	flush(len(sentences))
	return passages
}

// A heading has at most so many bytes.
const maxHeading = 80

// isHeading guesses, since few formats say it: a heading is a short paragraph that
// does not end like a sentence.
func isHeading(sentences []Sentence, i int) bool {
	text := sentences[i].Text
	alone := (i == 0 || sentences[i-1].Paragraph != sentences[i].Paragraph) &&
		(i+1 == len(sentences) || sentences[i+1].Paragraph != sentences[i].Paragraph)
	return alone && len(text) <= maxHeading && !strings.ContainsAny(text[len(text)-1:], `.!?:;,`)
}
