package emulator

import (
	"encoding/base64"
	"fmt"
	"strconv"
	"strings"
)

// list is a listing in pages. A token says which list it is of and the sequence
// number that the page before ended with, so that neither deletions nor additions
// nor a restart let a page miss or repeat anything.
type list struct {
	name  string // of the list
	size  int    // of a page
	after int64
}

// newList reads what a request says of a listing; absent is the size of a page
// when it says none.
func newList(name string, limit *int, absent int, token *string) (*list, error) {
	l := &list{name: name, size: deref(limit, absent)}
	if l.size < 1 {
		return nil, invalid("limit: %d, want at least 1", l.size)
	}
	if deref(token, "") == "" {
		return l, nil
	}
	text, err := base64.RawURLEncoding.DecodeString(*token)
	of, after, found := strings.Cut(string(text), ":")
	if err == nil && found && of == name {
		if l.after, err = strconv.ParseInt(after, 10, 64); err == nil {
			return l, nil
		}
	}
	return nil, invalid("pagination_token: not a token of this list")
}

// ask is how many items to ask for: one more than a page has tells whether there
// is another page.
func (l *list) ask() int { return l.size + 1 }

// page returns the items of a page, and the token of the next one; none on the
// last.
func page[T any](l *list, items []T, sequence func(T) int64) ([]T, string) {
	if len(items) <= l.size {
		return items, ""
	}
	items = items[:l.size]
	last := fmt.Sprintf("%s:%d", l.name, sequence(items[l.size-1]))
	return items, base64.RawURLEncoding.EncodeToString([]byte(last))
}
