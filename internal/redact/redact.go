// Package redact keeps secrets out of errors.
package redact

import "errors"

// Mark stands where a secret was.
const Mark = "REDACTED"

// Error returns an error with a text of its own that stands in for cause, whose
// text holds a secret. The cause can be matched with errors.Is and errors.As but
// not printed: no formatting verb finds it, and there is no Unwrap that a logger
// could follow.
func Error(text string, cause error) error {
	return &redacted{text, func() error { return cause }}
}

type redacted struct {
	text  string
	cause func() error // verbs do not look into a func
}

func (e *redacted) Error() string        { return e.text }
func (e *redacted) Is(target error) bool { return errors.Is(e.cause(), target) }
func (e *redacted) As(target any) bool   { return errors.As(e.cause(), target) }
