package bench

import (
	"fmt"
	"regexp"
	"strings"
	"unicode/utf8"
)

// Text is a kind of text in responses.
type Text struct {
	// Name is the name of the text in tables.
	Name string
	// Escaped reports whether the service writes letters beyond ASCII as
	// \uXXXX.
	Escaped bool

	passage string // repeated to the required size
}

// Texts are the texts of the context responses. All other measurements use the
// first.
var Texts = []*Text{
	{Name: "prose", passage: prose},
	{Name: "prose, letters beyond ASCII as `\\uXXXX`", passage: prose, Escaped: true},
	{Name: "letters and blanks alone", passage: "the harbour office keeps two ledgers and the clerk reads both of them before the noon tide "},
	{Name: "Markdown with tables and code", passage: markdown},
	{Name: "Russian", passage: "Портовая контора ведёт две книги: одну для судов, которые пришли, другую для тех,\nкоторых ждут. «Ждут» значит многое, говорит писарь и сверяет обе до полудня.\n"},
	{Name: "Chinese", passage: "港务处有两本账：一本记已经到港的船，一本记“预计到港”的船。\n书记员每天中午之前核对两本账，记下不同之处，再送到码头。\n"},
}

// prose is text as in documents: its 220 bytes contain three line breaks, two
// quotation marks and three letters beyond ASCII.
const prose = `The harbour office keeps two ledgers: one for the ships that arrive and
one for those that are "expected". Clément reads both at a café on the
quay, notes what differs, and sends it to Müller before the noon tide.
A ship that is in neither of them does not exist, say the pilots, and a
ship in both has "paid twice". Last winter the naïve young clerk Zoë put
four barges from Malmö into the wrong one, and nobody was any the wiser
until the dues came in. The notice reads "see page 12" where the sum is
meant to be, and the façade of the customs house still has a chalk mark
where André worked it out: 14 crowns a ton, or 9 for salt and for dried
`

const markdown = "## Dues\n\n| ship | tons | paid |\n| --- | ---: | :-: |\n| \"Anna\" | 120 | yes |\n| \"Berta\" | 80 | no |\n\n" +
	"```go\nfunc due(tons int) (string, error) {\n\tif tons < 0 {\n\t\treturn \"\", fmt.Errorf(\"tons: %d\\n\", tons)\n\t}\n\treturn strconv.Itoa(14*tons) + \" crowns\", nil\n}\n```\n\n"

// answer is text as a model writes it: paragraphs, typographic quotation marks,
// lists.
const answer = `According to the report, the harbour office keeps two ledgers: one for the ships that arrived, and one for those that are “expected” within three days.

The clerk, Clément Müller, compares them every day and writes down:

- the ship’s name and its tonnage;
- the dues, at “14 crowns a ton”;
- who paid — and who didn’t.

A ship in neither ledger “does not exist”, as the pilots say on page 12, while a ship in both has paid twice.

`

// Description describes the text by its characters in 1000 bytes.
func (t *Text) Description() string {
	var breaks, escapes, beyond int
	for _, r := range t.passage {
		switch {
		case r == '\n':
			breaks++
		case r == '"' || r == '\\' || r < ' ':
			escapes++
		case r >= utf8.RuneSelf:
			beyond++
		}
	}
	of := func(n int) int { return (n*1000 + len(t.passage)/2) / len(t.passage) }
	return fmt.Sprintf("%d line breaks, %d other escape sequences, %d letters beyond ASCII", of(breaks), of(escapes), of(beyond))
}

// from returns a text of at least size bytes. It begins in the middle of a
// passage, at an offset that depends on start.
func (t *Text) from(start, size int) string {
	long := strings.Repeat(t.passage, 2+size/len(t.passage))
	start = start * 37 % len(t.passage)
	for !utf8.RuneStart(long[start]) {
		start++
	}
	end := start + size
	for !utf8.RuneStart(long[end]) {
		end++
	}
	return long[start:end]
}

// quote returns a text as the service writes it in JSON.
func (t *Text) quote(text string) string {
	quoted := quote(text)
	if !t.Escaped {
		return quoted
	}
	var ascii strings.Builder
	for _, r := range quoted {
		if r < utf8.RuneSelf {
			ascii.WriteRune(r)
		} else {
			fmt.Fprintf(&ascii, `\u%04x`, r) // the texts need no surrogates
		}
	}
	return ascii.String()
}

// events is the number of text chunks in a canned stream.
const events = 4000

// pieces are the texts of a stream. They are about as long as a model's tokens:
// a word or a part of one, punctuation, either with a blank before it, or line
// breaks.
var pieces = func() []string {
	tokens := regexp.MustCompile(`\n+| ?\pL{1,7}| ?[^\pL\s]+`).FindAllString(answer, -1)
	list := make([]string, events)
	for i := range list {
		list[i] = tokens[i%len(tokens)]
	}
	return list
}()

var textLength = len(strings.Join(pieces, ""))
