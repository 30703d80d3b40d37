package main

import (
	"fmt"
	"maps"
	"os"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// documents is what differs between two specs, read as data: how many texts, and
// which other places. A part that only one of them has counts as one place.
type documents struct {
	gained, lost, changed int // descriptions, summaries, titles, examples
	places                []string
}

// names are the keys whose own keys are names of the spec and no keywords.
var names = []string{"properties", "schemas", "paths", "parameters", "responses", "headers", "requestBodies", "securitySchemes", "callbacks", "variables", "mapping"}

// compareDocuments compares two specs. The version of the API is none of its
// differences.
func compareDocuments(base, head string) (documents, error) {
	var d documents
	var both [2]any
	for i, name := range []string{base, head} {
		text, err := os.ReadFile(name)
		if err != nil {
			return d, err
		}
		if err := yaml.Unmarshal(text, &both[i]); err != nil {
			return d, fmt.Errorf("%s: %w", name, err)
		}
	}
	d.walk("", "", both[0], both[1])
	return d, nil
}

// walk compares what stands at a place in both, the value of a key.
func (d *documents) walk(place, key string, base, head any) {
	baseMap, ok1 := asMap(base)
	headMap, ok2 := asMap(head)
	if !ok1 || !ok2 {
		if !reflect.DeepEqual(base, head) && place != "/info/version" {
			d.places = append(d.places, place)
		}
		return
	}
	all := maps.Clone(baseMap)
	maps.Copy(all, headMap)
	for _, k := range slices.Sorted(maps.Keys(all)) {
		before, inBase := baseMap[k]
		after, inHead := headMap[k]
		switch {
		case isProse(k) && !slices.Contains(names, key):
			d.count(inBase, inHead, reflect.DeepEqual(before, after))
		case inBase && inHead:
			d.walk(place+"/"+k, k, before, after)
		default:
			d.places = append(d.places, place+"/"+k)
		}
	}
}

func (d *documents) count(inBase, inHead, equal bool) {
	switch {
	case !inBase:
		d.gained++
	case !inHead:
		d.lost++
	case !equal:
		d.changed++
	}
}

func isProse(key string) bool {
	return slices.Contains([]string{"description", "summary", "title", "example", "examples", "externalDocs"}, key)
}

// asMap returns an object, or a list as one: its elements by their names, if
// they have names, or by position.
func asMap(value any) (map[string]any, bool) {
	switch value := value.(type) {
	case map[string]any:
		return value, true
	case []any:
		object := map[string]any{}
		for i, element := range value {
			key := strconv.Itoa(i)
			if fields, ok := element.(map[string]any); ok {
				if name, ok := fields["name"].(string); ok {
					key = name
				}
			}
			object[key] = element
		}
		return object, true
	}
	return nil, false
}

// prose says how many texts differ; nothing if none do.
func (d documents) prose() string {
	var parts []string
	for _, part := range []struct {
		n    int
		what string
	}{{d.changed, "changed"}, {d.gained, "gained"}, {d.lost, "lost"}} {
		if part.n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", part.n, part.what))
		}
	}
	return strings.Join(parts, ", ")
}
