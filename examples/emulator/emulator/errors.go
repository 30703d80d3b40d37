package emulator

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/pinecone-community/assistant-go/examples/emulator/internal/store"
)

// Codes of errors, as the specs have them.
const (
	codeUnknown          = "UNKNOWN"
	codeInvalidArgument  = "INVALID_ARGUMENT"
	codeDeadlineExceeded = "DEADLINE_EXCEEDED"
	codeQuotaExceeded    = "QUOTA_EXCEEDED"
	codeNotFound         = "NOT_FOUND"
	codeAlreadyExists    = "ALREADY_EXISTS"
	codeUnauthenticated  = "UNAUTHENTICATED"
	codeUnimplemented    = "UNIMPLEMENTED"
	codeInternal         = "INTERNAL"
	codeUnavailable      = "UNAVAILABLE"
	codeForbidden        = "FORBIDDEN"

	// The code of a 429 that is about a rate, and what stands for it in a version
	// whose spec does not list it.
	codeTooManyRequests   = "TOO_MANY_REQUESTS"
	codeResourceExhausted = "RESOURCE_EXHAUSTED"
)

// rateLimited is the code of a 429 that is about a rate.
func (o *operation) rateLimited() string {
	for _, reply := range o.route.Operation.Responses.Map() {
		media := reply.Value.Content[jsonType]
		if media == nil || media.Schema.Value.Properties["error"] == nil {
			continue
		}
		if code := media.Schema.Value.Properties["error"].Value.Properties["code"]; !lists(code, codeTooManyRequests) {
			return codeResourceExhausted
		}
	}
	return codeTooManyRequests
}

// lists reports whether a schema has a value, or any value.
func lists(schema *openapi3.SchemaRef, value string) bool {
	if schema == nil || len(schema.Value.Enum) == 0 {
		return true
	}
	for _, listed := range schema.Value.Enum {
		if listed == value {
			return true
		}
	}
	return false
}

// apiError is a reply that refuses a request.
type apiError struct {
	status  int
	code    string
	message string

	retryAfter time.Duration // 0 if it does not help to wait
	allow      []string      // methods, of a 405
}

func (e *apiError) Error() string { return e.message }

func failure(status int, code string, format string, args ...any) *apiError {
	return &apiError{status: status, code: code, message: fmt.Sprintf(format, args...)}
}

func invalid(format string, args ...any) error {
	return failure(http.StatusBadRequest, codeInvalidArgument, format, args...)
}

func notFound(format string, args ...any) error {
	return failure(http.StatusNotFound, codeNotFound, format, args...)
}

// writeError writes an error. The evaluation plane answers 422 where the others
// answer 400.
func writeError(w http.ResponseWriter, r *http.Request, err error) {
	var e *apiError
	switch {
	case errors.Is(err, store.ErrFull):
		e = failure(http.StatusServiceUnavailable, codeUnavailable, "%v", store.ErrFull)
	case errors.Is(err, store.ErrSlowFilter):
		e = failure(http.StatusBadRequest, codeInvalidArgument, "filter: %v", store.ErrSlowFilter)
	case !errors.As(err, &e):
		e = failure(http.StatusInternalServerError, codeInternal, "%v", err)
	}
	status := e.status
	if status == http.StatusBadRequest && isEvaluation(r) {
		status = http.StatusUnprocessableEntity
	}
	if e.retryAfter > 0 {
		w.Header().Set("Retry-After", seconds(e.retryAfter))
	}
	if len(e.allow) > 0 {
		w.Header().Set("Allow", strings.Join(e.allow, ", "))
	}
	writeFailure(w, r, status, e.code, e.message)
}

// writeFailure writes a reply in the shape that the errors of the request's plane
// have.
func writeFailure(w http.ResponseWriter, r *http.Request, status int, code, message string) {
	if isEvaluation(r) {
		writeJSON(w, status, object{"message": message})
		return
	}
	writeJSON(w, status, object{"status": status, "error": object{"code": code, "message": message}})
}

func isEvaluation(r *http.Request) bool {
	return strings.HasPrefix(r.URL.Path, basePath+"/evaluation/")
}
