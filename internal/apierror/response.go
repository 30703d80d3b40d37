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

// MaxBody is the maximum number of bytes of a body that an Error keeps.
const MaxBody = 64 << 10

// FromResponse returns the error for a response that is not a success. It keeps
// at most MaxBody bytes of the body. If the body is longer and JSON,
// FromResponse searches the rest for the code and the message. It does not
// close the body.
//
// If the body is cut short, FromResponse uses the part that was received. The
// read error, such as [io.ErrUnexpectedEOF], becomes the cause.
func FromResponse(resp *http.Response) *Error {
	e, r := newError(resp)
	var body []byte
	more := io.Reader(http.NoBody)
	if resp.Body != nil {
		var err error
		if body, err = io.ReadAll(io.LimitReader(resp.Body, MaxBody)); err != nil {
			e.cause = r.Error(fmt.Errorf("response cut short: %w", err))
		} else if len(body) == MaxBody {
			more = resp.Body
		}
	}
	e.describe(r, body, more)
	return e
}

// FromEvent returns the error that is reported by an event of a stream or by
// the body of a 2xx response. Its status is the status that the event contains,
// if that is 400 to 599, or else the status of the response.
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

// FromSuccess returns the error for a 2xx response whose body cannot be used. The
// argument body is the part of the body that was read. The argument cause is
// the reason; if it is nil, the reason is the content type. Message is the
// beginning of the body. The text of the error has both.
func FromSuccess(resp *http.Response, body []byte, cause error) *Error {
	e, r := newError(resp)
	if cause == nil {
		cause = errors.New("response is not JSON but " + cmp.Or(resp.Header.Get("Content-Type"), "of no content type"))
	}
	e.cause = r.Error(cause)
	e.Body = r.body(body)
	e.Message = excerpt(string(e.Body))
	return e
}

// describe sets the fields that come from the body. The rest of the body can be
// read from more.
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
		e.unserved = cmp.Or(e.version, `""`)
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
