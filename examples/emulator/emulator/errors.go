package emulator

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/pinecone-community/assistant-go/examples/emulator/internal/v2026_04/data"
	"github.com/pinecone-community/assistant-go/examples/emulator/internal/v2026_04/evaluation"
)

// apiError is a reply that refuses a request.
type apiError struct {
	status  int
	code    data.ErrorCode
	message string

	retryAfter time.Duration // 0 if it does not help to wait
}

func (e *apiError) Error() string { return e.message }

func failure(status int, code data.ErrorCode, format string, args ...any) *apiError {
	return &apiError{status: status, code: code, message: fmt.Sprintf(format, args...)}
}

func invalid(format string, args ...any) error {
	return failure(http.StatusBadRequest, data.ErrorCodeInvalidArgument, format, args...)
}

func notFound(format string, args ...any) error {
	return failure(http.StatusNotFound, data.ErrorCodeNotFound, format, args...)
}

// badRequest writes an error that the generated code found in a request.
func badRequest(w http.ResponseWriter, r *http.Request, err error) {
	writeError(w, r, invalid("%v", err))
}

// writeError writes an error. The evaluation plane answers 422 where the others
// answer 400.
func writeError(w http.ResponseWriter, r *http.Request, err error) {
	var e *apiError
	if !errors.As(err, &e) {
		e = failure(http.StatusInternalServerError, data.ErrorCodeInternal, "%v", err)
	}
	status := e.status
	if status == http.StatusBadRequest && isEvaluation(r) {
		status = http.StatusUnprocessableEntity
	}
	if e.retryAfter > 0 {
		w.Header().Set("Retry-After", seconds(e.retryAfter))
	}
	writeFailure(w, r, status, e.code, e.message)
}

// writeFailure writes a reply in the shape that the errors of the request's plane
// have.
func writeFailure(w http.ResponseWriter, r *http.Request, status int, code data.ErrorCode, message string) {
	var body any = data.ErrorResponse{Status: status, Error: data.ErrorDetail{Code: code, Message: message}}
	if isEvaluation(r) {
		body = evaluation.BasicErrorResponse{Message: message}
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body) // the client has gone
}

func isEvaluation(r *http.Request) bool {
	return strings.HasPrefix(r.URL.Path, basePath+"/evaluation/")
}
