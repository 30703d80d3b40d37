package apierror

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxText is how many bytes of one part an error shows.
const maxText = 500

// line returns s as one line of at most maxText bytes of valid UTF-8: each run
// of white space, control characters and characters that change the direction
// of the text becomes a space. Nothing is dropped without a space in its
// place, so that a redacted secret cannot come together again.
func line(s string) string {
	var b strings.Builder
	space := false
	for _, r := range s {
		if unicode.IsSpace(r) || unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) {
			space = b.Len() > 0
			continue
		}
		if space {
			b.WriteByte(' ')
			space = false
		}
		b.WriteRune(r)
	}
	return cut(b.String())
}

// excerpt returns the first maxText bytes of s as valid UTF-8.
func excerpt(s string) string {
	return cut(strings.ToValidUTF8(strings.TrimSpace(s), "\uFFFD"))
}

// cut takes valid UTF-8. Its result has at most maxText bytes, the mark of the
// cut included.
func cut(s string) string {
	const mark = "…"
	if len(s) <= maxText {
		return s
	}
	n := maxText - len(mark)
	for !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n] + mark
}
