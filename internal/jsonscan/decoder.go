// Package jsonscan reads JSON for the decoders of generated packages, in one pass
// and without reflection. It accepts and rejects the same texts as encoding/json, with
// these differences: member names are case-sensitive; an integer may be written
// as a float64, such as 53.0 or 1e3; a time may be the empty string, which is
// the zero time, and may contain escape sequences; a byte-order mark may
// precede the text. If an object has several members of one name, the last one
// counts, even if it is null; only structs are merged.
//
// The memory of a decoded value is bounded; see [MaxExpansion].
package jsonscan

import (
	"bytes"
	"errors"
	"fmt"
	"math"
	"strconv"
	"time"
)

// maxDepth bounds the nesting of values, as in encoding/json.
const maxDepth = 10000

// MaxExpansion bounds the memory of a decoded value, as a multiple of the
// length of its text: a short text could otherwise take much memory, as the
// three bytes of a list element {}, may stand for a struct of hundreds of
// bytes. A text that would take more is an error. Values of up to 4 MiB are
// always allowed. Responses of the service take about as much memory as their
// text.
const MaxExpansion = 16

const minRoom = 4 << 20

// maxScratch bounds the scratch memory that a Decoder keeps between texts.
const maxScratch = 64 << 10

// Decoder reads a JSON text from front to back. After the first error, all
// values are zero and objects and lists have no more members. A null is read as
// the zero value of any type.
//
// A zero Decoder has no text; see Reset.
type Decoder struct {
	data  []byte
	pos   int
	depth int
	room  int // number of bytes that may still be allocated
	owned bool
	ahead bool // Kind reads ahead; the text will be read again
	named bool // the outermost object has a member "error"
	err   error
	errAt int

	scratch []byte // unescaped string
	strings cache
}

// Reset starts reading data. If data is owned, it must not change while the
// decoded values are in use; Raw then returns parts of it instead of copies.
func (d *Decoder) Reset(data []byte, owned bool) {
	d.data, d.pos, d.depth, d.owned, d.named, d.err = data, 0, 0, owned, false, nil
	d.room = max(minRoom, MaxExpansion*len(data))
	if bytes.HasPrefix(data, byteOrderMark) {
		d.pos = len(byteOrderMark)
	}
}

var byteOrderMark = []byte("\ufeff")

// End returns the first error. Bytes after the value are an error too. The
// error names the offset and the path of the fault, such as snippets[3].score.
func (d *Decoder) End() error {
	if d.err == nil {
		d.next()
		if d.pos < len(d.data) {
			d.fail("want the end of the text")
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

// Fail sets the error if there is none yet.
func (d *Decoder) Fail(err error) {
	if d.err == nil {
		d.err, d.errAt = err, d.pos
	}
}

// allocate reports whether size more bytes may be allocated.
func (d *Decoder) allocate(size uintptr) bool {
	if d.room -= int(size); d.room < 0 {
		d.Fail(errRoom)
	}
	return d.room >= 0
}

// fail sets an error that says what was wanted and what was found.
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

// next skips white space and returns the next byte, or 0 at the end.
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

// Null consumes a null if it is the next value, and reports whether it did.
func (d *Decoder) Null() bool {
	return d.next() == 'n' && d.literal("null")
}

// literal consumes word, whose first byte is the next byte.
func (d *Decoder) literal(word string) bool {
	if end := d.pos + len(word); d.err == nil && end <= len(d.data) && string(d.data[d.pos:end]) == word {
		d.pos = end
		return true
	}
	d.fail("want " + word)
	return false
}

// Object enters an object and reports whether it has a member. NextMember must
// be called after each member:
//
//	for more := d.Object(); more; more = d.NextMember() {
//		switch string(d.Name()) {
func (d *Decoder) Object() bool { return d.enter('{', '}', "want an object") }

// NextMember ends a member and reports whether there is another.
func (d *Decoder) NextMember() bool { return d.more('}', "want a comma or the end of the object") }

// List enters a list and reports whether it has an element. NextElement must be
// called after each element.
func (d *Decoder) List() bool { return d.enter('[', ']', "want a list") }

// NextElement ends an element and reports whether there is another.
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

// Name consumes the name of a member and the colon. The name is valid until the
// next string is read.
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

// HasError reports whether the part of the outermost object that was read has a
// member named error.
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

// text returns read as a string.
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

// Int reads an integer of the given number of bits.
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
	// The text may be an integer in float notation.
	f, err := strconv.ParseFloat(string(text), 64)
	limit := math.Ldexp(1, bits-1)
	if err == nil && f == math.Trunc(f) && f >= -limit && f < limit {
		return int64(f)
	}
	d.pos = start
	d.fail("want an integer of " + strconv.Itoa(bits) + " bits")
	return 0
}

// Float reads a number as a float of the given number of bits.
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

// Time reads a time in RFC 3339 format, to the nanosecond.
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

// Memory, at most, of the value that an interface points to and of a map: the
// map itself, its first 8 entries, and each further entry.
const (
	boxSize   = 24
	mapSize   = 48
	groupSize = 288
	entrySize = 80
)

// Map reads an object with values of any type, like encoding/json.
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

// Any reads a value of any type, like encoding/json.
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

// Skip skips a value.
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

// Raw reads a value and returns its JSON text.
func (d *Decoder) Raw() []byte {
	start := d.Position()
	d.Skip()
	if !d.allocate(2 * boxSize) { // for the union member that refers to it
		return nil
	}
	return d.Since(start)
}

// Position returns the offset of the next value, for Since.
func (d *Decoder) Position() int {
	d.next()
	return d.pos
}

// Since returns the JSON text between the offset start and the current
// position.
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

// Kind returns the text of a member of the next object without consuming the
// object. It returns "" if the next value is not an object or has no such
// member. If the object has several members of the name, the first counts.
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
