// Package redact removes secrets from the texts of errors, for packages apierror
// and rest.
package redact

import "errors"

// Mark replaces a secret.
const Mark = "REDACTED"

// Error returns an error with the given text in place of the text of cause,
// which contains a secret. errors.Is and errors.As match the cause, but nothing
// prints it: the formatting verbs do not reach it, and there is no Unwrap
// method that a logger could follow.
func Error(text string, cause error) error {
	return &redacted{text, func() error { return cause }}
}

type redacted struct {
	text  string
	cause func() error // the verbs of package fmt do not print the variables of a func
}

func (e *redacted) Error() string        { return e.text }
func (e *redacted) Is(target error) bool { return errors.Is(e.cause(), target) }
func (e *redacted) As(target any) bool   { return errors.As(e.cause(), target) }
