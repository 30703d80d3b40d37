package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/pinecone-community/assistant-go/internal/compile"
)

// overlayChanges are the changes of an overlay's actions.
type overlayChanges struct {
	added, removed, changed []*compile.Action
	reworded                int // number of actions of which only the description changed
}

// compareOverlays compares the actions of two overlays. Actions with the same
// target and effect are the same, wherever they are. A changed action is
// recognized by its target, or else by its description.
func compareOverlays(base, head []*compile.Action) overlayChanges {
	var c overlayChanges
	left := slices.Clone(base)
	take := func(same func(*compile.Action) bool) *compile.Action {
		i := slices.IndexFunc(left, same)
		if i < 0 {
			return nil
		}
		found := left[i]
		left = slices.Delete(left, i, i+1)
		return found
	}
	var rest, moved []*compile.Action
	for _, a := range head {
		was := take(func(b *compile.Action) bool { return sameAction(a, b) })
		switch {
		case was == nil:
			rest = append(rest, a)
		case was.Description != a.Description:
			c.reworded++
		}
	}
	for _, a := range rest {
		if take(func(b *compile.Action) bool { return b.Target == a.Target }) != nil {
			c.changed = append(c.changed, a)
		} else {
			moved = append(moved, a)
		}
	}
	for _, a := range moved {
		if take(func(b *compile.Action) bool { return b.Description == a.Description }) != nil {
			c.changed = append(c.changed, a)
		} else {
			c.added = append(c.added, a)
		}
	}
	c.removed = left
	return c
}

func sameAction(a, b *compile.Action) bool {
	return a.Target == b.Target && a.Effect() == b.Effect()
}

// appliesIn returns the actions that apply in a version and that other also
// has, but that do not apply in otherVersion.
func appliesIn(actions []*compile.Action, version string, other []*compile.Action, otherVersion string) []*compile.Action {
	var found []*compile.Action
	for _, a := range actions {
		there := slices.IndexFunc(other, func(b *compile.Action) bool { return sameAction(a, b) })
		if applies(a, version) && there >= 0 && !applies(other[there], otherVersion) {
			found = append(found, a)
		}
	}
	return found
}

func applies(a *compile.Action, version string) bool {
	return slices.ContainsFunc(a.Parts, func(part compile.Part) bool { return slices.Contains(part.Applied, version) })
}

// unmatched returns the targets of actions that apply in no version.
func unmatched(actions []*compile.Action) []string {
	var targets []string
	for _, a := range actions {
		for _, part := range a.Parts {
			if len(part.Applied) == 0 {
				targets = append(targets, part.Target)
			}
		}
	}
	return targets
}

// describe returns the descriptions of actions, each with the target or, if
// several actions share a description, their number.
func describe(actions []*compile.Action) []string {
	var facts []string
	targets := map[string][]string{}
	for _, a := range actions {
		// The source of a fact is at the end of the description.
		fact, _, _ := strings.Cut(a.Description, " Source - ")
		if targets[fact] == nil {
			facts = append(facts, fact)
		}
		targets[fact] = append(targets[fact], a.Target)
	}
	for i, fact := range facts {
		if n := len(targets[fact]); n > 1 {
			facts[i] = fmt.Sprintf("%s (%d actions)", fact, n)
		} else {
			facts[i] = fmt.Sprintf("%s (`%s`)", fact, targets[fact][0])
		}
	}
	return facts
}
