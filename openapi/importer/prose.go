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

	"github.com/pinecone-community/assistant-go/internal/compile"
)

// proseKeys are the keywords whose values are prose, which belongs to the
// publisher.
var proseKeys = []string{"summary", "description", "title", "example", "examples", "externalDocs"}

// described are the kinds that should have a description.
var described = []kind{
	"info", "server", "variable", "tag", "operation", "parameter", "requestBody",
	"response", "header", "schema", "securityScheme",
}

// prose holds this project's descriptions of a plane in all versions.
type prose struct {
	sources []source // the imported version first, then the others, newest first
	added   vocabulary
}

// source holds the descriptions of one spec.
type source struct {
	texts map[string]string   // by place and keyword, joined by "#"
	facts map[string][]string // by place: the facts of the element
	enums vocabulary
	own   bool // the source is the imported version
}

// readProse reads the descriptions of a plane from all version folders in a
// folder.
func readProse(folder, version, plane string) (*prose, error) {
	versions, err := compile.Versions(folder)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	slices.Reverse(versions)
	versions = append([]string{version}, slices.DeleteFunc(versions, func(other string) bool { return other == version })...)
	known := &prose{}
	if known.added, err = addedValues(filepath.Join(folder, plane+".overlay.yaml")); err != nil {
		return nil, err
	}
	for _, name := range versions {
		file := filepath.Join(folder, name, plane+".yaml")
		text, err := os.ReadFile(file)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, err
		}
		s, err := collect(text)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", file, err)
		}
		s.own = name == version
		known.sources = append(known.sources, s)
	}
	return known, nil
}

// addedValues returns the values that an overlay adds to enums. The file may be
// missing.
func addedValues(file string) (vocabulary, error) {
	text, err := os.ReadFile(file)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	var document yaml.Node
	if err := yaml.Unmarshal(text, &document); err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	values := vocabulary{}
	var visit func(node *yaml.Node)
	visit = func(node *yaml.Node) {
		if enum := get(node, "enum"); enum != nil {
			for _, value := range enum.Content {
				values[value.Value] = true
			}
		}
		for _, below := range node.Content {
			visit(below)
		}
	}
	visit(&document)
	return values, nil
}

// collect returns the descriptions in a spec of this project.
func collect(text []byte) (source, error) {
	s := source{texts: map[string]string{}, facts: map[string][]string{}}
	var document yaml.Node
	if err := yaml.Unmarshal(text, &document); err != nil || len(document.Content) == 0 {
		return s, err
	}
	root := document.Content[0]
	s.enums = valuesOf(root)
	err := walk(root, func(e element) error {
		s.facts[e.place] = factsOf(e)
		for _, keyword := range []string{"summary", "description"} {
			text := get(e.node, keyword)
			if text == nil || e.kind == "response" && text.Value == statusText(e.place) {
				continue
			}
			s.texts[e.place+"#"+keyword] = text.Value
		}
		return nil
	})
	return s, err
}

// factsOf returns the facts of an element without its prose. Each fact has its
// place below the element.
func factsOf(e element) []string {
	var facts []string
	var visit func(place string, node *yaml.Node)
	visit = func(place string, node *yaml.Node) {
		switch node.Kind {
		case yaml.MappingNode:
			for i := 0; i+1 < len(node.Content); i += 2 {
				if key := node.Content[i].Value; key != "description" && key != "summary" {
					visit(place+"/"+key, node.Content[i+1])
				}
			}
		case yaml.SequenceNode:
			for _, item := range node.Content {
				visit(place, item)
			}
		default:
			facts = append(facts, place+"="+node.Value)
		}
	}
	visit("", e.node)
	return facts
}

// find returns the text for a keyword of an element. It returns the imported
// version's own text, if there is one. Otherwise it returns the text of the
// version in which the element is most similar, and prefers texts that the
// facts do not contradict.
func (known *prose) find(e element, keyword string, document *yaml.Node) (text string, ok bool) {
	facts := factsOf(e)
	best := -1.0
	for _, s := range known.sources {
		other, has := s.texts[e.place+"#"+keyword]
		if !has {
			continue
		}
		if s.own {
			return other, true
		}
		alike := 0
		for _, fact := range s.facts[e.place] {
			if slices.Contains(facts, fact) {
				alike++
			}
		}
		score := 1 + 2*float64(alike+1)/float64(len(facts)+len(s.facts[e.place])+1)
		if contradiction(document, e, other, known.added) != "" {
			score = 0
		}
		if score > best {
			best, text, ok = score, other, true
		}
	}
	return text, ok
}

// apply adds the known texts to a document. It returns the elements that should
// have a description but have none.
func (known *prose) apply(root *yaml.Node) (missing []element) {
	_ = walk(root, func(e element) error {
		if get(e.node, "$ref") != nil {
			return nil
		}
		var texts []*yaml.Node
		if text, ok := known.find(e, "summary", root); ok && e.kind == "operation" {
			texts = append(texts, newText("summary", 0), newText(text, 0))
		}
		text, ok := known.find(e, "description", root)
		if !ok && slices.Contains(described, e.kind) && !describedByOwner(e.place) {
			missing = append(missing, e)
			if e.kind == "response" { // OpenAPI requires a description here.
				text, ok = statusText(e.place), true
			}
		}
		if ok {
			texts = append(texts, newText("description", 0), newText(text, 0))
		}
		e.node.Content = append(e.node.Content, texts...)
		return nil
	})
	return missing
}

// describedByOwner reports whether the owner of a schema describes it: the
// parameter or header, the list, or the union.
func describedByOwner(place string) bool {
	owner, last := path.Split(place)
	holder := path.Base(path.Dir(path.Clean(owner)))
	if _, err := strconv.Atoi(last); err == nil {
		return slices.Contains([]string{"oneOf", "anyOf", "allOf"}, path.Base(path.Clean(owner)))
	}
	return last == "items" || last == "schema" && (holder == "parameters" || holder == "headers")
}

func removeProse(node *yaml.Node, of kind) {
	for _, keyword := range proseKeys {
		if of == "info" && keyword == "title" { // OpenAPI requires the title, the API's name.
			continue
		}
		remove(node, keyword)
	}
	if scopes := get(node, "scopes"); of == "flow" && scopes != nil {
		for i := 1; i < len(scopes.Content); i += 2 {
			scopes.Content[i].Value = ""
		}
	}
}

// statusText returns a description of the response at a place, made from its
// status.
func statusText(place string) string {
	status := place[strings.LastIndexByte(place, '/')+1:]
	code, err := strconv.Atoi(status)
	if text := http.StatusText(code); err == nil && text != "" {
		return text + "."
	}
	return "Any other response."
}
