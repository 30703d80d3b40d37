//go:build unix

package main

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
)

func TestFindPlanes(t *testing.T) {
	for name, test := range map[string]struct {
		version string
		files   []string
		planes  string // planes with their files
		ignored string
		err     string
	}{
		"as published": {"2025-10", []string{"assistant_control_2025-10.oas.yaml", "assistant_data_2025-10.oas.yaml"},
			"control=assistant_control_2025-10.oas.yaml data=assistant_data_2025-10.oas.yaml", "", ""},
		"plain":            {"2025-10", []string{"control.yaml", "data.yml", "evaluation.json"}, "control=control.yaml data=data.yml evaluation=evaluation.json", "", ""},
		"a fourth":         {"2026-10", []string{"assistant_control.yaml", "assistant_mcp_2026-10.oas.yaml"}, "control=assistant_control.yaml mcp=assistant_mcp_2026-10.oas.yaml", "", ""},
		"of two words":     {"2026-10", []string{"assistant_mcp_tools_2026-10.oas.yaml"}, "mcptools=assistant_mcp_tools_2026-10.oas.yaml", "", ""},
		"a candidate":      {"2026-10.rc", []string{"assistant_data_2026-10.rc.oas.yaml"}, "data=assistant_data_2026-10.rc.oas.yaml", "", ""},
		"another spelling": {"2026-10", []string{"Assistant-Data.v2.yaml", "assistant_control_plane_api.yaml"}, "control=assistant_control_plane_api.yaml data=Assistant-Data.v2.yaml", "", ""},
		"of other APIs": {"2025-10", []string{"assistant_data_2025-10.oas.yaml", "db_data_2025-10.oas.yaml", "inference_2025-10.oas.yaml"},
			"data=assistant_data_2025-10.oas.yaml", "db_data_2025-10.oas.yaml: a spec of another API inference_2025-10.oas.yaml: a spec of another API", ""},
		"of another version": {"2025-10", []string{"assistant_data_2025-10.oas.yaml", "assistant_data_2026-04.oas.yaml", "assistant_data_2025-10.alpha.oas.yaml"},
			"data=assistant_data_2025-10.oas.yaml", "assistant_data_2026-04.oas.yaml: a spec of version 2026-04 assistant_data_2025-10.alpha.oas.yaml: a spec of version 2025-10.alpha", ""},
		"no specs beside": {"2025-10", []string{"README.md", "data.yaml", "old/"}, "data=data.yaml", "README.md: not a .yaml, .yml or .json file old/: not a .yaml, .yml or .json file", ""},
		"no plane":        {"2025-10", []string{"assistant_2025-10.oas.yaml", "assistant_data.yaml"}, "data=assistant_data.yaml", "assistant_2025-10.oas.yaml: the file name does not contain a plane, such as control", ""},
		"none":            {"2025-10", []string{"README.md"}, "", "", "no spec of the Assistant API of 2025-10"},
		"nothing":         {"2025-10", nil, "", "", "no spec"},
		"two":             {"2025-10", []string{"control.yaml", "control.json"}, "", "", "control.yaml and control.json are both specs of the control plane"},
		"a keyword":       {"2025-10", []string{"assistant_func.yaml"}, "", "", `the plane "func" cannot be the name of a Go package`},
		"a digit":         {"2025-10", []string{"assistant_2fa.yaml"}, "", "", "cannot be the name"},
		"internal":        {"2025-10", []string{"assistant_internal.yaml"}, "", "", "cannot be the name"},
	} {
		t.Run(name, func(t *testing.T) {
			planes, others, err := findPlanes(test.files, test.version)
			var found, left []string
			for _, plane := range slices.Sorted(maps.Keys(planes)) {
				found = append(found, plane+"="+planes[plane])
			}
			for _, file := range others {
				left = append(left, file.name+": "+file.why)
			}
			if test.err != "" {
				if err == nil || !strings.Contains(err.Error(), test.err) {
					t.Errorf("error %v, want %q", err, test.err)
				}
				return
			}
			if err != nil || strings.Join(found, " ") != test.planes || strings.Join(left, " ") != test.ignored {
				t.Errorf("planes %q, ignored %q, error %v", found, left, err)
			}
		})
	}
}

