package main

import (
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// The last column is the oldest version that has the endpoint in the spec of the
// same plane. What a newer version has does not matter, nor what parameters are
// called.
func TestIndexSince(t *testing.T) {
	specs, folder := writeInput(t, readFile(t, "testdata/spec.yaml"), readFile(t, "testdata/overlay.yaml"))
	spec := func(operations string) string {
		return "openapi: 3.0.3\ninfo: {title: T, version: v}\npaths:\n" + operations
	}
	const ok = ", responses: {'200': {description: OK.}}}}\n"
	beside := func(version, plane, operations string) {
		writeFiles(t, filepath.Join(filepath.Dir(specs), version), map[string]string{plane + ".yaml": spec(operations)})
	}
	beside("2097-07", "data", "  /jobs/{id}: {get: {operationId: a, parameters: [{in: path, name: id, required: true, schema: {type: string}}]"+ok)
	beside("2097-07", "control", "  /jobs: {get: {operationId: a"+ok)
	beside("2098-04", "data", "  /jobs/{job_id}: {get: {operationId: a, parameters: [{in: path, name: job_id, required: true, schema: {type: string}}]"+ok+
		"  /things: {get: {operationId: b"+ok)
	generated := func() string {
		t.Helper()
		if err := run([]string{"-templates", "../templates", specs}); err != nil {
			t.Fatal(err)
		}
		return readFile(t, filepath.Join(filepath.Dir(folder), indexFile))
	}

	index := generated()
	for operation, want := range map[string]string{
		"GET /jobs/{job_id}": "2097-07",
		"GET /jobs":          "2099-01", // an older version has it in another plane
		"POST /things":       "2099-01", // an older version has the path with another method
	} {
		line := regexp.MustCompile("(?m)^.*`" + regexp.QuoteMeta(operation) + "`.*$").FindString(index)
		if !strings.HasSuffix(line, " | "+want+" |") {
			t.Errorf("%s: want %s in %q", operation, want, line)
		}
	}

	beside("2100-01", "data", "  /jobs: {get: {operationId: a"+ok)
	if generated() != index {
		t.Error("a newer version changes the index")
	}
	beside("2098-04", "data", "  {")
	if err := run([]string{"-templates", "../templates", specs}); err == nil || !strings.Contains(err.Error(), filepath.Join("2098-04", "data.yaml")) {
		t.Errorf("an older spec is broken: error %v", err)
	}
}

func TestIndexWantsOneFolder(t *testing.T) {
	specs, folder := writeInput(t, readFile(t, "testdata/spec.yaml"), readFile(t, "testdata/overlay.yaml"))
	config := replace(t, folder, filepath.Join(folder, "below"))(readFile(t, filepath.Join(specs, "data.config.yaml")))
	writeFiles(t, specs, map[string]string{
		"other.config.yaml": config,
		"other.yaml":        readFile(t, "testdata/spec.yaml"),
	})
	err := run([]string{"-templates", "../templates", specs})
	if err == nil || !strings.Contains(err.Error(), "in one folder") {
		t.Errorf("error %v", err)
	}
}
