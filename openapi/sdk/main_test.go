package main

import (
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// A made-up plane, as a spec and as the SDK's generator would write it.
const (
	testSpec = "testdata/control.yaml"
	testCode = "testdata/sdk/assistant_control"
)

func TestCompareFacts(t *testing.T) {
	for name, test := range map[string]struct {
		file, old, with string // of the SDK; "" for the spec
		want            string
	}{
		"the same":           {},
		"server":             {"runtime.js", "lamps.example/v", "lamps.example/w", "server: https://lamps.example/v in the spec, https://lamps.example/w in the SDK"},
		"path":               {"apis/LampsApi.js", "`/oil/", "`/oils/", "operation refill: POST /oil/{lamp_name} in the spec, POST /oils/{lamp_name} in the SDK"},
		"method":             {"apis/LampsApi.js", "'PUT'", "'PATCH'", "operation lightLamp: PUT /lamps/{lamp_name} in the spec, PATCH /lamps/{lamp_name} in the SDK"},
		"query":              {"apis/LampsApi.js", "['dry_run']", "['dry']", "parameter lightLamp query dry: boolean, optional, only in the SDK"},
		"type of a query":    {"apis/LampsApi.d.ts", "dryRun?: boolean", "dryRun?: string", "parameter lightLamp query dry_run: boolean, optional in the spec, string, optional in the SDK"},
		"required query":     {"apis/LampsApi.d.ts", "dryRun?: boolean", "dryRun: boolean", "parameter lightLamp query dry_run: boolean, optional in the spec, boolean, checked otherwise in the SDK"},
		"header":             {"apis/LampsApi.js", "['X-Pinecone-Api-Version'] = String(requestParameters.xPineconeApiVersion);\n        formParams", "['X-Lamp'] = String(requestParameters.xPineconeApiVersion);\n        formParams", "parameter refill header X-Lamp: string, only in the SDK"},
		"form":               {"apis/LampsApi.js", "append('can'", "append('jug'", "parameter refill form can: Blob, only in the spec"},
		"body":               {"apis/LampsApi.d.ts", "light: Light", "light: Dark", "body lightLamp: Light in the spec, Dark in the SDK"},
		"reply":              {"apis/LampsApi.js", "LampFromJSON)(jsonValue)", "LightFromJSON)(jsonValue)", "reply lightLamp: Lamp in the spec, Light in the SDK"},
		"name of a property": {"models/Light.js", "json['how_long']", "json['how_short']", "property Light how_long: number | null, optional, only in the spec"},
		"null":               {"models/Light.d.ts", "number | null", "number", "property Light how_long: number | null, optional in the spec, number, optional in the SDK"},
		"optional property":  {"models/Lamp.d.ts", "litOn:", "litOn?:", "property Lamp lit_on: Date in the spec, Date, optional, read otherwise in the SDK"},
		"list":               {"models/Lamp.d.ts", "Array<Part>", "Array<Wick>", "property Lamp parts: Array<Part> in the spec, Array<Wick> in the SDK"},
		"inner object":       {"models/LampPlace.d.ts", "number", "string", "property LampPlace height: number, optional in the spec, string, optional in the SDK"},
		"union":              {"models/Part.js", "case 'lens'", "case 'glass'", "union Part glass: Lens, only in the SDK"},
		"discriminator":      {"models/Part.js", "json['kind']", "json['type']", "union Part: kind in the spec, type in the SDK"},
		"model":              {"", "    Wick:", "    Rope: {type: object}\n    Wick:", "model Rope: object, only in the spec"},
		"operation":          {"", "operationId: refill", "operationId: fill_up", "operation fillUp: POST /oil/{lamp_name}, only in the spec"},
	} {
		t.Run(name, func(t *testing.T) {
			spec, code := filepath.Join(t.TempDir(), "control.yaml"), t.TempDir()
			copyFile(t, testSpec, spec)
			if err := os.CopyFS(code, os.DirFS(testCode)); err != nil {
				t.Fatal(err)
			}
			file := spec
			if test.file != "" {
				file = filepath.Join(code, test.file)
			}
			replace(t, file, test.old, test.with)
			found, summary, err := compareFacts(spec, code)
			if err != nil {
				t.Fatal(err)
			}
			if want := "body 1, model 5, operation 2, parameter 6, property 9, reply 2, server 1, union 3"; name == "the same" && summary != want {
				t.Errorf("it counts %s, want %s", summary, want)
			}
			if (test.want == "") != (len(found) == 0) || test.want != "" && !slices.Contains(found, test.want) {
				t.Errorf("it finds\n%s\nwant\n%s", strings.Join(found, "\n"), test.want)
			}
		})
	}
}

func TestCompareFiles(t *testing.T) {
	for name, test := range map[string]struct{ file, old, with, want string }{
		"the same": {},
		"version":  {"runtime.js", "2099-01", "2099-04", ""},
		"helper":   {"apis/LampsApi.js", "|| function (mod) {\n    return mod;\n};", "|| (function () {\n    return 1;\n})();", ""},
		"comment":  {"models/Wick.d.ts", "    kind", "    // Which.\n    kind", `models/Wick.d.ts: changed: line 2 was "    kind: string;" and is "    // Which."`},
		"code":     {"models/Wick.js", "'kind'", "'sort'", `models/Wick.js: changed: line 3 was "        'kind': json['kind'],"`},
	} {
		t.Run(name, func(t *testing.T) {
			after := t.TempDir()
			if err := os.CopyFS(after, os.DirFS(testCode)); err != nil {
				t.Fatal(err)
			}
			replace(t, filepath.Join(after, test.file), test.old, test.with)
			found, _, err := compareFiles(testCode, after)
			if err != nil {
				t.Fatal(err)
			}
			if (test.want == "") != (len(found) == 0) || len(found) > 0 && !strings.HasPrefix(found[0], test.want) {
				t.Errorf("it finds\n%s\nwant\n%s", strings.Join(found, "\n"), test.want)
			}
		})
	}
	after := t.TempDir()
	if err := os.CopyFS(after, os.DirFS(testCode)); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(filepath.Join(after, "models/Wick.js"), filepath.Join(after, "models/Rope.js")); err != nil {
		t.Fatal(err)
	}
	found, summary, err := compareFiles(testCode, after)
	if want := []string{"models/Rope.js: new", "models/Wick.js: gone"}; err != nil || !slices.Equal(found, want) || summary != "18 files" {
		t.Errorf("error %v, it finds %q in %s, want %q", err, found, summary, want)
	}
}

func TestUsage(t *testing.T) {
	for _, args := range [][]string{nil, {"x"}, {"-spec", "x"}, {"-spec", "x", "-with", "y", "z"}, {"-spec", "testdata", "testdata/gone"}, {"-spec", "gone", "testdata/sdk"}, {"-with", "gone", "testdata/sdk"}} {
		if err := run(args, io.Discard); err == nil {
			t.Errorf("%q: no error", args)
		}
	}
}

func copyFile(t *testing.T, from, to string) {
	t.Helper()
	text, err := os.ReadFile(from)
	if err == nil {
		err = os.WriteFile(to, text, 0o644)
	}
	if err != nil {
		t.Fatal(err)
	}
}

func replace(t *testing.T, file, old, with string) {
	t.Helper()
	if old == "" {
		return
	}
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	changed := strings.Replace(string(text), old, with, 1)
	if changed == string(text) {
		t.Fatalf("%s has no %q", file, old)
	}
	if err := os.WriteFile(file, []byte(changed), 0o644); err != nil {
		t.Fatal(err)
	}
}
