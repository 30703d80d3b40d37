package compile

import (
	"path/filepath"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
	"gopkg.in/yaml.v3"
)

// Overlaid is the spec of a plane after its overlay. The command openapi/review
// compares such specs.
type Overlaid struct {
	// Spec has the schema names of the published spec.
	Spec *openapi3.T
	// GoNames are the Go names of its schemas.
	GoNames map[string]string
	// Methods are the Go names of the operations by endpoint, such as "GET
	// /files".
	Methods map[string]string
}

// OverlaidSpecs returns the overlays in the folder openapi below root and, by
// version and plane, the specs after them. An action that changes no version is
// not an error; its Parts show it.
func OverlaidSpecs(root string) ([]*Overlay, map[string]map[string]*Overlaid, error) {
	openapi := filepath.Join(root, "openapi")
	config, err := readConfig(filepath.Join(openapi, configFile))
	if err != nil {
		return nil, nil, err
	}
	specs := map[string]map[string]*Overlaid{}
	overlays, err := applyOverlays(openapi, func(version, plane string, root *yaml.Node) error {
		names, err := schemaNames(root, config.Words)
		if err != nil {
			return err
		}
		text, err := yaml.Marshal(root)
		if err != nil {
			return err
		}
		spec, err := parse(text)
		if err != nil {
			return err
		}
		methods := map[string]string{}
		for path, item := range spec.Paths.Map() {
			for verb, operation := range item.Operations() {
				name := operation.OperationID
				if goName, ok := operation.Extensions[extGoName].(string); ok {
					name = goName
				}
				methods[verb+" "+path] = spell(name, config.Words)
			}
		}
		if specs[version] == nil {
			specs[version] = map[string]*Overlaid{}
		}
		specs[version][plane] = &Overlaid{spec, names, methods}
		return nil
	})
	return overlays, specs, err
}

// Plane returns the plane to which the overlay applies.
func (o *Overlay) Plane() string {
	return strings.TrimSuffix(filepath.Base(o.File), overlaySuffix)
}

// Effect returns the effect of the action on its target, as YAML. Actions with
// the same target and effect are the same.
func (a *Action) Effect() string {
	effect := struct {
		Remove   bool       `yaml:"remove,omitempty"`
		Update   *yaml.Node `yaml:"update,omitempty"`
		Versions []string   `yaml:"x-versions,omitempty"`
		Unless   string     `yaml:"x-unless,omitempty"`
	}{a.remove, a.update, a.only, a.unless}
	text, err := yaml.Marshal(effect)
	if err != nil {
		panic(err) // the nodes were read from YAML
	}
	return string(text)
}
