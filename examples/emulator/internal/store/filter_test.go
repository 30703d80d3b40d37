package store

import (
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

const sample = `{"genre":"comedy","year":2020,"classic":false,"tags":["sea","storm"],"nested":{"x":1},"none":null,"nothing":[]}`

func TestFilter(t *testing.T) {
	tests := []struct {
		filter string
		want   bool
	}{
		{`{}`, true},
		{`{"genre":"comedy"}`, true},
		{`{"genre":"drama"}`, false},
		{`{"genre":{"$eq":"comedy"}}`, true},
		{`{"genre":{"$ne":"comedy"}}`, false},
		{`{"genre":{"$ne":"drama"}}`, true},
		{`{"classic":false}`, true},
		{`{"classic":{"$ne":true}}`, true},
		{`{"year":2020}`, true},
		{`{"year":"2020"}`, false},
		{`{"year":{"$gt":2019}}`, true},
		{`{"year":{"$gt":2020}}`, false},
		{`{"year":{"$gte":2020}}`, true},
		{`{"year":{"$lt":2020}}`, false},
		{`{"year":{"$lte":2020}}`, true},
		{`{"year":{"$gt":2000,"$lt":2010}}`, false},
		{`{"year":{"$gt":2000,"$lt":2030}}`, true},
		{`{"genre":{"$gt":0}}`, false},
		{`{"genre":{"$in":["drama","comedy"]}}`, true},
		{`{"genre":{"$in":[]}}`, false},
		{`{"genre":{"$nin":["drama"]}}`, true},
		{`{"genre":{"$nin":["drama","comedy"]}}`, false},
		{`{"tags":"sea"}`, true},
		{`{"tags":"land"}`, false},
		{`{"tags":{"$ne":"sea"}}`, false},
		{`{"tags":{"$in":["storm","calm"]}}`, true},
		{`{"tags":{"$nin":["calm"]}}`, true},
		{`{"absent":"x"}`, false},
		{`{"absent":{"$ne":"x"}}`, true},
		{`{"absent":{"$nin":["x"]}}`, true},
		{`{"absent":{"$lt":1}}`, false},
		{`{"absent":{"$exists":false}}`, true},
		{`{"genre":{"$exists":true}}`, true},
		{`{"genre":{"$exists":false}}`, false},
		{`{"none":{"$exists":true}}`, true},
		{`{"none":{"$ne":1}}`, true},
		{`{"nothing":{"$exists":true}}`, true},
		{`{"nothing":{"$nin":["x"]}}`, true},
		{`{"classic":0}`, false},
		{`{"classic":{"$in":[0,"false",""]}}`, false},
		{`{"classic":{"$in":[0,false]}}`, true},
		{`{"classic":{"$lt":1}}`, false},
		{`{"year":{"$in":["2020"]}}`, false},
		{`{"year":{"$in":[2020.0]}}`, true},
		{`{"genre' OR 1=1 --":{"$exists":true}}`, false},
		{`{"genre":"comedy' OR '1'='1"}`, false},
		{`{"nested":{"$eq":1}}`, false},
		{`{"genre":"comedy","year":1999}`, false},
		{`{"$and":[{"genre":"comedy"},{"year":{"$gt":2000}}]}`, true},
		{`{"$and":[{"genre":"comedy"},{"year":{"$gt":2030}}]}`, false},
		{`{"$or":[{"genre":"drama"},{"year":2020}]}`, true},
		{`{"$or":[{"genre":"drama"},{"year":2021}]}`, false},
		{`{"$or":[{"$and":[{"genre":"comedy"},{"tags":"sea"}]},{"year":1}],"classic":false}`, true},
		{`{"$not":{"genre":"comedy"}}`, false},
		{`{"$not":{"genre":"drama"}}`, true},
		{`{"$not":{"genre":"comedy","year":1999}}`, true},
		{`{"$not":{"$or":[{"genre":"comedy"},{"year":1999}]}}`, false},
		{`{"$not":{"$not":{"genre":"comedy"}}}`, true},
		{`{"$not":{"absent":"x"}}`, true},
		{`{"$not":{}}`, false},
		{`{"year":{"$not":{"$gt":2000,"$lt":2010}}}`, true},
		{`{"year":{"$not":{"$gt":2000}},"genre":"comedy"}`, false},
		{`{"absent":{"$not":{"$exists":true}}}`, true},
	}
	db := open(t, "")
	f := db.addFile(t, parse(t, sample))
	for _, tt := range tests {
		t.Run(tt.filter, func(t *testing.T) {
			if got := db.matches(t, parse(t, tt.filter), f); got != tt.want {
				t.Errorf("got %t", got)
			}
		})
	}
}

func TestFilterWithoutMetadata(t *testing.T) {
	db := open(t, "")
	f := db.addFile(t, nil)
	for filter, want := range map[string]bool{`{}`: true, `{"x":1}`: false, `{"x":{"$exists":false}}`: true} {
		if db.matches(t, parse(t, filter), f) != want {
			t.Errorf("%s: want %t", filter, want)
		}
	}
}

func TestInvalidFilter(t *testing.T) {
	many, err := json.Marshal(make([]int, MaxFilterValues+1))
	if err != nil {
		t.Fatal(err)
	}
	for filter, want := range map[string]string{
		`{"$eq":"comedy"}`:            `"$eq"`,
		`{"$not":"comedy"}`:           "$not takes a filter",
		`{"genre":{"$not":"comedy"}}`: "$not takes an object",
		`{"genre":{"$not":{"x":1}}}`:  `genre: genre: unknown operator "x"`,
		`{"x":` + strings.Repeat(`{"$not":`, maxFilterDepth+2) + `{"$eq":1}` + strings.Repeat("}", maxFilterDepth+3): "nested deeper than 32 levels",
		strings.Repeat(`{"$not":`, maxFilterDepth+1) + `{"x":1}` + strings.Repeat("}", maxFilterDepth+1):             "nested deeper than 32 levels",
		`{"genre":{"$like":"c"}}`:                `genre: unknown operator "$like"`,
		`{"genre":{"x":"c"}}`:                    `genre: unknown operator "x"`,
		`{"genre":{}}`:                           "no operator",
		`{"genre":null}`:                         "$eq takes",
		`{"genre":["comedy"]}`:                   "$eq takes",
		`{"genre":{"$eq":{}}}`:                   "$eq takes",
		`{"genre":{"$in":"comedy"}}`:             "$in takes a list",
		`{"genre":{"$nin":[null]}}`:              "$nin takes a list",
		`{"genre":{"$in":` + string(many) + `}}`: "10001 values",
		`{"year":{"$gt":"2000"}}`:                "$gt takes a number",
		`{"year":{"$exists":"yes"}}`:             "$exists takes a boolean",
		`{"$and":{}}`:                            "$and takes a list",
		`{"$or":[]}`:                             "$or takes a list",
		`{"$or":["x"]}`:                          "$or takes a list",
		`{"$or":[{"$and":[{"x":{"$y":1}}]}]}`:    `"$y"`,
		`{"x":` + nested(maxFilterDepth+1) + `}`: `x: unknown operator "$or"`,
		nested(maxFilterDepth + 1):               "nested deeper than 32 levels",
		`{"$or":[` + strings.Repeat(`{"x":1},`, maxFilterConditions/2) + `{"x":1}]}`: "more than 1000 conditions",
	} {
		if _, err := CompileFilter(parse(t, filter)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%.60s: %v, want %q", filter, err, want)
		}
	}
}

// nested returns a filter with the given number of levels of $and and $or.
func nested(levels int) string {
	return strings.Repeat(`{"$or":[{"$and":[`, levels/2) + strings.Repeat(`{"$or":[`, levels%2) + `{"x":1}` +
		strings.Repeat(`]}`, levels%2) + strings.Repeat(`]}]}`, levels/2)
}

// Filters up to the limits are valid.
func TestLargeFilters(t *testing.T) {
	db := open(t, "")
	f := db.addFile(t, map[string]any{"x": 1.0, "y": "v9999"})
	values := make([]any, MaxFilterValues)
	for i := range values {
		values[i] = fmt.Sprintf("v%d", i)
	}
	fields, list := make(map[string]any), []any{}
	for i := range maxFilterConditions {
		fields[fmt.Sprintf("field%d", i)] = map[string]any{"$ne": float64(i)}
	}
	for range maxFilterConditions / 2 {
		list = append(list, map[string]any{"x": map[string]any{"$gt": 1.0}})
	}
	for name, tt := range map[string]struct {
		filter map[string]any
		want   bool
	}{
		"$in":     {map[string]any{"y": map[string]any{"$in": values}}, true},
		"$nin":    {map[string]any{"y": map[string]any{"$nin": values}}, false},
		"fields":  {fields, true},
		"$or":     {map[string]any{"$or": list}, false},
		"$and":    {map[string]any{"$and": list}, false},
		"nesting": {parse(t, nested(maxFilterDepth)), true},
	} {
		if got := db.matches(t, tt.filter, f); got != tt.want {
			t.Errorf("%s: got %t", name, got)
		}
	}
}

// Files returns the same files as matches does, for random metadata and filters.
func TestRandomFilters(t *testing.T) {
	db := open(t, "")
	random := rand.New(rand.NewPCG(1, 2))
	all := make(map[string]map[string]any) // by the file's identifier
	for range 100 {
		metadata := make(map[string]any)
		for range random.IntN(4) {
			metadata[pick(random, names)] = anyValue(random)
		}
		all[db.addFile(t, metadata).ID] = metadata
	}
	matched := 0
	for range 1000 {
		filter := anyFilter(random, 3)
		found := make(map[string]bool)
		for _, f := range db.filtered(t, filter) {
			found[f.ID] = true
		}
		for id, metadata := range all {
			want := matches(filter, metadata)
			if found[id] != want {
				t.Fatalf("filter %s\nmetadata %s\nwant %t", encoded(t, filter), encoded(t, metadata), want)
			}
			if want {
				matched++
			}
		}
	}
	if matched < 10_000 || matched > 90_000 {
		t.Errorf("%d of 100,000 match, want 10,000 to 90,000", matched)
	}
}

var (
	names   = []string{"a", "b", "ü", "a.b", `"`, "'", ""}
	scalars = []any{
		"", "a", "A", "á", "1", "true", "null", "1.0", "\x00", "a\x00b", `"quoted"`, "'", "灯台", "[1]",
		0.0, math.Copysign(0, -1), 1.0, -1.0, 0.1, 0.1 + 0.2, 0.3, 1e300, 5e-324, math.MaxFloat64, 9007199254740992.0, 9007199254740994.0,
		9223372036854775808.0, 1e20, 123456.789012345678, 2.0 / 3, true, false,
	}
	operators = []string{"$eq", "$ne", "$gt", "$gte", "$lt", "$lte", "$in", "$nin", "$exists"}
)

func pick[T any](random *rand.Rand, list []T) T { return list[random.IntN(len(list))] }

func anyValue(random *rand.Rand) any {
	switch random.IntN(8) {
	case 0:
		return nil
	case 1:
		return map[string]any{"a": pick(random, scalars)}
	case 2, 3:
		list := []any{}
		for range random.IntN(4) {
			list = append(list, anyValue(random))
		}
		return list
	}
	return pick(random, scalars)
}

func anyFilter(random *rand.Rand, depth int) map[string]any {
	filter := make(map[string]any)
	for range random.IntN(3) {
		if depth > 0 && random.IntN(3) == 0 {
			list := []any{anyFilter(random, depth-1)}
			for range random.IntN(3) {
				list = append(list, anyFilter(random, depth-1))
			}
			filter[pick(random, []string{"$and", "$or"})] = list
			continue
		}
		if random.IntN(4) == 0 {
			filter[pick(random, names)] = pick(random, scalars)
			continue
		}
		conditions := make(map[string]any)
		for range 1 + random.IntN(2) {
			operator := pick(random, operators)
			conditions[operator] = anyOperand(random, operator)
		}
		filter[pick(random, names)] = conditions
	}
	return filter
}

func anyOperand(random *rand.Rand, operator string) any {
	switch operator {
	case "$in", "$nin":
		list := []any{}
		for range random.IntN(5) {
			list = append(list, pick(random, scalars))
		}
		return list
	case "$exists":
		return random.IntN(2) == 0
	case "$eq", "$ne":
		return pick(random, scalars)
	}
	for {
		if number, ok := pick(random, scalars).(float64); ok {
			return number
		}
	}
}

func encoded(t *testing.T, value any) string {
	t.Helper()
	text, err := json.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// matches is the oracle of TestRandomFilters: it reports whether metadata match a valid
// filter.
func matches(filter, metadata map[string]any) bool {
	for key, value := range filter {
		if !matchesEntry(key, value, metadata) {
			return false
		}
	}
	return true
}

func matchesEntry(key string, value any, metadata map[string]any) bool {
	switch key {
	case "$and":
		return !slices.ContainsFunc(value.([]any), func(f any) bool { return !matches(f.(map[string]any), metadata) })
	case "$or":
		return slices.ContainsFunc(value.([]any), func(f any) bool { return matches(f.(map[string]any), metadata) })
	}
	conditions, ok := value.(map[string]any)
	if !ok {
		conditions = map[string]any{"$eq": value}
	}
	field, present := metadata[key]
	for operator, operand := range conditions {
		if !matchesCondition(operator, operand, field, present) {
			return false
		}
	}
	return true
}

func matchesCondition(operator string, operand, value any, present bool) bool {
	switch operator {
	case "$eq", "$ne":
		return anyOf(value, func(v any) bool { return v == operand }) == (operator == "$eq")
	case "$in", "$nin":
		return anyOf(value, func(v any) bool { return slices.Contains(operand.([]any), v) }) == (operator == "$in")
	case "$exists":
		return present == operand
	}
	return anyOf(value, func(v any) bool {
		number, ok := v.(float64)
		return ok && compares(operator, number, operand.(float64))
	})
}

func compares(operator string, a, b float64) bool {
	switch operator {
	case "$gt":
		return a > b
	case "$gte":
		return a >= b
	case "$lt":
		return a < b
	default:
		return a <= b
	}
}

// anyOf reports whether a value, or any item of a list, passes a test. Null and objects
// never pass.
func anyOf(value any, test func(any) bool) bool {
	if list, ok := value.([]any); ok {
		return slices.ContainsFunc(list, func(v any) bool { return isScalar(v) && test(v) })
	}
	return isScalar(value) && test(value)
}

func isScalar(value any) bool {
	switch value.(type) {
	case string, float64, bool:
		return true
	}
	return false
}
