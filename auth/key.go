package auth

import (
	"errors"
	"fmt"
	"strings"
)

// checkKey returns an error that ends in remedy if key cannot be sent.
func checkKey(key, remedy string) error {
	if key == "" {
		return fmt.Errorf("%w: %s", ErrNoKey, remedy)
	}
	if !isVisibleASCII(key) {
		return fmt.Errorf("%w: it holds a space, a line break or another character outside 0x21 to 0x7E; %s",
			ErrInvalidKey, remedy)
	}
	return nil
}

// isVisibleASCII reports whether s has only bytes from 0x21 to 0x7E, which a
// header value can carry and keep as they are.
func isVisibleASCII(s string) bool {
	for i := range len(s) {
		if s[i] < 0x21 || s[i] > 0x7e {
			return false
		}
	}
	return true
}

// keyFuncError wraps the error that a key function returned along with key.
func keyFuncError(err error, key string) error {
	const prefix = "auth: the function passed to auth.KeyFunc: "
	text, key := err.Error(), strings.TrimSpace(key)
	if key == "" || !strings.Contains(text, key) {
		return fmt.Errorf(prefix+"%w", err)
	}
	return &redactedError{
		text:  prefix + strings.ReplaceAll(text, key, "REDACTED"),
		cause: func() error { return err },
	}
}

// redactedError stands in for an error whose text holds the key. The original
// can be matched but not printed: it is behind a func, which no formatting
// verb looks into, and there is no Unwrap that a logger could follow.
type redactedError struct {
	text  string
	cause func() error
}

func (e *redactedError) Error() string        { return e.text }
func (e *redactedError) Is(target error) bool { return errors.Is(e.cause(), target) }
func (e *redactedError) As(target any) bool   { return errors.As(e.cause(), target) }