// newRepository returns a clone with a tagged commit that has
// 2026-10/control.yaml. A later commit changes the file.
func newRepository(t *testing.T) string {
	t.Helper()
	clone := t.TempDir()
	run := func(args ...string) {
		t.Helper()
		if _, err := git(t.Context(), clone, append([]string{"-c", "user.name=a", "-c", "user.email=a@example.com"}, args...)...); err != nil {
			t.Fatalf("git %q: %v", args, err)
		}
	}
	run("init", "-q")
	for i, text := range []string{"first", "second"} {
		writeFile(t, filepath.Join(clone, "specs/2026-10/control.yaml"), text)
		writeFile(t, filepath.Join(clone, "2026-10/control.yaml"), text)
		run("add", ".")
		run("commit", "-q", "-m", text)
		run("tag", fmt.Sprintf("v%d", i+1))
	}
	if err := os.Symlink("control.yaml", filepath.Join(clone, "2026-10/data.yaml")); err != nil {
		t.Skip(err) // the system has no FIFOs
	}
	run("add", ".")
	run("commit", "-q", "-m", "link")
	return clone
}

func TestOpenPublished(t *testing.T) {
	clone := newRepository(t)
	bare := filepath.Join(t.TempDir(), "specs.git")
	if _, err := git(t.Context(), clone, "clone", "-q", "--bare", ".", bare); err != nil {
		t.Fatal(err)
	}
	t.Setenv("GIT_DIR", t.TempDir()) // GIT_DIR would select another repository
	for _, test := range []struct{ from, want string }{
		{filepath.Join(clone, "specs/2026-10"), "second"},
		{clone, "second"},
		{bare, "second"},
		{bare + ":2026-10", "second"},
		{bare + ":specs/2026-10/", "second"},
		{bare + "/specs/2026-10", "second"},
		{bare + ":v1:2026-10", "first"},
		{bare + ":v1", "first"},
		{clone + ":v1:/specs/2026-10", "first"},
		{clone + ":HEAD~2:2026-10", "first"},
	} {
		p, err := openPublished(t.Context(), test.from, "2026-10")
		if err != nil {
			t.Errorf("%s: %v", test.from, err)
			continue
		}
		text, err := p.read("control.yaml")
		if string(text) != test.want || err != nil || !slices.Contains(p.names, "control.yaml") {
			t.Errorf("%s: %q of %q, error %v, want %q", test.from, text, p.names, err, test.want)
		}
	}
	for from, want := range map[string]string{
		bare + ":gone":                    "no folder HEAD:gone in the git repository",
		bare + ":v9:2026-10":              "no folder v9:2026-10",
		bare + ":--output=x:2026-10":      "is not a revision",
		clone + ":../../etc":              "no folder",
		filepath.Join(clone, "nix"):       "no folder HEAD:nix",
		filepath.Join(t.TempDir(), "nix"): "neither a folder nor a folder in a git repository",
		"main_test.go":                    "not a folder",
		"a;b":                             `FROM has the character ';'`,
		"$(a)":                            `FROM has the character '$'`,
		"`a`":                             "FROM has the character '`'",
		"a\nb":                            "FROM has the character",
	} {
		if _, err := openPublished(t.Context(), from, "2026-10"); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: error %v, want %q", from, err, want)
		}
	}
	p, err := openPublished(t.Context(), bare, "2026-10")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.read("data.yaml"); err == nil || !strings.Contains(err.Error(), "not a regular file") {
		t.Errorf("a link in a repository: error %v", err)
	}
}

func TestReadSpec(t *testing.T) {
	folder := t.TempDir()
	fifo, large, exact := filepath.Join(folder, "fifo.yaml"), filepath.Join(folder, "large.yaml"), filepath.Join(folder, "exact.yaml")
	if err := syscall.Mkfifo(fifo, 0o600); err != nil {
		t.Fatal(err)
	}
	for file, size := range map[string]int64{large: maxSpecBytes + 1, exact: maxSpecBytes} {
		writeFile(t, file, "")
		if err := os.Truncate(file, size); err != nil {
			t.Fatal(err)
		}
	}
	for file, want := range map[string]string{
		fifo: "not a regular file", folder: "not a regular file", "/dev/zero": "not a regular file",
		large: "larger than 64 MiB", exact: "", filepath.Join(folder, "gone.yaml"): "no such file",
	} {
		text, err := readSpec(file)
		switch {
		case want == "" && (err != nil || len(text) != maxSpecBytes):
			t.Errorf("%s: %d bytes, error %v", file, len(text), err)
		case want != "" && (err == nil || !strings.Contains(err.Error(), want)):
			t.Errorf("%s: error %v, want %q", file, err, want)
		}
	}
}
