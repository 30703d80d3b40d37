package main

import (
	"errors"
	"fmt"
	"runtime/debug"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/oapi-codegen/oapi-codegen/v2/pkg/codegen"
)

// plane is what the templates know of a whole spec.
type plane struct {
	Title       string
	Description string
	Version     string
	Inferred    string // see extInferred
	Example     string // code, see extExample
	// Server is the URL of the first server. HostVariable is the variable in it
	// that stands for a host, if there is one.
	Server       string
	HostVariable string
	// Regions are the servers to choose from, where there are several.
	Regions []region
	Uploads bool // an operation takes a file
	Streams bool // an operation replies a stream of events
	// Folder is that of the generated package.
	Folder  string
	Methods []*method // in the order of their endpoints
	// since is the oldest version that has an endpoint, without the names of its
	// parameters.
	since map[endpoint]string
}

// region is a server of a plane that has one for each region.
type region struct {
	GoName, Name, URL string
}

const (
	extRegion = "x-region" // of a server: the region it stands in
	extGoName = "x-go-name"
	// extMaxBytes is how long the JSON text of a parameter or a form's field may
	// be.
	extMaxBytes = "x-max-bytes"
)

func describePlane(spec *openapi3.T) (*plane, error) {
	if spec.Info.Version == "" {
		return nil, errors.New("info.version is empty")
	}
	if len(spec.Servers) == 0 {
		return nil, errors.New("no server")
	}
	p := &plane{
		Title:       spec.Info.Title,
		Description: spec.Info.Description,
		Version:     spec.Info.Version,
		Server:      spec.Servers[0].URL,
	}
	if example, ok := spec.Info.Extensions[extExample]; ok {
		if p.Example, ok = example.(string); !ok {
			return nil, fmt.Errorf("%s: want code", extExample)
		}
	}
	if inferred, ok := spec.Info.Extensions[extInferred]; ok {
		if p.Inferred, ok = inferred.(string); !ok {
			return nil, fmt.Errorf("%s: want a text", extInferred)
		}
	}
	for name := range spec.Servers[0].Variables {
		if p.HostVariable != "" || !strings.HasPrefix(p.Server, "https://{"+name+"}") {
			return nil, fmt.Errorf("server %s: want at most one variable, for the host", p.Server)
		}
		p.HostVariable = name
	}
	if len(spec.Servers) > 1 {
		for _, server := range spec.Servers {
			name, _ := server.Extensions[extRegion].(string)
			goName, _ := server.Extensions[extGoName].(string)
			if name == "" || goName == "" {
				return nil, fmt.Errorf("server %s: one of several needs %s and %s", server.URL, extRegion, extGoName)
			}
			p.Regions = append(p.Regions, region{goName, name, server.URL})
		}
	}
	for _, item := range spec.Paths.Map() {
		for _, operation := range item.Operations() {
			if body := operation.RequestBody; body != nil && body.Value.Content.Get(multipart) != nil {
				p.Uploads = true
			}
			if streamOf(operation) != nil {
				p.Streams = true
			}
		}
	}
	return p, nil
}

const multipart = "multipart/form-data"

// method is what the templates know of an operation.
type method struct {
	Name string // of the Go method
	Doc  []string
	// Deprecated is the comment that says so, if it is.
	Deprecated string
	HTTP       string // constant of net/http
	Endpoint   endpoint
	Stock      string // name of the stock client's method
	Path       []segment
	Params     string // type of the parameters' struct, if there is one
	Query      []query
	Header     []header
	Body       string // type of the body, if there is one
	Form       []field
	Result     string // type of the reply, if it has one
	Decode     string // code of the function that decodes it
	MayEmpty   bool   // the reply may have none all the same
	Stream     *stream
	Pages      *pages
	Wait       *wait
}

// segment is a literal part of a path, or a parameter in it. Limit is the code of
// what its value is held against, if the spec limits it.
type segment struct {
	Literal, Name, Variable, Limit string
}

// query is a parameter in the query. Call is the code that adds it.
type query struct {
	Guard, Call string
}

// header is a parameter in the header.
type header struct {
	Name, Guard, Value string
}

// field is a part of a multipart body. Call is the code that makes it.
type field struct {
	Call string
}

// endpoint is where an operation is found.
type endpoint struct{ Method, Path string }

func (e endpoint) String() string { return e.Method + " " + e.Path }

// describeMethods describes the methods of all operations.
func (t *types) describeMethods(ops []codegen.OperationDefinition) ([]*method, error) {
	var methods []*method
	for _, op := range ops {
		m, err := t.describeMethod(op)
		if err != nil {
			return nil, err
		}
		methods = append(methods, m)
	}
	return methods, nil
}

