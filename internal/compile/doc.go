package compile

import (
	"fmt"
	goformat "go/format"
	"strings"

	"github.com/oapi-codegen/oapi-codegen/v2/pkg/codegen"
)

// module is the path of this module.
const module = "github.com/pinecone-community/assistant-go"

// packageDoc returns the comment of a package as Go code.
func packageDoc(p *plane, name string) (string, error) {
	example, err := packageExample(p)
	if err != nil {
		return "", err
	}
	lines := wrap(fmt.Sprintf("Package %s is a client of the %s, version %s. %s.", name, p.Title, p.Version, servers(p)))
	if p.Note != "" {
		lines = append(append(lines, ""), wrap(p.Note)...)
	}
	if p.Description != "" {
		lines = append(append(lines, ""), wrap(p.Description)...)
	}
	lines = append(lines, "", "An example:", "")
	imports := fmt.Sprintf("import (\n\t%q\n\t%q\n)\n\n", module+"/auth", module+"/"+p.Folder)
	for line := range strings.SplitSeq(imports+example, "\n") {
		lines = append(lines, "\t"+line)
	}
	lines = append(append(lines, ""), wrap("An [API] has a method for each operation, which returns the decoded response or an [*Error]. A [Client], from "+
		"[NewClient], sends the same requests and returns the *http.Response. The file API.md in the folder above lists all operations.")...)

	var comment strings.Builder
	for _, line := range lines {
		if line != "" && line[0] != '\t' {
			line = " " + line
		}
		comment.WriteString("//" + strings.TrimRight(line, "\t") + "\n")
	}
	return comment.String(), nil
}

// servers returns a sentence with the servers of a plane.
func servers(p *plane) string {
	switch {
	case p.HostVariable != "":
		return "Its server is " + p.Server + ", where [New] puts the host of an assistant"
	case len(p.Regions) > 0:
		var all []string
		for _, r := range p.Regions {
			all = append(all, r.URL+" ("+r.Name+")")
		}
		return "Its servers are " + strings.Join(all, " and ") + ", see [WithRegion]"
	}
	return "Its server is " + p.Server
}

// packageExample returns the example in the comment of a package: the code that
// creates an API, and the code of x-example.
func packageExample(p *plane) (string, error) {
	code := p.newAPI("// host is the Host of the assistant, from package control.\n") + p.Example
	formatted, err := goformat.Source([]byte(code))
	if err != nil {
		return "", fmt.Errorf("%s: %w", extExample, err)
	}
	return strings.TrimSpace(string(formatted)), nil
}

// methodDoc returns the lines of the comment of a method: its name, followed by
// the description of the operation, which starts with a verb.
func methodDoc(op codegen.OperationDefinition) []string {
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
func wrap(text string) []string { return wrapAt(text, 77) }

// wrapAt is wrap for lines of at most width bytes.
func wrapAt(text string, width int) []string {
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
	about := m.Doc
	if !m.StreamOnly {
		about = []string{fmt.Sprintf("%s is like [API.%s] but returns an iterator over the events of the answer, which arrive while the model writes it.", m.Stream.Name, m.Name)}
	}
	text := fmt.Sprintf("%s "+
		"The request is sent when the iteration begins; a second iteration is an error. "+
		"Leaving the loop closes the connection. An error is the last pair of the iteration: if the stream ends before "+
		"its last event, a [*StreamError] that wraps [io.ErrUnexpectedEOF].", strings.Join(about, " "))
	if m.Stream.Ends == "" {
		text = strings.Replace(text, ": if the stream ends before its last event, a [*StreamError] that wraps [io.ErrUnexpectedEOF].",
			". The event that ends a stream is not known, so that a truncated stream cannot be told from a complete one.", 1)
	}
	if c := m.Stream.Collect; c != nil {
		text += fmt.Sprintf(" [%s] collects the events to a response, and [%s] is their text.", c.Name, c.Text)
	}
	return wrap(text)
}

// waitDoc returns the comment of a method that waits.
func waitDoc(m *method) []string {
	text := fmt.Sprintf("%s calls [API.%s] until the status is %s, and returns the last response.",
		m.Wait.Name, m.Name, strings.Join(m.Wait.Done, " or "))
	if len(m.Wait.Failed) > 0 {
		text += fmt.Sprintf(" If it is %s, the error is a [*FailedError].", strings.Join(m.Wait.Failed, " or "))
	}
	return wrap(text + " With any other status, also an unknown one, it goes on until ctx is done. " +
		"The pause between two calls grows from 250 ms to 5 s; see [WaitInterval].")
}

// followDoc returns the comment of a method that calls another one and waits.
func followDoc(m *method) []string {
	text := fmt.Sprintf("%s calls [API.%s] and then waits like [API.%s], with the options in wait, which may be nil. "+
		"The request editors run on every request.", m.Follow.Name, m.Name, m.Follow.Wait.Wait.Name)
	if m.MayEmpty {
		text += " The result is nil if the service responds with 204 and there is nothing to wait for."
	}
	return wrap(text + " If waiting fails, it returns the last response along with the error.")
}

// unionDoc returns the comment of a union, whose description continues its name.
func unionDoc(u *union) []string {
	var members []string
	for _, m := range u.Members {
		members = append(members, "[*"+m.Type+"]")
	}
	subject := "Its value"
	if u.Chunk {
		subject = "It"
	}
	text := u.Doc
	if text == "" {
		text = "is of one of several types."
	}
	lines := wrap(u.Name + " " + text)
	return append(append(lines, ""), wrap(fmt.Sprintf("%s is one of %s; or an [*Unknown%s], for a type that is newer than this package.",
		subject, strings.Join(members, ", "), u.Name))...)
}
