// Package sse reads event streams (text/event-stream): the data and the type of
// each event. It ignores ids and retry times. The streams of package rest use it.
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
	maxEmptyReads = 100      // as in package bufio
)

// done is the data of an event that ends a stream.
const done = "[DONE]"

// ErrTooLong is the error of an event whose data exceeds the limit of a Reader.
var ErrTooLong = errors.New("sse: event too long")

// Reader reads the events of a stream. It differs from the standard:
//   - it skips an event with empty data, such as a heartbeat;
//   - an event with the data [DONE], ignoring white space, ends the stream;
//   - data at the end of the input is an event, also without a blank line after
//     it.
type Reader struct {
	source  io.Reader
	readErr error // error of the last Read of source
	err     error // error that Next returns from now on
	number  int
	lines   lines
	field   field
	event   event
	buffer  [bufferSize]byte

	typing  []byte // type of the event that is being read
	kind    []byte // type of the event that Next returned last
	partial bool   // see Partial
}

// maxType is the maximum length of an event's type in bytes. Longer types are
// truncated.
const maxType = 32

// NewReader returns a Reader of r. The data of an event may have up to limit
// bytes. The Reader's memory grows to the longest event; other lines take no
// memory.
func NewReader(r io.Reader, limit int) *Reader {
	return &Reader{source: r, event: event{limit: limit}}
}

// Next returns the data of the next event as soon as the blank line after it is
// read. The data is valid until the next call.
//
// At the end of the stream the error is io.EOF. If the input ends within an
// event, Next returns the data that was received, and Partial reports true. If
// reading the input fails within an event, Next returns the error instead. As
// soon as an event exceeds the limit, the error is ErrTooLong. Errors are
// final: all later calls return the same error.
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

// Type returns the type of the event that Next returned last, truncated to 32
// bytes, or "" if the event has no type.
func (r *Reader) Type() string { return string(r.kind) }

// Partial reports whether the input ended before the blank line after the event
// that Next returned last.
func (r *Reader) Partial() bool { return r.partial }

// Number returns the number of the event that Next returned last, counted from
// 1, or 0 before the first event.
func (r *Reader) Number() int { return r.number }

// advance parses or reads the next part of the stream and reports whether an
// event ended.
func (r *Reader) advance() bool {
	switch {
	case !r.lines.empty():
		return r.parse()
	case r.readErr == nil:
		r.fill()
		return false
	default:
		r.err = r.readErr
		r.partial = r.err == io.EOF //nolint:errorlint // a wrapped io.EOF is a failure
		return r.partial
	}
}

// parse parses the next part of a line and reports whether an event ended.
func (r *Reader) parse() bool {
	begun := r.field.state == inValue
	part, ended := r.lines.next()
	switch value, ok := r.field.value(part); {
	case !ok:
	case r.field.event:
		if !begun { // the last event line of an event sets the type
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
		r.add(nil) // a line without a colon has an empty value
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

// fill reads the next piece of the source.
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
