package main

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/oapi-codegen/oapi-codegen/v2/pkg/codegen"
)

// What follows on a call: the pages behind a page, and the end of what was
// begun.

// pages is an iterator over all pages of an operation.
type pages struct {
	Name    string // of the Go method
	Element string // type of what is iterated over
	List    string // field of the reply that has a page of them
	Next    string // code of the token of the next page, "page"; "" if there is none
	Token   string // field of the parameters that takes the token
}

// describePages finds out whether an operation lists something: its reply has
// one list, and the operation is called list_ something.
func (m *method) describePages(op codegen.OperationDefinition, t *types) {
	things, isList := strings.CutPrefix(op.OperationId, "List")
	if !isList || things == "" {
		return
	}
	p := &pages{Name: "All" + things}
	for _, property := range t.schemas[m.Result].Properties {
		element, ok := strings.CutPrefix(fieldType(property), "[]")
		switch {
		case ok && p.List != "":
			return // of two lists, which one?
		case ok:
			p.List, p.Element = property.GoFieldName(), element
		case property.JsonFieldName == "pagination":
			kind, behindPointer := strings.CutPrefix(fieldType(property), "*")
			source := "page." + property.GoFieldName()
			if behindPointer {
				source = "rest.Value(" + source + ")"
			}
			if next, ok := t.field(kind, "next"); ok {
				p.Next = source + "." + next.GoFieldName()
			}
		}
	}
	for _, param := range op.QueryParams {
		if param.ParamName == "pagination_token" && !param.HasOptionalPointer() {
			p.Token = param.GoName()
		}
	}
	if p.List == "" || (p.Next == "") != (p.Token == "") {
		return
	}
	m.Pages = p
}

// extWait is an extension of an operation that can be polled until what it
// describes is done.
const extWait = "x-wait"

// wait is how to poll an operation. The names are those of properties of its
// reply, until they are resolved to code about "v".
type wait struct {
	Name     string   `json:"name"`     // of the Go method
	Status   string   `json:"status"`   // property with the state
	Done     []string `json:"done"`     // states of success
	Failed   []string `json:"failed"`   // states of failure
	Message  string   `json:"message"`  // property that says why it failed, if there is one
	Progress string   `json:"progress"` // property with the percentage that is done, if there is one
}

func (m *method) describeWait(op codegen.OperationDefinition, t *types) error {
	extension, ok := op.Spec.Extensions[extWait]
	if !ok {
		return nil
	}
	text, err := json.Marshal(extension)
	if err != nil {
		return fmt.Errorf("%s: %w", extWait, err)
	}
	decoder := json.NewDecoder(strings.NewReader(string(text)))
	decoder.DisallowUnknownFields()
	w := &wait{}
	if err := decoder.Decode(w); err != nil {
		return fmt.Errorf("%s: %w", extWait, err)
	}
	if w.Name == "" || w.Status == "" || len(w.Done) == 0 {
		return fmt.Errorf("%s: want name, status and done", extWait)
	}
	for _, property := range []*string{&w.Status, &w.Message, &w.Progress} {
		if *property == "" {
			continue
		}
		p, ok := t.field(m.Result, *property)
		if !ok {
			return fmt.Errorf("%s: %s has no %s", extWait, m.Result, *property)
		}
		*property = "v." + p.GoFieldName()
	}
	m.Wait, t.Waits = w, true
	return nil
}
