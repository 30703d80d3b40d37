package main

import (
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
)

// wire is the content of requests and responses by place in the spec:
// operations, parameters, bodies, statuses, headers, fields. Names of path
// parameters and schemas are not sent on the wire.
type wire map[string]wireName

type wireName struct {
	parent string // key of the enclosing part
	kind   string // "request query parameter"
	name   string // "`limit`"
	place  string // the operation; "" for an operation or a part without one
}

var pathParameter = regexp.MustCompile(`\{[^}]*\}`)

// walk returns the wire of a spec.
func walk(doc *openapi3.T) wire {
	w := wire{}
	if doc.Info != nil {
		w.add("", "request header", "`X-Pinecone-Api-Version: "+doc.Info.Version+"`", "")
	}
	for _, server := range doc.Servers {
		w.add("", "server", "`"+server.URL+"`", "")
	}
	if doc.Components != nil {
		for _, scheme := range doc.Components.SecuritySchemes {
			if scheme.Value != nil && scheme.Value.Type == "apiKey" {
				w.add("", "request "+scheme.Value.In, "`"+scheme.Value.Name+"`, the API key", "")
			}
		}
	}
	for template, item := range doc.Paths.Map() {
		for method, op := range item.Operations() {
			w.operation(method, template, slices.Concat(item.Parameters, op.Parameters), op)
		}
	}
	return w
}

// add adds a part. Its kind and name distinguish it from its siblings.
func (w wire) add(parent, kind, name, place string) {
	w.addAt(parent, kind+" "+name, kind, name, place)
}

// addAt adds a part and returns its key. The argument part distinguishes it
// from its siblings. An existing part is kept.
func (w wire) addAt(parent, part, kind, name, place string) string {
	key := parent + "\n" + part
	if _, ok := w[key]; !ok {
		w[key] = wireName{parent, kind, name, place}
	}
	return key
}

func (w wire) operation(method, template string, parameters openapi3.Parameters, op *openapi3.Operation) {
	place := method + " " + template
	name := "`" + place + "`"
	if s := summary(op); s != "" {
		name += " (" + s + ")"
	}
	key := w.addAt("", method+" "+pathParameter.ReplaceAllString(template, "{}"), "operation", name, "")
	for _, parameter := range parameters {
		if in := parameter.Value.In; in != openapi3.ParameterInPath {
			if in == openapi3.ParameterInQuery {
				in = "query parameter"
			}
			w.add(key, "request "+in, "`"+parameter.Value.Name+"`", place)
		}
	}
	if op.RequestBody != nil && op.RequestBody.Value != nil {
		w.content(key, "request", place, op.RequestBody.Value.Content)
	}
	for status, response := range op.Responses.Map() {
		label := "response " + status
		responseKey := w.addAt(key, label, label+contents(response.Value), "", place)
		for name := range response.Value.Headers {
			w.add(responseKey, label+" header", "`"+name+"`", place)
		}
		w.content(responseKey, label, place, response.Value.Content)
	}
}

// content adds the media types of a body and their fields.
func (w wire) content(parent, label, place string, content openapi3.Content) {
	for media, body := range content {
		kind, _, _ := strings.Cut(media, ";")
		key := w.addAt(parent, kind, label+" "+kind+typeName(body.Schema), "", place)
		direction, _, _ := strings.Cut(label, " ")
		if kind == "multipart/form-data" {
			direction += " multipart"
		}
		f := fields{wire: w, kind: direction + " field", place: place}
		f.walk(key, body.Schema, "")
	}
}

// fields visits the fields of a body.
type fields struct {
	wire
	kind, place string
	open        []*openapi3.Schema // schemas being visited, to end recursion
}

