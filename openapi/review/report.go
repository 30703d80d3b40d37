package main

import (
	"fmt"
	"slices"
	"strings"
)

// report is the content of the report. The method markdown writes it.
type report struct {
	base, head    string    // names of both sides
	moving        [2]string // the two versions, if one tree has both
	released      string
	generator     string
	sameGenerator bool     // both sides require the generator version that the generated code names
	templates     []string // changed files of the generator
	explained     bool     // the report has a cause for the changes in generated lines
	behind        bool     // hand-written code of auth or internal changed

	main    *findings
	removed []string
	added   []newVersion
	news    []*findings // one for each element of added

	unnamed []string // breaking changes that the changelog's topmost entry does not name
	entry   string   // its title
}

func (r *report) markdown() string {
	var b strings.Builder
	if r.moving[0] == "" && r.nothing() {
		return unchanged(r.base, r.head)
	}
	fmt.Fprintf(&b, "# API review: %s → %s\n\n", r.base, r.head)
	if r.moving[0] != "" {
		r.writeMove(&b)
	} else {
		r.writeVerdict(&b)
	}
	if r.moving[0] != "" || !r.main.empty() {
		r.main.write(&b)
	}
	for _, p := range r.news {
		p.writeNew(&b)
	}
	return b.String()
}

// unchanged returns the report of a change in other parts of the project.
func unchanged(base, head string) string {
	return fmt.Sprintf("No change of specs, overlays, generated code or exported Go API from %s to %s.\n", base, head)
}

// nothing reports whether the report is empty.
func (r *report) nothing() bool {
	level, _ := r.advice()
	return level == none && r.sameGenerator && len(r.templates) == 0 && r.main.empty()
}

// writeMove summarizes the migration from one version to another.
func (r *report) writeMove(b *strings.Builder) {
	p := r.main
	fmt.Fprintf(b, "From `gen/%s` to `gen/%s`, the exported Go API has **%s**.\n", r.moving[0], r.moving[1], plural(len(p.broken), "breaking change"))
	b.WriteString("For the module, a new version is a **minor** change: the packages of the other versions stay.\n\n")
	fmt.Fprintf(b, "%s; generator: %s.\n", p.lines(), r.generator)
}

// writeVerdict summarizes a change.
func (r *report) writeVerdict(b *strings.Builder) {
	level, reason := r.advice()
	fmt.Fprintf(b, "**%s**: %s.", level, reason)
	if version, err := next(r.released, level); err != nil {
		fmt.Fprintf(b, " The next version is unknown: %v.", err)
	} else if r.released == "" {
		fmt.Fprintf(b, " There is no release yet; the first is %s.", version)
	} else if level != none {
		fmt.Fprintf(b, " The next version after %s is %s.", r.released, version)
	}
	b.WriteString("\n\n")

	p := r.main
	fmt.Fprintf(b, "%s; generator: %s.\n", p.lines(), r.generator)
	if p.count.lines() == 0 && p.facts+p.actions > 0 {
		b.WriteString("**Specs or overlays changed, but no generated line changed**: either the change has no effect on the Go code, or `make generate` was not run.\n")
	}
	if len(r.templates) > 0 {
		fmt.Fprintf(b, "Changed files of the generator: %s.\n", capped(r.templates))
	}
	if p.count.lines() > 0 && !r.explained {
		b.WriteString("**No change of specs, overlays, generator or go.mod explains these lines. An earlier commit may have made it.**\n")
	}
	if len(r.unnamed) > 0 {
		fmt.Fprintf(b, "**Breaking changes that the topmost entry of the changelog, %s, does not name**: %s.\n", r.entry, quoteAll(r.unnamed))
	}
	for _, version := range r.removed {
		fmt.Fprintf(b, "Version %s is removed.\n", version)
	}
	for _, added := range r.added {
		if added.compared == "" {
			fmt.Fprintf(b, "Version %s is new. There is no earlier version to compare it with.\n", added.version)
		} else {
			fmt.Fprintf(b, "Version %s is new. It is compared with %s below.\n", added.version, added.compared)
		}
	}
}

// writeNew writes the differences of a new version from its predecessor.
func (f *findings) writeNew(b *strings.Builder) {
	if f.added.compared == "" {
		return
	}
	fmt.Fprintf(b, "\n# New version %s, compared with %s\n\n", f.added.version, f.added.compared)
	fmt.Fprintf(b, "%s. The exported Go API has **%s**.\n", f.lines(), plural(len(f.broken), "breaking change"))
	f.write(b)
}

// lines describes the number of differing generated lines and their causes.
func (f *findings) lines() string {
	c := f.count
	if c.lines() == 0 {
		return "No generated line differs"
	}
	text := fmt.Sprintf("%s (+%d −%d) in %s", plural(c.lines(), "generated line"), c.added, c.removed, plural(c.files, "file"))
	if c.code == 0 {
		text += ", all of them comments"
	}
	return text + "; causes: " + f.why()
}

