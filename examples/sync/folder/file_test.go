package folder

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"
)

// open opens a new file with a content. It returns the file and its path.
func open(t *testing.T, content string) (*File, string) {
	t.Helper()
	folder := t.TempDir()
	path := filepath.Join(folder, "a.txt")
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	root, err := os.OpenRoot(folder)
	if err != nil {
		t.Fatal(err)
	}
	defer root.Close()
	file, err := Open(root, "a.txt")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { file.Close() })
	return file, path
}

func TestOpen(t *testing.T) {
	for content, sum := range map[string]string{
		"":    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
		"abc": "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
	} {
		file, _ := open(t, content)
		if file.SHA256 != sum || file.Size != int64(len(content)) {
			t.Errorf("%q: size %d, hash %s", content, file.Size, file.SHA256)
		}
		for range 2 { // as for a retry of an upload
			if got, err := io.ReadAll(file); err != nil || string(got) != content {
				t.Errorf("read %q, error %v", got, err)
			}
			if _, err := file.Seek(0, io.SeekStart); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// A file that has changed since its hash was computed cannot be read to the
// end.
func TestChanged(t *testing.T) {
	for name, changed := range map[string]string{"same size": "abd", "shorter": "ab", "longer": "abcd", "empty": ""} {
		t.Run(name, func(t *testing.T) {
			file, path := open(t, "abc")
			if err := os.WriteFile(path, []byte(changed), 0o600); err != nil {
				t.Fatal(err)
			}
			if _, err := io.ReadAll(file); !errors.Is(err, ErrChanged) {
				t.Errorf("error %v", err)
			}
			if _, err := file.Seek(0, io.SeekStart); err != nil {
				t.Fatal(err)
			}
			if _, err := io.Copy(&bytes.Buffer{}, file); !errors.Is(err, ErrChanged) {
				t.Errorf("copied: error %v", err)
			}
			if err := os.WriteFile(path, []byte("abc"), 0o600); err != nil {
				t.Fatal(err)
			}
			if _, err := file.Seek(0, io.SeekStart); err != nil {
				t.Fatal(err)
			}
			if got, err := io.ReadAll(file); err != nil || string(got) != "abc" {
				t.Errorf("changed back: %q, error %v", got, err)
			}
		})
	}
}

// A file that was replaced by a link out of the folder is not opened.
func TestOpenFails(t *testing.T) {
	folder := t.TempDir()
	secret := filepath.Join(t.TempDir(), "secret.txt")
	for _, err := range []error{
		os.WriteFile(secret, []byte("s"), 0o600),
		os.Symlink(secret, filepath.Join(folder, "link.txt")),
		os.Mkdir(filepath.Join(folder, "folder.txt"), 0o700),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	root, err := os.OpenRoot(folder)
	if err != nil {
		t.Fatal(err)
	}
	defer root.Close()
	for _, name := range []string{"link.txt", "folder.txt", "gone.txt", "../secret.txt"} {
		if file, err := Open(root, name); err == nil || file != nil {
			t.Errorf("%s: %v, error %v", name, file, err)
		}
	}
}
