// Package apierror holds the one error type that the clients of all planes and
// versions return for a reply that cannot be used. Generated packages alias it.
package apierror

import (
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
)

// Error is a reply that is not a success, or a success whose body could not be
// used. It keeps neither the request nor its headers, and every occurrence of
// the request's key in the reply has been replaced with REDACTED.
//
// [errors.Is] matches it against the kinds, such as [ErrNotFound].
type Error struct {
	// StatusCode is the HTTP status, whatever status the body claims.
	StatusCode int

	// Code is the service's code, such as "NOT_FOUND"; empty when the reply had
	// none. It is a string because one type serves all packages, each of which
	// has an ErrorCode of its own: compare it with string(data.ErrorCodeNotFound),
	// or convert it, data.ErrorCode(err.Code). [errors.Is] matches the kinds.
	Code string

	// Message is the service's message. When the body is not an error that
	// the API describes, it is the title of an HTML page, the first bytes of
	// a text or of compacted JSON, or the standard text of the status for an
	// empty body.
	Message string

	// Details is the error.details of the reply as sent, which can be any
	// JSON; nil if absent or null.
	Details json.RawMessage

	// RequestID is x-pinecone-request-id, else x-request-id.
	RequestID string

	// Method and Path are those of the request; after a redirect, of the last
	// one. Path is escaped as sent and has no query.
	Method string
	Path   string

	// Header has the headers of the reply.
	Header http.Header

	// Body is the body as sent, up to MaxBody bytes.
	Body []byte

	// cause says why a body was cut short or could not be used.
	cause error
	// version is the version of the API that the request asked for, and unserved
	// the same if the service says that it does not serve it.
	version, unserved string
}

// Error returns one line without control characters, such as
//
//	pinecone: GET /assistant/assistants/x: 404 NOT_FOUND: Assistant "x" not found (request id abc)
//
// What is not known is left out, and long parts end in "…". When there is a
// cause it comes before the message, which is in quotes then. The time that the
// service asks to wait, see RetryAfter, follows the request id. An error for a
// version of the API that the service does not serve says which version the
// request asked for and what to do.
func (e *Error) Error() string {
	var status string
	if e.StatusCode != 0 {
		status = strconv.Itoa(e.StatusCode)
	}
	parts := []string{"pinecone", words(e.Method, e.Path), words(status, e.Code)}
	message := line(e.Message)
	if e.cause != nil {
		parts = append(parts, line(e.cause.Error()))
		if message != "" {
			message = strconv.Quote(message)
		}
	}
	text := join(append(parts, message), ": ")
	if e.unserved != "" {
		text += ": the request asked for version " + line(e.unserved) +
			": import the package of another version, or send another one with auth.WithVersion if its replies have the same form"
	}
	var notes []string
	if id := line(e.RequestID); id != "" {
		notes = append(notes, "request id "+id)
	}
	if after, ok := e.RetryAfter(); ok && e.StatusCode/100 != 2 {
		notes = append(notes, "retry after "+after.String())
	}
	if notes != nil {
		text += " (" + strings.Join(notes, ", ") + ")"
	}
	return text
}

// Unwrap returns why the body was cut short or could not be used, else nil.
func (e *Error) Unwrap() error { return e.cause }

func words(parts ...string) string {
	for i, part := range parts {
		parts[i] = line(part)
	}
	return join(parts, " ")
}

func join(parts []string, sep string) string {
	var known []string
	for _, part := range parts {
		if part != "" {
			known = append(known, part)
		}
	}
	return strings.Join(known, sep)
}
