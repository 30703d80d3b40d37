package emulator

import (
	"encoding/base64"
	"strconv"
	"strings"
)

// tokenPrefix stands in a token before it is encoded, so that not every text
// decodes into one.
const tokenPrefix = "after:"

// paginate returns the items of a page, which are in the order of their sequence
// numbers, and the token of the next page; none on the last. A page follows the
// item that the one before ended with, also when that one is gone.
func paginate[T any](items []T, sequence func(T) int64, limit *int, absent int, token *string) ([]T, string, error) {
	size := deref(limit, absent)
	if size < 1 {
		return nil, "", invalid("limit: %d, want at least 1", size)
	}
	after, err := parseToken(deref(token, ""))
	if err != nil {
		return nil, "", err
	}
	for len(items) > 0 && sequence(items[0]) <= after {
		items = items[1:]
	}
	if len(items) <= size {
		return items, "", nil
	}
	items = items[:size]
	last := strconv.FormatInt(sequence(items[size-1]), 10)
	return items, base64.RawURLEncoding.EncodeToString([]byte(tokenPrefix + last)), nil
}

func parseToken(token string) (int64, error) {
	if token == "" {
		return 0, nil
	}
	text, err := base64.RawURLEncoding.DecodeString(token)
	if err == nil {
		if number, ok := strings.CutPrefix(string(text), tokenPrefix); ok {
			if after, err := strconv.ParseInt(number, 10, 64); err == nil {
				return after, nil
			}
		}
	}
	return 0, invalid("pagination_token: not a token of this service")
}
