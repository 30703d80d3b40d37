package emulator

import (
	"context"
	"encoding/base64"
	"fmt"
	"net/http"
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

// itemsAtOnce is how many items of a list without pages are read at once.
const itemsAtOnce = 256

// listing is what a list is of.
type listing[T any] struct {
	field    string // of the reply
	fetch    func(after int64, most int) ([]T, error)
	sequence func(T) int64
	describe func(T) object
}

// reply returns a page of the list, with the token of the next one; without a token on
// the last. A list without pages is read and written in parts: what changes meanwhile
// may be in it or not.
func (l listing[T]) reply(r *request, page *list) (*reply, error) {
	if page.size == everything {
		return l.whole(r), nil
	}
	// One more than a page has tells whether there is another page.
	found, err := l.fetch(page.after, page.size+1)
	if err != nil {
		return nil, err
	}
	next := ""
	if len(found) > page.size {
		found = found[:page.size]
		next = base64.RawURLEncoding.EncodeToString(fmt.Appendf(nil, "%s:%d", page.name, l.sequence(found[page.size-1])))
	}
	described := make([]object, 0, len(found))
	for _, item := range found {
		described = append(described, l.describe(item))
	}
	body := object{l.field: described}
	if next != "" {
		body["pagination"] = object{"next": next}
	}
	return r.ok(body), nil
}

func (l listing[T]) whole(r *request) *reply {
	each := func(add func(any) error) error {
		for after := int64(0); ; {
			found, err := l.fetch(after, itemsAtOnce)
			if err != nil {
				return err
			}
			for _, item := range found {
				after = l.sequence(item)
				body := r.shape(http.StatusOK, object{l.field: []object{l.describe(item)}})
				if err := add(body[l.field].([]object)[0]); err != nil {
					return err
				}
			}
			if len(found) < itemsAtOnce || r.Context().Err() != nil {
				return context.Cause(r.Context())
			}
		}
	}
	return &reply{status: http.StatusOK, items: &items{l.field, each}}
}
