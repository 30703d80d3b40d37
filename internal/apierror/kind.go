package apierror

import (
	"errors"
	"net/http"
)

// Kinds of errors, for [errors.Is]. An [Error] matches at most one of them:
//
//   - The status decides if it is 400, 401, 403, 404, 409, 422, 429 or at least
//     500. There is one exception: 429 with the code ALREADY_EXISTS is a
//     conflict, as the published specs document this response for a name that
//     is taken. A used-up quota (429 QUOTA_EXCEEDED) matches ErrRateLimited
//     like any other 429, although waiting may not help: see Code.
//   - A response with a 2xx status matches none.
//   - For every other status the code decides.
var (
	ErrBadRequest   = errors.New("pinecone: bad request")  // 400, 422; INVALID_ARGUMENT
	ErrUnauthorized = errors.New("pinecone: unauthorized") // 401; UNAUTHENTICATED
	ErrForbidden    = errors.New("pinecone: forbidden")    // 403; FORBIDDEN, PERMISSION_DENIED
	ErrNotFound     = errors.New("pinecone: not found")    // 404; NOT_FOUND
	ErrConflict     = errors.New("pinecone: conflict")     // 409; ALREADY_EXISTS
	ErrRateLimited  = errors.New("pinecone: rate limited") // 429; TOO_MANY_REQUESTS, RESOURCE_EXHAUSTED, QUOTA_EXCEEDED
	ErrServer       = errors.New("pinecone: server error") // 500 and above
)

const codeAlreadyExists = "ALREADY_EXISTS"

var kindOfStatus = map[int]error{
	http.StatusBadRequest:          ErrBadRequest,
	http.StatusUnprocessableEntity: ErrBadRequest,
	http.StatusUnauthorized:        ErrUnauthorized,
	http.StatusForbidden:           ErrForbidden,
	http.StatusNotFound:            ErrNotFound,
	http.StatusConflict:            ErrConflict,
	http.StatusTooManyRequests:     ErrRateLimited,
}

var kindOfCode = map[string]error{
	"INVALID_ARGUMENT":   ErrBadRequest,
	"UNAUTHENTICATED":    ErrUnauthorized,
	"FORBIDDEN":          ErrForbidden,
	"PERMISSION_DENIED":  ErrForbidden,
	"NOT_FOUND":          ErrNotFound,
	codeAlreadyExists:    ErrConflict,
	"TOO_MANY_REQUESTS":  ErrRateLimited,
	"RESOURCE_EXHAUSTED": ErrRateLimited,
	"QUOTA_EXCEEDED":     ErrRateLimited,
}

// Is reports whether target is the kind of e, such as [ErrNotFound].
func (e *Error) Is(target error) bool {
	kind := e.kind()
	return kind != nil && kind == target
}

func (e *Error) kind() error {
	switch kind := kindOfStatus[e.StatusCode]; {
	case errors.Is(kind, ErrRateLimited) && e.Code == codeAlreadyExists:
		return ErrConflict
	case kind != nil:
		return kind
	case e.StatusCode >= 500:
		return ErrServer
	case e.StatusCode/100 == 2:
		return nil
	}
	return kindOfCode[e.Code]
}