// describeMethod says what the typed method of an operation looks like. What
// the typed layer cannot do is an error that names the operation.
func (t *types) describeMethod(op codegen.OperationDefinition) (*method, error) {
	m := &method{
		Name:       op.OperationId,
		Doc:        doc(op),
		Deprecated: op.DeprecationComment(),
		HTTP:       "http.Method" + op.Method[:1] + strings.ToLower(op.Method[1:]),
		Endpoint:   endpoint{op.Method, op.Path},
		Stock:      stockName(op),
	}
	var err error
	if m.Path, err = splitPath(op); err == nil {
		err = m.describeParams(op)
	}
	if err == nil {
		err = m.describeBody(op)
	}
	if err == nil {
		err = m.describeReply(op)
	}
	if err == nil {
		if m.Result != "" {
			m.Decode = t.Decoder(m.Result)
		}
		err = m.describeStream(op, t)
	}
	if err == nil {
		m.describePages(op, t)
		err = m.describeWait(op, t)
	}
	if err != nil {
		return nil, fmt.Errorf("operation %s: %w", op.SpecOperationId, err)
	}
	return m, nil
}

// stockName returns the name of the method of the stock ClientWithResponses that
// takes the operation's body as its type, or else as a reader.
func stockName(op codegen.OperationDefinition) string {
	const suffix = "WithResponse"
	if !op.HasBody() {
		return op.OperationId + suffix
	}
	for _, body := range op.Bodies {
		if body.IsSupportedByClient() {
			return op.OperationId + body.Suffix() + suffix
		}
	}
	return op.OperationId + "WithBody" + suffix
}

// Names returns the names of all functions that the typed layer has for an
// operation.
func (m *method) Names() []string {
	names := []string{m.Name}
	if m.Stream != nil {
		names = append(names, m.Stream.Name)
		if c := m.Stream.Collect; c != nil {
			names = append(names, c.Name, c.Text)
		}
	}
	if m.Pages != nil {
		names = append(names, m.Pages.Name)
	}
	if m.Wait != nil {
		names = append(names, m.Wait.Name)
	}
	return names
}

func splitPath(op codegen.OperationDefinition) ([]segment, error) {
	var segments []segment
	rest := op.Path
	for rest != "" {
		literal, after, found := strings.Cut(rest, "{")
		if literal != "" {
			segments = append(segments, segment{Literal: literal})
		}
		if !found {
			break
		}
		name, after, _ := strings.Cut(after, "}")
		i := slices.IndexFunc(op.PathParams, func(p codegen.ParameterDefinition) bool { return p.ParamName == name })
		if i < 0 {
			return nil, fmt.Errorf("path parameter %s is not declared", name)
		}
		if kind := op.PathParams[i].TypeDef(); kind != "string" {
			return nil, fmt.Errorf("path parameter %s: type %s is not supported, only string", name, kind)
		}
		segments = append(segments, segment{
			Name:     name,
			Variable: op.PathParams[i].GoVariableName(),
			Limit:    limit(op.PathParams[i].Spec.Schema.Value),
		})
		rest = after
	}
	return segments, nil
}

// limit returns the code of the bounds of a string, or "" if it has none.
func limit(schema *openapi3.Schema) string {
	if schema.MinLength == 0 && schema.MaxLength == nil && schema.Pattern == "" {
		return ""
	}
	code := fmt.Sprintf("rest.Limit{Min: %d", schema.MinLength)
	if schema.MaxLength != nil {
		code += fmt.Sprintf(", Max: %d", *schema.MaxLength)
	}
	if schema.Pattern != "" {
		code += fmt.Sprintf(", Pattern: %q, Match: rest.Matches", schema.Pattern)
	}
	return code + "}"
}

// maxBytes returns the limit of an extension, 0 for none.
func maxBytes(extensions map[string]any) int {
	n, _ := extensions[extMaxBytes].(float64)
	return int(n)
}

func (m *method) describeParams(op codegen.OperationDefinition) error {
	if len(op.CookieParams) > 0 {
		return fmt.Errorf("parameter %s: cookies are not supported", op.CookieParams[0].ParamName)
	}
	if op.RequiresParamObject() {
		m.Params = op.OperationId + "Params"
	}
	for _, p := range sortedParams(op.QueryParams) {
		m.Query = append(m.Query, describeQuery(p))
	}
	for _, p := range sortedParams(op.HeaderParams) {
		if p.SchemaType() != "string" {
			return fmt.Errorf("header %s: type %s is not supported, only string", p.ParamName, p.TypeDef())
		}
		value, guard := access(p)
		m.Header = append(m.Header, header{p.ParamName, guard, convert("string", value, p)})
	}
	return nil
}

