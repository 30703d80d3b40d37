package emulator

import (
	"context"
	"encoding/base64"
	"fmt"
	"net/http"
	"strconv"
	"strings"
)

// list is a position in a list. A page token contains the name of the list and the
// sequence number of the last item of a page, so that no item is missed or repeated after
// deletions, additions or a restart.
type list struct {
	name  string // name of the list
	size  int    // size of a page
	after int64  // sequence number after which the page begins
}

// newList returns the position of a page token, or the start of the list if the token is
// empty.
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

// itemsAtOnce is the number of items of a list without pages that are read in one query.
const itemsAtOnce = 256

// listing is the response of a list operation for items of type T.
type listing[T any] struct {
	field    string // name of the field with the list
	fetch    func(after int64, most int) ([]T, error)
	sequence func(T) int64 // returns the sequence number of an item
	describe func(T) object
}

// response returns a page of the list, with the page token of the next page if there is one.
// A list without pages is read in several queries; an item that is added or deleted
// meanwhile may be in it or not.
func (l listing[T]) response(r *request, page *list) (*response, error) {
	if page.size == everything {
		return l.whole(r), nil
	}
	// Fetch one more item, which shows whether there is another page.
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

func (l listing[T]) whole(r *request) *response {
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
	return &response{status: http.StatusOK, items: &items{l.field, each}}
}
