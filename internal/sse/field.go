package sse

// Prefixes are what comes before the value of a line: the byte-order mark only
// where a stream starts, the colon only where there is a value.
const (
	mark        = "\uFEFF"
	lineStart   = len(mark)
	dataPrefix  = mark + "data:"
	eventPrefix = mark + "event:"
)

// States of a field beyond the indexes of a prefix.
const (
	inValue = 100
	ignored = -1
)

type kind int

const (
	otherLine kind = iota // a comment, or a field that does not matter
	blankLine
	dataLine
	eventLine
)

// field takes lines apart. Its zero value is at the start of a stream.
type field struct {
	state int  // how much of the prefix has come, or a state beyond
	event bool // the prefix is eventPrefix
}

func (f *field) prefix() string {
	if f.event {
		return eventPrefix
	}
	return dataPrefix
}

// value returns what p, the next part of a line, holds of the line's value. It is
// not ok as long as this is not known to be a line of a kind with a value.
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

// match holds the next byte against the prefix.
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

// end ends the line and tells what it was.
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
