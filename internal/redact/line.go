package redact

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxError is how many bytes the text of an error has at most.
const maxError = 4096

// Line returns s as one line of at most limit bytes of valid UTF-8: each run of
// white space, control characters and characters that change the direction of the
// text becomes a space, and an ellipsis stands for the rest. Nothing is dropped
// without a space in its place, so that a redacted secret cannot come together
// again.
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

// isControl reports whether a terminal may take r for a command, or as one that
// changes the direction of the text: a control character, the replacement of
// invalid UTF-8, a bidirectional control or a separator of lines.
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

// Cut returns the beginning of s, which is valid UTF-8, in at most limit bytes,
// the ellipsis at its end included.
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
