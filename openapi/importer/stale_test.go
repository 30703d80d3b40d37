package main

import (
	"slices"
	"testing"
)

func TestAlternatives(t *testing.T) {
	for target, want := range map[string][]string{
		"$.a.b":                       {"$.a.b"},
		"$.a['/b/{c}'].d":             {"$.a['/b/{c}'].d"},
		"$.a['b', 'c'].d":             {"$.a['b'].d", "$.a['c'].d"},
		"$.a['b','c'].d['e', 'f']":    {"$.a['b'].d['e']", "$.a['b'].d['f']", "$.a['c'].d['e']", "$.a['c'].d['f']"},
		"$.a[?(@.name == 'limit')].b": {"$.a[?(@.name == 'limit')].b"},
		"$.paths.*.*.responses":       {"$.paths.*.*.responses"},
	} {
		if got := alternatives(target); !slices.Equal(got, want) {
			t.Errorf("%s: %q, want %q", target, got, want)
		}
	}
}
