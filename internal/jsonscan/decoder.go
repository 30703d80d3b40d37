// Package jsonscan reads JSON for generated decoders: in one pass, and without
// reflection. It takes and refuses what encoding/json does, but for this: names
// of members are compared by case, an integer may be written as a float64, such
// as 53.0 or 1e3, a time may be empty, which is the zero time, or hold escape
// sequences, and a byte-order mark may come first. Of members of one name the
// last one counts, even if it is null; only structs are merged.
//
// What a text decodes to takes at most [MaxExpansion] times the length of the
// text; see there.
package jsonscan

import (
	"bytes"
	"errors"
	"fmt"
	"math"
	"strconv"
	"time"
)

// maxDepth bounds how deep values are nested, as encoding/json does.
const maxDepth = 10000

// MaxExpansion bounds the memory that a decoded value takes, as a multiple of
// the length of its text. A text that would take more is an error: three bytes
// of a list, {}, may stand for a struct of hundreds. Up to 4 MiB are allowed
// whatever the length. Replies of the service take about as much as their text.
const MaxExpansion = 16

const minRoom = 4 << 20

// maxScratch bounds how much a decoder at rest keeps for strings with escape
// sequences.
const maxScratch = 64 << 10

// Decoder reads one JSON text from front to back. The first error sticks: what
// is read after it is zero, and no object or list has more members. A null is
// the zero value of whatever is asked for.
//
// The zero Decoder has nothing to read: see Reset.
type Decoder struct {
	data  []byte
	pos   int
	depth int
	room  int // bytes that may still be allocated
	owned bool
	ahead bool // what is read is going to be read again
	named bool // "error", in the outermost object
	err   error
	errAt int

	scratch []byte // what strings are unescaped into
	strings cache
}

// Reset starts another text. What is owned stays as it is for as long as what
// was decoded is in use, so that Raw can refer to it instead of copying.
func (d *Decoder) Reset(data []byte, owned bool) {
	d.data, d.pos, d.depth, d.owned, d.named, d.err = data, 0, 0, owned, false, nil
	d.room = max(minRoom, MaxExpansion*len(data))
	if bytes.HasPrefix(data, byteOrderMark) {
		d.pos = len(byteOrderMark)
	}
}

var byteOrderMark = []byte("\ufeff")

// End returns the first error, which may be that something follows the value. It
// names the byte and the path, such as snippets[3].score.
func (d *Decoder) End() error {
	if d.err == nil {
		d.next()
		if d.pos < len(d.data) {
			d.fail("want the end")
		}
	}
	if d.err == nil {
		return nil
	}
	if path := pathTo(d.data[:d.errAt]); path != "" {
		return fmt.Errorf("at byte %d, in %s: %w", d.errAt, path, d.err)
	}
	return fmt.Errorf("at byte %d: %w", d.errAt, d.err)
}

// Fail makes err the error, unless there is one.
func (d *Decoder) Fail(err error) {
	if d.err == nil {
		d.err, d.errAt = err, d.pos
	}
}

// allocate reports whether so many bytes may be allocated.
func (d *Decoder) allocate(size uintptr) bool {
	if d.room -= int(size); d.room < 0 {
		d.Fail(errRoom)
	}
	return d.room >= 0
}

// fail says what was wanted and what there is instead.
func (d *Decoder) fail(want string) {
	if d.err != nil {
		return
	}
	if d.pos >= len(d.data) {
		d.Fail(fmt.Errorf("%s: %w", want, errEnd))
		return
	}
	d.Fail(fmt.Errorf("%s, found %q", want, d.data[d.pos:min(d.pos+16, len(d.data))]))
}

var (
	errEnd  = errors.New("unexpected end of JSON")
	errRoom = fmt.Errorf("the decoded value takes more than %d times the length of its text", MaxExpansion)
)

// next skips white space and returns the byte behind it, 0 at the end.
func (d *Decoder) next() byte {
	if d.pos < len(d.data) && d.data[d.pos] > ' ' {
		return d.data[d.pos]
	}
	return d.skipSpace()
}

