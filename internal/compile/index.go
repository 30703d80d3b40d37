package compile

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"text/template"

	"gopkg.in/yaml.v3"
)

// indexFile is the name of the index, which is in the folder of a version.
const indexFile = "API.md"

// index returns the index of a version's operations.
func index(planes []*plane, version, templates string) ([]byte, error) {
	page, err := template.ParseFiles(filepath.Join(templates, "index.tmpl"))
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	err = page.Execute(&out, struct {
		Version string
		Planes  []*plane
	}{version, planes})
	return out.Bytes(), err
}

// SinceOf returns the oldest version of the API in this module that has an
// operation with the same HTTP method and path. The names of path parameters do
// not matter.
func (p *plane) SinceOf(m *method) string { return p.since[m.Endpoint.withoutNames()] }

// firstVersions returns, for each endpoint of a plane, the oldest version of
// the API that has it, up to the given version.
func firstVersions(openapi, version, plane string) (map[endpoint]string, error) {
	versions, err := Versions(openapi)
	if err != nil {
		return nil, err
	}
	first := map[endpoint]string{}
	for _, v := range versions {
		file := filepath.Join(openapi, v, plane+".yaml")
		there, err := exists(file)
		if err != nil {
			return nil, err
		}
		if !there || CompareVersions(v, version) > 0 {
			continue
		}
		text, err := os.ReadFile(file)
		if err != nil {
			return nil, err
		}
		var document struct {
			Paths map[string]yaml.Node `yaml:"paths"`
		}
		if err := yaml.Unmarshal(text, &document); err != nil {
			return nil, fmt.Errorf("%s: %w", file, err)
		}
		for path, item := range document.Paths {
			for i := 0; i+1 < len(item.Content); i += 2 { // fields of the path; those that are no methods do no harm
				method := strings.ToUpper(item.Content[i].Value)
				e := endpoint{method, path}.withoutNames()
				if first[e] == "" {
					first[e] = v
				}
			}
		}
	}
	return first, nil
}
