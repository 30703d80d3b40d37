package main

import (
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// repository creates a git repository with files, and a bare clone of it.
func repository(t *testing.T, files map[string]string) (clone, bare string) {
	t.Helper()
	clone, bare = t.TempDir(), filepath.Join(t.TempDir(), "specs.git")
	for name, text := range files {
		writeFile(t, filepath.Join(clone, name), text)
	}
	for _, args := range [][]string{
		{"-C", clone, "init", "--quiet"},
		{"-C", clone, "add", "--all"},
		{"-C", clone, "-c", "user.name=x", "-c", "user.email=x@example.com", "commit", "--quiet", "--message", "x", "--date", "2026-11-01T00:00:00Z"},
		{"clone", "--quiet", "--bare", clone, bare},
	} {
		if out, err := exec.CommandContext(t.Context(), "git", args...).CombinedOutput(); err != nil {
			t.Fatalf("git %s: %v: %s", strings.Join(args, " "), err, out)
		}
	}
	return clone, bare
}

func TestUpstream(t *testing.T) {
	const version = "2025-10"
	openapi := t.TempDir()
	copyFiles(t, "testdata/want", openapi, "2025-10/*.yaml")
	writeFile(t, filepath.Join(openapi, "2026-10/data.yaml"), document("3.0.3", "{type: object, properties: {size: {type: integer}}}"))
	writeFile(t, filepath.Join(openapi, "2027-01/data.yaml"), document("3.0.3", "{type: object}"))
	published := map[string]string{
		"README.md":                               "Words.\n",
		"2025-04/db_data_2025-04.oas.yaml":        "a spec of another API",
		"2025-07/inference_2025-07.oas.yaml":      "a spec of another API",
		"2026-01.alpha/assistant_data.oas.yaml":   strings.Replace(document("3.0.3", "{type: object}"), "version: 2026-10", "version: 2026-01.alpha", 1),
		"2026-07/assistant_data_2026-07.oas.yaml": "openapi: [",
		"2026-10/assistant_data_2026-10.oas.yaml": document("3.0.3", "{type: object, description: Their words., properties: {size: {type: integer, maximum: 3}}}"),
		"2026-10/assistant_mcp_2026-10.oas.yaml":  document("3.0.3", "{type: string, enum: [a, b]}"),
	}
	for _, name := range []string{"assistant_control_2025-10.oas.yaml", "assistant_data_2025-10.oas.yaml", "assistant_evaluation_2025-10.oas.json", "db_data_2025-10.oas.yaml"} {
		published["2025-10/"+name] = readFile(t, filepath.Join("testdata/published/2025-10", name))
	}
	clone, bare := repository(t, published)
	want := `## 2026-10 has changed

- data: different facts in ` + "`/components/schemas/Thing/properties/size/maximum`" + `
- mcp: new, with 1 operations, 1 schemas, 2 enum values

To import it: ` + "`make import VERSION=2026-10 FROM=REPO:2026-10`" + `

## 2026-07 is new

- data: cannot be imported: REPO:HEAD:2026-07/assistant_data_2026-07.oas.yaml: data plane: yaml: line 1: did not find expected node content

To import it: ` + "`make import VERSION=2026-07 FROM=REPO:2026-07`" + `

## 2026-01.alpha is new

- data: new, with 1 operations, 1 schemas, 0 enum values

To import it: ` + "`make import VERSION=2026-01.alpha FROM=REPO:2026-01.alpha`" + `

## 2025-10 is unchanged

- control: no change
- data: no change
- evaluation: no change

Not published: 2027-01.

Without specs of the Assistant API: 2025-04, 2025-07.
`
	for _, repository := range []string{clone, bare} {
		var out strings.Builder
		if err := reportUpstream(t.Context(), repository, openapi, &out); err != nil {
			t.Fatal(err)
		}
		got := strings.ReplaceAll(out.String(), repository, "REPO")
		head, rest, _ := strings.Cut(got, "\n## ")
		if !strings.HasPrefix(head, "# Published versions\n\nRevision ") {
			t.Errorf("the report begins with\n%s", head)
		}
		if "## "+rest != want {
			t.Errorf("got\n%s\nwant\n%s", "## "+rest, want)
		}
	}
	// Uncommitted files in a clone do not count; files in a folder do.
	writeFile(t, filepath.Join(clone, "2027-04/assistant_data_2027-04.oas.yaml"), document("3.0.3", "{type: object}"))
	var out strings.Builder
	if err := reportUpstream(t.Context(), clone, openapi, &out); err != nil || strings.Contains(out.String(), "2027-04") {
		t.Errorf("%v\n%s", err, out.String())
	}
	out.Reset()
	if err := reportUpstream(t.Context(), "testdata/published", openapi, &out); err != nil || !strings.Contains(out.String(), "## "+version+" is unchanged") {
		t.Errorf("%v\n%s", err, out.String())
	}
}

func TestUpstreamErrors(t *testing.T) {
	empty, _ := repository(t, map[string]string{"2025-04/db_data_2025-04.oas.yaml": "openapi: 3.0.3\n"})
	for name, test := range map[string]struct {
		args []string
		want string
	}{
		"no repository":       {[]string{"-upstream", ""}, "want REPO"},
		"a folder that's not": {[]string{"-upstream", filepath.Join(empty, "gone")}, "gone"},
		"no Assistant API":    {[]string{"-upstream", empty}, "no folder of a version with specs of the Assistant API"},
		"and a version":       {[]string{"-upstream", empty, "-version", "2026-10"}, "excludes all other flags"},
	} {
		var out strings.Builder
		t.Chdir(emptyModule(t))
		err := run(t.Context(), test.args, &out, &out)
		if err == nil || !strings.Contains(err.Error(), test.want) || out.Len() > 0 {
			t.Errorf("%s: error %v, want %q; output %q", name, err, test.want, out.String())
		}
	}
}
