package apierror

import (
	"errors"
	"fmt"
	"testing"
)

var kinds = []error{
	ErrBadRequest, ErrUnauthorized, ErrForbidden, ErrNotFound, ErrConflict, ErrRateLimited, ErrServer,
}

func TestKinds(t *testing.T) {
	tests := []struct {
		status int
		code   string
		want   error
	}{
		{400, "", ErrBadRequest},
		{422, "", ErrBadRequest},
		{401, "", ErrUnauthorized},
		{403, "", ErrForbidden},
		{404, "", ErrNotFound},
		{409, "", ErrConflict},
		{429, "", ErrRateLimited},
		{429, "TOO_MANY_REQUESTS", ErrRateLimited},
		{429, "QUOTA_EXCEEDED", ErrRateLimited},
		{429, "NOT_FOUND", ErrRateLimited},
		{429, "ALREADY_EXISTS", ErrConflict},
		{500, "", ErrServer},
		{503, "", ErrServer},
		{599, "", ErrServer},
		{600, "", ErrServer},
		{999, "", ErrServer},

		{400, "NOT_FOUND", ErrBadRequest},
		{400, "ALREADY_EXISTS", ErrBadRequest},
		{401, "FORBIDDEN", ErrUnauthorized},
		{403, "QUOTA_EXCEEDED", ErrForbidden},
		{404, "UNAUTHENTICATED", ErrNotFound},
		{500, "NOT_FOUND", ErrServer},

		{418, "INVALID_ARGUMENT", ErrBadRequest},
		{418, "UNAUTHENTICATED", ErrUnauthorized},
		{418, "FORBIDDEN", ErrForbidden},
		{418, "PERMISSION_DENIED", ErrForbidden},
		{410, "NOT_FOUND", ErrNotFound},
		{412, "ALREADY_EXISTS", ErrConflict},
		{402, "TOO_MANY_REQUESTS", ErrRateLimited},
		{402, "RESOURCE_EXHAUSTED", ErrRateLimited},
		{402, "QUOTA_EXCEEDED", ErrRateLimited},
		{0, "NOT_FOUND", ErrNotFound},

		{418, "", nil},
		{418, "UNKNOWN", nil},
		{418, "not_found", nil},
		{304, "", nil},
		{100, "", nil},
		{0, "", nil},
		{200, "", nil},
		{200, "NOT_FOUND", nil},
		{299, "UNAUTHENTICATED", nil},
	}
	for _, tt := range tests {
		t.Run(fmt.Sprint(tt.status, " ", tt.code), func(t *testing.T) {
			err := fmt.Errorf("wrapped: %w", &Error{StatusCode: tt.status, Code: tt.code})
			for _, kind := range kinds {
				if got := errors.Is(err, kind); got != (kind == tt.want) {
					t.Errorf("errors.Is(err, %q) = %t", kind, got)
				}
			}
			if errors.Is(err, nil) || (&Error{}).Is(nil) {
				t.Error("matches nil")
			}
		})
	}
}
