package compile

import (
	"fmt"
	"slices"
	"strings"

	"github.com/oapi-codegen/oapi-codegen/v2/pkg/codegen"
)

// responses is the result of an operation whose type depends on the status: a
// struct with a field for each type.
type responses struct {
	Name   string // name of the struct
	Method string
	Of     []oneResponse
}

// oneResponse is one type of an operation's result, with its statuses.
type oneResponse struct {
	Statuses []string
	Type     string
	Decode   string // expression for the function that decodes it
}

// describeResponse finds the type of the successful response of an operation.
func (m *method) describeResponse(op codegen.OperationDefinition, t *types) error {
	definitions, err := op.GetResponseTypeDefinitions()
	if err != nil {
		return err
	}
	typed := map[string]string{}
	for _, response := range definitions {
		if strings.Contains(response.ContentTypeName, "json") {
			typed[response.ResponseName] = response.Schema.TypeDecl()
		}
	}
	wanted, chosen := extension[string](op.Spec.Extensions, extResponse)
	var found []oneResponse
	streams := false
	for _, status := range codegen.SortedMapKeys(op.Spec.Responses.Map()) {
		if !strings.HasPrefix(status, "2") {
			continue
		}
		content := op.Spec.Responses.Value(status).Value.Content
		kind, ok := typed[status]
		switch {
		case ok && chosen && status != wanted:
		case ok:
			if i := slices.IndexFunc(found, func(r oneResponse) bool { return r.Type == kind }); i >= 0 {
				found[i].Statuses = append(found[i].Statuses, status)
			} else {
				found = append(found, oneResponse{[]string{status}, kind, t.Decoder(kind)})
			}
		case len(content) == 0:
			m.MayEmpty = true
		case content.Get(eventStream) != nil && len(content) == 1:
			streams = true
		default:
			m.Download = true
		}
	}
	switch {
	case m.Download && (len(found) > 0 || streams):
		return fmt.Errorf("responses of several kinds: JSON or a stream, and other content")
	case m.Download:
		t.plane.Downloads = true
	case len(found) == 1:
		m.Result, m.Decode = found[0].Type, found[0].Decode
	case len(found) > 1:
		if _, taken := t.schemas[op.OperationId+"Result"]; taken {
			return fmt.Errorf("responses of several types, and a schema has the name of their result, %sResult", op.OperationId)
		}
		for _, response := range found {
			if !isName(response.Type) {
				return fmt.Errorf("responses of several types, and %s is not a named type: %s selects one", response.Type, extResponse)
			}
		}
		m.Responses = &responses{op.OperationId + "Result", op.OperationId, found}
		m.Result = m.Responses.Name
		t.plane.Responses = append(t.plane.Responses, m.Responses)
	case chosen:
		return fmt.Errorf("%s %s: no response with this status", extResponse, wanted)
	case streams:
		m.StreamOnly = true
	}
	return nil
}

// isName reports whether a Go type is a named type.
func isName(goType string) bool {
	return !strings.ContainsAny(goType, "[]*{} ")
}
