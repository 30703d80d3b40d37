// Typed generates the typed layer of a version of the API, and the index of its
// operations, from a folder of specs:
//
//	go run ./openapi/typed openapi/2026-04
//
// For each plane that has a configuration, it is a second run of oapi-codegen,
// over the same spec with the same configuration as the stock client's, with the
// templates in openapi/templates instead of the stock ones.
//
// It is a command of its own because oapi-codegen's hands a template neither the
// spec's version nor its servers, and so that what a method looks like is
// decided in Go and not in a template.
package main

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"text/template"

	"github.com/oapi-codegen/oapi-codegen/v2/pkg/codegen"
	"github.com/oapi-codegen/oapi-codegen/v2/pkg/util"
	"go.yaml.in/yaml/v3"
)

// output is the name of the generated file, beside the stock client's.
const output = "api.gen.go"

// configSuffix is what the name of a plane's configuration has after the
// plane's.
const configSuffix = ".config.yaml"

func main() {
	if err := run(os.Args[1:]); err != nil {
		if !errors.Is(err, flag.ErrHelp) {
			fmt.Fprintln(os.Stderr, "typed:", err)
		}
		os.Exit(1)
	}
}

func run(args []string) error {
	flags := flag.NewFlagSet("typed", flag.ContinueOnError)
	templates := flags.String("templates", "openapi/templates", "`folder` of the templates")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if flags.NArg() != 1 {
		return errors.New("want one folder, with the specs of a version")
	}
	files, err := generateVersion(flags.Arg(0), *templates)
	if err != nil {
		return err
	}
	for name, text := range files {
		if err := os.WriteFile(name, text, 0o644); err != nil {
			return err
		}
	}
	return nil
}

// generateVersion returns the typed layers of all planes in a folder and their
// index, by the names of the files.
func generateVersion(folder, templates string) (map[string][]byte, error) {
	configs, err := filepath.Glob(filepath.Join(folder, "*"+configSuffix))
	if err != nil {
		return nil, err
	}
	if len(configs) == 0 {
		return nil, fmt.Errorf("%s: no *%s", folder, configSuffix)
	}
	files := map[string][]byte{}
	var planes []*plane
	for _, config := range configs {
		options, err := readConfig(config)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", config, err)
		}
		spec := strings.TrimSuffix(config, configSuffix) + ".yaml"
		code, described, err := generate(spec, templates, options)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", spec, err)
		}
		if described.since, err = firstVersions(spec); err != nil {
			return nil, err
		}
		files[filepath.Join(described.Folder, output)] = code
		planes = append(planes, described)
	}
	name, text, err := index(planes, filepath.Base(folder), templates)
	if err != nil {
		return nil, err
	}
	files[name] = text
	return files, nil
}

// configuration is a configuration file as oapi-codegen's command reads it.
type configuration struct {
	codegen.Configuration `yaml:",inline"`
	OutputFile            string `yaml:"output"`
}

func readConfig(file string) (configuration, error) {
	var config configuration
	text, err := os.ReadFile(file)
	if err != nil {
		return config, err
	}
	decoder := yaml.NewDecoder(bytes.NewReader(text))
	decoder.KnownFields(true)
	if err := decoder.Decode(&config); err != nil {
		return config, err
	}
	return config, config.Validate()
}

// generate returns the typed layer of a spec, its overlay applied strictly, and
// the plane with its methods.
func generate(spec, templates string, config configuration) ([]byte, *plane, error) {
	document, err := util.LoadSwaggerWithOverlay(spec, util.LoadSwaggerWithOverlayOpts{
		Path:                config.OutputOptions.Overlay.Path,
		Strict:              true,
		AllowRemoteRefsFrom: config.AllowRemoteRefsFrom,
	})
	if err != nil {
		return nil, nil, err
	}
	if err := document.Validate(context.Background()); err != nil {
		return nil, nil, fmt.Errorf("with its overlay: %w", err)
	}
	described, err := describePlane(document)
	if err != nil {
		return nil, nil, err
	}
	described.Folder = filepath.Dir(config.OutputFile)

	// The models stand in the stock client's file.
	config.Generate = codegen.GenerateOptions{Client: true}
	config.OutputOptions.UserTemplates = map[string]string{
		"imports.tmpl":               filepath.Join(templates, "imports.tmpl"),
		"client.tmpl":                filepath.Join(templates, "api.tmpl"),
		"client-with-responses.tmpl": "{{``}}\n", // the stock file has them; an empty text would keep the stock template
	}
	maps.Copy(codegen.TemplateFunctions, template.FuncMap{
		"plane": func() *plane { return described },
		"types": func(ops []codegen.OperationDefinition) (*types, error) {
			found, err := describeTypes(document, ops, config.OutputOptions.ExcludeSchemas)
			if err == nil {
				described.Methods, err = found.describeMethods(ops)
			}
			return found, err
		},
		"packageDoc": func(name string) (string, error) { return packageDoc(described, name) },
		"generator":  generatorVersion,
		"streamDoc":  streamDoc,
		"waitDoc":    waitDoc,
		"unionDoc":   unionDoc,
	})
	code, err := codegen.Generate(document, config.Configuration)
	return []byte(code), described, err
}
