package store

import (
	"database/sql"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Limits of a filter. How many values one $in or $nin takes is the service's; what
// its limits of the others are is not documented, these keep SQLite's own out of
// reach (1,000 levels of an expression, 32,766 parameters).
const (
	MaxFilterValues     = 10_000
	maxFilterConditions = 1000
	maxFilterDepth      = 32
)

// Filter is a condition on the metadata of files.
type Filter struct {
	condition string // in SQL, with a parameter for each of the args
	args      []any
}

// everything is the condition that is always true.
const everything = "TRUE"

// where returns the condition; a nil filter is always true.
func (f *Filter) where() (string, []any) {
	if f == nil {
		return everything, nil
	}
	return f.condition, f.args
}

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
	condition, err := c.all(filter, 0)
	if err != nil {
		return nil, err
	}
	return &Filter{condition, c.args}, nil
}

type compiler struct {
	args       []any
	conditions int
}

func (c *compiler) all(filter map[string]any, depth int) (string, error) {
	if depth > maxFilterDepth {
		return "", errTooDeep
	}
	var parts []string
	for _, key := range slices.Sorted(maps.Keys(filter)) {
		part, err := c.entry(key, filter[key], depth)
		if err != nil {
			return "", err
		}
		parts = append(parts, part)
	}
	if len(parts) == 0 {
		return everything, nil
	}
	return join(parts, " AND "), nil
}

func (c *compiler) entry(key string, value any, depth int) (string, error) {
	switch {
	case key == "$and" || key == "$or":
		list, ok := value.([]any)
		if !ok || len(list) == 0 {
			return "", fmt.Errorf("%s takes a list of filters", key)
		}
		var parts []string
		for _, item := range list {
			filter, ok := item.(map[string]any)
			if !ok {
				return "", fmt.Errorf("%s takes a list of filters", key)
			}
			if c.conditions++; c.conditions > maxFilterConditions {
				return "", errTooManyConditions
			}
			part, err := c.all(filter, depth+1)
			if err != nil {
				return "", err
			}
			parts = append(parts, part)
		}
		return join(parts, map[string]string{"$and": " AND ", "$or": " OR "}[key]), nil
	case key == "$not":
		filter, ok := value.(map[string]any)
		if !ok {
			return "", fmt.Errorf("$not takes a filter")
		}
		if c.conditions++; c.conditions > maxFilterConditions {
			return "", errTooManyConditions
		}
		part, err := c.all(filter, depth+1)
		return "NOT (" + part + ")", err
	case strings.HasPrefix(key, "$"):
		return "", fmt.Errorf("%q is not an operator that holds filters; want a field, $and, $or or $not", key)
	}
	if depth > maxFilterDepth {
		return "", errTooDeep
	}
	conditions, ok := value.(map[string]any)
	if !ok {
		conditions = map[string]any{"$eq": value}
	}
	if len(conditions) == 0 {
		return "", fmt.Errorf("%s has no operator", key)
	}
	var parts []string
	for _, operator := range slices.Sorted(maps.Keys(conditions)) {
		if c.conditions++; c.conditions > maxFilterConditions {
			return "", errTooManyConditions
		}
		part, err := c.condition(key, operator, conditions[operator], depth)
		if err != nil {
			return "", fmt.Errorf("%s: %w", key, err)
		}
		parts = append(parts, part)
	}
	return join(parts, " AND "), nil
}

var (
	errTooManyConditions = fmt.Errorf("more than %d conditions", maxFilterConditions)
	errTooDeep           = fmt.Errorf("$and, $or and $not are nested deeper than %d levels", maxFilterDepth)
)

// condition returns what tests the values of a field.
func (c *compiler) condition(field, operator string, operand any, depth int) (string, error) {
	switch operator {
	case "$eq", "$ne":
		kind, value, ok := scalar(operand)
		if !ok {
			return "", fmt.Errorf("%s takes a text, a number or a boolean", operator)
		}
		return c.exists(operator == "$eq", field, "kind = ? AND value = ?", kind, value), nil
	case "$in", "$nin":
		return c.in(field, operator, operand)
	case "$gt", "$gte", "$lt", "$lte":
		bound, ok := operand.(float64)
		if !ok {
			return "", fmt.Errorf("%s takes a number", operator)
		}
		sign := map[string]string{"$gt": ">", "$gte": ">=", "$lt": "<", "$lte": "<="}[operator]
		return c.exists(true, field, "kind = 'n' AND value "+sign+" ?", bound), nil
	case "$not":
		if _, ok := operand.(map[string]any); !ok {
			return "", fmt.Errorf("$not takes an object of operators")
		}
		part, err := c.entry(field, operand, depth+1)
		return "NOT (" + part + ")", err
	case "$exists":
		want, ok := operand.(bool)
		if !ok {
			return "", fmt.Errorf("$exists takes a boolean")
		}
		return c.exists(want, field, "TRUE"), nil
	}
	return "", fmt.Errorf("%q is not an operator", operator)
}

// in passes all values as one parameter, a list of pairs of kind and value.
func (c *compiler) in(field, operator string, operand any) (string, error) {
	list, ok := operand.([]any)
	values := make([][2]any, 0, len(list))
	for _, item := range list {
		kind, value, comparable := scalar(item)
		ok = ok && comparable
		values = append(values, [2]any{kind, value})
	}
	if !ok {
		return "", fmt.Errorf("%s takes a list of texts, numbers and booleans", operator)
	}
	if len(list) > MaxFilterValues {
		return "", fmt.Errorf("%s has %d values, the limit is %d", operator, len(list), MaxFilterValues)
	}
	text, err := json.Marshal(values)
	if err != nil {
		return "", err
	}
	return c.exists(operator == "$in", field,
		"(kind, value) IN (SELECT value ->> 0, value ->> 1 FROM json_each(?))", string(text)), nil
}

// exists returns whether a field of the file has a value that passes a test, or
// the opposite.
func (c *compiler) exists(want bool, field, test string, args ...any) string {
	c.args = append(append(c.args, field), args...)
	condition := "EXISTS (SELECT 1 FROM field WHERE field.file = file.sequence AND field.name = ? AND " + test + ")"
	if !want {
		condition = "NOT " + condition
	}
	return condition
}

// join puts conditions together in halves, since SQLite's limit is on the depth of
// an expression.
func join(parts []string, operator string) string {
	if len(parts) == 1 {
		return parts[0]
	}
	half := len(parts) / 2
	return "(" + join(parts[:half], operator) + operator + join(parts[half:], operator) + ")"
}

// scalar returns the kind of a value that can be compared, and the value as the
// database has it.
func scalar(value any) (kind string, stored any, ok bool) {
	switch value := value.(type) {
	case string:
		return "t", value, true
	case float64:
		return "n", value, true
	case bool:
		if value {
			return "b", int64(1), true
		}
		return "b", int64(0), true
	}
	return "", "", false
}

// addFields stores what filters look at of a file's metadata.
func addFields(tx *sql.Tx, f *File) error {
	for name, value := range f.Metadata {
		values, isList := value.([]any)
		if !isList {
			values = []any{value}
		}
		// That the field is there: as an empty kind, in case that none of its values
		// can be compared.
		for _, value := range append(values, nil) {
			kind, stored, _ := scalar(value)
			if err := exec(tx, "INSERT OR IGNORE INTO field VALUES (?, ?, ?, ?)", f.Sequence, name, kind, stored); err != nil {
				return err
			}
		}
	}
	return nil
}
