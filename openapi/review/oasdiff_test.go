package main

import (
	"reflect"
	"slices"
	"testing"
)

func TestFacts(t *testing.T) {
	at := func(line int) source { return source{line, 5} }
	const added = "response-property-enum-value-added"
	got := facts([]change{
		{ID: added, Level: 3, Text: "added the new `x` enum value to the `things/items/error/code` response property for the response status `200`", Operation: "GET", Path: "/things", RevisionSource: at(7)},
		{ID: added, Level: 3, Text: "added the new `x` enum value to the `error/code` response property for the response status `200` (media type: application/json)", Operation: "GET", Path: "/things/{id}", RevisionSource: at(7)},
		{ID: added, Level: 3, Text: "added the new `x` enum value to the `error/code` response property for the response status `400`", Operation: "GET", Path: "/things/{id}", RevisionSource: at(7)},
		{ID: added, Level: 3, Text: "added the new `y` enum value to the `error/code` response property for the response status `400`", Operation: "GET", Path: "/things", RevisionSource: at(8)},
		{ID: "api-schema-removed", Level: 1, Text: "removed the schema `A`"},
		{ID: "api-schema-removed", Level: 1, Text: "removed the schema `B`"},
		{ID: "response-success-status-removed", Level: 3, Text: "removed the success response with the status `200`", Operation: "POST", Path: "/things", BaseSource: at(7)},
	})
	want := []fact{
		{added, true, "added the new `x` enum value to the `error/code` response property", []string{"GET /things", "GET /things/{id}"}},
		{added, true, "added the new `y` enum value to the `error/code` response property of errors", []string{"GET /things"}},
		{"api-schema-removed", false, "removed the schema `A`", nil},
		{"api-schema-removed", false, "removed the schema `B`", nil},
		{"response-success-status-removed", true, "removed the success response with the status `200`", []string{"POST /things"}},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got\n%+v\nwant\n%+v", got, want)
	}
}

func TestPlainText(t *testing.T) {
	for text, want := range map[string]string{
		"added the optional property `a/items/b` to the response with the `200` status":                             "added the optional property `a[].b`",
		"removed the required property `a/items/` from the response with the `404` status":                          "removed the required property `a[]` of errors",
		"the `id` response's property `format` changed from `uuid` to `none` for status `200`":                      "the `id` response's property `format` changed from `uuid` to `none`",
		"the response property `a` became nullable for the status `200`":                                            "the response property `a` became nullable",
		"added the media type `text/event-stream` for the response with the status `200`":                           "added the media type `text/event-stream` for the response with the status `200`",
		"added `#/components/schemas/A, #/components/schemas/B` to the `x` response property `oneOf` list":          "added `A, B` to the `x` response property `oneOf` list",
		"removed the `x` enum value from the `y` response property for the response status `200` (media type: a/b)": "removed the `x` enum value from the `y` response property",
	} {
		if got := plainText(text); got != want {
			t.Errorf("%s\nbecomes %s\nwant    %s", text, got, want)
		}
	}
}

func TestWriteFacts(t *testing.T) {
	const more = "request-property-enum-value-added"
	got := writeFacts([]fact{
		{"new-optional-request-property", false, "a new name", []string{"GET /a"}},
		{"endpoint-added", false, "endpoint added", []string{"GET /z"}},
		{"new-required-request-property", true, "a name that breaks", []string{"GET /a"}},
		{"response-property-enum-value-added", true, "added the new `x` enum value to `y`", []string{"GET /a"}},
		{more, false, "added the new `x` enum value to the property `y`", []string{"GET /a"}},
		{more, false, "added the new `x` enum value to the property `y`", []string{"GET /b"}},
		{more, false, "added the new `z` enum value to the property `y`", []string{"GET /a", "GET /b"}},
		{more, false, "added the new `zz` enum value to the property `y`", []string{"GET /a", "GET /b"}},
		{more, false, "added the new `z` enum value to the property `other`", []string{"GET /a", "GET /b", "GET /c", "GET /d", "GET /e"}},
		{"api-schema-removed", false, "removed the schema `A`", nil},
	})
	want := specLines{
		breaking: []string{"a name that breaks: `GET /a`"},
		values:   []string{"added the new `x` enum value to `y`: `GET /a`"},
		other: []string{
			"added the new `x`, `z`, `zz` enum values to the property `y`: `GET /a`, `GET /b`",
			"added the new `z` enum value to the property `other`: 5 operations",
			"removed the schema `A`",
		},
		wired: 2,
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got\n%+v\nwant\n%+v", got, want)
	}
}

// Only changes of names are listed under requests and responses instead of the
// spec.
func TestOnWire(t *testing.T) {
	for _, id := range []string{"endpoint-added", "new-optional-request-parameter", "new-optional-request-property", "response-optional-property-added", "response-optional-property-removed", "response-media-type-added", "response-success-status-added", "response-header-added"} {
		if !onWire.MatchString(id) {
			t.Errorf("%s does not match", id)
		}
	}
	for _, id := range []string{"request-property-max-length-increased", "response-property-enum-value-removed", "response-property-discriminator-added", "api-schema-removed", "request-parameter-became-optional", "response-property-became-nullable"} {
		if onWire.MatchString(id) {
			t.Errorf("%s matches", id)
		}
	}
}

func TestOasdiffFails(t *testing.T) {
	for name, program := range map[string]string{"no such program": "testdata/gone", "program fails": "false", "output is not JSON": "echo"} {
		if changes, err := oasdiff(program)(t.Context(), "a", "b"); err == nil {
			t.Errorf("%s: %v", name, changes)
		}
	}
}

func TestOperations(t *testing.T) {
	four := []string{"A", "B", "C", "D"}
	if got := operations(four); got != "`A`, `B`, `C`, `D`" {
		t.Error(got)
	}
	if got := operations(append(slices.Clone(four), "E")); got != "5 operations" {
		t.Error(got)
	}
}
