// Package compile compiles the specs of a version of the API into Go: a package
// for each plane, with the models, oapi-codegen's client and the typed layer,
// and an index of the version's operations.
//
//	spec -> lift -> overlay -> names -> oapi-codegen -> tidy
//
// The commands openapi/generate and openapi/importer use it.
package compile

import (
	"bytes"
	"context"
	"fmt"
	"maps"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"text/template"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/oapi-codegen/oapi-codegen/v2/pkg/codegen"
	yamlconfig "go.yaml.in/yaml/v3"
	"gopkg.in/yaml.v3"
)

// Files in the folder openapi that apply to all versions.
const (
	configFile    = "generator.yaml"
	overlaySuffix = ".overlay.yaml"
	templates     = "templates"
)

// Names of the generated files of a package.
const (
	clientFile  = "client.gen.go"       // models and oapi-codegen's client
	apiFile     = "api.gen.go"          // the typed layer
	exampleFile = "example_gen_test.go" // examples for its documentation
)

// Result is the result of compiling a version.
type Result struct {
	// Files are the generated files, by their slashed paths below the module's
	// root.
	Files map[string][]byte
	// Overlays are the overlays of all planes, with the versions in which their
	// actions applied.
	Overlays []*Overlay
	// Notes are decisions that the user who imports a version must make.
	Notes []Note
}

// Note is a decision about a version that the generator cannot make.
type Note struct {
	Plane string
	// Place is an operation, such as "POST /chat", or a schema.
	Place string
	Text  string
	// Optional is true if the generated code is complete without the decision.
	Optional bool
}

// Version compiles the specs in the folder openapi/VERSION below root.
func Version(root, version string) (*Result, error) {
	openapi := filepath.Join(root, "openapi")
	if !IsVersion(version) {
		return nil, fmt.Errorf("version %q: want one such as 2026-04 or 2026-10.rc", version)
	}
	config, err := readConfig(filepath.Join(openapi, configFile))
	if err != nil {
		return nil, err
	}
	if config.generator, err = generator(root); err != nil {
		return nil, err
	}
	config.sources = &sources{root: root}
	names, err := Planes(openapi, version)
	if err != nil {
		return nil, err
	}
	overlays, specs, err := overlaidSpecs(openapi, version, config.Words)
	if err != nil {
		return nil, err
	}
	result := &Result{Files: map[string][]byte{}, Overlays: overlays}
	var planes []*plane
	for _, name := range names {
		p, files, err := compilePlane(specs[name], path.Join("gen", version, name), filepath.Join(openapi, templates), config)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", path.Join("openapi", version, name+".yaml"), err)
		}
		if p.since, err = firstVersions(openapi, version, name); err != nil {
			return nil, err
		}
		for file, text := range files {
			result.Files[path.Join(p.Folder, file)] = text
		}
		for _, note := range p.notes {
			note.Plane = name
			result.Notes = append(result.Notes, note)
		}
		planes = append(planes, p)
	}
	text, err := index(planes, version, filepath.Join(openapi, templates))
	result.Files[path.Join("gen", version, indexFile)] = text
	result.Files[path.Join("gen", version, testFile)] = versionTest(planes, version)
	return result, err
}

// configuration is the configuration of oapi-codegen with the settings of this
// package.
type configuration struct {
	codegen.Configuration `yaml:",inline"`
	// Words are words in the spelling that Go names use.
	Words []string `yaml:"words"`

	generator string // see generator
	sources   *sources
}

func readConfig(file string) (configuration, error) {
	var config configuration
	text, err := os.ReadFile(file)
	if err != nil {
		return config, err
	}
	decoder := yamlconfig.NewDecoder(bytes.NewReader(text))
	decoder.KnownFields(true)
	if err := decoder.Decode(&config); err != nil {
		return config, fmt.Errorf("%s: %w", file, err)
	}
	return config, nil
}

