package emulator

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"strconv"
	"unicode/utf8"
)

// request is a request for an operation.
type request struct {
	*http.Request
	version   *version
	operation *operation
	path      map[string]string // path parameters
	fault     Fault
	baseURL   string     // base URL that the client used
	values    url.Values // query parameters, set by validate
	body      fields     // fields of a JSON body, set by validate
	entry     *Request   // entry in the journal
	release   func()     // releases the request's memory, see acquireMemory
}

type requestKey struct{}

// requestOf returns the request in a context.
func requestOf(ctx context.Context) *request {
	r, _ := ctx.Value(requestKey{}).(*request)
	return r
}

// newRequest returns a request whose context contains it.
func newRequest(r *http.Request, version *version, operation *operation, path map[string]string, fault Fault) *request {
	scheme := "http"
	if r.TLS != nil {
		scheme = "https"
	}
	found := &request{release: func() {}, version: version, operation: operation, path: path, fault: fault, baseURL: scheme + "://" + r.Host}
	found.Request = r.WithContext(context.WithValue(r.Context(), requestKey{}, found))
	return found
}

// hostOf returns the host in responses, which is the emulator's base URL.
func hostOf(ctx context.Context) string { return requestOf(ctx).baseURL }

func (r *request) assistant() string { return r.path["assistant_name"] }

func (r *request) file() string { return r.path["assistant_file_id"] }

// query returns a query parameter, or "" if the spec of the version does not list it.
func (r *request) query(name string) string {
	if !r.operation.has(name) {
		return ""
	}
	return r.values.Get(name)
}

// flag returns a boolean query parameter.
func (r *request) flag(name string) (bool, error) {
	switch value := r.query(name); value {
	case "", "false":
		return false, nil
	case "true":
		return true, nil
	default:
		return false, invalid("%s: %q, want true or false", name, truncate(value))
	}
}

// object returns a query parameter that is a JSON object, or nil if it is absent.
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

// page returns the requested page of a list. A version without pages has a single page
// with all items. The limits of the page size are those in the specs' descriptions.
func (r *request) page(list string, absent int) (*list, error) {
	if !r.operation.has("limit") {
		return newList(list, everything, "")
	}
	size := absent
	if text := r.query("limit"); text != "" {
		var err error
		if size, err = strconv.Atoi(text); err != nil || size < 1 || size > maxPage {
			return nil, invalid("limit: %s, want 1 to %d", truncate(text), maxPage)
		}
	}
	return newList(list, size, r.query("pagination_token"))
}

const (
	maxPage    = 100     // limit of the page size
	everything = 1 << 30 // page size of a list without pages
)
