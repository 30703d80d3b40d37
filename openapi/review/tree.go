package main

import (
	"archive/tar"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/pinecone-community/assistant-go/internal/compile"
)

// tree is a folder with the project's files: the working tree, or a copy of a
// revision.
type tree struct {
	name string // name in the report
	dir  string
}

// sides are the two sides of a comparison: two trees, or two versions in one
// tree.
type sides struct {
	base, head tree
	// The compared versions, if both sides are one tree.
	from, to string
	// The newest release in the base, or "".
	released string
}

// open opens both sides. It writes revisions to temp.
func open(ctx context.Context, dir, base, head, temp string) (sides, error) {
	if isFolder(dir, base) || isFolder(dir, head) {
		return openVersions(dir, base, head)
	}
	root, err := output(ctx, dir, nil, "git", "rev-parse", "--show-toplevel")
	if err != nil {
		return sides{}, err
	}
	root = filepath.FromSlash(strings.TrimSpace(root))

	var s sides
	if s.base, err = checkout(ctx, root, base, filepath.Join(temp, "base")); err != nil {
		return sides{}, err
	}
	s.head = tree{"the working tree", root}
	if head != "" {
		if s.head, err = checkout(ctx, root, head, filepath.Join(temp, "head")); err != nil {
			return sides{}, err
		}
	}
	// git describe fails if there is no tag.
	tag, _ := output(ctx, root, nil, "git", "describe", "--tags", "--abbrev=0", "--match", "v[0-9]*", "--exclude", "*-*", base)
	s.released = strings.TrimSpace(tag)
	return s, nil
}

// isFolder reports whether an argument names a folder and not a revision.
func isFolder(dir, arg string) bool {
	info, err := os.Stat(filepath.Join(dir, arg))
	return arg != "" && (err == nil && info.IsDir() || strings.HasPrefix(filepath.ToSlash(arg), "openapi/"))
}

func openVersions(dir, base, head string) (sides, error) {
	var versions [2]string
	for i, arg := range []string{base, head} {
		parent, version := filepath.Split(filepath.Clean(arg))
		if parent = filepath.ToSlash(parent); parent != "openapi/" || !compile.IsVersion(version) {
			return sides{}, fmt.Errorf("%q is not the folder of a version; want two folders openapi/VERSION", arg)
		}
		if info, err := os.Stat(filepath.Join(dir, arg)); err != nil || !info.IsDir() {
			return sides{}, fmt.Errorf("%q: no such version", arg)
		}
		versions[i] = version
	}
	dir, err := filepath.Abs(dir) // the tools run in other working directories
	if err != nil {
		return sides{}, err
	}
	return sides{
		base: tree{"`openapi/" + versions[0] + "`", dir}, from: versions[0],
		head: tree{"`openapi/" + versions[1] + "`", dir}, to: versions[1],
	}, nil
}

// checkout writes the files of a revision to a folder.
func checkout(ctx context.Context, root, revision, folder string) (tree, error) {
	commit, err := output(ctx, root, nil, "git", "rev-parse", "--verify", "--quiet", "--end-of-options", revision+"^{commit}")
	if err != nil {
		return tree{}, fmt.Errorf("%q is neither a known git revision nor a folder openapi/VERSION", revision)
	}
	commit = strings.TrimSpace(commit)
	archive, err := output(ctx, root, nil, "git", "archive", "--format=tar", commit)
	if err != nil {
		return tree{}, err
	}
	if err := extract(strings.NewReader(archive), folder); err != nil {
		return tree{}, fmt.Errorf("%s: %w", revision, err)
	}
	name := "`" + revision + "`"
	if !strings.HasPrefix(commit, revision) {
		name += " (" + commit[:7] + ")"
	}
	return tree{name, folder}, nil
}

// extract writes the files of an archive to a folder.
func extract(archive io.Reader, folder string) error {
	reader := tar.NewReader(archive)
	for {
		header, err := reader.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if header.Typeflag != tar.TypeReg {
			continue
		}
		if !filepath.IsLocal(header.Name) {
			return fmt.Errorf("the archive has a file %q", header.Name)
		}
		name := filepath.Join(folder, header.Name)
		text, err := io.ReadAll(reader)
		if err != nil {
			return err
		}
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(name, text, 0o644); err != nil {
			return err
		}
	}
}

// same reports whether no reviewed file differs. Two versions always differ.
func (s sides) same() (bool, error) {
	if s.from != "" {
		return false, nil
	}
	files, err := changedFiles(s.base.dir, s.head.dir, "openapi", "gen", "auth", "internal", "go.mod")
	if err != nil {
		return false, err
	}
	return !slices.ContainsFunc(files, matters), nil
}

// matters reports whether a file is reviewed.
func matters(file string) bool {
	if file == "go.mod" || strings.HasPrefix(file, "gen/") || inGenerator(file) {
		return true
	}
	if name, ok := strings.CutPrefix(file, "openapi/"); ok {
		version, _, inFolder := strings.Cut(name, "/")
		return inFolder && compile.IsVersion(version) || strings.HasSuffix(name, ".overlay.yaml")
	}
	return isPackageFile(file) && (strings.HasPrefix(file, "auth/") || strings.HasPrefix(file, "internal/"))
}

// inGenerator reports whether a file is part of the generator.
func inGenerator(file string) bool {
	return file == "openapi/generator.yaml" || strings.HasPrefix(file, "openapi/templates/") ||
		isPackageFile(file) && (strings.HasPrefix(file, "internal/compile/") || strings.HasPrefix(file, "openapi/generate/"))
}

// isPackageFile reports whether a file is compiled into its package.
func isPackageFile(file string) bool {
	return strings.HasSuffix(file, ".go") && !strings.HasSuffix(file, "_test.go") && !strings.Contains(file, "/testdata/")
}

// packages returns the folders of packages below a folder.
func packages(t tree, below string) ([]string, error) {
	var found []string
	err := fs.WalkDir(os.DirFS(t.dir), below, func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if folder := path.Dir(name); !d.IsDir() && isPackageFile(name) && !slices.Contains(found, folder) {
			found = append(found, folder)
		}
		return nil
	})
	return found, err
}

// changedFiles returns the files that differ between two folders or are missing
// in one, in some of their subfolders.
func changedFiles(base, head string, below ...string) ([]string, error) {
	found := map[string]bool{}
	for _, sides := range [][2]string{{base, head}, {head, base}} {
		for _, entry := range below {
			err := filepath.WalkDir(filepath.Join(sides[0], entry), func(path string, d fs.DirEntry, err error) error {
				if errors.Is(err, fs.ErrNotExist) {
					return nil
				}
				if err != nil || !d.Type().IsRegular() {
					return err
				}
				name, err := filepath.Rel(sides[0], path)
				if err != nil {
					return err
				}
				text, err := os.ReadFile(path)
				if err != nil {
					return err
				}
				other, err := os.ReadFile(filepath.Join(sides[1], name))
				if err != nil && !errors.Is(err, fs.ErrNotExist) {
					return err
				}
				if err != nil || !bytes.Equal(text, other) {
					found[filepath.ToSlash(name)] = true
				}
				return nil
			})
			if err != nil {
				return nil, err
			}
		}
	}
	var files []string
	for file := range found {
		files = append(files, file)
	}
	slices.Sort(files)
	return files, nil
}
