package apierror

import (
	"strings"

	"github.com/pinecone-community/assistant-go/internal/redact"
)

// maxText is how many bytes of one part an error shows.
const maxText = 500

// line returns s as one line of at most maxText bytes: see redact.Line.
func line(s string) string { return redact.Line(s, maxText) }

// excerpt returns the first maxText bytes of s as valid UTF-8.
func excerpt(s string) string {
	return redact.Cut(strings.ToValidUTF8(strings.TrimSpace(s), "\uFFFD"), maxText)
}