// walk adds the fields of a schema. name is the path to the schema from the
// nearest named schema.
func (f *fields) walk(parent string, ref *openapi3.SchemaRef, name string) {
	if ref == nil || ref.Value == nil || slices.Contains(f.open, ref.Value) {
		return
	}
	if ref.Ref != "" {
		name = path.Base(ref.Ref)
	}
	f.open = append(f.open, ref.Value)
	defer func() { f.open = f.open[:len(f.open)-1] }()

	schema := ref.Value
	for _, property := range slices.Sorted(maps.Keys(schema.Properties)) {
		full := strings.TrimPrefix(name+"."+property, ".")
		key := f.addAt(parent, property, f.kind, "`"+full+"`", f.place)
		f.walk(key, schema.Properties[property], full)
	}
	f.walk(parent, schema.Items, name+"[]")
	f.walk(parent, schema.AdditionalProperties.Schema, name+".*")
	for _, members := range []openapi3.SchemaRefs{schema.AllOf, schema.OneOf, schema.AnyOf} {
		for _, member := range members {
			f.walk(parent, member, name)
		}
	}
}

// summary describes the request and the successful responses of an operation.
func summary(op *openapi3.Operation) string {
	var parts []string
	if op.RequestBody != nil && op.RequestBody.Value != nil {
		for _, media := range slices.Sorted(maps.Keys(op.RequestBody.Value.Content)) {
			parts = append(parts, "request "+media+typeName(op.RequestBody.Value.Content[media].Schema))
		}
	}
	responses := op.Responses.Map()
	for _, status := range slices.Sorted(maps.Keys(responses)) {
		if status[0] == '2' {
			parts = append(parts, "response "+status+contents(responses[status].Value))
		}
	}
	return strings.Join(parts, "; ")
}

// contents returns the media types and schema names of a response.
func contents(response *openapi3.Response) string {
	var parts []string
	for _, media := range slices.Sorted(maps.Keys(response.Content)) {
		parts = append(parts, " "+media+typeName(response.Content[media].Schema))
	}
	return strings.Join(parts, " or")
}

// typeName returns a space and the name of a schema, or "" if it has none.
func typeName(ref *openapi3.SchemaRef) string {
	if ref == nil || ref.Ref == "" {
		return ""
	}
	return " " + path.Base(ref.Ref)
}

// split returns the part of w that a published spec has, and the part that an
// overlay adds.
func (w wire) split(published wire) (ofSpec, ofOverlay wire) {
	ofSpec, ofOverlay = wire{}, wire{}
	for key, name := range w {
		if _, known := published[key]; known {
			ofSpec[key] = name
		} else {
			ofOverlay[key] = name
		}
	}
	return ofSpec, ofOverlay
}

// hidden returns the parts of w that other lacks, without the parts in which the
// overlaid specs differ as well. mine is w with its overlay, others is other with
// its overlay.
func (w wire) hidden(other, mine, others wire) wire {
	rest := wire{}
	for key, name := range w {
		_, known := other[key]
		_, shown := mine[key]
		_, same := others[key]
		if !known && (!shown || same) {
			rest[key] = name
		}
	}
	return rest
}

// without returns a line for each part that w has and other lacks, with the
// operations of the part. It omits a part if other also lacks the part's parent.
func (w wire) without(other wire, list func([]string) string) []string {
	type entry struct{ kind, name string }
	places := map[entry][]string{}
	for key, name := range w {
		_, known := other[key]
		_, whole := other[name.parent]
		if known || name.parent != "" && !whole {
			continue
		}
		at := entry{name.kind, name.name}
		if !slices.Contains(places[at], name.place) {
			places[at] = append(places[at], name.place)
		}
	}
	var lines []string
	together := map[entry]int{} // line of the names of a kind in the same places
	tails := map[int]string{}
	for _, at := range slices.SortedFunc(maps.Keys(places), func(a, b entry) int {
		return strings.Compare(a.kind+"\n"+a.name, b.kind+"\n"+b.name)
	}) {
		in := places[at]
		if in[0] == "" {
			lines = append(lines, at.kind+" "+at.name)
			continue
		}
		slices.Sort(in)
		key := entry{at.kind, strings.Join(in, "\n")}
		if i, ok := together[key]; ok && at.name != "" {
			lines[i] += ", " + at.name
			continue
		}
		together[key] = len(lines)
		tails[len(lines)] = ": " + list(in)
		lines = append(lines, strings.TrimSpace(at.kind+" "+at.name))
	}
	for i, tail := range tails {
		lines[i] += tail
	}
	return lines
}
