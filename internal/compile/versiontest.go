package compile

import (
	"fmt"
	"path"
	"strings"
)

// testFile is the name of a version's test, which is in the folder of the
// version.
const testFile = "version_gen_test.go"

// versionTest returns the test of a version. It tests all packages of the
// version.
func versionTest(planes []*plane, version string) []byte {
	var imports, packages strings.Builder
	for _, p := range planes {
		name := path.Base(p.Folder)
		fmt.Fprintf(&imports, "\t%q\n", module+"/"+p.Folder)
		fmt.Fprintf(&packages, "\t\tapitest.Plane{Name: %q, APIVersion: %s.APIVersion, New: %[2]s.New, NewClient: %[2]s.NewClient,\n"+
			"\t\t\tWithBaseURL: %[2]s.WithBaseURL, WithHTTPClient: %[2]s.WithHTTPClient, WithRequestEditorFn: %[2]s.WithRequestEditorFn},\n", name, name)
	}
	return fmt.Appendf(nil, `// Code generated from openapi/%[1]s by go generate; DO NOT EDIT.

package version_test

import (
	"testing"

%[2]s	%[3]q
)

func TestVersion(t *testing.T) {
	apitest.Run(t, %[1]q,
%[4]s	)
}
`, version, imports.String(), module+"/internal/testing/apitest", packages.String())
}
