package compile

import (
	"fmt"
	goformat "go/format"
	"strings"

	"github.com/oapi-codegen/oapi-codegen/v2/pkg/codegen"
)

// module is the path of the module that the packages are in.
const module = "github.com/pinecone-community/assistant-go"

// packageDoc returns the comment of a package, as it stands in the code.
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
	lines = append(lines, "", "An example, with the key from the environment:", "")
	imports := fmt.Sprintf("import (\n\t%q\n\t%q\n)\n\n", module+"/auth", module+"/"+p.Folder)
	for line := range strings.SplitSeq(imports+example, "\n") {
		lines = append(lines, "\t"+line)
	}
	lines = append(append(lines, ""), wrap("The methods of an [API] are named after the API's operations and return what the service "+
		"replies, or an [*Error]. The methods of a [Client], which [NewClient] returns, send the same requests and return the *http.Response.")...)

	var comment strings.Builder
	for _, line := range lines {
		if line != "" && line[0] != '\t' {
			line = " " + line
		}
		comment.WriteString("//" + strings.TrimRight(line, "\t") + "\n")
	}
	return comment.String(), nil
}

// servers says where the requests of a plane go.
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

// packageExample returns the example in a package's comment: how to get an API,
// and the spec's own code.
func packageExample(p *plane) (string, error) {
	code := p.newAPI("// host is the Host of the assistant, from package control.\n") + p.Example
	formatted, err := goformat.Source([]byte(code))
	if err != nil {
		return "", fmt.Errorf("%s: %w", extExample, err)
	}
	return strings.TrimSpace(string(formatted)), nil
}

// methodDoc returns the comment of a method, by line: the operation's description,
// which starts with a verb, behind the method's name.
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
		about = []string{fmt.Sprintf("%s is [API.%s] with the answer as it is written, chunk by chunk.", m.Stream.Name, m.Name)}
	}
	text := fmt.Sprintf("%s "+
		"The request is sent when the loop over the chunks begins, which can be done once. "+
		"Leaving the loop closes the connection, and an error ends it: a stream that stops in the middle is a "+
		"[*StreamError] that wraps [io.ErrUnexpectedEOF].", strings.Join(about, " "))
	if m.Stream.Ends == "" {
		text = strings.Replace(text, ": a stream that stops in the middle is a [*StreamError] that wraps [io.ErrUnexpectedEOF].",
			". What tells the last chunk is not known, so that a stream that the connection cut short ends like a whole one.", 1)
	}
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

// followDoc returns the comment of a method that calls another one and waits.
func followDoc(m *method) []string {
	text := fmt.Sprintf("%s calls [API.%s] and then waits as [API.%s] does, with the options in wait, which may be nil. "+
		"The request editors run on all requests.", m.Follow.Name, m.Name, m.Follow.Wait.Wait.Name)
	if m.MayEmpty {
		text += " The result is nil if there is nothing to wait for."
	}
	return wrap(text + " With an error of the wait it returns the last reply.")
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
	return append(append(lines, ""), wrap(fmt.Sprintf("%s is one of %s, or an [*Unknown%s].",
		subject, strings.Join(members, ", "), u.Name))...)
}
