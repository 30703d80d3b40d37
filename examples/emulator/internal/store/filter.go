package store

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
)

// Limits of a filter. MaxFilterValues, the limit of the values of $in or $nin, is the
// service's. The service's other limits are not documented.
const (
	MaxFilterValues     = 10_000
	maxFilterConditions = 1000
	maxFilterDepth      = 32
)

// filterLimit is the time limit for applying a filter to all files of an assistant.
const filterLimit = 10 * time.Second

// ErrSlowFilter reports that applying a filter exceeded filterLimit.
var ErrSlowFilter = fmt.Errorf("takes longer than %s for the files of the assistant", filterLimit)

// Filter is a condition on the metadata of files.
type Filter struct {
	all   bool // whether it matches all files
	match condition
}

// condition reports whether metadata match.
type condition func(metadata map[string]any) bool

// matchesAll reports whether a filter, which may be nil, matches all files.
func (f *Filter) matchesAll() bool { return f == nil || f.all }

// CompileFilter compiles a filter with the semantics of the service's documentation. An
// empty filter matches all files. All fields of a filter must match. A field whose value
// is a list matches if any item does. Values of different types are not equal.
//
// As in MongoDB, the origin of the operators, $ne and $nin match an absent field. $not
// negates a filter or, as an operator of a field, other operators of the field. Which of
// the two the service supports is not documented.
func CompileFilter(filter map[string]any) (*Filter, error) {
	c := &compiler{}
	match, err := c.all(filter, 0)
	if err != nil {
		return nil, err
	}
	return &Filter{len(filter) == 0, match}, nil
}

type compiler struct{ conditions int }

// count adds a condition, and returns an error if there are too many.
func (c *compiler) count() error {
	if c.conditions++; c.conditions > maxFilterConditions {
		return errTooManyConditions
	}
	return nil
}

func (c *compiler) all(filter map[string]any, depth int) (condition, error) {
	if depth > maxFilterDepth {
		return nil, errTooDeep
	}
	var parts []condition
	for _, key := range slices.Sorted(maps.Keys(filter)) {
		part, err := c.entry(key, filter[key], depth)
		if err != nil {
			return nil, err
		}
		parts = append(parts, part)
	}
	return and(parts), nil
}

func and(parts []condition) condition {
	return func(metadata map[string]any) bool {
		return !slices.ContainsFunc(parts, func(part condition) bool { return !part(metadata) })
	}
}

func or(parts []condition) condition {
	return func(metadata map[string]any) bool {
		return slices.ContainsFunc(parts, func(part condition) bool { return part(metadata) })
	}
}

func not(part condition) condition {
	return func(metadata map[string]any) bool { return !part(metadata) }
}

func (c *compiler) entry(key string, value any, depth int) (condition, error) {
	switch {
	case key == "$and" || key == "$or":
		parts, err := c.list(key, value, depth)
		if key == "$or" {
			return or(parts), err
		}
		return and(parts), err
	case key == "$not":
		filter, ok := value.(map[string]any)
		if !ok {
			return nil, errors.New("$not takes a filter")
		}
		if err := c.count(); err != nil {
			return nil, err
		}
		part, err := c.all(filter, depth+1)
		return not(part), err
	case strings.HasPrefix(key, "$"):
		return nil, fmt.Errorf("%q, want a field, $and, $or or $not", key)
	}
	if depth > maxFilterDepth {
		return nil, errTooDeep
	}
	conditions, ok := value.(map[string]any)
	if !ok {
		conditions = map[string]any{"$eq": value}
	}
	if len(conditions) == 0 {
		return nil, fmt.Errorf("%s has no operator", key)
	}
	var parts []condition
	for _, operator := range slices.Sorted(maps.Keys(conditions)) {
		if err := c.count(); err != nil {
			return nil, err
		}
		part, err := c.condition(key, operator, conditions[operator], depth)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", key, err)
		}
		parts = append(parts, part)
	}
	return and(parts), nil
}

