package sse

// prefix is what comes before the value of a data line: the byte-order mark only
// where a stream starts, the colon only where there is a value.
const (
	prefix    = mark + name + ":"
	mark      = "\uFEFF"
	name      = "data"
	lineStart = len(mark)
	nameEnd   = len(mark + name)
)

// States of a field beyond the indexes of prefix.
const (
	afterColon = len(prefix) // a space may follow
	inValue    = afterColon + 1
	ignored    = -1
)

type kind int

const (
	otherLine kind = iota // a comment, or a field that does not matter
	blankLine
	dataLine
)

// field takes lines apart. Its zero value is at the start of a stream.
type field struct {
	state int // how much of prefix has come, or a state beyond
}

// value returns what p, the next part of a line, holds of the line's value. It is
// not ok as long as this is not known to be a data line with a value.
func (f *field) value(p []byte) (value []byte, ok bool) {
	for ; len(p) > 0 && f.state >= 0 && f.state < afterColon; p = p[1:] {
		f.match(p[0])
	}
	if len(p) > 0 && f.state == afterColon {
		f.state = inValue
		if p[0] == ' ' {
			p = p[1:]
		}
	}
	return p, f.state >= afterColon
}

// match holds the next byte against prefix.
func (f *field) match(c byte) {
	if f.state == 0 && c != mark[0] {
		f.state = lineStart
	}
	if c == prefix[f.state] {
		f.state++
	} else {
		f.state = ignored
	}
}

// end ends the line and tells what it was.
func (f *field) end() kind {
	state := f.state
	f.state = lineStart
	switch {
	case state == 0, state == lineStart:
		return blankLine
	case state >= nameEnd:
		return dataLine
	default:
		return otherLine
	}
}
