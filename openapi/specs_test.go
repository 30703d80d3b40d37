package openapi_test

import (
	"errors"
	"io/fs"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/pinecone-community/assistant-go/openapi"
)

func TestEachVersionHasADocumentForEachPlane(t *testing.T) {
	versions := openapi.Versions()
	if len(versions) == 0 || !slices.IsSorted(versions) {
		t.Fatalf("Versions() = %q, want the versions, oldest first", versions)
	}
	for _, version := range versions {
		if !regexp.MustCompile(`^20\d\d-\d\d$`).MatchString(version) {
			t.Errorf("version %q, want a year and a month", version)
		}
		for _, plane := range openapi.Planes() {
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