func (d *Decoder) skipSpace() byte {
	for d.pos < len(d.data) {
		switch c := d.data[d.pos]; c {
		case ' ', '\t', '\n', '\r':
			d.pos++
		default:
			return c
		}
	}
	return 0
}

// Null consumes a null, if that is what comes next.
func (d *Decoder) Null() bool {
	return d.next() == 'n' && d.literal("null")
}

// literal consumes a word that the next byte has announced.
func (d *Decoder) literal(word string) bool {
	if end := d.pos + len(word); d.err == nil && end <= len(d.data) && string(d.data[d.pos:end]) == word {
		d.pos = end
		return true
	}
	d.fail("want " + word)
	return false
}

// Object enters an object and reports whether it has a member; after each,
// NextMember does so.
//
//	for more := d.Object(); more; more = d.NextMember() {
//		switch string(d.Name()) {
func (d *Decoder) Object() bool { return d.enter('{', '}', "want an object") }

// NextMember leaves a member and reports whether there is another.
func (d *Decoder) NextMember() bool { return d.more('}', "want a comma or the end of the object") }

// List enters a list and reports whether it has an element; after each,
// NextElement does so.
func (d *Decoder) List() bool { return d.enter('[', ']', "want a list") }

// NextElement leaves an element and reports whether there is another.
func (d *Decoder) NextElement() bool { return d.more(']', "want a comma or the end of the list") }

func (d *Decoder) enter(start, end byte, want string) bool {
	if d.next() != start || d.err != nil {
		if !d.Null() {
			d.fail(want)
		}
		return false
	}
	if d.depth++; d.depth > maxDepth {
		d.Fail(errors.New("nested too deep"))
		return false
	}
	d.pos++
	if d.next() == end {
		d.pos++
		d.depth--
		return false
	}
	return true
}

func (d *Decoder) more(end byte, want string) bool {
	if d.err != nil {
		return false
	}
	switch d.next() {
	case ',':
		d.pos++
		return true
	case end:
		d.pos++
		d.depth--
		return false
	}
	d.fail(want)
	return false
}

// Name consumes the name of a member and the colon. It is valid until another
// string is read.
func (d *Decoder) Name() []byte {
	if d.err != nil {
		return nil
	}
	if d.next() != '"' {
		d.fail("want the name of a member")
		return nil
	}
	name := d.quoted()
	if d.depth == 1 && string(name) == "error" {
		d.named = true
	}
	if d.next() != ':' {
		d.fail("want a colon")
		return nil
	}
	d.pos++
	return name
}

// HasError reports whether the outermost object has a member named error, of
// those that were read.
func (d *Decoder) HasError() bool { return d.named }

// String reads a string.
func (d *Decoder) String() string {
	if d.next() != '"' || d.err != nil {
		if !d.Null() {
			d.fail("want a string")
		}
		return ""
	}
	return d.text(d.quoted())
}

// text returns what was read as a string of its own.
func (d *Decoder) text(read []byte) string {
	if !d.allocate(uintptr(len(read))) {
		return ""
	}
	return d.strings.get(read)
}

// Bool reads a boolean.
func (d *Decoder) Bool() bool {
	if d.err != nil {
		return false
	}
	switch d.next() {
	case 't':
		return d.literal("true")
	case 'f':
		d.literal("false")
	case 'n':
		d.literal("null")
	default:
		d.fail("want a boolean")
	}
	return false
}

// Int reads an integer of so many bits.
func (d *Decoder) Int(bits int) int64 {
	if d.Null() || d.err != nil {
		return 0
	}
	start := d.pos
	text := d.number("want an integer")
	if d.err != nil {
		return 0
	}
	n, err := strconv.ParseInt(string(text), 10, bits)
	if err == nil {
		return n
	}
	// Perhaps an integer in the notation of another language.
	f, err := strconv.ParseFloat(string(text), 64)
	limit := math.Ldexp(1, bits-1)
	if err == nil && f == math.Trunc(f) && f >= -limit && f < limit {
		return int64(f)
	}
	d.pos = start
	d.fail("want an integer of " + strconv.Itoa(bits) + " bits")
	return 0
}

