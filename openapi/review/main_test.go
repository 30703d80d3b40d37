package main

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func TestErrors(t *testing.T) {
	p := newProject(t)
	for name, test := range map[string]struct {
		args []string
		want string
	}{
		"no base":                     {nil, "want -base"},
		"another argument":            {[]string{"-base", "HEAD", "main"}, "want -base"},
		"unknown flag":                {[]string{"-bass", "HEAD"}, "-bass"},
		"unknown revision":            {[]string{"-base", "v9.9.9"}, `"v9.9.9"`},
		"unknown head":                {[]string{"-base", "HEAD", "-head", "v9.9.9"}, `"v9.9.9"`},
		"no revision but a flag":      {[]string{"-base", "--all"}, `"--all"`},
		"a folder that is no version": {[]string{"-base", "openapi/2099-01", "-head", "gen/2099-01"}, `"gen/2099-01"`},
		"the folder of all versions":  {[]string{"-base", "openapi", "-head", "openapi/2099-01"}, `"openapi"`},
		"unknown version":             {[]string{"-base", "openapi/2098-01", "-head", "openapi/2099-01"}, `"openapi/2098-01"`},
		"one version":                 {[]string{"-base", "openapi/2099-01"}, `""`},
		"reports and a base":          {[]string{"-reports", "x", "-base", "HEAD"}, "want -base"},
		"a changelog and versions":    {[]string{"-base", "openapi/2099-01", "-head", "openapi/2099-01", "-changelog", "x"}, "-changelog needs git revisions"},
		"a version and a revision":    {[]string{"-base", "openapi/2099-01", "-head", "HEAD"}, `"HEAD"`},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := p.review(test.args...)
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("error %v, want %q", err, test.want)
			}
			if got != "" {
				t.Errorf("the command printed %q", got)
			}
		})
	}
}

// A project that cannot be compared is an error that names the fault, not an
// empty report.
func TestBrokenProjects(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		change func(testProject)
		want   string
	}{
		"spec":             {func(p testProject) { p.edit(spec, "openapi: 3.0.3", "openapi: [") }, "the working tree: "},
		"reference":        {func(p testProject) { p.edit(spec, "schemas/ThingList'", "schemas/Gone'") }, "the working tree: "},
		"other layout":     {func(p testProject) { p.write("openapi/2099-01/data.config.yaml", "") }, "the working tree: "},
		"no configuration": {func(p testProject) { p.remove(config) }, "the working tree: "},
		"not generated":    {func(p testProject) { p.newVersion("2099-02") }, "gen/2099-02"},
		"code":             {func(p testProject) { p.edit(client, "type Thing struct", "type Thing strict") }, "gen/2099-01/data"},
		"no generator":     {func(p testProject) { p.edit("go.mod", generatorModule+" ", "example.com/other ") }, "go.mod of the working tree"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newProject(t)
			test.change(p)
			got, err := p.review("-base", "HEAD")
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("error %v, want %q", err, test.want)
			}
			if got != "" {
				t.Errorf("the command printed %q", got)
			}
		})
	}
}

// A failure to install oasdiff is an error, unless nothing changed.
func TestNoOasdiff(t *testing.T) {
	p := newProject(t)
	missing := errors.New("no network")
	get := func(context.Context, string) (differ, error) { return nil, missing }
	var out strings.Builder
	if err := run(t.Context(), p.dir, []string{"-base", "HEAD"}, get, &out); err != nil || !strings.HasPrefix(out.String(), "No change of ") {
		t.Errorf("unchanged: %q, %v", out.String(), err)
	}
	p.edit(spec, "Lists the things.", "Lists all.")
	out.Reset()
	if err := run(t.Context(), p.dir, []string{"-base", "HEAD"}, get, &out); !errors.Is(err, missing) || out.Len() > 0 {
		t.Errorf("changed: %q, %v", out.String(), err)
	}
}

func TestWriteReports(t *testing.T) {
	p := newProject(t)
	p.newVersion("2099-02.rc")
	p.newVersion("2099-02")
	p.generate()
	p.write("reports/2098-01..2099-01.md", "the report of a removed version")
	p.write("reports/README.md", "no report")
	if _, err := p.review("-reports", "reports"); err != nil {
		t.Fatal(err)
	}
	entries, err := os.ReadDir(filepath.Join(p.dir, "reports"))
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, entry := range entries {
		names = append(names, entry.Name())
	}
	if want := []string{"2099-01..2099-02.rc.md", "2099-02.rc..2099-02.md", "README.md"}; !slices.Equal(names, want) {
		t.Errorf("%q, want %q", names, want)
	}
	if text := p.read("reports/2099-01..2099-02.rc.md"); !strings.Contains(text, "From `gen/2099-01` to `gen/2099-02.rc`") {
		t.Error(text)
	}
}
