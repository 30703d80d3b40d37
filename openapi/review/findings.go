package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/pinecone-community/assistant-go/internal/compile"
	"github.com/pinecone-community/assistant-go/openapi/internal/specdiff"
)

// findings are the changes in the versions that both sides have, or between a
// new version and its predecessor.
type findings struct {
	added       newVersion // the new version, if any
	onlyVersion string     // the version, if there is only one
	scopes      []string   // the planes as VERSION/PLANE
	planes      lines      // new and removed planes

	specBreaking, specValues, specOther lines
	facts, wired                        int // wired facts are listed under requests and responses
	prose                               specdiff.Differences

	goRemoved, goChanged, goStock lines
	broken                        []string // Go names, once for each breaking change
	goAdded                       lines
	stockMore                     int

	lost, gained               lines // by the spec
	overlayLost, overlayGained lines // by overlays

	unmatched                                    lines
	overlayAdded, overlayRemoved, overlayChanged lines
	overlayBegins, overlayEnds                   lines // of actions that begin or cease to apply
	actions, reworded                            int

	count lineCount
}

// lines are lines of the report, each with the scopes for which it holds.
type lines struct {
	texts  []string
	scopes map[string][]string
}

func (l *lines) add(scope string, texts ...string) {
	if l.scopes == nil {
		l.scopes = map[string][]string{}
	}
	for _, text := range texts {
		if l.scopes[text] == nil {
			l.texts = append(l.texts, text)
		}
		if !slices.Contains(l.scopes[text], scope) {
			l.scopes[text] = append(l.scopes[text], scope)
		}
	}
}

func (f *findings) addSpec(scope string, list []fact, d specdiff.Differences) {
	l := writeFacts(list)
	f.specBreaking.add(scope, l.breaking...)
	f.specValues.add(scope, l.values...)
	f.specOther.add(scope, l.other...)
	f.wired += l.wired
	f.facts += len(list)
	// If oasdiff's changelog has entries, they cover operations and schemas.
	unsaid := slices.DeleteFunc(slices.Clone(d.Places), func(place string) bool {
		return len(list) > 0 && (strings.HasPrefix(place, "/paths") || strings.HasPrefix(place, "/components"))
	})
	if len(unsaid) > 0 {
		f.specOther.add(scope, "changed without details: "+capped(quoted(unsaid)))
		f.facts += len(unsaid)
	}
	f.prose.Gained += d.Gained
	f.prose.Lost += d.Lost
	f.prose.Changed += d.Changed
}

func (f *findings) addGo(scope string, c goChanges) {
	if len(c.removed) > 0 {
		f.goRemoved.add(scope, "removed: "+strings.Join(c.removed, ", "))
	}
	f.goChanged.add(scope, c.changed...)
	if len(c.stock) > 0 {
		f.goStock.add(scope, "stock client: "+strings.Join(c.stock, "; "))
	}
	f.broken = append(f.broken, c.broken...)
	f.goAdded.add(scope, c.added...)
	f.stockMore += c.stockMore
}

func (f *findings) addOverlay(plane string, base, head []*compile.Action) {
	c := compareOverlays(base, head)
	f.unmatched.add(plane, quoted(unmatched(head))...)
	f.overlayRemoved.add(plane, describe(c.removed)...)
	f.overlayChanged.add(plane, describe(c.changed)...)
	f.overlayAdded.add(plane, describe(c.added)...)
	f.actions += len(c.removed) + len(c.changed) + len(c.added)
	f.reworded += c.reworded
}

// addApplied records the actions that apply in only one of two versions.
func (f *findings) addApplied(scope string, base, head []*compile.Action, from, to string) {
	begins, ends := appliesIn(head, to, base, from), appliesIn(base, from, head, to)
	f.overlayBegins.add(scope, describe(begins)...)
	f.overlayEnds.add(scope, describe(ends)...)
	f.actions += len(begins) + len(ends)
}

// explains reports whether the findings explain differences in generated code.
func (f *findings) explains() bool {
	return f.facts+f.actions > 0 || f.prose.Texts() != "" || len(f.planes.texts) > 0
}

// adds reports whether the exported Go API grew.
func (f *findings) adds() bool {
	return len(f.goAdded.texts)+f.stockMore > 0
}

// why summarizes the causes of the differences in generated lines.
func (f *findings) why() string {
	var parts []string
	for _, part := range []struct {
		n    int
		what string
	}{
		{f.facts, "spec fact"},
		{f.actions, "overlay action"},
		{f.prose.Gained + f.prose.Lost + f.prose.Changed, "description"},
	} {
		if part.n > 0 {
			parts = append(parts, plural(part.n, part.what))
		}
	}
	if parts == nil {
		return "no spec fact"
	}
	return join(parts)
}

func plural(n int, what string) string {
	switch n {
	case 0:
		return "no " + what
	case 1:
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

// join joins parts of a sentence: "a, b and c".
func join(parts []string) string {
	if len(parts) < 2 {
		return strings.Join(parts, "")
	}
	last := len(parts) - 1
	return strings.Join(parts[:last], ", ") + " and " + parts[last]
}