// Float reads a number as a float of so many bits.
func (d *Decoder) Float(bits int) float64 {
	if d.Null() || d.err != nil {
		return 0
	}
	start := d.pos
	text := d.number("want a number")
	if d.err != nil {
		return 0
	}
	f, err := strconv.ParseFloat(string(text), bits)
	if err != nil {
		d.pos = start
		d.fail("want a number of " + strconv.Itoa(bits) + " bits")
		return 0
	}
	return f
}

// Time reads a time as RFC 3339 has it, to the nanosecond.
func (d *Decoder) Time() (t time.Time) {
	if d.Null() || d.err != nil {
		return t
	}
	start := d.pos
	if d.next() != '"' {
		d.fail("want a time")
		return t
	}
	text := d.quoted()
	if d.err == nil && len(text) > 0 && t.UnmarshalText(text) != nil {
		d.pos = start
		d.fail("want a time")
	}
	return t
}

// What an interface points to takes at most, and what a map takes: itself, room
// for its first 8 entries, and each entry beyond these.
const (
	boxSize   = 24
	mapSize   = 48
	groupSize = 288
	entrySize = 80
)

// Map reads an object of whatever it holds, as encoding/json does.
func (d *Decoder) Map() map[string]any {
	if d.Null() || d.err != nil || !d.allocate(mapSize) {
		return nil
	}
	m := map[string]any{}
	for more := d.Object(); more; more = d.NextMember() {
		if n := len(m); n == 0 {
			d.allocate(groupSize)
		} else if n >= 8 {
			d.allocate(entrySize)
		}
		name := d.text(d.Name())
		m[name] = d.Any()
	}
	return m
}

// Any reads whatever there is, as encoding/json does.
func (d *Decoder) Any() any {
	if d.err != nil || !d.allocate(boxSize) {
		return nil
	}
	switch d.next() {
	case '{':
		return d.Map()
	case '[':
		return List(d, Any)
	case '"':
		return d.String()
	case 't', 'f':
		return d.Bool()
	case 'n':
		d.literal("null")
		return nil
	case '-', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9':
		return d.Float(64)
	}
	d.fail("want a value")
	return nil
}

// Skip passes over whatever there is.
func (d *Decoder) Skip() {
	if d.err != nil {
		return
	}
	switch d.next() {
	case '{':
		for more := d.Object(); more; more = d.NextMember() {
			d.Name()
			d.Skip()
		}
	case '[':
		for more := d.List(); more; more = d.NextElement() {
			d.Skip()
		}
	case '"':
		if d.ahead {
			d.skipQuoted()
		} else {
			d.quoted()
		}
	case 't', 'f':
		d.Bool()
	case 'n':
		d.literal("null")
	default:
		d.number("want a value")
	}
}

// Raw reads whatever there is as it is written.
func (d *Decoder) Raw() []byte {
	start := d.Position()
	d.Skip()
	if !d.allocate(2 * boxSize) { // for what refers to it: the member of a union
		return nil
	}
	return d.Since(start)
}

// Position returns where the next value starts, for Since.
func (d *Decoder) Position() int {
	d.next()
	return d.pos
}

// Since returns what was read from a position on, as it is written.
func (d *Decoder) Since(start int) []byte {
	if d.err != nil {
		return nil
	}
	raw := d.data[start:d.pos:d.pos]
	if !d.owned {
		if !d.allocate(uintptr(len(raw))) {
			return nil
		}
		raw = append([]byte(nil), raw...)
	}
	return raw
}

// Kind returns the text of a member of the object that comes next, the first of
// that name, without consuming any of it; "" if there is no such member, or no
// such object.
func (d *Decoder) Kind(member string) (kind string) {
	pos, depth, err, ahead := d.pos, d.depth, d.err, d.ahead
	d.ahead = true
	if d.next() == '{' {
		for more := d.Object(); more; more = d.NextMember() {
			if string(d.Name()) != member {
				d.Skip()
				continue
			}
			if d.next() == '"' {
				kind = d.String()
			}
			break
		}
	}
	d.pos, d.depth, d.err, d.ahead = pos, depth, err, ahead
	return kind
}
