package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/oapi-codegen/oapi-codegen/v2/pkg/util"
	"go.yaml.in/yaml/v3"
)

// action is one change that an overlay makes.
type action struct {
	Target      string
	Description string
	Remove      bool
	Copy        string
	Update      any
}

// readOverlay returns the actions of an overlay; none if there is no such file.
func readOverlay(name string) ([]action, error) {
	text, err := os.ReadFile(name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var overlay struct{ Actions []action }
	if err := yaml.Unmarshal(text, &overlay); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return overlay.Actions, nil
}

// overlayChanges is what became of an overlay's actions.
type overlayChanges struct {
	added, removed, changed []action
	reworded                int // nothing but the description
}

// compareOverlays holds two overlays against each other. Actions on the same
// target with the same effect are the same, wherever they stand; one that has
// changed is known by its target, or else by its description.
func compareOverlays(base, head []action) overlayChanges {
	var c overlayChanges
	left := slices.Clone(base)
	take := func(same func(action) bool) (action, bool) {
		i := slices.IndexFunc(left, same)
		if i < 0 {
			return action{}, false
		}
		found := left[i]
		left = slices.Delete(left, i, i+1)
		return found, true
	}
	var rest, moved []action
	for _, a := range head {
		was, ok := take(func(b action) bool { return b.Target == a.Target && b.effect() == a.effect() })
		switch {
		case !ok:
			rest = append(rest, a)
		case was.Description != a.Description:
			c.reworded++
		}
	}
	for _, a := range rest {
		if _, ok := take(func(b action) bool { return b.Target == a.Target && b.Remove == a.Remove }); ok {
			c.changed = append(c.changed, a)
		} else {
			moved = append(moved, a)
		}
	}
	for _, a := range moved {
		if _, ok := take(func(b action) bool { return b.Description == a.Description && b.Remove == a.Remove }); ok {
			c.changed = append(c.changed, a)
		} else {
			c.added = append(c.added, a)
		}
	}
	c.removed = left
	return c
}

// effect is what an action does to its target.
func (a action) effect() string {
	text, err := yaml.Marshal(struct {
		Remove bool
		Copy   string
		Update any
	}{a.Remove, a.Copy, a.Update})
	if err != nil {
		return err.Error() // what was read from YAML can be written
	}
	return string(text)
}

// describe says what actions are for, each with its target, or the number of
// its targets if several are for the same.
func describe(actions []action) []string {
	var facts []string
	targets := map[string][]string{}
	for _, a := range actions {
		// Where a fact comes from stands at the end.
		fact, _, _ := strings.Cut(a.Description, " Source - ")
		if targets[fact] == nil {
			facts = append(facts, fact)
		}
		targets[fact] = append(targets[fact], a.Target)
	}
	for i, fact := range facts {
		if n := len(targets[fact]); n > 1 {
			facts[i] = strings.TrimSpace(fmt.Sprintf("%s (%d actions)", fact, n))
		} else {
			facts[i] = strings.TrimSpace(fmt.Sprintf("%s (`%s`)", fact, targets[fact][0]))
		}
	}
	return facts
}

// plane is a spec with its overlay.
type plane struct {
	published *openapi3.T
	doc       *openapi3.T // with the overlay
	actions   []action
	unmatched []string // targets that are not in the spec
}

var didNotMatch = regexp.MustCompile(`selector ("(?:[^"\\]|\\.)*") did not match any targets`)

// loadPlane loads a plane of a version. Overlay actions that match nothing are
// no error: the report names them.
func loadPlane(t tree, version, name string) (plane, error) {
	spec, overlay := t.file(version, name+".yaml"), t.file(version, name+".overlay.yaml")
	wrap := func(err error) (plane, error) {
		return plane{}, fmt.Errorf("openapi/%s/%s.yaml of %s: %w", version, name, t.name, err)
	}
	actions, err := readOverlay(overlay)
	if err != nil {
		return wrap(err)
	}
	p := plane{actions: actions}
	options := util.LoadSwaggerWithOverlayOpts{AllowRemoteRefsFrom: []string{}}
	if p.published, err = util.LoadSwaggerWithOverlay(spec, options); err != nil {
		return wrap(err)
	}
	if actions != nil {
		options.Path, options.Strict = overlay, true
	}
	p.doc, err = util.LoadSwaggerWithOverlay(spec, options)
	if err == nil {
		return p, nil
	}
	for _, match := range didNotMatch.FindAllStringSubmatch(err.Error(), -1) {
		target, unquoteErr := strconv.Unquote(match[1])
		if unquoteErr != nil {
			return wrap(err)
		}
		p.unmatched = append(p.unmatched, target)
	}
	if p.unmatched == nil {
		return wrap(err)
	}
	options.Strict = false
	if p.doc, err = util.LoadSwaggerWithOverlay(spec, options); err != nil {
		return wrap(err)
	}
	return p, nil
}
