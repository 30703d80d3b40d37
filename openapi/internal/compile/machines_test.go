package main

import (
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestSameBytesOnEveryMachine generates everything in copies of the specs in two
// folders, under two environments, and wants what is committed.
func TestSameBytesOnEveryMachine(t *testing.T) {
	generators := map[string]string{
		"github.com/oapi-codegen/oapi-codegen/v2/cmd/oapi-codegen": filepath.Join(t.TempDir(), "oapi-codegen"),
		"./openapi/typed": filepath.Join(t.TempDir(), "typed"),
	}
	for command, binary := range generators {
		build := exec.CommandContext(t.Context(), "go", "build", "-o", binary, command)
		build.Dir = "../.."
		if out, err := build.CombinedOutput(); err != nil {
			t.Fatalf("%s: %v\n%s", command, err, out)
		}
	}
	lines := regexp.MustCompile(`(?m)^//go:generate go run (\S+) (.*)$`).FindAllStringSubmatch(readFile(t, "../../generate.go"), -1)
	inputs, err := filepath.Glob("../20*")
	if err != nil {
		t.Fatal(err)
	}
	inputs = append(inputs, "../templates")
	want := filesIn(t, "../../gen")
	if len(lines) < 8 || len(want) < 14 {
		t.Fatalf("only %d commands, %d files", len(lines), len(want))
	}
	for name, environment := range map[string][]string{
		"a":                {"LANG=C", "TZ=UTC", "GOMAXPROCS=1", "GOFLAGS=-mod=mod"},
		"some where/else.": {"LANG=tr_TR.UTF-8", "TZ=Asia/Tokyo", "GOMAXPROCS=4", "GOFLAGS=-trimpath"},
	} {
		t.Run(name, func(t *testing.T) {
			home, tree := t.TempDir(), filepath.Join(t.TempDir(), filepath.FromSlash(name))
			for _, folder := range inputs {
				if err := os.CopyFS(filepath.Join(tree, "openapi", filepath.Base(folder)), os.DirFS(folder)); err != nil {
					t.Fatal(err)
				}
			}
			for _, line := range lines {
				generate := exec.CommandContext(t.Context(), generators[line[1]], strings.Fields(line[2])...)
				generate.Dir = tree
				generate.Env = append([]string{"PATH=" + os.Getenv("PATH"), "HOME=" + home, "USERPROFILE=" + home, "TMPDIR=" + home, "GOPROXY=off"}, environment...)
				if out, err := generate.CombinedOutput(); err != nil {
					t.Fatalf("%s: %v\n%s", line[0], err, out)
				}
			}
			got := filesIn(t, filepath.Join(tree, "gen"))
			for file, text := range want {
				if got[file] != text {
					t.Errorf("%s: %d lines differ", file, distance(got[file], text))
				}
			}
			if len(got) != len(want) {
				t.Errorf("%d files, want %d", len(got), len(want))
			}
		})
	}
}

// filesIn returns the texts of all files below a folder.
func filesIn(t *testing.T, folder string) map[string]string {
	t.Helper()
	files := map[string]string{}
	tree := os.DirFS(folder)
	err := fs.WalkDir(tree, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		text, err := fs.ReadFile(tree, name)
		files[name] = string(text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}
