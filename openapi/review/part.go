package main

import (
	"fmt"
	"slices"
	"strings"
)

// part is what the report says of the versions that both sides have, or of a new
// version and the one before it.
type part struct {
	added       newVersion // if the part is about one
	onlyVersion string     // if it is about no more than one
	scopes      []string   // the planes, as VERSION/PLANE
	planes      lines      // that are new or gone

	specBreaking, specValues, specOther lines
	facts, wired                        int // wired are those that the wire's lines have
	prose                               documents

	goRemoved, goChanged, goStock lines
	breaks                        int // of Go
	goGained, goAdded             lines
	stockMore                     int

	lost, gained lines

	unmatched                                    lines
	overlayAdded, overlayRemoved, overlayChanged lines
	actions, reworded                            int
	configs                                      lines

	count lineCount
}

// lines are lines of the report, each with the scopes that it holds for.
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

func (p *part) addSpec(scope string, list []fact, d documents) {
	l := writeFacts(list)
	p.specBreaking.add(scope, l.breaking...)
	p.specValues.add(scope, l.values...)
	p.specOther.add(scope, l.other...)
	p.wired += l.wired
	p.facts += len(list)
	// What is in operations and schemas, the changelog has; if it has anything.
	unsaid := slices.DeleteFunc(slices.Clone(d.places), func(place string) bool {
		return len(list) > 0 && (strings.HasPrefix(place, "/paths") || strings.HasPrefix(place, "/components"))
	})
	if len(unsaid) > 0 {
		p.specOther.add(scope, "differs in "+capped(quoted(unsaid)))
		p.facts += len(unsaid)
	}
	p.prose.gained += d.gained
	p.prose.lost += d.lost
	p.prose.changed += d.changed
}

func (p *part) addGo(scope string, c goChanges) {
	if len(c.removed) > 0 {
		p.goRemoved.add(scope, "removed: "+strings.Join(c.removed, ", "))
	}
	p.goChanged.add(scope, c.changed...)
	if len(c.stock) > 0 {
		p.goStock.add(scope, "stock client: "+strings.Join(c.stock, "; "))
	}
	p.breaks += c.breaks()
	if len(c.gained) > 0 {
		p.goGained.add(scope, "stock interfaces gained methods (not a break for callers): "+capped(c.gained))
	}
	p.goAdded.add(scope, c.added...)
	p.stockMore += c.stockMore
}

func (p *part) addOverlay(scope string, c overlayChanges, unmatched []string) {
	p.unmatched.add(scope, quoted(unmatched)...)
	p.overlayRemoved.add(scope, describe(c.removed)...)
	p.overlayChanged.add(scope, describe(c.changed)...)
	p.overlayAdded.add(scope, describe(c.added)...)
	p.actions += len(c.removed) + len(c.changed) + len(c.added)
	p.reworded += c.reworded
}

// explains reports whether something in the part makes generated code differ.
func (p *part) explains() bool {
	return p.facts+p.actions+len(p.configs.texts) > 0 || p.prose.prose() != "" || len(p.planes.texts) > 0
}

// adds reports whether the exported Go API grew.
func (p *part) adds() bool {
	return len(p.goAdded.texts)+len(p.goGained.texts)+p.stockMore > 0
}

// why says what the generated lines are for.
func (p *part) why() string {
	var parts []string
	for _, part := range []struct {
		n    int
		what string
	}{
		{p.facts, "spec fact"},
		{p.actions, "overlay action"},
		{len(p.configs.texts), "configuration"},
		{p.prose.gained + p.prose.lost + p.prose.changed, "description"},
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
