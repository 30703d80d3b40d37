package compile

import (
	"fmt"
	"go/token"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/oapi-codegen/oapi-codegen/v2/pkg/codegen"
)

// segment is a literal part of a path, or a path parameter: its name, its Go
// variable and type, the expressions for its text and for its limit, if the
// spec has one.
type segment struct {
	Literal, Name, Variable, Type, Text, Limit string
}

// query is a query parameter. Call is the method call that adds it.
type query struct {
	Guard, Call string
}

// header is a header parameter.
type header struct {
	Name, Guard, Value string
}

// renameParameters renames the parameters whose Go names would not compile:
// names that the generated code uses, keywords, and duplicates.
func renameParameters(spec *openapi3.T) {
	for _, item := range spec.Paths.Map() {
		for _, operation := range item.Operations() {
			variables, fields := map[string]bool{}, map[string]bool{}
			for _, ref := range slices.Concat(item.Parameters, operation.Parameters) {
				p := ref.Value
				taken, reserved := fields, false
				if p.In == openapi3.ParameterInPath {
					taken, reserved = variables, isReserved(p.Name)
				}
				name := camel(p.Name)
				if goName, ok := p.Extensions[extGoName].(string); ok {
					name = goName
				}
				if name == "" || reserved || taken[strings.ToLower(name)] || '0' <= name[0] && name[0] <= '9' {
					name += capital(p.In) + "Param"
					extend(&p.Extensions, extGoName, name)
				}
				taken[strings.ToLower(name)] = true
			}
		}
	}
}

// used are names in generated methods: of parameters and variables, of
// packages, and of predeclared types and functions.
var used = strings.Fields(`
	a api body c call chunk client contenttype ctx err form method opts p page params q r req reqeditors resp server state stream text token v wait last
	apierror bytes context fmt http io iter json jsonscan rest runtime slices strconv strings time upload url
	any append bool byte cap clear close complex copy delete error false float32 float64 int int32 int64 iota len make
	max min new nil panic print println real recover rune string true uint
`)

func isReserved(name string) bool {
	name = strings.ToLower(camel(name))
	return token.IsKeyword(name) || slices.Contains(used, name)
}

// describePath splits a path into literals and parameters.
func (m *method) describePath(op codegen.OperationDefinition, _ *types) error {
	rest := op.Path
	for rest != "" {
		literal, after, found := strings.Cut(rest, "{")
		if literal != "" {
			m.Path = append(m.Path, segment{Literal: literal})
		}
		if !found {
			break
		}
		name, after, _ := strings.Cut(after, "}")
		i := slices.IndexFunc(op.PathParams, func(p codegen.ParameterDefinition) bool { return p.ParamName == name })
		if i < 0 {
			return fmt.Errorf("path parameter %s is not declared", name)
		}
		p := op.PathParams[i]
		text, ok := asText(p, p.GoVariableName())
		if !ok {
			return fmt.Errorf("path parameter %s: type %s is not supported", name, p.TypeDef())
		}
		m.Path = append(m.Path, segment{
			Name:     name,
			Variable: p.GoVariableName(),
			Type:     p.TypeDef(),
			Text:     text,
			Limit:    limit(p.Spec.Schema.Value),
		})
		rest = after
	}
	return nil
}

// limit returns the expression for the limit of a string, or "" if the spec has
// no limit.
func limit(schema *openapi3.Schema) string {
	if !schema.Type.Is("string") || schema.MinLength == 0 && schema.MaxLength == nil && schema.Pattern == "" {
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

// maxBytes returns the value of x-max-bytes, or 0.
func maxBytes(extensions map[string]any) int {
	n, _ := extension[int](extensions, extMaxBytes)
	return n
}

func (m *method) describeParams(op codegen.OperationDefinition, _ *types) error {
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
		value, guard := access(p)
		text, ok := asText(p, value)
		if !ok {
			return fmt.Errorf("header %s: type %s is not supported", p.ParamName, p.TypeDef())
		}
		if guard == "" && !p.Required && p.SchemaType() != "string" {
			guard = value + " != " + zero(p.SchemaType())
		}
		m.Header = append(m.Header, header{p.ParamName, guard, text})
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

// access returns the expression for a parameter's value and, for a pointer, the
// condition that it is set.
func access(p codegen.ParameterDefinition) (value, guard string) {
	value = "params." + p.GoName()
	if p.HasOptionalPointer() {
		return "*" + value, value + " != nil"
	}
	return value, ""
}

// convert returns the expression for a value of one type as another.
func convert(kind, from, value string) string {
	if from == kind {
		return value
	}
	return kind + "(" + value + ")"
}

// asText returns the expression for a parameter's value as a string.
func asText(p codegen.ParameterDefinition, value string) (string, bool) {
	if p.IsJson() || p.Spec.Schema == nil {
		return "", false
	}
	return scalarText(p.SchemaType(), p.SchemaFormat(), p.TypeDef(), value)
}

// scalarText returns the expression that converts a value to a string. kind and
// format are those of its schema, goType is its Go type.
func scalarText(kind, format, goType, value string) (string, bool) {
	switch {
	case kind == "string" && !slices.Contains([]string{"date", "date-time", "byte", "binary"}, format):
		return convert("string", goType, value), true
	case kind == "integer":
		return "strconv.FormatInt(" + convert("int64", goType, value) + ", 10)", true
	case kind == "number":
		return "strconv.FormatFloat(" + convert("float64", goType, value) + ", 'g', -1, 64)", true
	case kind == "boolean":
		return "strconv.FormatBool(" + convert("bool", goType, value) + ")", true
	}
	return "", false
}

// zero returns the zero value of a basic type.
func zero(kind string) string {
	switch kind {
	case "boolean":
		return "false"
	case "string":
		return `""`
	}
	return "0"
}

func describeQuery(p codegen.ParameterDefinition) query {
	value, guard := access(p)
	required := p.Required || guard != ""
	switch kind := p.SchemaType(); {
	case p.IsJson() && strings.HasPrefix(p.TypeDef(), "map["):
		return query{guard, fmt.Sprintf("QueryJSON(%q, %s, %t, %d)", p.ParamName, value, required, maxBytes(p.Spec.Extensions))}
	case kind == "string" && p.SchemaFormat() == "":
		return query{guard, fmt.Sprintf("Query(%q, %s, %t)", p.ParamName, convert("string", p.TypeDef(), value), required)}
	case kind == "integer":
		return query{guard, fmt.Sprintf("QueryInt(%q, %s, %t)", p.ParamName, convert("int64", p.TypeDef(), value), required)}
	case kind == "boolean":
		return query{guard, fmt.Sprintf("QueryBool(%q, %s, %t)", p.ParamName, convert("bool", p.TypeDef(), value), required)}
	}
	return query{guard, fmt.Sprintf("QueryStyled(%q, %q, %t, %s, %t)", p.ParamName, p.Style(), p.Explode(), value, required)}
}
