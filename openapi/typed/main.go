// Typed generates the typed layer of a plane: a second run of oapi-codegen, over
// the same spec with the same configuration as the stock client's, with the
// templates in openapi/templates instead of the stock ones.
//
//	go run ./openapi/typed -config openapi/2026-04/data.config.yaml openapi/2026-04/data.yaml
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
	"text/template"

	"github.com/oapi-codegen/oapi-codegen/v2/pkg/codegen"
	"github.com/oapi-codegen/oapi-codegen/v2/pkg/util"
	"go.yaml.in/yaml/v3"
)

// output is the name of the generated file, beside the stock client's.
const output = "api.gen.go"

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
	config := flags.String("config", "", "the plane's oapi-codegen configuration `file`")
	templates := flags.String("templates", "openapi/templates", "`folder` of the templates")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if *config == "" || flags.NArg() != 1 {
		return errors.New("want -config FILE and one spec")
	}
	spec := flags.Arg(0)

	options, err := readConfig(*config)
	if err != nil {
		return fmt.Errorf("%s: %w", *config, err)
	}
	code, err := generate(spec, *templates, options)
	if err != nil {
		return fmt.Errorf("%s: %w", spec, err)
	}
	return os.WriteFile(filepath.Join(filepath.Dir(options.OutputFile), output), code, 0o644)
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

// generate returns the typed layer of a spec, its overlay applied strictly.
func generate(spec, templates string, config configuration) ([]byte, error) {
	document, err := util.LoadSwaggerWithOverlay(spec, util.LoadSwaggerWithOverlayOpts{
		Path:                config.OutputOptions.Overlay.Path,
		Strict:              true,
		AllowRemoteRefsFrom: config.AllowRemoteRefsFrom,
	})
	if err != nil {
		return nil, err
	}
	if err := document.Validate(context.Background()); err != nil {
		return nil, fmt.Errorf("with its overlay: %w", err)
	}
	described, err := describePlane(document)
	if err != nil {
		return nil, err
	}

	// The models stand in the stock client's file.
	config.Generate = codegen.GenerateOptions{Client: true}
	config.OutputOptions.UserTemplates = map[string]string{
		"imports.tmpl":               filepath.Join(templates, "imports.tmpl"),
		"client.tmpl":                filepath.Join(templates, "api.tmpl"),
		"client-with-responses.tmpl": "{{``}}\n", // the stock file has them; an empty text would keep the stock template
	}
	maps.Copy(codegen.TemplateFunctions, template.FuncMap{
		"plane": func() *plane { return described },
		"types": func(ops []codegen.OperationDefinition) (found *types, err error) {
			found, err = describeTypes(document, ops, config.OutputOptions.ExcludeSchemas)
			return found, err
		},
		"generator": generatorVersion,
		"wrap":      wrap,
		"streamDoc": streamDoc,
		"waitDoc":   waitDoc,
		"unionDoc":  unionDoc,
	})
	code, err := codegen.Generate(document, config.Configuration)
	return []byte(code), err
}
