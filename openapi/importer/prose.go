package main

import (
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// proseKeys are the keywords whose values are prose, and so the publisher's.
var proseKeys = []string{"summary", "description", "title", "example", "examples", "externalDocs"}

// ownProse are the keywords that this project writes itself.
var ownProse = []string{"summary", "description"}

// described are the kinds that ought to have a description.
var described = []kind{
	"info", "server", "variable", "tag", "operation", "parameter", "requestBody",
	"response", "header", "schema", "securityScheme",
}

// prose holds this project's own words: texts by keyword, and within these by
// place. Sources that come first win.
type prose []map[string]string

// readProse reads the prose of a plane from the specs in the version folders of
// a folder: that of the version itself first, then the others', newest first.
func readProse(folder, version, plane string) (prose, error) {
	entries, err := os.ReadDir(folder)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	versions := []string{version}
	for _, entry := range slices.Backward(entries) {
		if name := entry.Name(); entry.IsDir() && name != version {
			versions = append(versions, name)
		}
	}
	var known prose
	for _, name := range versions {
		file := filepath.Join(folder, name, plane+".yaml")
		source, err := os.ReadFile(file)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, err
		}
		texts, err := collect(source)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", file, err)
		}
		known = append(known, texts)
	}
	return known, nil
}

// collect returns the prose of a spec of this project: the key of a text is its
// place and its keyword, joined by "#".
func collect(source []byte) (map[string]string, error) {
	var root yaml.Node
	if err := yaml.Unmarshal(source, &root); err != nil {
		return nil, err
	}
	texts := map[string]string{}
	if len(root.Content) == 0 {
		return texts, nil
	}
	err := walk(root.Content[0], func(node *yaml.Node, of kind, place string) error {
		for _, keyword := range ownProse {
			text := get(node, keyword)
			if text == nil || of == "response" && text.Value == statusText(place) {
				continue
			}
			texts[place+"#"+keyword] = text.Value
		}
		return nil
	})
	return texts, err
}

// find returns the first source's text for a place.
func (known prose) find(place, keyword string) (string, bool) {
	for _, texts := range known {
		if text, ok := texts[place+"#"+keyword]; ok {
			return text, true
		}
	}
	return "", false
}

// apply puts the known texts into a document and returns the places that ought
// to have a description and have none.
func (known prose) apply(root *yaml.Node) (missing []string) {
	_ = walk(root, func(node *yaml.Node, of kind, place string) error {
		if get(node, "$ref") != nil {
			return nil
		}
		if text, ok := known.find(place, "summary"); ok && of == "operation" {
			add(node, "summary", text)
		}
		text, ok := known.find(place, "description")
		if !ok && slices.Contains(described, of) && !describedByOwner(place) {
			missing = append(missing, place)
			if of == "response" { // OpenAPI demands a description here.
				text, ok = statusText(place), true
			}
		}
		if ok {
			add(node, "description", text)
		}
		return nil
	})
	return missing
}

// describedByOwner tells a schema that whoever holds it describes: that of a
// parameter or a header, and that of a list's items.
func describedByOwner(place string) bool {
	owner, last := path.Split(place)
	holder := path.Base(path.Dir(path.Clean(owner)))
	return last == "items" || last == "schema" && (holder == "parameters" || holder == "headers")
}

func removeProse(node *yaml.Node, of kind) {
	for _, keyword := range proseKeys {
		if of == "info" && keyword == "title" { // OpenAPI demands it: the API's name.
			continue
		}
		remove(node, keyword)
	}
}

// statusText describes the response at a place by its status alone.
func statusText(place string) string {
	status := place[strings.LastIndexByte(place, '/')+1:]
	code, err := strconv.Atoi(status)
	if text := http.StatusText(code); err == nil && text != "" {
		return text + "."
	}
	return "Any other reply."
}
