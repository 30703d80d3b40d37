package main

import (
	"errors"
	"fmt"

	"go.yaml.in/yaml/v3"
)

// spec is the spec of a plane in this project's form.
type spec struct {
	plane   string
	file    string // name of the published file in errors
	root    *yaml.Node
	text    []byte
	missing []element      // elements without a description
	lines   map[string]int // lines in the published file by place
}

// at returns the position of an element in the published file.
func (s *spec) at(place string) string {
	if line := s.lines[place]; line > 0 {
		return fmt.Sprintf("%s:%d", s.file, line)
	}
	return s.file
}

// importSpec imports a published spec. Its error is one line with the file, the
// line, the plane, the place and the reason.
func importSpec(source []byte, s *spec, version string, known *prose) error {
	err := s.read(source, version)
	if err == nil {
		s.missing = known.apply(s.root)
		arrange(s.root)
		s.text, err = checked(s.root)
	}
	if f := (*fault)(nil); errors.As(err, &f) && f.line > 0 {
		if f.place != "" {
			return fmt.Errorf("%s:%d: %s plane: %s: %s", s.file, f.line, s.plane, f.place, f.reason)
		}
		return fmt.Errorf("%s:%d: %s plane: %s", s.file, f.line, s.plane, f.reason)
	}
	if err != nil {
		return fmt.Errorf("%s: %s plane: %w", s.file, s.plane, err)
	}
	return nil
}

// read parses, normalises and checks a published spec.
func (s *spec) read(source []byte, version string) error {
	var document yaml.Node
	if err := yaml.Unmarshal(source, &document); err != nil {
		return err
	}
	if len(document.Content) == 0 {
		return errors.New("the file is empty")
	}
	s.root = document.Content[0]
	if err := normalise(s.root); err != nil {
		return err
	}
	stated := get(get(s.root, "info"), "version")
	if got := scalar(stated); got != version {
		line := s.root.Line
		if stated != nil {
			line = stated.Line
		}
		return newFault(line, "info/version", "the spec is of version %q, want %q", got, version)
	}
	stated.Tag = "!!str"
	for _, check := range []func(*yaml.Node) error{checkReferences, checkShapes, checkPathParameters, checkSchemas} {
		if err := check(s.root); err != nil {
			return err
		}
	}
	s.lines = map[string]int{}
	return walk(s.root, func(e element) error {
		s.lines[e.place] = e.line
		return nil
	})
}

// checked returns the text of a document after validating it.
func checked(root *yaml.Node) ([]byte, error) {
	text, from, err := encode(root)
	if err == nil {
		err = validate(text, from)
	}
	return text, err
}
