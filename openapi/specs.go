// Package openapi embeds the OpenAPI documents of the Pinecone Assistant API
// from which this module is generated, for tools that read them at run time. It
// imports only the standard library.
package openapi

import (
	"cmp"
	"embed"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
)

// FS has a folder for each version, with the files VERSION/PLANE.yaml.
//
//go:embed 20*/*.yaml
var FS embed.FS

// Planes that every version has. Each plane has its own document.
const (
	Control    = "control"
	Data       = "data"
	Evaluation = "evaluation"
)

// Planes returns the planes of a version, sorted, or nil if there is no such
// version.
func Planes(version string) []string {
	if !slices.Contains(Versions(), version) {
		return nil
	}
	files, err := FS.ReadDir(version)
	if err != nil {
		panic(err) // The folders of an embed.FS can always be read.
	}
	var planes []string
	for _, file := range files {
		planes = append(planes, strings.TrimSuffix(file.Name(), ".yaml"))
	}
	return planes
}

// Versions returns the versions of the API, such as "2026-04" or "2026-10.rc",
// oldest first. A release candidate precedes its release.
func Versions() []string {
	folders, err := FS.ReadDir(".")
	if err != nil {
		panic(err) // The root of an embed.FS can always be read.
	}
	var versions []string
	for _, folder := range folders {
		versions = append(versions, folder.Name())
	}
	slices.SortFunc(versions, func(a, b string) int {
		month, kind, _ := strings.Cut(a, ".")
		otherMonth, otherKind, _ := strings.Cut(b, ".")
		return cmp.Or(cmp.Compare(month, otherMonth), cmp.Compare(stable(kind), stable(otherKind)), cmp.Compare(kind, otherKind))
	})
	return versions
}

// Spec returns the YAML text of a version's document for a plane. The error
// matches fs.ErrNotExist if there is no such version or plane.
func Spec(version, plane string) ([]byte, error) {
	planes := Planes(version)
	switch {
	case planes == nil:
		return nil, fmt.Errorf("openapi: version %q: %w", version, fs.ErrNotExist)
	case !slices.Contains(planes, plane):
		return nil, fmt.Errorf("openapi: plane %q: %w", plane, fs.ErrNotExist)
	}
	return FS.ReadFile(path.Join(version, plane+".yaml"))
}

// stable returns 1 for the empty suffix of a release and 0 for any other
// suffix.
func stable(kind string) int {
	if kind == "" {
		return 1
	}
	return 0
}
