package main

import (
	"fmt"
	"strings"

	"github.com/oapi-codegen/oapi-codegen/v2/pkg/codegen"
)

// doc returns the comment of a method, by line: the operation's description,
// which starts with a verb, behind the method's name.
func doc(op codegen.OperationDefinition) []string {
	text := strings.TrimSpace(op.Spec.Description)
	if text == "" {
		text = strings.TrimSpace(op.Summary)
	}
	if text == "" {
		return []string{op.OperationId + " calls the operation of that name."}
	}
	return wrap(op.OperationId + " " + strings.ToLower(text[:1]) + text[1:])
}

// wrap breaks a text into lines of at most 77 bytes, which a comment sign and a
// blank make 80. Line breaks of the text are kept.
func wrap(text string) []string {
	const width = 77
	var lines []string
	for _, paragraph := range strings.Split(text, "\n") {
		line := ""
		for _, word := range strings.Fields(paragraph) {
			if line != "" && len(line)+1+len(word) > width {
				lines = append(lines, line)
				line = ""
			}
			line = strings.TrimLeft(line+" "+word, " ")
		}
		lines = append(lines, line)
	}
	return lines
}

// streamDoc returns the comment of a method that streams.
func streamDoc(m *method) []string {
	text := fmt.Sprintf("%s is [API.%s] with the answer as it is written, chunk by chunk. "+
		"The request is sent when the loop over the chunks begins, which can be done once. "+
		"Leaving the loop closes the connection, and an error ends it: a stream that stops in the middle is a "+
		"[*StreamError] that wraps [io.ErrUnexpectedEOF].", m.Stream.Name, m.Name)
	if c := m.Stream.Collect; c != nil {
		text += fmt.Sprintf(" [%s] puts the chunks together, and [%s] is their text.", c.Name, c.Text)
	}
	return wrap(text)
}

// waitDoc returns the comment of a method that waits.
func waitDoc(m *method) []string {
	text := fmt.Sprintf("%s calls [API.%s] until the status is %s, and returns the last reply.",
		m.Wait.Name, m.Name, strings.Join(m.Wait.Done, " or "))
	if len(m.Wait.Failed) > 0 {
		text += fmt.Sprintf(" If it is %s, the error is a [*FailedError].", strings.Join(m.Wait.Failed, " or "))
	}
	return wrap(text + " Any other status, also one that this package does not know, keeps it waiting until ctx is done. " +
		"See [WaitOption] for how often it asks.")
}

// unionDoc returns the comment of a union.
func unionDoc(u *union) []string {
	var members []string
	for _, m := range u.Members {
		members = append(members, "[*"+m.Type+"]")
	}
	subject := "Its value"
	if u.Chunk {
		subject = "It"
	}
	lines := wrap(strings.TrimSpace(u.Name + " is of one of several types. " + u.Doc))
	return append(append(lines, ""), wrap(fmt.Sprintf("%s is one of %s, or an [*Unknown%s].",
		subject, strings.Join(members, ", "), u.Name))...)
}
