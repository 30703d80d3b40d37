package compile

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/speakeasy-api/openapi/overlay"
	"gopkg.in/yaml.v3"
)

// An Overlay adds facts about the service, Go names and examples to the
// published specs of a plane, for all versions. An action applies to the
// versions in which its target exists.
type Overlay struct {
	File    string
	Actions []*Action
	paths   *overlay.Overlay
}

// Action is an action of an overlay.
type Action struct {
	Line        int
	Target      string
	Description string
	// Parts are the targets of an action. A target with several keys, such as
	// ['a', 'b'], has a part for each key. Each part must exist in at least one
	// version.
	Parts  []Part
	update *yaml.Node
	remove bool
	only   []string // versions to which it applies; empty for all
	unless string   // the action is skipped if the published spec has this target
}

// Part is one of the targets of an action.
type Part struct {
	Target string
	// Applied are the versions that the part changed.
	Applied []string
}

// Fields of an action beyond those of the Overlay Specification.
const (
	fieldVersions = "x-versions"
	fieldUnless   = "x-unless"
)

// readOverlay reads an overlay and checks the form of its actions.
func readOverlay(file string, text []byte) (*Overlay, error) {
	fail := func(line int, format string, args ...any) error {
		return fmt.Errorf("%s:%d: %w", file, line, fmt.Errorf(format, args...))
	}
	var raw struct {
		Actions []yaml.Node `yaml:"actions"`
	}
	if err := yaml.Unmarshal(text, &raw); err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	o := &Overlay{File: file, paths: &overlay.Overlay{}}
	if err := yaml.Unmarshal(text, o.paths); err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	if err := o.paths.Validate(); err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	for i, action := range o.paths.Actions {
		a := &Action{
			Line:        raw.Actions[i].Line,
			Target:      action.Target,
			Description: action.Description,
			remove:      action.Remove,
		}
		if action.Description == "" {
			return nil, fail(a.Line, "the action has no description")
		}
		for field, value := range action.Extensions {
			switch field {
			case fieldVersions:
				list, _ := value.([]any)
				for _, version := range list {
					text, _ := version.(string)
					if !IsVersion(text) {
						return nil, fail(a.Line, "%s: want a list of versions", field)
					}
					a.only = append(a.only, text)
				}
				if len(a.only) == 0 {
					return nil, fail(a.Line, "%s: want a list of versions", field)
				}
			case fieldUnless:
				if a.unless, _ = value.(string); a.unless == "" {
					return nil, fail(a.Line, "%s: want a target", field)
				}
			default:
				return nil, fail(a.Line, "the action has an unknown field %s", field)
			}
		}
		if !action.Update.IsZero() {
			a.update = &action.Update
			if err := checkVocabulary(a.update); err != nil {
				return nil, fail(a.Line, "%w", err)
			}
		}
		if (a.update == nil) != a.remove {
			return nil, fail(a.Line, "want either update or remove")
		}
		for _, target := range alternatives(action.Target) {
			if _, err := o.paths.NewPath(target, nil); err != nil {
				return nil, fail(a.Line, "%w", err)
			}
			a.Parts = append(a.Parts, Part{Target: target})
		}
		o.Actions = append(o.Actions, a)
	}
	return o, nil
}

// apply applies the actions to the spec of a version. An update adds to the
// spec; it does not replace existing values.
func (o *Overlay) apply(root *yaml.Node, version string) error {
	published := clone(root)
	schemas := map[string]bool{}
	eachPair(get(get(root, "components"), "schemas"), func(name string, _ *yaml.Node) { schemas[name] = true })
	for _, action := range o.Actions {
		if len(action.only) > 0 && !slices.Contains(action.only, version) {
			continue
		}
		if action.unless != "" {
			found, err := o.query(action.unless, published)
			if err != nil {
				return fmt.Errorf("%s:%d: %s: %w", o.File, action.Line, fieldUnless, err)
			}
			if len(found) > 0 {
				continue
			}
		}
		for i := range action.Parts {
			part := &action.Parts[i]
			applied, err := o.applyPart(root, action, part.Target, schemas)
			if err != nil {
				return fmt.Errorf("%s:%d: %w", o.File, action.Line, err)
			}
			if applied {
				part.Applied = append(part.Applied, version)
			}
		}
	}
	return nil
}

func (o *Overlay) query(target string, root *yaml.Node) ([]*yaml.Node, error) {
	path, err := o.paths.NewPath(target, nil)
	if err != nil {
		return nil, err
	}
	return path.Query(root), nil
}

