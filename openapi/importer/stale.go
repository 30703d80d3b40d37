package main

import (
	"fmt"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/speakeasy-api/openapi/overlay/loader"
	"go.yaml.in/yaml/v3"
)

// checkCompanions finds what a version's overlays and configurations say of
// things that its specs have no more. All of it is in one error, each with its
// file and line; copied tells which of the files stand elsewhere.
func checkCompanions(specs, version string, copied map[string]string) error {
	var stale []string
	for _, plane := range planes {
		spec := filepath.Join(specs, version, plane+".yaml")
		overlay := strings.TrimSuffix(spec, ".yaml") + ".overlay.yaml"
		actions, schemas, err := staleActions(spec, overlay)
		if err != nil {
			return err
		}
		config := strings.TrimSuffix(spec, ".yaml") + ".config.yaml"
		exclusions, err := staleExclusions(config, schemas)
		if err != nil {
			return err
		}
		for _, found := range []struct {
			file  string
			lines []string
		}{{overlay, actions}, {config, exclusions}} {
			name := path.Join("openapi", version, filepath.Base(found.file))
			if original, ok := copied[name]; ok {
				name = original
			}
			for _, line := range found.lines {
				stale = append(stale, name+":"+line)
			}
		}
	}
	if len(stale) == 0 {
		return nil
	}
	advice := ""
	if len(copied) > 0 {
		advice = fmt.Sprintf("\ncopy these files to openapi/%s, mend them there, and import again: what is there is kept", version)
	}
	return fmt.Errorf("the specs of %s lack what these refer to:\n%s%s", version, strings.Join(stale, "\n"), advice)
}

// staleActions applies an overlay to a spec and returns the actions of which a
// target is not there, each as its line, its target and its description, and the
// names of the schemas that the spec has then.
func staleActions(specFile, overlayFile string) (stale []string, schemas map[string]any, err error) {
	overlay, err := loader.LoadOverlay(overlayFile)
	if err != nil {
		return nil, nil, err
	}
	if err := overlay.Validate(); err != nil {
		return nil, nil, fmt.Errorf("%s: %w", overlayFile, err)
	}
	lines, err := linesOf(overlayFile, "actions")
	if err != nil {
		return nil, nil, err
	}
	spec, err := loader.LoadSpecification(specFile)
	if err != nil {
		return nil, nil, err
	}
	actions := overlay.Actions
	for i, action := range actions {
		unmatched := false
		for _, target := range alternatives(action.Target) {
			path, err := overlay.NewPath(target, nil)
			if err != nil {
				return nil, nil, fmt.Errorf("%s:%d: %w", overlayFile, lines[i], err)
			}
			unmatched = unmatched || len(path.Query(spec)) == 0
		}
		if unmatched {
			stale = append(stale, fmt.Sprintf("%d: %s: %s", lines[i], action.Target, action.Description))
		}
		overlay.Actions = actions[i : i+1]
		if err := overlay.ApplyTo(spec); err != nil {
			return nil, nil, fmt.Errorf("%s:%d: %w", overlayFile, lines[i], err)
		}
	}
	var document struct {
		Components struct {
			Schemas map[string]any
		}
	}
	err = spec.Decode(&document)
	return stale, document.Components.Schemas, err
}

// choice is a part of a target that names several keys, such as ['a', 'b'].
var choice = regexp.MustCompile(`\['[^']*'(?:, *'[^']*')+\]`)

// alternatives returns a target for each of the keys that a target names. An
// overlay is content with one of them, but it is written for all.
func alternatives(target string) []string {
	found := choice.FindStringIndex(target)
	if found == nil {
		return []string{target}
	}
	var targets []string
	for key := range strings.SplitSeq(target[found[0]+1:found[1]-1], ",") {
		for _, end := range alternatives(target[found[1]:]) {
			targets = append(targets, target[:found[0]]+"["+strings.TrimSpace(key)+"]"+end)
		}
	}
	return targets
}

// staleExclusions returns the excluded schemas of a configuration that do not
// exist.
func staleExclusions(file string, schemas map[string]any) ([]string, error) {
	var config struct {
		OutputOptions struct {
			ExcludeSchemas []string `yaml:"exclude-schemas"`
		} `yaml:"output-options"`
	}
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	if err := yaml.Unmarshal(text, &config); err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	lines, err := linesOf(file, "output-options", "exclude-schemas")
	if err != nil {
		return nil, err
	}
	var stale []string
	for i, name := range config.OutputOptions.ExcludeSchemas {
		if _, ok := schemas[name]; !ok {
			stale = append(stale, fmt.Sprintf("%d: exclude-schemas: %s", lines[i], name))
		}
	}
	return stale, nil
}

// linesOf returns the line of each item of a list in a YAML file.
func linesOf(file string, keys ...string) ([]int, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	var document yaml.Node
	if err := yaml.Unmarshal(text, &document); err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	if len(document.Content) == 0 {
		return nil, nil
	}
	list := document.Content[0]
	for _, key := range keys {
		list = get(list, key)
	}
	if list == nil {
		return nil, nil
	}
	var lines []int
	for _, item := range list.Content {
		lines = append(lines, item.Line)
	}
	return lines, nil
}
