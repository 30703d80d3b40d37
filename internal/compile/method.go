package compile

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/oapi-codegen/oapi-codegen/v2/pkg/codegen"
)

// method describes an operation for the templates.
type method struct {
	Name string // name of the Go method
	// Published is the operation's name in the spec.
	Published string
	Doc       []string
	// Deprecated is the deprecation comment, or "".
	Deprecated string
	HTTP       string // constant of net/http
	Endpoint   endpoint
	Raw        string // name of the method of Client
	Path       []segment
	Params     string // type of the parameters' struct, or ""
	Query      []query
	Header     []header
	Body       string // type of the body, or ""
	Form       []field
	Result     string // type of the response, or ""
	Decode     string // code of the function that decodes it
	MayEmpty   bool   // the response may have no body
	Download   bool   // the response is content to be read, not JSON
	StreamOnly bool   // the response can only be a stream
	Responses  *responses
	Stream     *stream
	Pages      *pages
	Wait       *wait
	Follow     *follow
	Examples   examples
	// Python and TypeScript are the corresponding calls of Pinecone's SDKs.
	Python, TypeScript string
}

// endpoint is the HTTP method and the path of an operation.
type endpoint struct{ Method, Path string }

func (e endpoint) String() string { return e.Method + " " + e.Path }

var pathParameter = regexp.MustCompile(`\{[^}]*\}`)

func (e endpoint) withoutNames() endpoint {
	return endpoint{e.Method, pathParameter.ReplaceAllString(e.Path, "{}")}
}

// describeMethods describes the methods of all operations.
func (t *types) describeMethods(ops []codegen.OperationDefinition) ([]*method, error) {
	var methods []*method
	for _, op := range ops {
		m, err := t.describeMethod(op)
		if err != nil {
			return nil, fmt.Errorf("%s %s: %w", op.Method, op.Path, err)
		}
		methods = append(methods, m)
	}
	for i, m := range methods {
		m.describeFollow(methods, t)
		m.describeExamples(ops[i], t)
	}
	return methods, checkNames(methods)
}

// describeMethod describes the method of an operation. A feature that the typed
// layer does not support is an error.
func (t *types) describeMethod(op codegen.OperationDefinition) (*method, error) {
	m := &method{
		Name:       op.OperationId,
		Doc:        methodDoc(op),
		Deprecated: op.DeprecationComment(),
		HTTP:       "http.Method" + op.Method[:1] + strings.ToLower(op.Method[1:]),
		Endpoint:   endpoint{op.Method, op.Path},
		Raw:        rawName(op),
	}
	m.Published = t.plane.published[m.Endpoint]
	m.Python, _ = extension[string](op.Spec.Extensions, extPython)
	m.TypeScript, _ = extension[string](op.Spec.Extensions, extTypeScript)
	for _, describe := range []func(codegen.OperationDefinition, *types) error{
		m.describePath, m.describeParams, m.describeBody, m.describeResponse, m.describeStream, m.describePages, m.describeWait,
	} {
		if err := describe(op, t); err != nil {
			return nil, err
		}
	}
	return m, nil
}

// rawName returns the name of the method of Client that takes the typed body of
// an operation, or else an io.Reader.
func rawName(op codegen.OperationDefinition) string {
	if !op.HasBody() {
		return op.OperationId
	}
	for _, body := range op.Bodies {
		if body.IsSupportedByClient() {
			return op.OperationId + body.Suffix()
		}
	}
	return op.OperationId + "WithBody"
}

// Names returns the names of all functions that the typed layer has for an
// operation.
func (m *method) Names() []string {
	var names []string
	if !m.StreamOnly {
		names = append(names, m.Name)
	}
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
	if m.Follow != nil {
		names = append(names, m.Follow.Name)
	}
	return names
}

// checkNames returns an error if two methods have the same name, such as an
// operation AllFiles and the iterator of ListFiles.
func checkNames(methods []*method) error {
	of := map[string]*method{}
	for _, m := range methods {
		for _, name := range m.Names() {
			if other, ok := of[name]; ok {
				return fmt.Errorf("%s and %s both have a function %s: %s names one of them", other.Endpoint, m.Endpoint, name, extGoName)
			}
			of[name] = m
		}
	}
	return nil
}

// constructor is a function that returns a value of a type with a constant in
// one field and its argument in another, such as UserMessage.
type constructor struct {
	Name, Type       string
	EnumField, Const string
	TextField, Doc   string
}

// constructors is the value of x-constructors.
type constructors struct {
	Enum string `json:"enum"`
	Text string `json:"text"`
}

func (c *constructors) check() error {
	if c.Enum == "" || c.Text == "" {
		return fmt.Errorf("want enum and text")
	}
	return nil
}

// describeConstructors describes the constructors of all types with
// x-constructors.
func (t *types) describeConstructors(input *prepared) error {
	for _, name := range slices.Sorted(maps.Keys(input.spec.Components.Schemas)) {
		schema := input.spec.Components.Schemas[name]
		c, ok := extension[constructors](schema.Value.Extensions, extConstructor)
		if !ok || schema.Ref != "" {
			continue
		}
		goType, err := codegen.RefPathToGoType("#/components/schemas/" + name)
		if err != nil {
			return err
		}
		enum, hasEnum := t.field(goType, c.Enum)
		text, hasText := t.field(goType, c.Text)
		of := schema.Value.Properties[c.Enum]
		if !hasEnum || !hasText || fieldType(text) != "string" || of == nil || len(of.Value.Enum) == 0 {
			return fmt.Errorf("%s: %s: want an enum and a text", name, extConstructor)
		}
		names, _ := of.Value.Extensions["x-enum-varnames"].([]any)
		for i, value := range of.Value.Enum {
			constant, _ := names[i].(string)
			t.plane.Constructors = append(t.plane.Constructors, constructor{
				Name:      constant + goType,
				Type:      goType,
				EnumField: enum.GoFieldName(),
				Const:     fieldType(enum) + constant,
				TextField: text.GoFieldName(),
				Doc:       fmt.Sprintf("%s%s returns a %s whose %s is %v.", constant, goType, strings.ToLower(goType), c.Enum, value),
			})
		}
	}
	return nil
}
