package document

import "strings"

const (
	// maxPassage is the limit of a passage in bytes: about 256 tokens, small enough to
	// locate an answer in a file.
	maxPassage = 1024
	// minPassage is the size in bytes from which a passage ends before a heading.
	minPassage = 256
)

// Passage is a sequence of sentences of a file, the unit of search.
type Passage struct {
	Heading   string // the last heading before or at the start of the passage, or ""
	Sentences []Sentence
}

// Text joins sentences into a text with a line for each paragraph.
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

// Separators of the sentences in an encoded passage. They are white space, of which a
// sentence contains only the space.
const (
	sameParagraph = '\n'
	nextParagraph = '\v'
	nextPage      = '\f' // once for each page, before one of the others
)

// Encode encodes sentences as a text for [Decode].
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

// Decode returns the sentences of an encoded passage. The arguments page and paragraph
// are those of the first sentence.
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

// collector groups sentences into passages.
type collector struct {
	emit    func(Passage) error
	heading string
	passage []Sentence
	size    int
	held    Sentence // added once the next sentence shows whether it is a heading
	holds   bool     // whether held is set
	before  int      // paragraph of the sentence before held; 0 if there is none
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

// release adds the held sentence to the passage. The argument next is the paragraph of
// the sentence after it, or 0.
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

// maxHeading is the limit of a heading in bytes.
const maxHeading = 80

// isHeading reports whether a paragraph is likely to be a heading: it is short and does
// not end like a sentence.
func isHeading(text string) bool {
	return len(text) <= maxHeading && !strings.ContainsAny(text[len(text)-1:], `.!?:;,`)
}
