package apitest

import (
	"os"
	"path/filepath"
	"regexp"
	"testing"
)

// The tests of 2026-04 also cover 2026-07, as the two specs are the same. The
// generated code differs only in the version and in the paragraph that says so.
// When the spec of 2026-07 is published, tests of the differences belong here.
func TestSameSpecSameCode(t *testing.T) {
	version := regexp.MustCompile(`20\d\d-\d\d`)
	note := regexp.MustCompile(`// According to Pinecone, the spec of this version(?:.*\n// )+.*\n//\n`)
	code := func(file string) string {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		return version.ReplaceAllString(note.ReplaceAllString(string(text), ""), "VERSION")
	}
	files, err := filepath.Glob("../../../gen/2026-07/*/*.go")
	if err != nil || len(files) < 6 {
		t.Fatalf("%d files, error %v", len(files), err)
	}
	for _, file := range files {
		plane, name := filepath.Base(filepath.Dir(file)), filepath.Base(file)
		if code(file) != code(filepath.Join("../../../gen/2026-04", plane, name)) {
			t.Errorf("%s/%s differs from that of 2026-04 in more than the version", plane, name)
		}
	}
}
