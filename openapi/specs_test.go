package openapi_test

import (
	"errors"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/pinecone-community/assistant-go/internal/compile"
	"github.com/pinecone-community/assistant-go/openapi"
)

func TestEachVersionHasADocumentForEachPlane(t *testing.T) {
	versions := openapi.Versions()
	if len(versions) == 0 || !slices.IsSortedFunc(versions, compile.CompareVersions) {
		t.Fatalf("Versions() = %q, want the versions, oldest first", versions)
	}
	for _, version := range versions {
		planes := openapi.Planes(version)
		if files, err := filepath.Glob(filepath.Join(version, "*.yaml")); err != nil || len(files) != len(planes) {
			t.Errorf("%s: planes %q of the files %q, error %v", version, planes, files, err)
		}
		for _, plane := range planes {
			spec, err := openapi.Spec(version, plane)
			if err != nil {
				t.Error(err)
				continue
			}
			if text := string(spec); !strings.Contains(text, "\nopenapi: ") && !strings.HasPrefix(text, "openapi: ") || !strings.Contains(text, version) {
				t.Errorf("Spec(%q, %q) is no OpenAPI document of that version", version, plane)
			}
		}
	}
}

func TestSpecOfWhatIsNotThere(t *testing.T) {
	version := openapi.Versions()[0]
	for _, test := range []struct{ version, plane string }{
		{"1999-01", openapi.Data},
		{"", openapi.Data},
		{"..", openapi.Data},
		{version, "data.overlay"},
		{version, ""},
		{version, "../" + version + "/data"},
	} {
		if _, err := openapi.Spec(test.version, test.plane); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("Spec(%q, %q): %v, want fs.ErrNotExist", test.version, test.plane, err)
		}
	}
}
