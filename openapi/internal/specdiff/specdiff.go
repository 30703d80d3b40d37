// Package specdiff compares OpenAPI documents. It distinguishes facts from
// descriptions. The commands openapi/review and openapi/importer use it.
package specdiff

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// Differences are the differences between two specs: the number of texts, which
// are descriptions, summaries, titles and examples, and the places of all other
// differences, such as /paths//files/get. A part that only one spec has counts
// as one place.
type Differences struct {
	Gained, Lost, Changed int // texts
	Places                []string
}

// names are the keywords whose values have names of the spec as keys.
var names = []string{"properties", "schemas", "paths", "parameters", "responses", "headers", "requestBodies", "securitySchemes", "callbacks", "variables", "mapping"}

// Compare compares two specs in YAML or JSON. It ignores the version of the
// API, the order of keys, and the order of lists whose elements have names.
func Compare(base, head []byte) (Differences, error) {
	var d Differences
	var both [2]any
	for i, text := range [][]byte{base, head} {
		if err := yaml.Unmarshal(text, &both[i]); err != nil {
			return d, err
		}
	}
	d.walk("", "", both[0], both[1])
	return d, nil
}

// walk compares the values at a place. key is the last key of the place.
func (d *Differences) walk(place, key string, base, head any) {
	baseMap, ok1 := asMap(base)
	headMap, ok2 := asMap(head)
	if !ok1 || !ok2 {
		if !reflect.DeepEqual(base, head) && place != "/info/version" {
			d.Places = append(d.Places, place)
		}
		return
	}
	_, isObject := base.(map[string]any)
	all := maps.Clone(baseMap)
	maps.Copy(all, headMap)
	for _, k := range slices.Sorted(maps.Keys(all)) {
		before, inBase := baseMap[k]
		after, inHead := headMap[k]
		switch {
		case isObject && isProse(k) && !slices.Contains(names, key):
			d.count(inBase, inHead, reflect.DeepEqual(before, after))
		case inBase && inHead:
			d.walk(place+"/"+k, k, before, after)
		default:
			d.Places = append(d.Places, place+"/"+k)
		}
	}
}

func (d *Differences) count(inBase, inHead, equal bool) {
	switch {
	case !inBase:
		d.Gained++
	case !inHead:
		d.Lost++
	case !equal:
		d.Changed++
	}
}

func isProse(key string) bool {
	return slices.Contains([]string{"description", "summary", "title", "example", "examples", "externalDocs"}, key)
}

// asMap returns an object as it is, and a list as an object whose keys are
// those of keyOf or the positions.
func asMap(value any) (map[string]any, bool) {
	switch value := value.(type) {
	case map[string]any:
		return value, true
	case []any:
		object := map[string]any{}
		for i, element := range value {
			key := keyOf(element)
			if _, taken := object[key]; key == "" || taken {
				key = strconv.Itoa(i)
			}
			object[key] = element
		}
		return object, true
	}
	return nil, false
}

// keyOf returns the key of an element of a list: its name, its reference, or
// the text of a scalar; "" if it has none.
func keyOf(element any) string {
	switch element := element.(type) {
	case map[string]any:
		name, ok := element["name"].(string)
		if !ok {
			name, _ = element["$ref"].(string)
		}
		return name[strings.LastIndexByte(name, '/')+1:]
	case []any, nil:
		return ""
	default:
		return fmt.Sprint(element)
	}
}

// Texts describes the number of differing texts, such as "2 changed, 1 gained".
// It returns "" if no texts differ.
func (d Differences) Texts() string {
	var parts []string
	for _, part := range []struct {
		n    int
		what string
	}{{d.Changed, "changed"}, {d.Gained, "gained"}, {d.Lost, "lost"}} {
		if part.n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", part.n, part.what))
		}
	}
	return strings.Join(parts, ", ")
}
