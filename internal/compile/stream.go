package compile

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/oapi-codegen/oapi-codegen/v2/pkg/codegen"
)

const eventStream = "text/event-stream"

// stream describes the event stream of an operation.
type stream struct {
	Name   string // name of the Go method
	Chunk  string // Go type of an event
	Decode string // expression for the function that decodes an event
	Ends   string // statements that report whether event "c" is the last
	More   bool   // events may follow the one that Ends reports
	// Flag is the field of the request body that requests a stream.
	Flag    string
	Collect *collector
}

// collector describes the functions that collect the events of a stream into a
// response.
type collector struct {
	Name     string // name of the Go function
	Text     string // name of the Go function for the text
	Response string
	Cases    []collected
	// List is the field of the response with the list of texts, or "".
	List string
}

// collected is the code that adds an event of a type, "c", to the response,
// "r". Text is the expression for the text of the event.
type collected struct {
	Type  string
	Lines []string
	Text  string
}

// streamOf returns the schema of an operation's event stream, or nil.
func streamOf(op *openapi3.Operation) *openapi3.SchemaRef {
	for _, status := range codegen.SortedMapKeys(op.Responses.Map()) {
		if !strings.HasPrefix(status, "2") {
			continue
		}
		if media := op.Responses.Value(status).Value.Content.Get(eventStream); media != nil && media.Schema != nil {
			return media.Schema
		}
	}
	return nil
}

// describeStream describes the stream of an operation. x-stream-end identifies
// the last event: by a value of the discriminator, or by a property that is
// neither empty nor "null". Without x-stream-end, a stream that the connection
// truncates cannot be detected; the comment of the method and a note say so.
func (m *method) describeStream(op codegen.OperationDefinition, t *types) error {
	schema := streamOf(op.Spec)
	end, _ := extension[string](op.Spec.Extensions, extStreamEnd)
	if schema == nil {
		if end != "" {
			return fmt.Errorf("%s: the operation has no stream", extStreamEnd)
		}
		return nil
	}
	if schema.Ref == "" {
		return fmt.Errorf("the events of its stream are neither objects nor a union")
	}
	name, err := codegen.RefPathToGoType(schema.Ref)
	if err != nil {
		return err
	}
	s := &stream{Name: m.Name + "Stream"}
	if m.StreamOnly && strings.HasSuffix(m.Name, "Stream") {
		s.Name = m.Name
	}
	if u, ok := t.unions[name]; ok {
		s.Chunk, s.Decode = name, "decode"+name
		if end != "" {
			last := slices.IndexFunc(u.Members, func(m member) bool { return slices.Contains(m.Values, end) })
			if last < 0 {
				return fmt.Errorf("%s %q: no such member", extStreamEnd, end)
			}
			s.Ends = "_, ok := c.(*" + u.Members[last].Type + "); return ok"
		}
	} else if t.hasDecoder(name) {
		s.Chunk = "*" + name
		s.Decode = "func(d *jsonscan.Decoder) *" + name + " { return jsonscan.Member(d, (*" + name + ").decodeJSON) }"
		if end != "" {
			if s.Ends, err = t.notEmpty(name, end); err != nil {
				return err
			}
			s.More = true // unlike a type, a property does not mark the last event
		}
	} else {
		return fmt.Errorf("the events of its stream are neither objects nor a union")
	}
	if s.Ends == "" {
		t.note(m.Endpoint, "streams, and its last event is not known: a truncated stream is not detected; "+extStreamEnd+" identifies the event")
	}
	if flag, ok := t.field(m.Body, "stream"); ok && fieldType(flag) == "bool" {
		s.Flag = flag.GoFieldName()
	}
	if m.Result != "" && m.Responses == nil {
		s.Collect = t.collector(m.Name, name, m.Result)
	}
	m.Stream = s
	return nil
}

// field returns a property of a struct.
func (t *types) field(goType, property string) (codegen.Property, bool) {
	for _, p := range t.schemas[goType].Properties {
		if p.JsonFieldName == property {
			return p, true
		}
	}
	return codegen.Property{}, false
}

// notEmpty returns the statement that reports whether a property of "c" is set.
func (t *types) notEmpty(goType, path string) (string, error) {
	name, below, nested := strings.Cut(path, ".")
	p, ok := t.field(goType, name)
	if !ok {
		return "", fmt.Errorf("%s %q: %s has no %s", extStreamEnd, path, goType, name)
	}
	if !nested {
		return "return " + isSet("c."+p.GoFieldName()), nil
	}
	element := strings.TrimPrefix(fieldType(p), "[]")
	q, ok := t.field(element, below)
	if !ok {
		return "", fmt.Errorf("%s %q: %s has no %s", extStreamEnd, path, element, below)
	}
	return fmt.Sprintf(`return slices.ContainsFunc(c.%s, func(c %s) bool { return %s })`, p.GoFieldName(), element, isSet("c."+q.GoFieldName())), nil
}

