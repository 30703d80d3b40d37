package main

import (
	"context"
	"errors"
	"fmt"
)

// certainty is how sure this project is of a fact.
type certainty string

const (
	published  certainty = "spec"    // in the published specs
	documented certainty = "docs"    // on Pinecone's documentation pages
	observed   certainty = "sdk"     // asserted or sent by an official SDK
	guessed    certainty = "unknown" // what this project guesses, for want of a source
)

// check is a fact of the service: what is sent and what must come back.
type check struct {
	name   string // plane and fact, such as "files: delete twice is 204"
	sure   certainty
	source string
	// run returns nil if the fact holds, a notTried error if that could not be found
	// out, and otherwise what came instead.
	run func(ctx context.Context, s *session) error
}

// notTried says why a check was not tried.
type notTried struct{ why string }

func (n notTried) Error() string { return n.why }

func skip(format string, args ...any) error { return notTried{fmt.Sprintf(format, args...)} }

// outcome is what came of a check.
type outcome struct {
	check  check
	result string // holds, differs or not tried
	detail string
}

// try runs a check.
func try(ctx context.Context, s *session, c check) outcome {
	s.begin(c.name)
	err := c.run(ctx, s)
	var not notTried
	switch {
	case err == nil:
		return outcome{c, "holds", ""}
	case ctx.Err() != nil:
		return outcome{c, "not tried", "interrupted"}
	case errors.As(err, &not):
		return outcome{c, "not tried", s.redact(not.why)}
	}
	return outcome{c, "differs", s.redact(err.Error())}
}
