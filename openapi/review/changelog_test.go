package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func TestCheckChangelog(t *testing.T) {
	const older = "\n## v0.1.0\n\n`Thing.Size` `Old` `F` 2098-01\n"
	for name, test := range map[string]struct {
		changelog string
		released  string
		broken    []string
		removed   []string
		unnamed   []string
		err       string
	}{
		"nothing breaks":         {changelog: "nothing"},
		"named":                  {changelog: "## v0.2.0\n\n`Thing.Size` and `(*API).Files` are gone.\n", broken: []string{"Thing.Size", "(*API).Files"}},
		"named in parts":         {changelog: "## v0.2.0\n\n`Thing` loses `Size`; `api.Files(ctx)` returns more.\n", broken: []string{"Thing.Size", "(*API).Files"}},
		"not in code":            {changelog: "## v0.2.0\n\nThing has no Size.\n", broken: []string{"Thing.Size"}, unnamed: []string{"Thing.Size"}},
		"a part of another name": {changelog: "## v0.2.0\n\n`Thing.Sizes`\n", broken: []string{"Thing.Size"}, unnamed: []string{"Thing.Size"}},
		"in an older entry":      {changelog: "## v0.2.0\n\nNew.\n" + older, broken: []string{"Thing.Size", "F"}, unnamed: []string{"Thing.Size", "F"}},
		"version and package":    {changelog: "## v0.2.0\n\nNo 2098-01, nor gen/2099-01/data.\n", removed: []string{"2098-01"}, broken: []string{"gen/2099-01/data"}},
		"version not named":      {changelog: "## v0.2.0\n" + older, removed: []string{"2098-01"}, unnamed: []string{"2098-01"}},
		"entry that is released": {changelog: older, released: "v0.1.0", broken: []string{"Old"}, unnamed: []string{"Old"}},
		"entry to be released":   {changelog: older, released: "v0.0.9", broken: []string{"Old"}},
		"no entry":               {changelog: "# Changelog\n", broken: []string{"Old"}, err: "has no entry"},
		"no changelog":           {broken: []string{"Old"}, err: "CHANGELOG.md"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			if test.changelog != "" {
				if err := os.WriteFile(filepath.Join(dir, "CHANGELOG.md"), []byte(test.changelog), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			r := report{released: test.released, removed: test.removed, main: &findings{broken: test.broken}}
			err := r.checkChangelog(tree{"here", dir}, "CHANGELOG.md")
			if (err != nil) != (test.err != "") || err != nil && !strings.Contains(err.Error(), test.err) {
				t.Errorf("error %v, want %q", err, test.err)
			}
			if !slices.Equal(r.unnamed, test.unnamed) {
				t.Errorf("unnamed %q, want %q", r.unnamed, test.unnamed)
			}
		})
	}
}
