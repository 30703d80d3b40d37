package folder

import (
	"errors"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"testing/fstest"
)

// locked is a file system with a folder that cannot be read.
type locked struct {
	fstest.MapFS
	folder string
}

func (l locked) ReadDir(name string) ([]fs.DirEntry, error) {
	if name == l.folder {
		return nil, &fs.PathError{Op: "readdir", Path: name, Err: fs.ErrPermission}
	}
	return l.MapFS.ReadDir(name)
}

// names returns the results of Files: the files, and the skipped and unreadable
// entries with their reasons.
func names(folder fs.FS) (files []string, passedOver, unreadable map[string]string) {
	passedOver, unreadable = map[string]string{}, map[string]string{}
	files = Files(folder,
		func(path string, why error) { passedOver[path] = why.Error() },
		func(path string, why error) {
			unreadable[path] = "other"
			if errors.Is(why, fs.ErrPermission) || errors.Is(why, fs.ErrNotExist) {
				unreadable[path] = "access"
			}
		})
	return files, passedOver, unreadable
}

func TestFiles(t *testing.T) {
	file := &fstest.MapFile{}
	files, passedOver, unreadable := names(locked{folder: "b/locked", MapFS: fstest.MapFS{
		"z.txt": file, "a.PDF": file, "b/c/d.md": file, "b/c.docx": file, "b/ö '\"$x.json": file, "e.txt/f.txt": file,
		"g.exe": file, "h": file, "txt": file, "i.txt.gz": file, "bad\xff.txt": file,
		".hidden.txt": file, ".git/config.json": file, "b/.x/y.txt": file,
		"pipe.txt": {Mode: fs.ModeNamedPipe}, "link.txt": {Mode: fs.ModeSymlink}, "b/locked/unseen.txt": file,
	}})
	want := []string{"a.PDF", "b/c/d.md", "b/c.docx", "b/ö '\"$x.json", "e.txt/f.txt", "z.txt"}
	if !slices.Equal(files, want) {
		t.Errorf("files %q, want %q", files, want)
	}
	const types = "not one of .docx, .json, .md, .pdf, .txt"
	if want := map[string]string{
		"g.exe": types, "h": types, "txt": types, "i.txt.gz": types, "bad\xff.txt": "its name is not UTF-8",
		".hidden.txt": "hidden", ".git": "hidden", "b/.x": "hidden",
		"pipe.txt": "not a regular file", "link.txt": "not a regular file",
	}; !maps.Equal(passedOver, want) {
		t.Errorf("passed over %q, want %q", passedOver, want)
	}
	if want := map[string]string{"b/locked": "access"}; !maps.Equal(unreadable, want) {
		t.Errorf("unreadable %q, want %q", unreadable, want)
	}
}

func TestFilesOfNothing(t *testing.T) {
	gone := filepath.Join(t.TempDir(), "gone")
	files, passedOver, unreadable := names(os.DirFS(gone))
	if len(files) != 0 || len(passedOver) != 0 || !maps.Equal(unreadable, map[string]string{".": "access"}) {
		t.Errorf("files %q, passed over %q, unreadable %q", files, passedOver, unreadable)
	}
}

// Links to folders are not followed: they can lead out of the folder or form a
// cycle.
func TestFilesOfLinks(t *testing.T) {
	outside, inside := t.TempDir(), t.TempDir()
	for _, err := range []error{
		os.WriteFile(filepath.Join(outside, "secret.txt"), nil, 0o600),
		os.WriteFile(filepath.Join(inside, "a.txt"), nil, 0o600),
		os.Symlink(outside, filepath.Join(inside, "out")),
		os.Symlink(filepath.Join(outside, "secret.txt"), filepath.Join(inside, "s.txt")),
		os.Symlink(".", filepath.Join(inside, "round")),
		os.Symlink("nowhere", filepath.Join(inside, "dangling.md")),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	root, err := os.OpenRoot(inside)
	if err != nil {
		t.Fatal(err)
	}
	defer root.Close()
	files, passedOver, unreadable := names(root.FS())
	if !slices.Equal(files, []string{"a.txt"}) || len(passedOver) != 4 || len(unreadable) != 0 {
		t.Errorf("files %q, passed over %q, unreadable %q", files, passedOver, unreadable)
	}
}
