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

// What stands between two sentences of an encoded passage. No sentence has any of
// these characters, which are white space.
const (
	sameParagraph = '\n'
	nextParagraph = '\v'
	nextPage      = '\f' // for each page
)

// Encode returns the sentences as a text, which [Decode] reads.
func Encode(sentences []Sentence) string {
	var text strings.Builder
	for i, sentence := range sentences {
		if i > 0 {
			last := sentences[i-1]
			for range sentence.Page - last.Page {
				text.WriteByte(nextPage)
			}
			if sentence.Paragraph == last.Paragraph {
				text.WriteByte(sameParagraph)
			} else {
				text.WriteByte(nextParagraph)
			}
		}
		text.WriteString(sentence.Text)
	}
	return text.String()
}

// Decode returns the sentences of an encoded passage, the first of which is on a
// page and in a paragraph.
func Decode(text string, page, paragraph int) []Sentence {
	sentences := make([]Sentence, 0, 1+strings.Count(text, "\n")+strings.Count(text, "\v"))
	for text != "" {
		end := strings.IndexAny(text, "\n\v\f")
		if end < 0 {
			end = len(text)
		}
		sentences = append(sentences, Sentence{text[:end], page, paragraph})
		for text = text[end:]; text != "" && text[0] == nextPage; text = text[1:] {
			page++
		}
		if text == "" {
			break
		}
		if text[0] == nextParagraph {
			paragraph++
		}
		text = text[1:]
	}
	return sentences
}

// collector cuts sentences into passages.
type collector struct {
	emit    func(Passage) error
	heading string
	passage []Sentence
	size    int
	held    Sentence // of which the next one tells whether it is a heading
	holds   bool
	before  int // the paragraph of the sentence before held; 0 if there is none
}

func (c *collector) add(next Sentence) error {
	err := c.release(next.Paragraph)
	c.held, c.holds = next, true
	return err
}

// end adds the last sentence and emits the last passage.
func (c *collector) end() error {
	if err := c.release(0); err != nil {
		return err
	}
	return c.flush()
}

// release adds the sentence that is held, which a paragraph comes behind.
func (c *collector) release(next int) error {
	if !c.holds {
		return nil
	}
	sentence := c.held
	alone := c.before != sentence.Paragraph && next != sentence.Paragraph
	c.before, c.holds = sentence.Paragraph, false
	isHeading := alone && isHeading(sentence.Text)
	if c.size+len(sentence.Text) > maxPassage || isHeading && c.size >= minPassage {
		if err := c.flush(); err != nil {
			return err
		}
	}
	if isHeading && len(c.passage) == 0 {
		c.heading = sentence.Text
	}
	c.passage = append(c.passage, sentence)
	c.size += len(sentence.Text) + 1
	return nil
}

func (c *collector) flush() error {
	if len(c.passage) == 0 {
		return nil
	}
	passage := Passage{c.heading, c.passage}
	c.passage, c.size = nil, 0
	return c.emit(passage)
}

// A heading has at most so many bytes.
const maxHeading = 80

// isHeading guesses, since few formats say it: a heading is a short paragraph that
// does not end like a sentence.
func isHeading(text string) bool {
	return len(text) <= maxHeading && !strings.ContainsAny(text[len(text)-1:], `.!?:;,`)
}
