// Package apierror has the error type of the clients of all planes and
// versions. Generated packages alias it; package rest makes its values.
package apierror

import (
	"encoding/json"
	"net/http"
	"strconv"
	"strings"

	"github.com/pinecone-community/assistant-go/internal/redact"
)

// Error is a response that is not a success, or a success whose body cannot be
// decoded. It holds neither the request nor its headers. Every occurrence of the
// request's API key in the response is replaced with REDACTED.
//
// [errors.Is] compares it with the kinds, such as [ErrNotFound].
type Error struct {
	// StatusCode is the HTTP status of the response, even if its body states
	// another status.
	StatusCode int

	// Code is the service's code, such as "NOT_FOUND", or "". It is a string
	// because one type serves all packages, and each has its own ErrorCode:
	// compare it with string(data.ErrorCodeNotFound).
	Code string

	// Message is the service's message. If the body is not an error as the API
	// describes it, Message is the title of an HTML page, the first bytes of a
	// text or of compacted JSON, or the standard text of the status for an empty
	// body.
	Message string

	// Details is the JSON of error.details in the body, of any type; nil if it
	// is absent or null.
	Details json.RawMessage

	// RequestID is the header x-pinecone-request-id, or else x-request-id.
	RequestID string

	// Method and Path are the method and the escaped path of the request, without
	// its query; after a redirect, of the last request.
	Method string
	Path   string

	// Header has the headers of the response.
	Header http.Header

	// Body is the beginning of the body, at most 64 KiB.
	Body []byte

	// cause is the reason why the body was cut short or cannot be decoded.
	cause error
	// version is the API version of the request. unserved is the same if the
	// service responds that it does not serve this version, and "" otherwise.
	version, unserved string
}

// Error returns one line without control characters, such as
//
//	pinecone: GET /assistant/assistants/x: 404 NOT_FOUND: not found
//
// followed by the request id and the time to wait, if the response has them. Long
// parts are truncated and end in "…". The reason why a body cannot be decoded
// precedes the message, which is in quotes then. An error for a version of the API
// that the service does not serve names the version and the remedy.
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
			": import the package of another version, or send another one with auth.WithVersion if its responses have the same fields"
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

// Unwrap returns the reason why the body was truncated or cannot be decoded, or
// nil.
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

// maxText is the maximum length of a part of the error text in bytes.
const maxText = 500

// line returns s as one line of at most maxText bytes; see redact.Line.
func line(s string) string { return redact.Line(s, maxText) }

// excerpt returns the first maxText bytes of s as valid UTF-8.
func excerpt(s string) string {
	return redact.Cut(strings.ToValidUTF8(strings.TrimSpace(s), "\uFFFD"), maxText)
}