// isSet returns the condition that a string is set. The service sometimes sends
// the string "null" for a value that is not set.
func isSet(text string) string { return text + ` != "" && ` + text + ` != "null"` }

// collector returns how to collect chunks into the response of a method. It
// returns nil if the chunks have no text for the response, or do not fill all
// its required fields.
func (t *types) collector(method, chunk, response string) *collector {
	c := &collector{Name: "Collect" + method, Text: method + "Text", Response: response}
	if u, ok := t.unions[chunk]; ok {
		for _, m := range u.Members {
			if part := t.collect(m.Type, response, "c", "r", "0"); len(part.Lines) > 0 {
				c.Cases = append(c.Cases, part)
			}
		}
	} else {
		part := t.collect(chunk, response, "c", "r", "0")
		for _, p := range t.schemas[chunk].Properties {
			from, fromList := strings.CutPrefix(fieldType(p), "[]")
			q, ok := t.field(response, p.JsonFieldName)
			into, intoList := strings.CutPrefix(fieldType(q), "[]")
			index, indexed := t.field(from, "index")
			if !ok || !fromList || !intoList || !indexed {
				continue
			}
			element := t.collect(from, into, "x", "y", "x."+index.GoFieldName())
			if element.Text == "" {
				continue
			}
			c.List = q.GoFieldName()
			part.Lines = append(part.Lines,
				fmt.Sprintf("for _, x := range c.%s {", p.GoFieldName()),
				fmt.Sprintf("\ty, err := rest.At(&r.%s, x.%s)", q.GoFieldName(), index.GoFieldName()),
				"\tif err != nil {", "\t\treturn r, err", "\t}")
			for _, line := range element.Lines {
				part.Lines = append(part.Lines, "\t"+line)
			}
			part.Lines = append(part.Lines, "}")
			part.Text = fmt.Sprintf("rest.First(c.%s, func(x %s) (int, string) { return x.%s, %s })", p.GoFieldName(), from, index.GoFieldName(), element.Text)
		}
		c.Cases = append(c.Cases, part)
	}
	if !slices.ContainsFunc(c.Cases, func(c collected) bool { return c.Text != "" }) {
		return nil
	}
	for _, p := range t.schemas[response].Properties {
		if p.Required && !c.fills(p.GoFieldName()) {
			return nil
		}
	}
	return c
}

// fills reports whether a chunk sets a field of the response.
func (c *collector) fills(field string) bool {
	if field == c.List {
		return true
	}
	gives := regexp.MustCompile(`\br\.` + field + `\b`)
	return slices.ContainsFunc(c.Cases, func(part collected) bool {
		return part.Text != "" && c.List == "" && field == "Message" || slices.ContainsFunc(part.Lines, gives.MatchString)
	})
}

// collect returns the code that adds a struct to another. A property of the
// same name and type is assigned. A property whose plural is a list is
// appended. The content of a delta is appended to the content of the message,
// and its other properties are assigned to the message. from and into are the
// variables of the code; index is the expression for the number of the text.
func (t *types) collect(fromType, intoType, from, into, index string) collected {
	part := collected{Type: fromType}
	message, hasMessage := t.field(intoType, "message")
	add := func(format string, args ...any) { part.Lines = append(part.Lines, fmt.Sprintf(format, args...)) }
	for _, p := range t.schemas[fromType].Properties {
		source := from + "." + p.GoFieldName()
		if q, ok := t.field(intoType, p.JsonFieldName); ok {
			if fieldType(q) == fieldType(p) {
				add("rest.Set(&%s.%s, %s)", into, q.GoFieldName(), source)
			}
			continue
		}
		if q, ok := t.field(intoType, p.JsonFieldName+"s"); ok && fieldType(q) == "[]"+fieldType(p) {
			add("%s.%s = append(%s.%s, %s)", into, q.GoFieldName(), into, q.GoFieldName(), source)
			continue
		}
		if !hasMessage {
			continue
		}
		if q, ok := t.field(fieldType(message), p.JsonFieldName); ok && fieldType(q) == fieldType(p) {
			add("rest.Set(&%s.%s.%s, %s)", into, message.GoFieldName(), q.GoFieldName(), source)
			continue
		}
		delta, behindPointer := strings.CutPrefix(fieldType(p), "*")
		if behindPointer {
			source = "rest.Value(" + source + ")"
		}
		for _, d := range t.schemas[delta].Properties {
			q, ok := t.field(fieldType(message), d.JsonFieldName)
			switch {
			case !ok || fieldType(q) != fieldType(d):
			case d.JsonFieldName == "content":
				part.Text = source + "." + d.GoFieldName()
				add("text.Add(%s, %s)", index, part.Text)
			default:
				add("rest.Set(&%s.%s.%s, %s.%s)", into, message.GoFieldName(), q.GoFieldName(), source, d.GoFieldName())
			}
		}
	}
	return part
}
