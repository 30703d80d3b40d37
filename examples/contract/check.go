package main

import (
	"context"
	"errors"
	"fmt"
)

// certainty is the kind of source of a fact.
type certainty string

const (
	published  certainty = "spec"    // in the published specs
	documented certainty = "docs"    // on Pinecone's documentation pages
	observed   certainty = "sdk"     // asserted or sent by an official SDK
	guessed    certainty = "unknown" // a guess of this project, without a source
)

// check is a fact about the service: a request and the expected response.
type check struct {
	name   string // plane and fact, such as "files: delete twice is 204"
	sure   certainty
	source string
	// run returns nil if the fact holds, a notTried error if the check cannot
	// tell, and otherwise an error that describes the response.
	run func(ctx context.Context, s *session) error
}

// notTried is the reason why a check was not tried.
type notTried struct{ why string }

func (n notTried) Error() string { return n.why }

func skip(format string, args ...any) error { return notTried{fmt.Sprintf(format, args...)} }

// outcome is the result of a check.
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
