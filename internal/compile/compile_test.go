package compile

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strings"
	"testing"
)

// A compilation leaves little behind and allocates much: with the usual pace of the
// garbage collector, a third of the time of these tests is its.
func TestMain(m *testing.M) {
	debug.SetGCPercent(400)
	os.Exit(m.Run())
}

// moduleRoot is the module's root.
const moduleRoot = "../.."

// newTree returns a folder to compile in: a copy of openapi, without the given
// versions, and of the packages whose comments the generated code shows.
func newTree(t testing.TB, without ...string) string {
	t.Helper()
	root := t.TempDir()
	for _, name := range slices.Concat([]string{"go.mod"}, glob(t, "openapi/*.yaml"), glob(t, "openapi/templates/*"),
		glob(t, "internal/apierror/*.go"), glob(t, "internal/rest/*.go"), glob(t, "internal/upload/*.go")) {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		writeFile(t, filepath.Join(root, name), readFile(t, filepath.Join(moduleRoot, name)))
	}
versions:
	for _, name := range glob(t, "openapi/20*/*.yaml") {
		for _, version := range without {
			if filepath.Base(filepath.Dir(name)) == version {
				continue versions
			}
		}
		writeFile(t, filepath.Join(root, name), readFile(t, filepath.Join(moduleRoot, name)))
	}
	return root
}

// glob returns the files that match a pattern, relative to the module's root.
func glob(t testing.TB, pattern string) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(moduleRoot, pattern))
	if err != nil || len(files) == 0 {
		t.Fatalf("%s: no files, error %v", pattern, err)
	}
	for i := range files {
		if files[i], err = filepath.Rel(moduleRoot, files[i]); err != nil {
			t.Fatal(err)
		}
	}
	return files
}

func readFile(t testing.TB, name string) string {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func writeFile(t testing.TB, name, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

// runTests builds and runs the tests of a package of this module with
// additional files. The files are texts by path relative to the module's root.
func runTests(t testing.TB, files map[string]string, pkg string) {
	t.Helper()
	root, err := filepath.Abs(moduleRoot)
	if err != nil {
		t.Fatal(err)
	}
	folder := t.TempDir()
	overlay := struct{ Replace map[string]string }{map[string]string{}}
	for name, text := range files {
		file := filepath.Join(folder, filepath.FromSlash(name))
		writeFile(t, file, text)
		overlay.Replace[filepath.Join(root, filepath.FromSlash(name))] = file
	}
	text, err := json.Marshal(overlay)
	if err != nil {
		t.Fatal(err)
	}
	list, binary := filepath.Join(folder, "overlay.json"), filepath.Join(folder, "tests.exe")
	writeFile(t, list, string(text))
	for _, args := range [][]string{{"go", "test", "-c", "-vet=off", "-o", binary, "-overlay", list, "./" + pkg}, {binary}} {
		cmd := exec.CommandContext(t.Context(), args[0], args[1:]...)
		cmd.Dir = root
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%s: %v\n%s", strings.Join(args, " "), err, out)
		}
	}
}

// replace replaces the first of each pair of texts by the second, once. The
// first must be in the text.
func replace(t testing.TB, text string, pairs ...string) string {
	t.Helper()
	for i := 0; i < len(pairs); i += 2 {
		if !strings.Contains(text, pairs[i]) {
			t.Fatalf("no %q", pairs[i])
		}
		text = strings.Replace(text, pairs[i], pairs[i+1], 1)
	}
	return text
}

// The committed code in gen is what the specs compile to.
func TestCommitted(t *testing.T) {
	versions, err := Versions(filepath.Join(moduleRoot, "openapi"))
	if err != nil {
		t.Fatal(err)
	}
	for _, version := range versions {
		result, err := Version(moduleRoot, version)
		if err != nil {
			t.Fatal(err)
		}
		want := map[string]bool{}
		for _, name := range slices.Concat(glob(t, "gen/"+version+"/*.*"), glob(t, "gen/"+version+"/*/*")) {
			want[filepath.ToSlash(name)] = true
		}
		for name, text := range result.Files {
			if !want[name] {
				t.Errorf("%s is not there", name)
			} else if readFile(t, filepath.Join(moduleRoot, name)) != string(text) {
				t.Errorf("%s differs from what its spec compiles to", name)
			}
			delete(want, name)
		}
		for name := range want {
			t.Errorf("%s is compiled from nothing", name)
		}
	}
}

func BenchmarkVersion(b *testing.B) {
	for b.Loop() {
		if _, err := Version(moduleRoot, "2026-04"); err != nil {
			b.Fatal(err)
		}
	}
}
