package sse

// Prefixes of a line's value. A line has the byte-order mark only at the start
// of a stream, and the colon only if it has a value.
const (
	mark        = "\uFEFF"
	lineStart   = len(mark)
	dataPrefix  = mark + "data:"
	eventPrefix = mark + "event:"
)

// States of a field other than an index into its prefix.
const (
	inValue = 100
	ignored = -1
)

type kind int

const (
	otherLine kind = iota // a comment, or another field
	blankLine
	dataLine
	eventLine
)

// field parses lines. Its zero value is at the start of a stream.
type field struct {
	state int  // number of prefix bytes matched, or inValue or ignored
	event bool // the prefix is eventPrefix
}

func (f *field) prefix() string {
	if f.event {
		return eventPrefix
	}
	return dataPrefix
}

// value returns the part of p, the next bytes of a line, that belongs to the
// line's value. It returns false until the line is known to be a data or event
// line.
func (f *field) value(p []byte) (value []byte, ok bool) {
	for ; len(p) > 0 && f.state >= 0 && f.state < len(f.prefix()); p = p[1:] {
		f.match(p[0])
	}
	if len(p) > 0 && f.state == len(f.prefix()) {
		f.state = inValue
		if p[0] == ' ' {
			p = p[1:]
		}
	}
	return p, f.state >= len(f.prefix())
}

// match compares the next byte with the prefix.
func (f *field) match(c byte) {
	if f.state == 0 && c != mark[0] {
		f.state = lineStart
	}
	if f.state == lineStart {
		f.event = c == eventPrefix[lineStart]
	}
	if c == f.prefix()[f.state] {
		f.state++
	} else {
		f.state = ignored
	}
}

// end ends the line and returns its kind.
func (f *field) end() kind {
	state, event := f.state, f.event
	nameEnd := len(f.prefix()) - len(":")
	f.state, f.event = lineStart, false
	switch {
	case state == 0, state == lineStart:
		return blankLine
	case state < nameEnd:
		return otherLine
	case event:
		return eventLine
	}
	return dataLine
}
