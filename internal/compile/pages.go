package compile

import (
	"fmt"
	"slices"
	"strings"

	"github.com/oapi-codegen/oapi-codegen/v2/pkg/codegen"
)

// pages is an iterator over all pages of an operation.
type pages struct {
	Name    string // name of the Go method
	Element string // type of the elements
	List    string // field of the response with the elements of a page
	Next    string // expression for the next page token, with the variable "page"; "" for none
	Token   string // field of the parameters for the page token
}

// pagesOf is the value of x-pages: the property of the response with the list,
// the path to the next page token, and the parameter for the page token.
type pagesOf struct {
	List  string `json:"list"`
	Next  string `json:"next"`
	Token string `json:"token"`
}

func (p *pagesOf) check() error {
	if p.List == "" || p.Next == "" || p.Token == "" {
		return fmt.Errorf("want list, next and token")
	}
	return nil
}

// describePages adds an iterator to an operation that returns a list: to an
// operation with x-pages; to an operation named list_… whose response has a
// list and the token pagination.next; and to an operation named list_… whose
// response is a list alone, if no parameter selects a part of it. Any other
// list gets no iterator, and a note names it.
func (m *method) describePages(op codegen.OperationDefinition, t *types) error {
	things, isList := strings.CutPrefix(op.OperationId, "List")
	how, described := extension[pagesOf](op.Spec.Extensions, extPages)
	if !described {
		if !isList || things == "" || m.Result == "" || m.Responses != nil {
			return nil
		}
		how = pagesOf{List: t.onlyList(m.Result), Next: "pagination.next", Token: "pagination_token"}
		if how.List == "" {
			return nil
		}
	}
	name := "All" + things
	if !isList {
		name = "All" + op.OperationId
	}
	list, ok := t.field(m.Result, how.List)
	element, ok2 := strings.CutPrefix(fieldType(list), "[]")
	if !ok || !ok2 {
		return fmt.Errorf("%s: %s has no list %s", extPages, m.Result, how.List)
	}
	p := &pages{Name: name, Element: element, List: list.GoFieldName(), Next: t.path("page", m.Result, how.Next)}
	for _, param := range op.QueryParams {
		if param.ParamName == how.Token && !param.HasOptionalPointer() && param.TypeDef() == "string" {
			p.Token = param.GoName()
		}
	}
	switch {
	case p.Next != "" && p.Token != "":
	case described:
		return fmt.Errorf("%s: no text %s in %s, or no parameter %s", extPages, how.Next, m.Result, how.Token)
	case len(t.schemas[m.Result].Properties) > 1 || slices.ContainsFunc(op.QueryParams, turnsPages):
		t.note(m.Endpoint, fmt.Sprintf("returns a list, and its pagination is not known: %s is not generated; %s describes it", name, extPages))
		return nil
	default:
		p.Next, p.Token = "", ""
	}
	m.Pages = p
	return nil
}

// turnsPages reports whether the name of a parameter suggests that it selects a
// part of a list.
func turnsPages(p codegen.ParameterDefinition) bool {
	return slices.ContainsFunc(strings.FieldsFunc(strings.ToLower(p.ParamName), func(r rune) bool { return !isAlphanumeric(r) }),
		func(word string) bool {
			return slices.Contains([]string{"limit", "offset", "page", "pagesize", "pagetoken", "token", "cursor", "start", "after", "before", "next", "size", "skip", "marker"}, word)
		})
}

// onlyList returns the name of the property of a struct that is a list, or ""
// if the struct has several lists or none.
func (t *types) onlyList(goType string) string {
	name := ""
	for _, p := range t.schemas[goType].Properties {
		if strings.HasPrefix(fieldType(p), "[]") {
			if name != "" {
				return ""
			}
			name = p.JsonFieldName
		}
	}
	return name
}

// path returns the expression for a string in a variable of type goType, or ""
// if there is none. names are property names joined by dots.
func (t *types) path(variable, goType, names string) string {
	for name := range strings.SplitSeq(names, ".") {
		p, ok := t.field(strings.TrimPrefix(goType, "*"), name)
		if !ok {
			return ""
		}
		if strings.HasPrefix(goType, "*") {
			variable = "rest.Value(" + variable + ")"
		}
		variable, goType = variable+"."+p.GoFieldName(), fieldType(p)
	}
	switch goType {
	case "string":
		return variable
	case "*string":
		return "rest.Value(" + variable + ")"
	}
	return ""
}
