// Package tables writes the generated tables of openapi/README.md: the
// vocabulary of the overlays, and the versions in which each action of an
// overlay applies. The command openapi/importer uses it.
package tables

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/pinecone-community/assistant-go/internal/compile"
)

// Rewrite returns the text of the README with the tables for the module between
// its marker comments. It returns a text without markers as it is.
func Rewrite(module, text string) (string, error) {
	if !strings.Contains(text, "\n<!-- overlays: ") {
		return text, nil
	}
	overlays, specs, err := compile.OverlaidSpecs(module)
	if err != nil {
		return "", err
	}
	for _, section := range []struct{ name, table string }{
		{"vocabulary", vocabularyTable()},
		{"overlays", overlayTables(overlays, specs)},
	} {
		before, rest, _ := strings.Cut(text, "\n<!-- "+section.name+": ")
		comment, rest, _ := strings.Cut(rest, " -->\n")
		_, after, ok := strings.Cut(rest, "<!-- end of "+section.name+" -->\n")
		if !ok {
			return "", fmt.Errorf("the README has no section %s between comments", section.name)
		}
		text = before + "\n<!-- " + section.name + ": " + comment + " -->\n" + section.table + "<!-- end of " + section.name + " -->\n" + after
	}
	return text, nil
}

func vocabularyTable() string {
	var b strings.Builder
	b.WriteString("\n| extension | of | value | means |\n|---|---|---|---|\n")
	for _, e := range compile.Vocabulary {
		fmt.Fprintf(&b, "| `%s` | %s | %s | %s |\n", e.Name, cell(e.Of), cell(e.Value), cell(e.Means))
	}
	return b.String() + "\n"
}

// row is a row of a table: the purpose of actions in a plane's overlay, and
// their targets, grouped by the versions in which they apply.
type row struct{ plane, what, source, versions, targets string }

func overlayTables(overlays []*compile.Overlay, specs map[string]map[string]*compile.Overlaid) string {
	var rows []row
	for _, overlay := range overlays {
		for _, action := range overlay.Actions {
			what, source, _ := strings.Cut(action.Description, " Source - ")
			for _, part := range action.Parts {
				r := row{overlay.Plane(), cell(what), strings.TrimSuffix(cell(source), "."), where(specs, overlay.Plane(), part.Applied), ""}
				same := func(other row) bool { other.targets = ""; return other == r }
				i := slices.IndexFunc(rows, same)
				if i < 0 {
					i = len(rows)
					rows = append(rows, r)
				}
				rows[i].targets = strings.TrimPrefix(rows[i].targets+"<br>`"+cell(part.Target)+"`", "<br>")
			}
		}
	}
	var facts, names strings.Builder
	facts.WriteString("\n| plane | fact | source | versions | targets |\n|---|---|---|---|---|\n")
	names.WriteString("\n| plane | what for | versions | targets |\n|---|---|---|---|\n")
	for _, r := range rows {
		if r.source != "" {
			fmt.Fprintf(&facts, "| %s | %s | %s | %s | %s |\n", r.plane, r.what, r.source, r.versions, r.targets)
		} else {
			fmt.Fprintf(&names, "| %s | %s | %s | %s |\n", r.plane, r.what, r.versions, r.targets)
		}
	}
	return facts.String() + names.String() + "\n"
}

// where returns the versions in a list, or "all" if they are all versions that
// have the plane.
func where(specs map[string]map[string]*compile.Overlaid, plane string, versions []string) string {
	all := 0
	for _, planes := range specs {
		if planes[plane] != nil {
			all++
		}
	}
	if len(versions) == all {
		return "all"
	}
	return cmp.Or(strings.Join(versions, ", "), "**none**")
}

func cell(text string) string {
	return strings.ReplaceAll(strings.Join(strings.Fields(text), " "), "|", `\|`)
}
