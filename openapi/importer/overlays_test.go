package main

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/speakeasy-api/openapi/overlay/loader"
)

const (
	overlaysReadme = "../README.md"
	listStart      = "<!-- What follows is written by `go test ./openapi/importer -run Overlay -update`. -->\n"
	listEnd        = "<!-- End of what is written. -->\n"
)

// listedAction is an action of an overlay as the README lists it: all actions of a
// plane with the same description are one.
type listedAction struct{ plane, description string }

// Every action says what it is for, a fact says where it is from, and
// openapi/README.md lists them all.
func TestOverlayActionsAreDescribedAndListed(t *testing.T) {
	overlays, err := filepath.Glob("../20*/*.overlay.yaml")
	if err != nil || len(overlays) == 0 {
		t.Fatal("no overlays", err)
	}
	targets := map[listedAction][]string{}
	for _, file := range overlays {
		overlay, err := loader.LoadOverlay(file)
		if err != nil {
			t.Fatal(err)
		}
		lines, err := linesOf(file, "actions")
		if err != nil {
			t.Fatal(err)
		}
		before, _, ok := strings.Cut(readFile(t, file), "# Go names")
		if !ok {
			t.Errorf("%s has no comment that parts facts from Go names", file)
		}
		plane, _, _ := strings.Cut(filepath.Base(file), ".")
		for i, action := range overlay.Actions {
			_, source, _ := strings.Cut(action.Description, "Source - ")
			switch {
			case action.Description == "":
				t.Errorf("%s:%d: no description", file, lines[i])
			case source == "" && lines[i] <= strings.Count(before, "\n"):
				t.Errorf("%s:%d: a fact without its source", file, lines[i])
			}
			listed := listedAction{plane, action.Description}
			if target := "`" + action.Target + "`"; !slices.Contains(targets[listed], target) {
				targets[listed] = append(targets[listed], target)
			}
		}
	}
	readme := readFile(t, overlaysReadme)
	head, rest, _ := strings.Cut(readme, listStart)
	list, tail, ok := strings.Cut(rest, listEnd)
	if !ok {
		t.Fatalf("%s has no place for the list", overlaysReadme)
	}
	want := listActions(targets)
	if *update {
		if err := os.WriteFile(overlaysReadme, []byte(head+listStart+want+listEnd+tail), 0o644); err != nil {
			t.Fatal(err)
		}
	} else if list != want {
		t.Errorf("%s lists other actions than the overlays have (go test -run Overlay -update rewrites it):\n%s", overlaysReadme, want)
	}
}

// listActions returns the tables of facts and of Go names.
func listActions(targets map[listedAction][]string) string {
	facts := "\n| plane | fact | source | target |\n|---|---|---|---|\n"
	names := "\n| plane | what for | targets |\n|---|---|---|\n"
	byPlane := func(a, b listedAction) int {
		return strings.Compare(a.plane+a.description, b.plane+b.description)
	}
	for _, action := range slices.SortedFunc(maps.Keys(targets), byPlane) {
		where := strings.Join(targets[action], "<br>")
		if fact, source, ok := strings.Cut(action.description, " Source - "); ok {
			facts += fmt.Sprintf("| %s | %s | %s | %s |\n", action.plane, fact, strings.TrimSuffix(source, "."), where)
		} else {
			names += fmt.Sprintf("| %s | %s | %s |\n", action.plane, action.description, where)
		}
	}
	return facts + names + "\n"
}
