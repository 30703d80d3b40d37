package compile

import (
	"fmt"
	"slices"

	"github.com/oapi-codegen/oapi-codegen/v2/pkg/codegen"
)

// wait is the value of x-wait: how to poll an operation. The names are those of
// properties of its reply, until they are resolved to code about "v".
type wait struct {
	Name     string   `json:"name"`     // of the Go method
	Status   string   `json:"status"`   // property with the state
	Done     []string `json:"done"`     // states of success
	Failed   []string `json:"failed"`   // states of failure
	Message  string   `json:"message"`  // property that says why it failed, if there is one
	Progress string   `json:"progress"` // property with the percentage that is done, if there is one
}

func (w *wait) check() error {
	if w.Status == "" || len(w.Done) == 0 {
		return fmt.Errorf("want name, status and done")
	}
	return identifier(w.Name)
}

func (m *method) describeWait(op codegen.OperationDefinition, t *types) error {
	w, ok := extension[wait](op.Spec.Extensions, extWait)
	if !ok {
		return nil
	}
	if m.Result == "" || m.Replies != nil {
		return fmt.Errorf("%s: want a reply of one type", extWait)
	}
	status, ok := t.field(m.Result, w.Status)
	if !ok {
		return fmt.Errorf("%s: %s has no %s", extWait, m.Result, w.Status)
	}
	if states := t.values(fieldType(status)); len(states) > 0 {
		unknown := func(state string) bool { return !slices.Contains(states, state) }
		w.Done, w.Failed = slices.DeleteFunc(w.Done, unknown), slices.DeleteFunc(w.Failed, unknown)
		if len(w.Done) == 0 {
			return fmt.Errorf("%s: %s has none of the states of success", extWait, w.Status)
		}
	}
	w.Status = "v." + status.GoFieldName()
	for _, property := range []*string{&w.Message, &w.Progress} {
		if *property == "" {
			continue
		}
		p, ok := t.field(m.Result, *property)
		if !ok {
			return fmt.Errorf("%s: %s has no %s", extWait, m.Result, *property)
		}
		*property = "v." + p.GoFieldName()
		if fieldType(p)[0] == '*' {
			*property = "rest.Value(" + *property + ")"
		}
	}
	m.Wait, t.Waits = &w, true
	return nil
}
