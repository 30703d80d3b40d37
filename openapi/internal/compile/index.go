package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"text/template"

	"github.com/getkin/kin-openapi/openapi3"
)

// indexFile is the name of the index, in the folder that has the packages of a
// version.
const indexFile = "API.md"

// index returns the index of a version's operations and where it belongs.
func index(planes []*plane, version, templates string) (file string, text []byte, err error) {
	folder := filepath.Dir(planes[0].Folder)
	for _, p := range planes {
		if filepath.Dir(p.Folder) != folder {
			return "", nil, fmt.Errorf("%s and %s: want the packages of one version in one folder", planes[0].Folder, p.Folder)
		}
	}
	page, err := template.ParseFiles(filepath.Join(templates, "index.tmpl"))
	if err != nil {
		return "", nil, err
	}
	var out bytes.Buffer
	err = page.Execute(&out, struct {
		Version string
		Planes  []*plane
	}{version, planes})
	return filepath.Join(folder, indexFile), out.Bytes(), err
}

// SinceOf returns the oldest version of the API in this module that has the
// method and the path of an operation, whatever it calls the parameters in it.
func (p *plane) SinceOf(m *method) string { return p.since[m.Endpoint.withoutNames()] }

// ImportPath returns the package's path below that of the module.
func (p *plane) ImportPath() string { return filepath.ToSlash(p.Folder) }

var pathParameter = regexp.MustCompile(`\{[^}]*\}`)

func (e endpoint) withoutNames() endpoint {
	return endpoint{e.Method, pathParameter.ReplaceAllString(e.Path, "{}")}
}

// firstVersions looks through a spec and through the specs of older versions of
// the same plane, in the folders beside its own, and returns the oldest version
// for each endpoint. Versions are dates, the names of the folders.
func firstVersions(spec string) (map[endpoint]string, error) {
	folder, file := filepath.Split(filepath.Clean(spec))
	version := filepath.Base(folder)
	beside := filepath.Dir(filepath.Clean(folder))
	entries, err := os.ReadDir(beside) // sorted
	if err != nil {
		return nil, err
	}
	first := map[endpoint]string{}
	for _, entry := range entries {
		if entry.Name() > version {
			break
		}
		older := filepath.Join(beside, entry.Name(), file)
		document, err := openapi3.NewLoader().LoadFromFile(older)
		if errors.Is(err, os.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", older, err)
		}
		for path, item := range document.Paths.Map() {
			for method := range item.Operations() {
				e := endpoint{method, path}.withoutNames()
				if first[e] == "" {
					first[e] = entry.Name()
				}
			}
		}
	}
	return first, nil
}
