package store

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
)

// Limits of a filter. How many values one $in or $nin takes is the service's; what
// its limits of the others are is not documented.
const (
	MaxFilterValues     = 10_000
	maxFilterConditions = 1000
	maxFilterDepth      = 32
)

// filterLimit is how long a filter may take to be held against all files of an
// assistant.
const filterLimit = 10 * time.Second

// ErrSlowFilter says that a filter takes longer than that.
var ErrSlowFilter = fmt.Errorf("it takes longer than %s for the files of the assistant", filterLimit)

// Filter is a condition on the metadata of files.
type Filter struct {
	all   bool // it matches everything
	match condition
}

// condition reports whether metadata pass.
type condition func(metadata map[string]any) bool

// matchesAll reports whether a filter, which may be nil, matches everything.
func (f *Filter) matchesAll() bool { return f == nil || f.all }

// CompileFilter reads a filter as the service's documentation describes it. An
// absent one matches everything; fields beside each other must all match. A
// field that holds a list matches by any of its values. Values of different types
// are never equal.
//
// As in MongoDB, where the operators come from, $ne and $nin match a field that
// is absent. $not negates a filter, or beside a field the operators that it holds:
// which of the two the service takes is not documented.
func CompileFilter(filter map[string]any) (*Filter, error) {
	c := &compiler{}
	match, err := c.all(filter, 0)
	if err != nil {
		return nil, err
	}
	return &Filter{len(filter) == 0, match}, nil
}

type compiler struct{ conditions int }

// count counts another condition.
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
		return nil, fmt.Errorf("%q is not an operator that holds filters; want a field, $and, $or or $not", key)
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

// list compiles the filters that $and or $or has.
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

// condition returns what tests the values of a field.
func (c *compiler) condition(field, operator string, operand any, depth int) (condition, error) {
	switch operator {
	case "$eq", "$ne":
		if !canCompare(operand) {
			return nil, fmt.Errorf("%s takes a text, a number or a boolean", operator)
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
	return nil, fmt.Errorf("%q is not an operator", operator)
}

var comparisons = map[string]func(a, b float64) bool{
	"$gt":  func(a, b float64) bool { return a > b },
	"$gte": func(a, b float64) bool { return a >= b },
	"$lt":  func(a, b float64) bool { return a < b },
	"$lte": func(a, b float64) bool { return a <= b },
}

// setOf returns the values that $in or $nin has.
func setOf(operator string, operand any) (map[any]bool, error) {
	list, ok := operand.([]any)
	if !ok || slices.ContainsFunc(list, func(item any) bool { return !canCompare(item) }) {
		return nil, fmt.Errorf("%s takes a list of texts, numbers and booleans", operator)
	}
	if len(list) > MaxFilterValues {
		return nil, fmt.Errorf("%s has %d values, the limit is %d", operator, len(list), MaxFilterValues)
	}
	values := make(map[any]bool, len(list))
	for _, item := range list {
		values[item] = true
	}
	return values, nil
}

// hasValue returns whether a field has a value that passes a test, or the opposite. What
// is null or an object passes none.
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

// canCompare reports whether a value can be compared.
func canCompare(value any) bool {
	switch value.(type) {
	case string, float64, bool:
		return true
	}
	return false
}
