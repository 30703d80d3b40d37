package redact

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxError is the maximum length of an error's text in bytes.
const maxError = 4096

// Line returns s as one line of valid UTF-8 of at most limit bytes. Each run of
// white space, control characters and bidirectional control characters becomes
// a space. If s is longer, the line ends in an ellipsis. Characters are
// replaced, not dropped, so that the parts of a secret cannot join.
func Line(s string, limit int) string {
	if len(s) <= limit && plain(s) {
		return s
	}
	var b strings.Builder
	space := false
	for _, r := range s {
		if r != utf8.RuneError && (unicode.IsSpace(r) || isControl(r)) {
			space = b.Len() > 0
			continue
		}
		if space {
			b.WriteByte(' ')
			space = false
		}
		b.WriteRune(r)
	}
	return Cut(b.String(), limit)
}

// isControl reports whether r may control a terminal or change the direction of
// the text: a control character, the replacement of invalid UTF-8, a
// bidirectional control character or a line separator.
func isControl(r rune) bool {
	return unicode.IsControl(r) || r == utf8.RuneError || unicode.Is(unicode.Bidi_Control, r) || r == '\u2028' || r == '\u2029'
}

// plain reports whether s is printable ASCII without two spaces in a row and
// without a space at an end.
func plain(s string) bool {
	last := byte(' ')
	for i := range len(s) {
		if s[i] < ' ' || s[i] > '~' || s[i] == ' ' && last == ' ' {
			return false
		}
		last = s[i]
	}
	return s == "" || last != ' '
}

// Cut truncates s, which must be valid UTF-8, to at most limit bytes, including
// the ellipsis at its end.
func Cut(s string, limit int) string {
	const mark = "…"
	if len(s) <= limit {
		return s
	}
	n := limit - len(mark)
	for !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n] + mark
}