func (o *Overlay) applyPart(root *yaml.Node, action *Action, target string, published map[string]bool) (bool, error) {
	nodes, err := o.query(target, root)
	if err != nil {
		return false, err
	}
	if action.remove {
		if len(nodes) > 0 {
			one := overlay.Overlay{Version: o.paths.Version, Actions: []overlay.Action{{Target: target, Remove: true}}}
			err = one.ApplyTo(&yaml.Node{Kind: yaml.DocumentNode, Content: []*yaml.Node{root}})
		}
		return len(nodes) > 0, err
	}
	applied := false
	all := get(get(root, "components"), "schemas")
	for _, node := range nodes {
		if get(node, "$ref") != nil {
			continue // OpenAPI 3.0 ignores keywords beside a reference
		}
		if node == all {
			for i := 0; i < len(action.update.Content); i += 2 {
				if name := action.update.Content[i].Value; published[name] {
					return false, fmt.Errorf("the spec already has a schema %s: rename the schema in the action, or add %s", name, fieldUnless)
				}
			}
		}
		applied = merge(node, action.update) || applied
	}
	return applied, nil
}

// merge adds an update to a node and reports whether the node has changed. It
// keeps existing values, except those of extensions.
func merge(node, update *yaml.Node) bool {
	changed := false
	switch {
	case node.Kind == yaml.MappingNode && update.Kind == yaml.MappingNode:
		for i := 0; i+1 < len(update.Content); i += 2 {
			key, value := update.Content[i].Value, update.Content[i+1]
			below := get(node, key)
			isExtension := strings.HasPrefix(key, "x-")
			switch {
			case below == nil:
				set(node, key, clone(value))
				changed = true
			case isExtension && !equal(below, value):
				set(node, key, clone(value))
				changed = true
			case !isExtension && get(below, "$ref") == nil && get(value, "$ref") == nil:
				changed = merge(below, value) || changed
			}
		}
	case node.Kind == yaml.SequenceNode && update.Kind == yaml.SequenceNode:
		for _, value := range update.Content {
			if !slices.ContainsFunc(node.Content, func(n *yaml.Node) bool { return equal(n, value) }) {
				node.Content = append(node.Content, clone(value))
				changed = true
			}
		}
	}
	return changed
}

func equal(a, b *yaml.Node) bool {
	if a.Kind != b.Kind || a.Value != b.Value || len(a.Content) != len(b.Content) {
		return false
	}
	return !slices.ContainsFunc(indices(a.Content), func(i int) bool { return !equal(a.Content[i], b.Content[i]) })
}

func indices[T any](list []T) []int {
	all := make([]int, len(list))
	for i := range all {
		all[i] = i
	}
	return all
}

func clone(node *yaml.Node) *yaml.Node {
	copied := *node
	copied.Content = nil
	for _, below := range node.Content {
		copied.Content = append(copied.Content, clone(below))
	}
	return &copied
}

// stale returns an error that lists the actions, and the parts of actions, that
// apply to no version.
func (o *Overlay) stale(versions []string) error {
	var lines []string
	for _, action := range o.Actions {
		for _, version := range action.only {
			if !slices.Contains(versions, version) {
				lines = append(lines, fmt.Sprintf("%s:%d: there is no version %s", o.File, action.Line, version))
			}
		}
		for _, part := range action.Parts {
			if len(part.Applied) == 0 {
				lines = append(lines, fmt.Sprintf("%s:%d: %s: %s", o.File, action.Line, part.Target, action.Description))
			}
		}
	}
	if len(lines) == 0 {
		return nil
	}
	return fmt.Errorf("actions that change no version:\n%s", strings.Join(lines, "\n"))
}

// choice matches the part of a target that has several keys, such as ['a',
// 'b'].
var choice = regexp.MustCompile(`\['[^']*'(?:, *'[^']*')+\]`)

// alternatives returns a target for each of the keys in a target.
func alternatives(target string) []string {
	found := choice.FindStringIndex(target)
	if found == nil {
		return []string{target}
	}
	var targets []string
	for key := range strings.SplitSeq(target[found[0]+1:found[1]-1], ",") {
		for _, end := range alternatives(target[found[1]:]) {
			targets = append(targets, target[:found[0]]+"["+strings.TrimSpace(key)+"]"+end)
		}
	}
	return targets
}