// applyOverlays lifts the schemas of the specs of all versions, applies the
// overlays, and calls f with each spec.
func applyOverlays(openapi string, f func(version, plane string, root *yaml.Node) error) ([]*Overlay, error) {
	versions, err := Versions(openapi)
	if err != nil {
		return nil, err
	}
	overlays := map[string]*Overlay{}
	files, err := filepath.Glob(filepath.Join(openapi, "*"+overlaySuffix))
	if err != nil {
		return nil, err
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			return nil, err
		}
		name := filepath.Base(file)
		if overlays[strings.TrimSuffix(name, overlaySuffix)], err = readOverlay(path.Join("openapi", name), text); err != nil {
			return nil, err
		}
	}
	for _, v := range versions {
		planes, err := Planes(openapi, v)
		if err != nil {
			return nil, err
		}
		for _, plane := range planes {
			file := filepath.Join(openapi, v, plane+".yaml")
			text, err := os.ReadFile(file)
			if err != nil {
				return nil, err
			}
			var document yaml.Node
			if err := yaml.Unmarshal(text, &document); err != nil {
				return nil, fmt.Errorf("%s: %w", file, err)
			}
			if len(document.Content) != 1 || document.Content[0].Kind != yaml.MappingNode {
				return nil, fmt.Errorf("%s: want an OpenAPI document", file)
			}
			root := document.Content[0]
			lift(root)
			if overlay := overlays[plane]; overlay != nil {
				if err := overlay.apply(root, v); err != nil {
					return nil, fmt.Errorf("%s/%s: %w", v, plane, err)
				}
			}
			if err := f(v, plane, root); err != nil {
				return nil, fmt.Errorf("%s/%s: %w", v, plane, err)
			}
		}
	}
	var sorted []*Overlay
	for _, plane := range slices.Sorted(maps.Keys(overlays)) {
		sorted = append(sorted, overlays[plane])
	}
	return sorted, nil
}

// overlaidSpecs returns the specs of a version after their overlays, with the
// Go names of the schemas. An action that changes no version is an error.
func overlaidSpecs(openapi, version string, words []string) ([]*Overlay, map[string][]byte, error) {
	specs := map[string][]byte{}
	overlays, err := applyOverlays(openapi, func(v, plane string, root *yaml.Node) error {
		if v != version {
			return nil
		}
		names, err := schemaNames(root, words)
		if err != nil {
			return err
		}
		renameSchemas(root, names)
		specs[plane], err = yaml.Marshal(root)
		return err
	})
	if err != nil {
		return nil, nil, err
	}
	versions, err := Versions(openapi)
	if err != nil {
		return nil, nil, err
	}
	for _, overlay := range overlays {
		if err := overlay.stale(versions); err != nil {
			return nil, nil, err
		}
	}
	return overlays, specs, nil
}

// Spec returns the spec of a plane after its overlay, with the Go names of the
// schemas. Tests validate requests and responses with it.
func Spec(root, version, plane string) (*openapi3.T, error) {
	openapi := filepath.Join(root, "openapi")
	config, err := readConfig(filepath.Join(openapi, configFile))
	if err != nil {
		return nil, err
	}
	_, specs, err := overlaidSpecs(openapi, version, config.Words)
	if err != nil {
		return nil, err
	}
	if specs[plane] == nil {
		return nil, fmt.Errorf("openapi/%s has no %s.yaml", version, plane)
	}
	spec, err := parse(specs[plane])
	if err != nil {
		return nil, err
	}
	eachSchema(spec, func(_ string, ref *openapi3.SchemaRef) {
		for _, property := range maps.Clone(ref.Value.Properties) {
			also, _ := extension[[]string](property.Value.Extensions, extAlso)
			for _, name := range also {
				ref.Value.Properties[name] = property
			}
		}
	})
	return spec, nil
}

// prepared is a spec that is ready for oapi-codegen.
type prepared struct {
	spec      *openapi3.T
	unions    []string
	published map[endpoint]string // names of the operations in the spec
}

// prepare parses a spec and sets the Go names of its operations, parameters and
// enums. Each run of oapi-codegen needs its own copy, because it modifies the
// spec.
func prepare(text []byte, config configuration) (*prepared, error) {
	spec, err := parse(text)
	if err != nil {
		return nil, err
	}
	published, err := nameOperations(spec)
	if err != nil {
		return nil, err
	}
	renameParameters(spec)
	if err := breakRecursion(spec); err != nil {
		return nil, err
	}
	unions, err := completeUnions(spec)
	if err != nil {
		return nil, err
	}
	return &prepared{spec, unions, published}, nameEnums(spec, config.Words)
}

func parse(text []byte) (*openapi3.T, error) {
	spec, err := openapi3.NewLoader().LoadFromData(text) // rejects references to other documents
	if err != nil {
		return nil, err
	}
	if spec.Components == nil {
		spec.Components = &openapi3.Components{}
	}
	if spec.Components.Schemas == nil {
		spec.Components.Schemas = openapi3.Schemas{}
	}
	if err := spec.Validate(context.Background()); err != nil {
		return nil, err
	}
	jsonTexts(spec)
	return spec, nil
}

