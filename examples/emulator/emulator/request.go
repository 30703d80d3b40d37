package emulator

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"strconv"
	"unicode/utf8"
)

// request is a request for an operation. Once it is checked it is as the spec of
// its version says.
type request struct {
	*http.Request
	version   *version
	operation *operation
	path      map[string]string // parameters in the path
	fault     Fault
	baseURL   string     // where the client reached the emulator
	values    url.Values // parameters in the query
	body      fields     // of a JSON body
	entry     *Request   // in the journal
	leave     func()     // gives back what the request has of the memory of all
}

type requestKey struct{}

// requestOf returns the request that is being served.
func requestOf(ctx context.Context) *request {
	r, _ := ctx.Value(requestKey{}).(*request)
	return r
}

// newRequest returns a request that can be found again by its context.
func newRequest(r *http.Request, version *version, operation *operation, path map[string]string, fault Fault) *request {
	scheme := "http"
	if r.TLS != nil {
		scheme = "https"
	}
	found := &request{leave: func() {}, version: version, operation: operation, path: path, fault: fault, baseURL: scheme + "://" + r.Host}
	found.Request = r.WithContext(context.WithValue(r.Context(), requestKey{}, found))
	return found
}

// hostOf is the host that replies name, which is the emulator's own.
func hostOf(ctx context.Context) string { return requestOf(ctx).baseURL }

func (r *request) assistant() string { return r.path["assistant_name"] }

func (r *request) file() string { return r.path["assistant_file_id"] }

// query returns a parameter of the query; "" if the version has no such parameter.
func (r *request) query(name string) string {
	if !r.operation.has(name) {
		return ""
	}
	return r.values.Get(name)
}

// flag returns a parameter that is true or false.
func (r *request) flag(name string) (bool, error) {
	switch value := r.query(name); value {
	case "", "false":
		return false, nil
	case "true":
		return true, nil
	default:
		return false, invalid("%s: %q, want true or false", name, shown(value))
	}
}

// object returns a parameter that is a JSON object; nil if it is absent.
func (r *request) object(name string) (object, error) {
	text := r.query(name)
	if text == "" {
		return nil, nil
	}
	var value object
	if err := json.Unmarshal([]byte(text), &value); err != nil || value == nil || !utf8.ValidString(text) {
		return nil, invalid("%s: want a JSON object, in UTF-8", name)
	}
	return value, nil
}

// page returns the page of a list that the request asks for. A version without
// pages has all in one. The bounds of a page are those that the specs have in
// words, or in numbers for operations.
func (r *request) page(list string, absent int) (*list, error) {
	if !r.operation.has("limit") {
		return newList(list, everything, "")
	}
	size := absent
	if text := r.query("limit"); text != "" {
		var err error
		if size, err = strconv.Atoi(text); err != nil || size < 1 || size > maxPage {
			return nil, invalid("limit: %s, want 1 to %d", shown(text), maxPage)
		}
	}
	return newList(list, size, r.query("pagination_token"))
}

// The largest page, and one that holds everything.
const (
	maxPage    = 100
	everything = 1 << 30
)
