package sse

import "bytes"

// lines cuts a stream, which is fed to it in pieces, into lines. They end in LF,
// CR or CRLF.
type lines struct {
	piece   []byte
	pos     int  // where the rest of piece starts
	lf, cr  int  // where the next ones are; len(piece): nowhere, below pos: not known
	afterCR bool // an LF belongs to the CR before it
}

// feed sets the next piece. The one before must be empty.
func (l *lines) feed(piece []byte) {
	*l = lines{piece: piece, lf: -1, cr: -1, afterCR: l.afterCR}
}

// empty reports whether the piece is used up.
func (l *lines) empty() bool { return l.pos == len(l.piece) }

// next returns what the piece, which must not be empty, holds of a line, without
// its end, and whether it holds its end.
func (l *lines) next() (part []byte, ended bool) {
	if l.afterCR && l.piece[l.pos] == '\n' {
		l.pos++
	}
	l.afterCR = false
	start, end := l.pos, l.end()
	if end == len(l.piece) {
		l.pos = end
		return l.piece[start:], false
	}
	l.afterCR = l.piece[end] == '\r'
	l.pos = end + 1
	return l.piece[start:end], true
}

// end returns the index of the next CR or LF. It searches no byte twice for
// either: a piece may hold many of one and none of the other.
func (l *lines) end() int {
	if l.lf < l.pos {
		l.lf = l.index('\n')
	}
	if l.cr < l.pos {
		l.cr = l.index('\r')
	}
	return min(l.lf, l.cr)
}

func (l *lines) index(c byte) int {
	if i := bytes.IndexByte(l.piece[l.pos:], c); i >= 0 {
		return l.pos + i
	}
	return len(l.piece)
}