// jsonTexts turns a parameter of type string and format json into a parameter
// with JSON content.
func jsonTexts(spec *openapi3.T) {
	for _, item := range spec.Paths.Map() {
		for _, operation := range item.Operations() {
			for _, p := range operation.Parameters {
				if schema := p.Value.Schema; schema != nil && schema.Value.Type.Is("string") && schema.Value.Format == "json" {
					object := openapi3.NewSchemaRef("", &openapi3.Schema{Type: &openapi3.Types{"object"}})
					p.Value.Content = openapi3.Content{"application/json": openapi3.NewMediaType().WithSchemaRef(object)}
					p.Value.Schema, p.Value.Style = nil, ""
				}
			}
		}
	}
}

// compilePlane compiles a spec into the files of the package in a folder.
func compilePlane(text []byte, folder, templates string, config configuration) (*plane, map[string][]byte, error) {
	input, err := prepare(text, config)
	if err != nil {
		return nil, nil, err
	}
	described, err := describePlane(input)
	if err != nil {
		return nil, nil, err
	}
	described.Folder = folder
	config.PackageName = path.Base(folder)
	config.OutputOptions.ExcludeSchemas = input.unions

	// The typed layer is generated first, because its errors name operations.
	typed := config
	typed.Generate = codegen.GenerateOptions{Client: true}
	typed.OutputOptions.UserTemplates = map[string]string{
		"imports.tmpl":               filepath.Join(templates, "imports.tmpl"),
		"client.tmpl":                filepath.Join(templates, "api.tmpl"),
		"client-with-responses.tmpl": noText,
	}
	var refused error
	maps.Copy(codegen.TemplateFunctions, template.FuncMap{
		"plane": func() *plane { return described },
		"types": func(ops []codegen.OperationDefinition) (*types, error) {
			var found *types
			if found, refused = describeTypes(input, described, ops); refused == nil {
				described.Methods, refused = found.describeMethods(ops)
			}
			return found, refused
		},
		"packageDoc": func(name string) (string, error) { return packageDoc(described, name) },
		"generator":  func() string { return config.generator },
		"streamDoc":  streamDoc,
		"waitDoc":    waitDoc,
		"followDoc":  followDoc,
		"comment":    config.sources.comment,
		"fields":     config.sources.declaration,
		"unionDoc":   unionDoc,
	})
	api, err := generate(input.spec, typed)
	if refused != nil {
		err = refused // the error of the template package would wrap it
	}
	if err != nil {
		return nil, nil, err
	}
	if input, err = prepare(text, config); err != nil {
		return nil, nil, err
	}
	stock := config
	stock.Generate = codegen.GenerateOptions{Client: true, Models: true}
	stock.AdditionalImports = []codegen.AdditionalImport{{Package: restPackage}}
	stock.OutputOptions.UserTemplates = map[string]string{
		"client.tmpl":                filepath.Join(templates, "client.tmpl"),
		"client-with-responses.tmpl": noText, // the typed layer stands in its place
	}
	client, err := generate(input.spec, stock)
	if err != nil {
		return nil, nil, err
	}
	files := map[string]string{apiFile: api, clientFile: client}
	if files[clientFile], err = tidyClient(client, config.generator); err != nil {
		return nil, nil, err
	}
	if files[exampleFile], err = examplesFile(described, config.generator, api, files[clientFile]); err != nil {
		return nil, nil, err
	}
	done := map[string][]byte{}
	for file, text := range files {
		if done[file], err = format(text); err != nil {
			return nil, nil, fmt.Errorf("%s: %w", file, err)
		}
	}
	return described, done, nil
}

// restPackage is the package that generated packages call.
const restPackage = module + "/internal/rest"

// noText is a template without output. An empty template would not replace
// oapi-codegen's.
const noText = "{{``}}\n"

// generate runs oapi-codegen. A panic of it is an error.
func generate(spec *openapi3.T, config configuration) (code string, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("oapi-codegen: %v", r)
		}
	}()
	return codegen.Generate(spec, config.Configuration)
}

// generator returns the module path and the version of oapi-codegen from
// go.mod. The build information of a test binary does not have them.
func generator(root string) (string, error) {
	const module = "github.com/oapi-codegen/oapi-codegen/v2"
	file := filepath.Join(root, "go.mod")
	text, err := os.ReadFile(file)
	if err != nil {
		return "", err
	}
	found := regexp.MustCompile(`(?m)^(?:require)?\s+` + module + ` (v\S+)`).FindSubmatch(text)
	if found == nil {
		return "", fmt.Errorf("%s: no version of %s", file, module)
	}
	return module + " version " + string(found[1]), nil
}
