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

// Error codes of the specs.
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

	// The error code of an exceeded rate limit, and its replacement in versions whose spec
	// does not list it.
	codeTooManyRequests   = "TOO_MANY_REQUESTS"
	codeResourceExhausted = "RESOURCE_EXHAUSTED"
)

// rateLimited returns the error code of an exceeded rate limit.
func (o *operation) rateLimited() string {
	for _, response := range o.route.Operation.Responses.Map() {
		media := response.Value.Content[jsonType]
		if media == nil || media.Schema.Value.Properties["error"] == nil {
			continue
		}
		if code := media.Schema.Value.Properties["error"].Value.Properties["code"]; !lists(code, codeTooManyRequests) {
			return codeResourceExhausted
		}
	}
	return codeTooManyRequests
}

// lists reports whether a schema allows a value.
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

// apiError is an error response.
type apiError struct {
	status  int
	code    string
	message string

	retryAfter time.Duration // value of Retry-After; 0 for none
	allow      []string      // value of Allow, for the status 405
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

// writeError writes an error response. The status 400 becomes 422 in the evaluation
// plane.
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

// writeFailure writes an error response in the format of the request's plane.
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
