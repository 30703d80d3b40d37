package main

import (
	"errors"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// newTree returns a module with a few files.
func newTree(t *testing.T) string {
	t.Helper()
	tree := emptyModule(t)
	for name, text := range map[string]string{"gen/a/a.go": "a", "gen/b/b.go": "b", "openapi/x.yaml": "x", ".git/config": "git"} {
		if err := os.MkdirAll(filepath.Dir(filepath.Join(tree, name)), 0o755); err != nil {
			t.Fatal(err)
		}
		writeFile(t, filepath.Join(tree, name), text)
	}
	return tree
}

func newCopy(t *testing.T, tree string) *workCopy {
	t.Helper()
	work, err := copyTree(tree)
	if err != nil {
		t.Fatal(err)
	}
	return work
}

func TestMoveInto(t *testing.T) {
	tree := newTree(t)
	want := snapshot(t, tree)
	work := newCopy(t, tree)
	if _, err := os.Stat(filepath.Join(work.folder, ".git")); !errors.Is(err, fs.ErrNotExist) {
		t.Error("git's own files were copied")
	}
	writeFile(t, filepath.Join(work.folder, "gen/a/a.go"), "A")
	want[filepath.Join(tree, "gen/a/a.go")] = "A"
	if err := os.MkdirAll(filepath.Join(work.folder, "gen/c/d"), 0o755); err != nil {
		t.Fatal(err)
	}
	writeFile(t, filepath.Join(work.folder, "gen/c/d/d.go"), "d")
	want[filepath.Join(tree, "gen/c")] = "a folder"
	want[filepath.Join(tree, "gen/c/d")] = "a folder"
	want[filepath.Join(tree, "gen/c/d/d.go")] = "d"
	if err := os.RemoveAll(filepath.Join(work.folder, "gen/b")); err != nil {
		t.Fatal(err)
	}
	delete(want, filepath.Join(tree, "gen/b"))
	delete(want, filepath.Join(tree, "gen/b/b.go"))

	changed, err := work.moveInto(tree)
	if err != nil {
		t.Fatal(err)
	}
	if names := []string{"gen/a/a.go", "gen/b/b.go", "gen/c/d/d.go"}; !slices.Equal(changed, names) {
		t.Errorf("changed are %q, want %q", changed, names)
	}
	if err := work.remove(); err != nil {
		t.Error(err)
	}
	compareSnapshots(t, want, snapshot(t, tree))
}

// Files that another program has changed in the tree since the copy are not
// overwritten.
func TestMoveIntoChangedTree(t *testing.T) {
	for name, file := range map[string]string{"changed": "gen/a/a.go", "created": "gen/new.go", "deleted": "gen/b/b.go"} {
		t.Run(name, func(t *testing.T) {
			tree := newTree(t)
			work := newCopy(t, tree)
			writeFile(t, filepath.Join(work.folder, file), "ours")
			writeFile(t, filepath.Join(work.folder, "openapi/x.yaml"), "ours")
			writeFile(t, filepath.Join(tree, file), "theirs")
			if name == "deleted" {
				if err := os.Remove(filepath.Join(tree, file)); err != nil {
					t.Fatal(err)
				}
			}
			want := snapshot(t, tree)
			maps.DeleteFunc(want, func(at, _ string) bool { return strings.Contains(at, cache) })
			_, err := work.moveInto(tree)
			if err == nil || !strings.Contains(err.Error(), file+" was changed by another program") {
				t.Errorf("error %v", err)
			}
			if err := work.remove(); err != nil {
				t.Error(err)
			}
			compareSnapshots(t, want, snapshot(t, tree))
		})
	}
}

func TestMovePutsBackWhatItMoved(t *testing.T) {
	tree := newTree(t)
	want := snapshot(t, tree)
	work := newCopy(t, tree)
	writeFile(t, filepath.Join(work.folder, "gen/a/a.go"), "A")
	writeFile(t, filepath.Join(work.folder, "gen/new.go"), "new")
	if err := os.Remove(filepath.Join(work.folder, "gen/b/b.go")); err != nil {
		t.Fatal(err)
	}
	work.before["gen/z.go"] = digest{} // the missing file makes the move fail at the end
	err := work.move([]string{"gen/a/a.go", "gen/b/b.go", "gen/new.go", "gen/z.go"}, tree)
	if !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("error %v", err)
	}
	if err := work.remove(); err != nil {
		t.Error(err)
	}
	compareSnapshots(t, want, snapshot(t, tree))
}
