package compile

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// versionForm is the form of Pinecone's versions: a year and a month, and a
// suffix for a version that is not stable.
var versionForm = regexp.MustCompile(`^20\d\d-(0[1-9]|1[0-2])(\.[a-z][a-z0-9]*)?$`)

// IsVersion reports whether a text has the form of a version, such as 2026-04
// or 2026-10.rc.
func IsVersion(text string) bool { return versionForm.MatchString(text) }

// CompareVersions orders versions by date. A stable version follows the
// unstable versions of the same date.
func CompareVersions(a, b string) int {
	dateA, kindA, _ := strings.Cut(a, ".")
	dateB, kindB, _ := strings.Cut(b, ".")
	return cmp.Or(cmp.Compare(dateA, dateB), cmp.Compare(btoi(kindA == ""), btoi(kindB == "")), cmp.Compare(kindA, kindB))
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}

// Versions returns the versions that have a folder of specs, oldest first.
func Versions(openapi string) ([]string, error) {
	entries, err := os.ReadDir(openapi)
	if err != nil {
		return nil, err
	}
	var versions []string
	for _, entry := range entries {
		if entry.IsDir() && IsVersion(entry.Name()) {
			versions = append(versions, entry.Name())
		}
	}
	slices.SortFunc(versions, CompareVersions)
	return versions, nil
}

// Planes returns the planes of a version, sorted: the names of its spec files.
// Any other file in the folder is an error.
func Planes(openapi, version string) ([]string, error) {
	entries, err := os.ReadDir(filepath.Join(openapi, version))
	if err != nil {
		return nil, err
	}
	var planes []string
	for _, entry := range entries {
		plane, isSpec := strings.CutSuffix(entry.Name(), ".yaml")
		if !isSpec || entry.IsDir() || !planeForm.MatchString(plane) {
			return nil, fmt.Errorf("%s: want nothing but specs, PLANE.yaml", filepath.Join(openapi, version, entry.Name()))
		}
		planes = append(planes, plane)
	}
	if len(planes) == 0 {
		return nil, fmt.Errorf("%s: no specs", filepath.Join(openapi, version))
	}
	return planes, nil
}

// planeForm is the form of a plane's name, which is also the name of a Go
// package.
var planeForm = regexp.MustCompile(`^[a-z][a-z0-9]*$`)

// exists reports whether a file exists.
func exists(name string) (bool, error) {
	_, err := os.Stat(name)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	return err == nil, err
}
