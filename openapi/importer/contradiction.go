package main

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// contradictions returns the descriptions that contradict the facts of a spec,
// and those that name an enum value that only other versions have. added are
// the values that an overlay adds.
func contradictions(root *yaml.Node, others []vocabulary, added vocabulary) []finding {
	own := wordsOf(root)
	var found []finding
	_ = walk(root, func(e element) error {
		text := get(e.node, "description")
		if text == nil {
			return nil
		}
		reason := contradiction(root, e, text.Value, added)
		for _, name := range quoted(text.Value) {
			if reason == "" && !own[name] && !added[name] && slices.ContainsFunc(others, func(values vocabulary) bool { return values[name] }) {
				reason = fmt.Sprintf("`%s` is a value only in other versions", name)
			}
		}
		if reason != "" {
			found = append(found, finding{e, reason})
		}
		return nil
	})
	return found
}

// finding is a fault of an element.
type finding struct {
	element
	reason string
}

// contradiction returns how a text contradicts the facts of an element: a
// bound, a default or an enum value. It returns "" if it finds no
// contradiction.
func contradiction(root *yaml.Node, e element, text string, added vocabulary) string {
	schema := e.node
	if e.kind == "parameter" || e.kind == "header" {
		schema = get(e.node, "schema")
	} else if e.kind != "schema" {
		return ""
	}
	schema = resolve(root, schema)
	low, high := statedBounds(text, isNumber(schema))
	for _, bound := range []struct {
		stated   []float64
		keywords []string
	}{
		{low, []string{"minimum", "minLength", "minItems"}},
		{high, []string{"maximum", "maxLength", "maxItems"}},
	} {
		for _, keyword := range bound.keywords {
			value, err := strconv.ParseFloat(scalar(get(schema, keyword)), 64)
			if err == nil && len(bound.stated) > 0 && !slices.Contains(bound.stated, value) {
				return fmt.Sprintf("the text says %v, but %s is %s", bound.stated[0], keyword, scalar(get(schema, keyword)))
			}
		}
	}
	value := get(schema, "default")
	stated := statedDefaults(text)
	if value != nil && len(stated) > 0 && !slices.ContainsFunc(stated, func(s string) bool { return sameScalar(s, value.Value) }) {
		return fmt.Sprintf("the text says that the default is %s, but default is %s", stated[0], value.Value)
	}
	values := get(schema, "enum")
	if values == nil {
		values = get(resolve(root, get(schema, "items")), "enum")
	}
	if values == nil {
		return ""
	}
	names := namesOf(root)
	for _, name := range quoted(text) {
		if !names[name] && !added[name] && !slices.ContainsFunc(values.Content, func(value *yaml.Node) bool { return value.Value == name }) {
			return fmt.Sprintf("`%s` is not in the enum", name)
		}
	}
	return ""
}

// resolve follows a reference to a schema.
func resolve(root, schema *yaml.Node) *yaml.Node {
	reference := scalar(get(schema, "$ref"))
	if all := get(schema, "allOf"); reference == "" && all != nil && len(all.Content) == 1 {
		reference = scalar(get(all.Content[0], "$ref"))
	}
	if name, ok := strings.CutPrefix(reference, "#/components/schemas/"); ok {
		return get(get(get(root, "components"), "schemas"), name)
	}
	return schema
}

func isNumber(schema *yaml.Node) bool {
	kind := scalar(get(schema, "type"))
	return kind == "integer" || kind == "number"
}

const number = `(-?\d+(?:\.\d+)?)`

var (
	thousands = regexp.MustCompile(`(\d),(\d{3})\b`)
	ranges    = regexp.MustCompile(number + `(?: to |-| through | and )` + number + `(\s?[a-z%]*)`)
	uppers    = []*regexp.Regexp{
		regexp.MustCompile(`(?:at most|up to|more than|maximum|max\.?|largest|no longer than)(?: of| is|:)? ` + number + `(\s?[a-z%]*)`),
		regexp.MustCompile(number + `( [a-z]+)? (?:or fewer|or less|at most|at the most)`),
	}
	lowers = []*regexp.Regexp{
		regexp.MustCompile(`(?:at least|fewer than|less than|minimum|no shorter than)(?: of| is|:)? ` + number + `(\s?[a-z%]*)`),
		regexp.MustCompile(number + `( [a-z]+)? or more`),
	}
	// otherUnits are units of numbers that are not lengths of texts or lists.
	otherUnits = regexp.MustCompile(`^\s?(?:[kmg]i?b|bytes?|tokens?|seconds?|minutes?|hours?|days?|pages?|percent|%)$`)
)

