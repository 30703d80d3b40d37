// Package sse reads event streams (text/event-stream) of which the data and the
// type of the events matter.
//
// Standard: https://html.spec.whatwg.org/multipage/server-sent-events.html
package sse

import (
	"bytes"
	"errors"
	"fmt"
	"io"
)

const (
	bufferSize    = 16 << 10 // bytes: a TLS record
	maxEmptyReads = 100      // as bufio has it
)

// done is the data of an event that ends a stream.
const done = "[DONE]"

// ErrTooLong is the error of an event whose data exceeds the limit of a Reader.
var ErrTooLong = errors.New("sse: event too long")

// Reader reads the events of a stream. It departs from the standard in that
//   - an event with empty data is skipped as a heartbeat, like one without data;
//   - an event with the data [DONE], white space aside, ends the stream;
//   - data that no blank line follows when the input ends is an event.
type Reader struct {
	source  io.Reader
	readErr error // of the last Read of source
	err     error // of Next, from now on
	number  int
	lines   lines
	field   field
	event   event
	buffer  [bufferSize]byte

	typing  []byte // type of the event that is being read
	kind    []byte // type of the event that Next returned last
	partial bool   // see Partial
}

// maxType is how many bytes of the type of an event are kept.
const maxType = 32

// NewReader returns a Reader of r. The data of an event may have up to limit
// bytes. Memory for it grows to the longest event and is kept; what is not data
// is dropped as it comes.
func NewReader(r io.Reader, limit int) *Reader {
	return &Reader{source: r, event: event{limit: limit}}
}

// Next returns the data of the next event as soon as the blank line behind it has
// come. It is valid until the next call.
//
// At the end of the stream the error is io.EOF. Input that ends within an event
// gives the part that came, and only its content can tell; input that fails gives
// its error instead. An event that exceeds the limit is an ErrTooLong as soon as
// it does. An error is final: all later calls return it.
func (r *Reader) Next() ([]byte, error) {
	for r.err == nil {
		if !r.advance() {
			continue
		}
		r.kind, r.typing = r.typing, r.kind[:0]
		switch data := r.event.take(); {
		case len(data) == 0:
		case string(bytes.TrimSpace(data)) == done:
			r.err = io.EOF
		default:
			r.number++
			return data, nil
		}
	}
	return nil, r.err
}

// Type is the type of the event that Next returned last, its first 32 bytes; ""
// if it had none.
func (r *Reader) Type() string { return string(r.kind) }

// Partial reports whether the input ended before the blank line behind the event
// that Next returned last.
func (r *Reader) Partial() bool { return r.partial }

// Number is the number of the event that Next returned last, from 1; 0 before
// the first.
func (r *Reader) Number() int { return r.number }

// advance goes on in the stream and reports whether that ended an event.
func (r *Reader) advance() bool {
	switch {
	case !r.lines.empty():
		return r.parse()
	case r.readErr == nil:
		r.fill()
		return false
	default:
		r.err = r.readErr
		r.partial = r.err == io.EOF //nolint:errorlint // a wrapped one is a failure
		return r.partial
	}
}

// parse takes the next part of a line and reports whether it ended an event.
func (r *Reader) parse() bool {
	begun := r.field.state == inValue
	part, ended := r.lines.next()
	switch value, ok := r.field.value(part); {
	case !ok:
	case r.field.event:
		if !begun { // the last line with a type counts
			r.typing = r.typing[:0]
		}
		r.typing = append(r.typing, value[:min(len(value), maxType-len(r.typing))]...)
	default:
		r.add(value)
	}
	if !ended {
		return false
	}
	begun = r.field.state == inValue
	switch r.field.end() {
	case blankLine:
		return true
	case eventLine:
		if !begun {
			r.typing = r.typing[:0]
		}
	case dataLine:
		r.add(nil) // without a colon nothing has been added
		r.event.endLine()
	}
	return false
}

// add adds a part of a line's value to the event.
func (r *Reader) add(part []byte) {
	if !r.event.add(part) {
		r.err = fmt.Errorf("%w: more than %d bytes of data", ErrTooLong, r.event.limit)
	}
}

// fill reads on, once all that was read before is used up.
func (r *Reader) fill() {
	r.event.keep()
	for range maxEmptyReads {
		n, err := r.source.Read(r.buffer[:])
		r.readErr = err
		if n > 0 {
			r.lines.feed(r.buffer[:n])
		}
		if n > 0 || err != nil {
			return
		}
	}
	r.readErr = io.ErrNoProgress
}
