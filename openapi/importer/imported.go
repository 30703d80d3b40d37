package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"go.yaml.in/yaml/v3"

	"github.com/pinecone-community/assistant-go/internal/compile"
)

// imported is a published version in this project's form.
type imported struct {
	version string
	specs   []*spec // by plane, sorted
	ignored []ignored
}

// importSpecs imports the published specs of a version. It takes descriptions
// from the version folders in prose.
func importSpecs(ctx context.Context, from, version, prose string) (*imported, error) {
	if !compile.IsVersion(version) {
		return nil, fmt.Errorf("VERSION %q: want a version such as 2026-10 or 2026-10.rc", version)
	}
	folder, err := openPublished(ctx, from, version)
	if err != nil {
		return nil, err
	}
	planes, others, err := findPlanes(folder.names, version)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", folder.name, err)
	}
	in := &imported{version: version, ignored: others}
	for _, plane := range slices.Sorted(maps.Keys(planes)) {
		known, err := readProse(prose, version, plane)
		if err != nil {
			return nil, err
		}
		source, err := folder.read(planes[plane])
		if err != nil {
			return nil, err
		}
		s := &spec{plane: plane, file: folder.path(planes[plane])}
		if err := importSpec(source, s, version, known); err != nil {
			return nil, err
		}
		in.specs = append(in.specs, s)
	}
	return in, nil
}

// writeTo writes the specs into a folder.
func (in *imported) writeTo(folder string) error {
	err := os.MkdirAll(folder, 0o755)
	for _, s := range in.specs {
		err = errors.Join(err, os.WriteFile(filepath.Join(folder, s.plane+".yaml"), s.text, 0o644))
	}
	return err
}

// contradictionsIn returns the descriptions of a version that its facts
// contradict, each with its file and line. The folder has a folder for each
// version.
func contradictionsIn(folder, version string) ([]string, error) {
	files, err := filepath.Glob(filepath.Join(folder, version, "*.yaml"))
	if err != nil {
		return nil, err
	}
	var found []string
	for _, file := range files {
		known, err := readProse(folder, version, plane(file))
		if err != nil {
			return nil, err
		}
		text, err := os.ReadFile(file)
		if err != nil {
			return nil, err
		}
		var document yaml.Node
		if err := yaml.Unmarshal(text, &document); err != nil {
			return nil, fmt.Errorf("%s: %w", file, err)
		}
		var others []vocabulary
		for _, s := range known.sources {
			if !s.own {
				others = append(others, s.enums)
			}
		}
		for _, f := range contradictions(document.Content[0], others, known.added) {
			found = append(found, fmt.Sprintf("%s:%d: %s: %s", filepath.ToSlash(file), f.line, f.place, f.reason))
		}
	}
	return found, nil
}

func plane(file string) string {
	return filepath.Base(file[:len(file)-len(filepath.Ext(file))])
}