// statedBounds returns the bounds that a text states. Bounds with a unit such
// as KB count only for numbers.
func statedBounds(text string, ofNumber bool) (low, high []float64) {
	text = thousands.ReplaceAllString(strings.ToLower(text), "$1$2")
	parse := func(text, unit string, into *[]float64) {
		if value, err := strconv.ParseFloat(text, 64); err == nil && (ofNumber || !otherUnits.MatchString(unit)) {
			*into = append(*into, value)
		}
	}
	for _, match := range ranges.FindAllStringSubmatch(text, -1) {
		parse(match[1], match[3], &low)
		parse(match[2], match[3], &high)
	}
	for _, pattern := range uppers {
		for _, match := range pattern.FindAllStringSubmatch(text, -1) {
			parse(match[1], match[2], &high)
		}
	}
	for _, pattern := range lowers {
		for _, match := range pattern.FindAllStringSubmatch(text, -1) {
			parse(match[1], match[2], &low)
		}
	}
	return low, high
}

const value = "(`[^`]+`|\"[^\"]+\"|-?\\d[\\d,.]*\\d|\\d|true|false)"

var defaults = []*regexp.Regexp{
	regexp.MustCompile(`(?i)\bdefaults?(?: value)?(?: is| are| to| of|:)? ` + value),
	regexp.MustCompile(value + `,? (?:is )?(?:by default|the default|as the default|\(the default\)|\(default\))`),
	regexp.MustCompile(value + `,? (?:if|when|unless) (?:it is |they are )?(?:absent|left out|omitted|unset|not given|not set|given|set)`),
}

// statedDefaults returns the values that a text calls the default.
func statedDefaults(text string) []string {
	var stated []string
	for _, pattern := range defaults {
		for _, match := range pattern.FindAllStringSubmatch(text, -1) {
			stated = append(stated, strings.Trim(match[1], "`\""))
		}
	}
	return stated
}

func sameScalar(a, b string) bool {
	x, errX := strconv.ParseFloat(strings.ReplaceAll(a, ",", ""), 64)
	y, errY := strconv.ParseFloat(b, 64)
	return a == b || errX == nil && errY == nil && x == y
}

var backticks = regexp.MustCompile("`([^`]+)`")

// quoted returns the parts of a text in backticks.
func quoted(text string) []string {
	var names []string
	for _, match := range backticks.FindAllStringSubmatch(text, -1) {
		names = append(names, match[1])
	}
	return names
}

// vocabulary is a set of names and values of a spec.
type vocabulary map[string]bool

// namesOf returns the names in a spec: of schemas, properties, parameters,
// headers, operations, media types, paths and path segments.
func namesOf(root *yaml.Node) vocabulary {
	names := vocabulary{"true": true, "false": true, "null": true}
	_ = walk(root, func(e element) error {
		key := e.place[strings.LastIndexByte(e.place, '/')+1:]
		names[strings.ReplaceAll(key, "~1", "/")] = true
		for _, keyword := range []string{"name", "operationId", "propertyName"} {
			if name := scalar(get(e.node, keyword)); name != "" {
				names[name] = true
			}
		}
		return nil
	})
	return names
}

// valuesOf returns the values of the enums in a spec.
func valuesOf(root *yaml.Node) vocabulary {
	values := vocabulary{}
	_ = walk(root, func(e element) error {
		if enum := get(e.node, "enum"); enum != nil {
			for _, value := range enum.Content {
				values[value.Value] = true
			}
		}
		return nil
	})
	return values
}

// wordsOf returns the names in a spec and the values of its enums,
// discriminators and defaults.
func wordsOf(root *yaml.Node) vocabulary {
	words := namesOf(root)
	maps.Copy(words, valuesOf(root))
	_ = walk(root, func(e element) error {
		if value := scalar(get(e.node, "default")); value != "" {
			words[value] = true
		}
		if mapping := get(e.node, "mapping"); mapping != nil {
			for _, key := range mapping.Content {
				words[key.Value] = true
			}
		}
		return nil
	})
	return words
}
