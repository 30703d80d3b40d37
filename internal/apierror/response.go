package apierror

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
)

// MaxBody is how many bytes of a body are read and kept.
const MaxBody = 64 << 10

// FromResponse returns the error for a reply that is not a success. It keeps at
// most MaxBody bytes of the body, and does not close it: the caller does. Of a
// longer body that is JSON, more is read for its code and message.
//
// A body that ends early is used as far as it came; the error of reading it,
// such as [io.ErrUnexpectedEOF], is the cause.
func FromResponse(resp *http.Response) *Error {
	e, r := newError(resp)
	var body []byte
	more := io.Reader(http.NoBody)
	if resp.Body != nil {
		var err error
		if body, err = io.ReadAll(io.LimitReader(resp.Body, MaxBody)); err != nil {
			e.cause = r.Error(fmt.Errorf("reply cut short: %w", err))
		} else if len(body) == MaxBody {
			more = resp.Body
		}
	}
	e.describe(r, body, more)
	return e
}

// FromEvent returns the error that came as an event of a stream, or as a body
// with a status of success. Its status is the one that the event gives, if that
// is the status of an error, else the reply's.
func FromEvent(resp *http.Response, event []byte) *Error {
	e, r := newError(resp)
	var claim struct {
		Status int `json:"status"`
	}
	if json.Unmarshal(trimSpace(event), &claim) == nil && claim.Status >= 400 && claim.Status < 600 {
		e.StatusCode = claim.Status
	}
	e.describe(r, event, http.NoBody)
	return e
}

// Reply returns the error for a reply that says success but whose body, of
// which body is what was read, cannot be used. cause says why in words; when
// it is nil, the content type is the reason. Message is the first bytes of
// body, and Error shows both.
func Reply(resp *http.Response, body []byte, cause error) *Error {
	e, r := newError(resp)
	if cause == nil {
		cause = errors.New("reply is not JSON but " + cmp.Or(resp.Header.Get("Content-Type"), "of no content type"))
	}
	e.cause = r.Error(cause)
	e.Body = r.body(body)
	e.Message = excerpt(string(e.Body))
	return e
}

// describe sets what a body says, of which more follows what was read of it.
func (e *Error) describe(r redactor, body []byte, more io.Reader) {
	e.Body = r.body(body)
	found := describe(e.Body, e.Header.Get("Content-Type"))
	if len(body) >= MaxBody || found.code == "" {
		text := trimSpace(body)
		if len(text) > 0 && text[0] == '{' && (len(body) >= MaxBody || !json.Valid(text)) {
			code, message := scan(io.MultiReader(bytes.NewReader(text), more))
			found.code = cmp.Or(code, found.code)
			found.message = cmp.Or(excerpt(r.Text(message)), found.message)
		}
	}
	e.Code = r.Text(found.code)
	e.Message = cmp.Or(r.Text(found.message), http.StatusText(e.StatusCode))
	e.Details = found.details
	if e.StatusCode == http.StatusForbidden && strings.Contains(strings.ToLower(e.Message), "invalid api version") {
		e.unserved = cmp.Or(e.version, "of no version")
	}
}

func newError(resp *http.Response) (*Error, redactor) {
	r := newRedactor(resp.Request)
	e := &Error{StatusCode: resp.StatusCode, Header: r.header(resp.Header)}
	e.RequestID = cmp.Or(e.Header.Get("X-Pinecone-Request-Id"), e.Header.Get("X-Request-Id"))
	if req := resp.Request; req != nil {
		e.Method = r.Text(cmp.Or(req.Method, http.MethodGet))
		e.version = r.Text(req.Header.Get("X-Pinecone-Api-Version"))
		if req.URL != nil {
			e.Path = r.Text(req.URL.EscapedPath())
		}
	}
	return e, r
}
