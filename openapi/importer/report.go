package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/pinecone-community/assistant-go/internal/compile"
)

// shown is the maximum number of lines in a part of the report, so that the
// report fits on a page.
const shown = 10

// report prints what was imported and what is left to do. openapi is the folder
// of the module that has the version.
func (in *imported) report(out io.Writer, openapi string, result *compile.Result, changed []string) error {
	if len(changed) == 0 {
		fmt.Fprintf(out, "%s: nothing has changed\n", in.version)
	} else {
		fmt.Fprintf(out, "%s is imported and its tests pass: openapi/%[1]s and gen/%[1]s\n", in.version)
	}
	versions, err := compile.Versions(openapi)
	if err != nil {
		return err
	}
	base := newestBefore(versions, in.version)
	came, err := in.cameIn(openapi, base)
	if err != nil {
		return err
	}
	title := "Imported"
	if base != "" {
		title += ", compared with " + base
	}
	part(out, title, came)

	var undecided, optional []string
	for _, note := range result.Notes {
		at := note.Plane
		for _, s := range in.specs {
			if s.plane == note.Plane {
				at = s.at(s.placeIn(note.Place))
			}
		}
		line := fmt.Sprintf("%s: %s %s: openapi/%s.overlay.yaml", at, note.Place, note.Text, note.Plane)
		if note.Optional {
			optional = append(optional, line)
		} else {
			undecided = append(undecided, line)
		}
	}
	part(out, "To decide", undecided)

	var missing []string
	for _, s := range in.specs {
		ours := in.linesOf(s)
		for _, e := range s.missing {
			missing = append(missing, fmt.Sprintf("openapi/%s/%s.yaml:%d: %s (published: line %d)", in.version, s.plane, ours[e.place], e.place, s.lines[e.place]))
		}
	}
	part(out, "Without a description (write one in our own words)", missing)

	contradicted, err := contradictionsIn(openapi, in.version)
	if err != nil {
		return err
	}
	for i, text := range contradicted {
		contradicted[i] = "openapi" + strings.TrimPrefix(text, filepath.ToSlash(openapi))
	}
	part(out, "Descriptions that the facts contradict (`make test` fails until they are corrected)", contradicted)

	part(out, "Optional additions", optional)

	var ignored []string
	for _, file := range in.ignored {
		ignored = append(ignored, file.name+": "+file.why)
	}
	part(out, "Files that were not imported", ignored)
	if len(changed) > 0 {
		fmt.Fprintf(out, "\nThen: make test; git diff; make review BASE=openapi/%s HEAD=openapi/%s\n", base, in.version)
	}
	return nil
}

// part prints a part of the report unless it is empty.
func part(out io.Writer, title string, lines []string) {
	if len(lines) == 0 {
		return
	}
	fmt.Fprintf(out, "\n%s:\n", title)
	for i, line := range lines {
		if i == shown && len(lines) > shown+1 {
			fmt.Fprintf(out, "  and %d more; the next import lists the remaining ones\n", len(lines)-shown)
			break
		}
		fmt.Fprintf(out, "  %s\n", line)
	}
}

// linesOf returns the line of each element in the imported spec.
func (in *imported) linesOf(s *spec) map[string]int {
	lines := map[string]int{}
	var document yaml.Node
	if yaml.Unmarshal(s.text, &document) == nil && len(document.Content) > 0 {
		_ = walk(document.Content[0], func(e element) error {
			lines[e.place] = e.line
			return nil
		})
	}
	return lines
}

// cameIn describes the spec of each plane, and its differences from the base
// version.
func (in *imported) cameIn(openapi, base string) ([]string, error) {
	var lines []string
	planes := map[string]bool{}
	for _, s := range in.specs {
		planes[s.plane] = true
		now, before := countsOf(s.root), counts{}
		text, err := os.ReadFile(filepath.Join(openapi, base, s.plane+".yaml"))
		isNew := base == "" || errors.Is(err, fs.ErrNotExist)
		if err != nil && !isNew {
			return nil, err
		}
		if !isNew {
			var document yaml.Node
			if err := yaml.Unmarshal(text, &document); err != nil {
				return nil, err
			}
			before = countsOf(document.Content[0])
		}
		line := fmt.Sprintf("%s: %d operations, %d schemas, %d enum values", s.plane, len(now["operation"]), len(now["schema"]), len(now["value"]))
		if isNew {
			lines = append(lines, line+"; the plane is new")
			continue
		}
		for _, what := range []string{"operation", "schema", "union", "value"} {
			line += difference("new", what, now[what], before[what]) + difference("removed", what, before[what], now[what])
		}
		lines = append(lines, line)
	}
	if base != "" {
		others, err := compile.Planes(openapi, base)
		if err != nil {
			return nil, err
		}
		for _, plane := range others {
			if !planes[plane] {
				lines = append(lines, fmt.Sprintf("%s: no published spec; version %s has the plane", plane, base))
			}
		}
	}
	return lines, nil
}

// counts holds the names of the operations, schemas, unions and enum values of
// a spec.
type counts map[string]vocabulary

func countsOf(root *yaml.Node) counts {
	found := counts{"operation": {}, "schema": {}, "union": {}, "value": valuesOf(root)}
	_ = walk(root, func(e element) error {
		if name, ok := strings.CutPrefix(e.place, "components/schemas/"); ok && !strings.Contains(name, "/") {
			found["schema"][name] = true
			if get(e.node, "discriminator") != nil {
				found["union"][name] = true
			}
		}
		if e.kind == "operation" {
			found["operation"][scalar(get(e.node, "operationId"))] = true
		}
		return nil
	})
	return found
}

// difference lists the names in has that lacks does not contain.
func difference(how, what string, has, lacks vocabulary) string {
	var names []string
	for _, name := range slices.Sorted(maps.Keys(has)) {
		if !lacks[name] {
			names = append(names, name)
		}
	}
	const most = 6
	switch {
	case len(names) == 0:
		return ""
	case len(names) > most:
		names = append(names[:most], fmt.Sprintf("%d more", len(names)-most))
	}
	return fmt.Sprintf("; %s %ss %s", how, what, strings.Join(names, ", "))
}