// empty reports whether there are no findings.
func (f *findings) empty() bool {
	return !f.explains() && !f.adds() && len(f.broken)+f.count.lines()+f.reworded+len(f.unmatched.texts) == 0
}

// write writes the sections, and one line that names the empty ones.
func (f *findings) write(b *strings.Builder) {
	var empty []string
	for _, s := range []struct {
		title, name string
		lists       []list
		notes       []string
	}{
		{"Spec, without overlays", "spec", []list{
			{"", f.planes, true},
			{"Breaking", f.specBreaking, true},
			{"New enum values in responses, which the generated clients accept", f.specValues, false},
			{"Not breaking", f.specOther, false},
		}, f.specNotes()},
		{"Go API", "Go API", []list{
			{"Breaking", merged(f.goRemoved, f.goChanged, f.goStock), true},
			{"Not breaking", f.goAdded, true},
		}, f.goNotes()},
		{"Requests and responses, with overlays", "requests and responses", []list{
			{"Removed", f.lost, true},
			{"Added", f.gained, true},
			{"Removed with an overlay; not in the spec", f.overlayLost, true},
			{"Added by an overlay; not in the spec", f.overlayGained, true},
		}, nil},
		{"Overlays", "overlays", []list{
			{"Targets that match in no version", f.unmatched, true},
			{"Removed", f.overlayRemoved, false},
			{"Changed", f.overlayChanged, false},
			{"Added", f.overlayAdded, false},
			{"No longer applied", f.overlayEnds, false},
			{"Newly applied", f.overlayBegins, false},
		}, f.overlayNotes()},
	} {
		var text strings.Builder
		for _, l := range s.lists {
			l.write(&text, f.label)
		}
		for _, note := range s.notes {
			fmt.Fprintf(&text, "\n%s\n", note)
		}
		if text.Len() == 0 {
			empty = append(empty, s.name)
			continue
		}
		fmt.Fprintf(b, "\n## %s\n%s", s.title, text.String())
	}
	if len(empty) > 0 {
		fmt.Fprintf(b, "\nNo change: %s.\n", strings.Join(empty, ", "))
	}
}

func (f *findings) specNotes() []string {
	var notes []string
	if f.wired > 0 && len(f.lost.texts)+len(f.gained.texts) > 0 {
		notes = append(notes, fmt.Sprintf("Changed names that break nothing: %d, listed under [requests and responses](#requests-and-responses-with-overlays).", f.wired))
	}
	if prose := f.prose.Texts(); prose != "" {
		notes = append(notes, "Descriptions: "+prose+".")
	}
	return notes
}

func (f *findings) goNotes() []string {
	if f.stockMore == 0 {
		return nil
	}
	return []string{fmt.Sprintf("Additions to the stock client: %d.", f.stockMore)}
}

func (f *findings) overlayNotes() []string {
	if f.reworded == 0 {
		return nil
	}
	return []string{fmt.Sprintf("Actions of which only the description changed: %d.", f.reworded)}
}

// list is a titled list in the report.
type list struct {
	title string
	lines lines
	whole bool // the list is not truncated
}

// longest is the maximum number of lines of a truncated list.
const longest = 12

func (l list) write(b *strings.Builder, label func([]string) string) {
	if len(l.lines.texts) == 0 {
		return
	}
	b.WriteString("\n")
	if l.title != "" {
		fmt.Fprintf(b, "%s:\n\n", l.title)
	}
	for i, text := range l.lines.texts {
		if i == longest && !l.whole {
			fmt.Fprintf(b, "- and %d more\n", len(l.lines.texts)-i)
			return
		}
		fmt.Fprintf(b, "- %s: %s\n", label(l.lines.scopes[text]), text)
	}
}

// label returns the names of the planes for which a line holds.
func (f *findings) label(scopes []string) string {
	if len(scopes) > 1 && len(scopes) == len(f.scopes) {
		return "all planes"
	}
	var names []string
	for _, scope := range scopes {
		if f.onlyVersion != "" {
			scope = strings.TrimPrefix(scope, f.onlyVersion+"/")
		}
		names = append(names, scope)
	}
	return strings.Join(names, ", ")
}

func merged(lists ...lines) lines {
	var all lines
	for _, l := range lists {
		for _, text := range l.texts {
			for _, scope := range l.scopes[text] {
				all.add(scope, text)
			}
		}
	}
	return all
}

func quoted(texts []string) []string {
	quoted := slices.Clone(texts)
	for i, text := range texts {
		quoted[i] = "`" + text + "`"
	}
	return quoted
}

// quoteAll formats texts as code spans.
func quoteAll(texts []string) string { return strings.Join(quoted(texts), ", ") }

// most is the maximum number of names in a truncated line.
const most = 40

// capped joins names. It counts those beyond the first most.
func capped(names []string) string {
	if len(names) > most {
		return strings.Join(names[:most], ", ") + fmt.Sprintf(" and %d more", len(names)-most)
	}
	return strings.Join(names, ", ")
}
