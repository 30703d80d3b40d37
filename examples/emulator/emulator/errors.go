package emulator

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/pinecone-community/assistant-go/examples/emulator/internal/v2026_04/data"
	"github.com/pinecone-community/assistant-go/examples/emulator/internal/v2026_04/evaluation"
)

// apiError is a reply that refuses a request.
type apiError struct {
	status  int
	code    data.ErrorCode
	message string
}

func (e *apiError) Error() string { return e.message }

func failure(status int, code data.ErrorCode, format string, args ...any) error {
	return &apiError{status, code, fmt.Sprintf(format, args...)}
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

// writeError writes an error in the shape of the plane that the request is for.
// The evaluation plane has its own, and answers 422 where the others answer 400.
func writeError(w http.ResponseWriter, r *http.Request, err error) {
	var e *apiError
	if !errors.As(err, &e) {
		e = &apiError{http.StatusInternalServerError, data.ErrorCodeInternal, err.Error()}
	}
	status := e.status
	var body any = data.ErrorResponse{Status: status, Error: data.ErrorDetail{Code: e.code, Message: e.message}}
	if strings.HasPrefix(r.URL.Path, basePath+"/evaluation/") {
		body = evaluation.BasicErrorResponse{Message: e.message}
		if status == http.StatusBadRequest {
			status = http.StatusUnprocessableEntity
		}
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body) // the client has gone
}
