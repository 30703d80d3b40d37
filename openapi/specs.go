// Package openapi holds the OpenAPI documents of the Pinecone Assistant API
// that this module is generated from, for tools that read them at run time. It
// imports the standard library alone.
package openapi

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
)

// FS holds the folder of each version, VERSION/PLANE.yaml.
//
//go:embed 20*/*.yaml
var FS embed.FS

// The planes of a version: each has a document of its own.
const (
	Control    = "control"
	Data       = "data"
	Evaluation = "evaluation"
)

// Planes returns the planes of each version.
func Planes() []string {
	return []string{Control, Data, Evaluation}
}

// Versions returns the versions of the API, such as "2026-04", oldest first.
func Versions() []string {
	folders, err := FS.ReadDir(".")
	if err != nil {
		panic(err) // The root of an embed.FS can always be read.
	}
	var versions []string
	for _, folder := range folders {
		versions = append(versions, folder.Name())
	}
	slices.Sort(versions)
	return versions
}

// Spec returns the YAML text of a version's document for a plane. The error
// matches fs.ErrNotExist when there is no such version or plane.
func Spec(version, plane string) ([]byte, error) {
	if !slices.Contains(Planes(), plane) {
		return nil, fmt.Errorf("openapi: plane %q: %w", plane, fs.ErrNotExist)
	}
	spec, err := FS.ReadFile(path.Join(version, plane+".yaml"))
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, fs.ErrInvalid) {
		return nil, fmt.Errorf("openapi: version %q: %w", version, fs.ErrNotExist)
	}
	return spec, err
}
