package compile

import (
	"fmt"
	"slices"
	"strings"

	"github.com/oapi-codegen/oapi-codegen/v2/pkg/codegen"
)

// wait is the value of x-wait. The names of properties of the response are
// replaced by expressions with the variable "v".
type wait struct {
	Name     string   `json:"name"`     // name of the Go method
	Status   string   `json:"status"`   // property with the state
	Done     []string `json:"done"`     // states of success
	Failed   []string `json:"failed"`   // states of failure
	Message  string   `json:"message"`  // property with the reason of a failure, or ""
	Progress string   `json:"progress"` // property with the progress in percent, or ""
	Fraction string   `json:"fraction"` // property with the progress as a fraction of 1, or ""
}

func (w *wait) check() error {
	if w.Status == "" || len(w.Done) == 0 {
		return fmt.Errorf("want name, status and done")
	}
	if w.Progress != "" && w.Fraction != "" {
		return fmt.Errorf("want progress or fraction, not both")
	}
	return identifier(w.Name)
}

func (m *method) describeWait(op codegen.OperationDefinition, t *types) error {
	w, ok := extension[wait](op.Spec.Extensions, extWait)
	if !ok {
		return nil
	}
	if m.Result == "" || m.Responses != nil {
		return fmt.Errorf("%s: want a response of one type", extWait)
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
	for _, property := range []*string{&w.Message, &w.Progress, &w.Fraction} {
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
	if w.Fraction != "" {
		w.Progress = "100 * " + w.Fraction
	}
	m.Wait, t.Waits = &w, true
	return nil
}

// follow describes the method that calls an operation and polls until it is
// done.
type follow struct {
	Name      string   // name of the Go method
	Wait      *method  // method that polls
	Arguments []string // expressions for its path parameters: parameters of the call and fields of the response "v"
}

// describeFollow finds the operation that polls the result of m: the only
// operation with x-wait whose response has the type of m's response. Each of
// its path parameters has the value of m's parameter of the same name, or else
// of the response field that the last word of the name denotes, such as id for
// operation_id.
func (m *method) describeFollow(methods []*method, t *types) {
	if m.HTTP == "http.MethodGet" || m.Result == "" || m.Responses != nil || m.Stream != nil {
		return
	}
	var f *follow
	for _, polled := range methods {
		if polled.Wait == nil || polled.Result != m.Result {
			continue
		}
		if f != nil {
			return // several operations would match
		}
		f = &follow{Name: m.Name + "AndWait", Wait: polled}
	}
	if f == nil {
		return
	}
	for _, parameter := range f.Wait.Path {
		if parameter.Variable == "" {
			continue
		}
		same := func(s segment) bool { return s.Name == parameter.Name && s.Type == parameter.Type }
		if i := slices.IndexFunc(m.Path, same); i >= 0 {
			f.Arguments = append(f.Arguments, m.Path[i].Variable)
			continue
		}
		words := strings.Split(parameter.Name, "_")
		field, ok := t.field(m.Result, words[len(words)-1])
		if !ok || fieldType(field) != parameter.Type {
			return
		}
		f.Arguments = append(f.Arguments, "v."+field.GoFieldName())
	}
	m.Follow = f
}