// list compiles the filters of $and or $or.
func (c *compiler) list(operator string, value any, depth int) ([]condition, error) {
	list, ok := value.([]any)
	if !ok || len(list) == 0 {
		return nil, fmt.Errorf("%s takes a list of filters", operator)
	}
	var parts []condition
	for _, item := range list {
		filter, ok := item.(map[string]any)
		if !ok {
			return nil, fmt.Errorf("%s takes a list of filters", operator)
		}
		if err := c.count(); err != nil {
			return nil, err
		}
		part, err := c.all(filter, depth+1)
		if err != nil {
			return nil, err
		}
		parts = append(parts, part)
	}
	return parts, nil
}

var (
	errTooManyConditions = fmt.Errorf("more than %d conditions", maxFilterConditions)
	errTooDeep           = fmt.Errorf("$and, $or and $not are nested deeper than %d levels", maxFilterDepth)
)

// condition compiles an operator of a field.
func (c *compiler) condition(field, operator string, operand any, depth int) (condition, error) {
	switch operator {
	case "$eq", "$ne":
		if !canCompare(operand) {
			return nil, fmt.Errorf("%s takes a string, a number or a boolean", operator)
		}
		return hasValue(field, operator == "$eq", func(value any) bool { return value == operand }), nil
	case "$in", "$nin":
		values, err := setOf(operator, operand)
		return hasValue(field, operator == "$in", func(value any) bool { return values[value] }), err
	case "$gt", "$gte", "$lt", "$lte":
		bound, ok := operand.(float64)
		if !ok {
			return nil, fmt.Errorf("%s takes a number", operator)
		}
		compare := comparisons[operator]
		return hasValue(field, true, func(value any) bool {
			number, ok := value.(float64)
			return ok && compare(number, bound)
		}), nil
	case "$not":
		if _, ok := operand.(map[string]any); !ok {
			return nil, errors.New("$not takes an object of operators")
		}
		part, err := c.entry(field, operand, depth+1)
		return not(part), err
	case "$exists":
		want, ok := operand.(bool)
		if !ok {
			return nil, errors.New("$exists takes a boolean")
		}
		return func(metadata map[string]any) bool {
			_, found := metadata[field]
			return found == want
		}, nil
	}
	return nil, fmt.Errorf("unknown operator %q", operator)
}

var comparisons = map[string]func(a, b float64) bool{
	"$gt":  func(a, b float64) bool { return a > b },
	"$gte": func(a, b float64) bool { return a >= b },
	"$lt":  func(a, b float64) bool { return a < b },
	"$lte": func(a, b float64) bool { return a <= b },
}

// setOf returns the values of $in or $nin.
func setOf(operator string, operand any) (map[any]bool, error) {
	list, ok := operand.([]any)
	if !ok || slices.ContainsFunc(list, func(item any) bool { return !canCompare(item) }) {
		return nil, fmt.Errorf("%s takes a list of strings, numbers and booleans", operator)
	}
	if len(list) > MaxFilterValues {
		return nil, fmt.Errorf("%s has %d values, limit %d", operator, len(list), MaxFilterValues)
	}
	values := make(map[any]bool, len(list))
	for _, item := range list {
		values[item] = true
	}
	return values, nil
}

// hasValue returns a condition that a field has a value that passes a test or, if want is
// false, that it has none. Null and objects never pass.
func hasValue(field string, want bool, test func(any) bool) condition {
	passes := func(value any) bool { return canCompare(value) && test(value) }
	return func(metadata map[string]any) bool {
		value := metadata[field]
		if list, ok := value.([]any); ok {
			return slices.ContainsFunc(list, passes) == want
		}
		return passes(value) == want
	}
}

// canCompare reports whether a value is a string, a number or a boolean.
func canCompare(value any) bool {
	switch value.(type) {
	case string, float64, bool:
		return true
	}
	return false
}
