package main

import (
	"fmt"
	"strings"
)

// fault is the error of a published spec that cannot be imported. Its text is
// one line.
type fault struct {
	line          int    // in the published file; 0 if unknown
	place, reason string // place of the element; "" for the document
}

func newFault(line int, place, reason string, args ...any) error {
	reason = fmt.Sprintf(reason, args...)
	return &fault{line, place, strings.Join(strings.Fields(reason), " ")}
}

func (f *fault) Error() string {
	text := f.reason
	if f.place != "" {
		text = f.place + ": " + text
	}
	if f.line > 0 {
		text = fmt.Sprintf("%d: %s", f.line, text)
	}
	return text
}
