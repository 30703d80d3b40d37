package main

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
)

// cache is the folder for copies of a module. It is inside the module, so that
// files can be renamed from one to the other, and git ignores it.
const cache = ".cache"

// workCopy is a copy of a module.
type workCopy struct {
	folder string
	before map[string]digest // digests of the copied files by path
}

type digest [sha256.Size]byte

// copyTree copies the files of a module into its cache.
func copyTree(tree string) (_ *workCopy, err error) {
	for _, name := range []string{"go.mod", "generate.go", "openapi"} {
		if _, err := os.Stat(filepath.Join(tree, name)); err != nil {
			return nil, fmt.Errorf("not at the root of the module: %w", err)
		}
	}
	if err := os.MkdirAll(filepath.Join(tree, cache), 0o755); err != nil {
		return nil, err
	}
	folder, err := os.MkdirTemp(filepath.Join(tree, cache), "import-*")
	if err != nil {
		return nil, err
	}
	w := &workCopy{folder: folder, before: map[string]digest{}}
	err = eachFile(tree, func(name string) error {
		text, err := os.ReadFile(filepath.Join(tree, name))
		if err != nil {
			return err
		}
		w.before[name] = sha256.Sum256(text)
		to := filepath.Join(folder, name)
		if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
			return err
		}
		return os.WriteFile(to, text, 0o644)
	})
	if err != nil {
		return nil, errors.Join(err, w.remove())
	}
	return w, nil
}

// eachFile calls visit with the path of each regular file below folder, except
// those of git and of the cache.
func eachFile(folder string, visit func(name string) error) error {
	return filepath.WalkDir(folder, func(at string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name, err := filepath.Rel(folder, at)
		switch {
		case err != nil:
			return err
		case entry.IsDir() && (name == ".git" || name == cache):
			return fs.SkipDir
		case entry.Type().IsRegular() && name != ".git":
			return visit(name)
		}
		return nil
	})
}

// remove deletes the copy, and the cache if it is empty.
func (w *workCopy) remove() error {
	err := os.RemoveAll(w.folder)
	_ = os.Remove(filepath.Dir(w.folder)) // fails if it is not empty
	return err
}

// moveInto applies the changes in the copy to the tree: it moves changed and
// new files and deletes deleted files. It returns their names. If a file cannot
// be moved, or was changed in the tree since it was copied, the tree is
// unchanged.
func (w *workCopy) moveInto(tree string) ([]string, error) {
	changed, err := w.changed()
	if err != nil {
		return nil, err
	}
	for _, name := range changed {
		text, err := os.ReadFile(filepath.Join(tree, name))
		before, existed := w.before[name]
		switch {
		case errors.Is(err, fs.ErrNotExist) && !existed:
		case err == nil && existed && sha256.Sum256(text) == before:
		default:
			return nil, errors.Join(fmt.Errorf("%s was changed by another program during the import", name), err)
		}
	}
	return changed, w.move(changed, tree)
}

// changed returns the files that differ from the copied files.
func (w *workCopy) changed() ([]string, error) {
	gone := maps.Clone(w.before)
	var changed []string
	err := eachFile(w.folder, func(name string) error {
		delete(gone, name)
		text, err := os.ReadFile(filepath.Join(w.folder, name))
		if before, existed := w.before[name]; !existed || sha256.Sum256(text) != before {
			changed = append(changed, name)
		}
		return err
	})
	changed = slices.AppendSeq(changed, maps.Keys(gone))
	slices.Sort(changed)
	return changed, err
}

// move replaces the named files in the tree by those in the copy. After an
// error it restores the tree.
func (w *workCopy) move(names []string, tree string) (err error) {
	var moves [][2]string // from, to
	defer func() {
		if err != nil {
			for _, m := range slices.Backward(moves) {
				err = errors.Join(err, rename(m[1], m[0]))
			}
		}
	}()
	move := func(from, to string) error {
		if err := rename(from, to); err != nil {
			return err
		}
		moves = append(moves, [2]string{from, to})
		return nil
	}
	for _, name := range names {
		here, there := filepath.Join(w.folder, name), filepath.Join(tree, name)
		if _, existed := w.before[name]; existed {
			if err := move(there, filepath.Join(w.folder, cache, name)); err != nil {
				return err
			}
		}
		if _, err := os.Stat(here); errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err := move(here, there); err != nil {
			return err
		}
	}
	return nil
}

// rename moves a file and deletes the folders that become empty.
func rename(from, to string) error {
	if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
		return err
	}
	left := from
	err := os.Rename(from, to)
	if err != nil {
		left = to
	}
	for folder := filepath.Dir(left); os.Remove(folder) == nil; {
		folder = filepath.Dir(folder)
	}
	return err
}
