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

// newList returns a list that goes on where a token says; "" stands for its start.
func newList(name string, size int, token string) (*list, error) {
	l := &list{name: name, size: size}
	if token == "" {
		return l, nil
	}
	text, err := base64.RawURLEncoding.DecodeString(token)
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

// page returns a page of the items as the field of a reply, with the token of the
// next one; without a token on the last.
func page[T any](l *list, field string, items []T, sequence func(T) int64, describe func(T) object) object {
	next := ""
	if len(items) > l.size {
		items = items[:l.size]
		next = base64.RawURLEncoding.EncodeToString(fmt.Appendf(nil, "%s:%d", l.name, sequence(items[l.size-1])))
	}
	described := make([]object, 0, len(items))
	for _, item := range items {
		described = append(described, describe(item))
	}
	body := object{field: described}
	if next != "" {
		body["pagination"] = object{"next": next}
	}
	return body
}