// sortedParams returns parameters by name, so that their order in the spec does
// not matter.
func sortedParams(params []codegen.ParameterDefinition) []codegen.ParameterDefinition {
	return slices.SortedFunc(slices.Values(params), func(a, b codegen.ParameterDefinition) int {
		return strings.Compare(a.ParamName, b.ParamName)
	})
}

// access returns the code for the value of a parameter, and that which tells
// whether it is there, if it is behind a pointer.
func access(p codegen.ParameterDefinition) (value, guard string) {
	value = "params." + p.GoName()
	if p.HasOptionalPointer() {
		return "*" + value, value + " != nil"
	}
	return value, ""
}

// convert returns the code for the value of a parameter as a basic type.
func convert(kind, value string, p codegen.ParameterDefinition) string {
	if p.TypeDef() == kind {
		return value
	}
	return kind + "(" + value + ")"
}

func describeQuery(p codegen.ParameterDefinition) query {
	value, guard := access(p)
	required := p.Required || guard != ""
	switch kind := p.SchemaType(); {
	case p.IsJson() && strings.HasPrefix(p.TypeDef(), "map["):
		return query{guard, fmt.Sprintf("QueryJSON(%q, %s, %t, %d)", p.ParamName, value, required, maxBytes(p.Spec.Extensions))}
	case kind == "string" && p.SchemaFormat() == "":
		return query{guard, fmt.Sprintf("Query(%q, %s, %t)", p.ParamName, convert("string", value, p), required)}
	case kind == "integer":
		return query{guard, fmt.Sprintf("QueryInt(%q, %s, %t)", p.ParamName, convert("int64", value, p), required)}
	case kind == "boolean":
		return query{guard, fmt.Sprintf("QueryBool(%q, %s, %t)", p.ParamName, convert("bool", value, p), required)}
	}
	return query{guard, fmt.Sprintf("QueryStyled(%q, %q, %t, %s, %t)", p.ParamName, p.Style(), p.Explode(), value, required)}
}

func (m *method) describeBody(op codegen.OperationDefinition) error {
	switch {
	case len(op.Bodies) == 0:
		return nil
	case len(op.Bodies) > 1:
		return errors.New("several kinds of request bodies are not supported")
	}
	body := op.Bodies[0]
	m.Body = body.Schema.TypeDecl()
	switch {
	case body.IsJSON():
		return nil
	case body.ContentType != multipart:
		return fmt.Errorf("request body of type %s is not supported", body.ContentType)
	}
	properties := op.Spec.RequestBody.Value.Content.Get(multipart).Schema.Value.Properties
	for _, name := range codegen.SortedMapKeys(properties) {
		schema := properties[name].Value
		goName, ok := schema.Extensions[extGoName].(string)
		if !ok {
			goName = codegen.SchemaNameToTypeName(name)
		}
		value := "body." + goName
		switch {
		case schema.Format == "binary":
			m.Form = append(m.Form, field{fmt.Sprintf("FilePart(%q, %s)", name, value)})
		case schema.Type.Is("object"):
			m.Form = append(m.Form, field{fmt.Sprintf("JSONPart(%q, %s, %d)", name, value, maxBytes(schema.Extensions))})
		case schema.Type.Is("string"):
			m.Form = append(m.Form, field{fmt.Sprintf("TextPart(%q, string(%s))", name, value)})
		default:
			return fmt.Errorf("form field %s: type %v is not supported", name, schema.Type)
		}
	}
	return nil
}

func (m *method) describeReply(op codegen.OperationDefinition) error {
	replies, err := op.GetResponseTypeDefinitions()
	if err != nil {
		return err
	}
	typed := map[string]string{}
	for _, reply := range replies {
		if strings.Contains(reply.ContentTypeName, "json") {
			typed[reply.ResponseName] = reply.Schema.TypeDecl()
		}
	}
	for _, status := range codegen.SortedMapKeys(op.Spec.Responses.Map()) {
		if !strings.HasPrefix(status, "2") {
			continue
		}
		kind, ok := typed[status]
		switch {
		case !ok && len(op.Spec.Responses.Value(status).Value.Content) > 0:
			return fmt.Errorf("reply %s has no JSON form", status)
		case !ok:
			m.MayEmpty = true
		case m.Result != "" && m.Result != kind:
			return fmt.Errorf("replies of two types, %s and %s", m.Result, kind)
		default:
			m.Result = kind
		}
	}
	return nil
}

// generatorVersion is the version of oapi-codegen that this command is built
// with.
func generatorVersion() (string, error) {
	const module = "github.com/oapi-codegen/oapi-codegen/v2"
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, dependency := range info.Deps {
			if dependency.Path == module {
				return module + " version " + dependency.Version, nil
			}
		}
	}
	return "", errors.New("built without the version of " + module)
}
