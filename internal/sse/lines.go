package sse

import "bytes"

// lines splits a stream into lines that end in LF, CR or CRLF. The stream is
// fed in pieces.
type lines struct {
	piece   []byte
	pos     int  // index of the first unread byte
	lf, cr  int  // indexes of the next LF and CR; len(piece): none, below pos: not searched
	afterCR bool // the last byte was a CR; an LF that follows belongs to it
}

// feed sets the next piece. The previous piece must be used up.
func (l *lines) feed(piece []byte) {
	*l = lines{piece: piece, lf: -1, cr: -1, afterCR: l.afterCR}
}

// empty reports whether the piece is used up.
func (l *lines) empty() bool { return l.pos == len(l.piece) }

// next returns the next part of a line without the line end, and whether the
// line ended. The piece must not be empty.
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

// end returns the index of the next CR or LF. It searches each byte once for
// either, also if the piece has many of one and none of the other.
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
