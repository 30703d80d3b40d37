package emulator

import (
	"cmp"
	"maps"
	"slices"
)

// maxFilterValues is how many values one $in or $nin takes.
const maxFilterValues = 10_000

// predicate tells whether metadata matches a filter.
type predicate func(metadata map[string]any) bool

// compileFilter reads a filter as the service's documentation describes it. An
// absent one matches everything; fields beside each other must all match. A
// field that holds a list matches by any of its values.
//
// As in MongoDB, where the operators come from, $ne and $nin match a field that
// is absent.
func compileFilter(filter map[string]any) (predicate, error) {
	var all []predicate
	for _, key := range slices.Sorted(maps.Keys(filter)) {
		match, err := compileEntry(key, filter[key])
		if err != nil {
			return nil, err
		}
		all = append(all, match)
	}
	return every(all), nil
}

func compileEntry(key string, value any) (predicate, error) {
	switch key {
	case "$and", "$or":
		list, ok := value.([]any)
		if !ok || len(list) == 0 {
			return nil, invalid("filter: %s takes a list of filters", key)
		}
		var parts []predicate
		for _, item := range list {
			filter, ok := item.(map[string]any)
			if !ok {
				return nil, invalid("filter: %s takes a list of filters", key)
			}
			part, err := compileFilter(filter)
			if err != nil {
				return nil, err
			}
			parts = append(parts, part)
		}
		if key == "$and" {
			return every(parts), nil
		}
		return func(metadata map[string]any) bool {
			return slices.ContainsFunc(parts, func(p predicate) bool { return p(metadata) })
		}, nil
	}
	if key != "" && key[0] == '$' {
		return nil, invalid("filter: %q is not an operator that holds filters; want a field, $and or $or", key)
	}
	conditions, ok := value.(map[string]any)
	if !ok {
		conditions = map[string]any{"$eq": value}
	}
	if len(conditions) == 0 {
		return nil, invalid("filter: %s has no operator", key)
	}
	var all []predicate
	for _, operator := range slices.Sorted(maps.Keys(conditions)) {
		test, err := compileCondition(operator, conditions[operator])
		if err != nil {
			return nil, invalid("filter: %s: %v", key, err)
		}
		all = append(all, func(metadata map[string]any) bool {
			value, present := metadata[key]
			return test(value, present)
		})
	}
	return every(all), nil
}

// compileCondition returns what tests a field's value, and whether there is one.
func compileCondition(operator string, operand any) (func(value any, present bool) bool, error) {
	switch operator {
	case "$eq", "$ne":
		if !isScalar(operand) {
			return nil, invalid("%s takes a text, a number or a boolean", operator)
		}
		return func(value any, _ bool) bool {
			return anyOf(value, func(v any) bool { return v == operand }) == (operator == "$eq")
		}, nil
	case "$in", "$nin":
		list, ok := operand.([]any)
		if !ok || !allScalars(list) {
			return nil, invalid("%s takes a list of texts, numbers and booleans", operator)
		}
		if len(list) > maxFilterValues {
			return nil, invalid("%s has %d values, the limit is %d", operator, len(list), maxFilterValues)
		}
		return func(value any, _ bool) bool {
			return anyOf(value, func(v any) bool { return slices.Contains(list, v) }) == (operator == "$in")
		}, nil
	case "$gt", "$gte", "$lt", "$lte":
		bound, ok := operand.(float64)
		if !ok {
			return nil, invalid("%s takes a number", operator)
		}
		return func(value any, _ bool) bool {
			return anyOf(value, func(v any) bool {
				number, ok := v.(float64)
				return ok && compares(operator, number, bound)
			})
		}, nil
	case "$exists":
		want, ok := operand.(bool)
		if !ok {
			return nil, invalid("$exists takes a boolean")
		}
		return func(_ any, present bool) bool { return present == want }, nil
	}
	return nil, invalid("%q is not an operator", operator)
}

func compares(operator string, a, b float64) bool {
	switch order := cmp.Compare(a, b); operator {
	case "$gt":
		return order > 0
	case "$gte":
		return order >= 0
	case "$lt":
		return order < 0
	default:
		return order <= 0
	}
}

func every(parts []predicate) predicate {
	return func(metadata map[string]any) bool {
		return !slices.ContainsFunc(parts, func(p predicate) bool { return !p(metadata) })
	}
}

// anyOf tests a value, or each of a list. What is neither matches nothing.
func anyOf(value any, test func(any) bool) bool {
	if list, ok := value.([]any); ok {
		return slices.ContainsFunc(list, func(v any) bool { return isScalar(v) && test(v) })
	}
	return isScalar(value) && test(value)
}

func allScalars(list []any) bool {
	return !slices.ContainsFunc(list, func(v any) bool { return !isScalar(v) })
}

// isScalar reports whether a value can be compared with ==.
func isScalar(value any) bool {
	switch value.(type) {
	case string, float64, bool:
		return true
	}
	return false
}
