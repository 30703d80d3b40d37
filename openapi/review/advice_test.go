package main

import "testing"

func TestAdvice(t *testing.T) {
	var grown findings
	grown.goAdded.add("2099-01/data", "1 type: `Thing`")
	for name, test := range map[string]struct {
		report report
		level  level
		reason string
	}{
		"nothing":           {report{main: &findings{}}, none, "nothing that an importer compiles changes"},
		"comments":          {report{main: &findings{count: lineCount{added: 2}}}, patch, "generated code changes in comments only"},
		"code":              {report{main: &findings{count: lineCount{added: 2, code: 1}}}, patch, "generated code changes behind the same exported Go API"},
		"hand-written code": {report{main: &findings{}, behind: true}, patch, "hand-written code changes behind the same exported Go API"},
		"additions":         {report{main: &grown, behind: true}, minor, "the exported Go API grows, and nothing of it is removed or retyped"},
		"stock client":      {report{main: &findings{stockMore: 1}}, minor, "the exported Go API grows, and nothing of it is removed or retyped"},
		"new version":       {report{main: &grown, added: []newVersion{{version: "2099-02"}}}, minor, "the packages of 2099-02 are new and the exported Go API grows, and nothing of it is removed or retyped"},
		"one break":         {report{main: &findings{broken: []string{"A"}}, added: []newVersion{{version: "2099-02"}}}, major, "1 breaking change of the exported Go API"},
		"version removed":   {report{main: &findings{broken: []string{"A", "B"}}, removed: []string{"2098-01"}}, major, "the packages of 2098-01 are gone and 2 breaking changes of the exported Go API"},
	} {
		t.Run(name, func(t *testing.T) {
			if level, reason := test.report.advice(); level != test.level || reason != test.reason {
				t.Errorf("%v: %s\nwant %v: %s", level, reason, test.level, test.reason)
			}
		})
	}
}

func TestNext(t *testing.T) {
	for _, test := range []struct {
		released string
		level    level
		want     string
	}{
		{"", major, "v0.1.0"},
		{"v0.1.2", major, "v0.2.0"},
		{"v0.1.2", minor, "v0.1.3"},
		{"v0.1.2", patch, "v0.1.3"},
		{"v0.1.2", none, "v0.1.2"},
		{"v1.2.3", major, "v2.0.0"},
		{"v1.2.3", minor, "v1.3.0"},
		{"v1.2.3", patch, "v1.2.4"},
	} {
		if got, err := next(test.released, test.level); err != nil || got != test.want {
			t.Errorf("%s after %v: %s, %v, want %s", test.released, test.level, got, err, test.want)
		}
	}
	for _, tag := range []string{"v1", "v1.2.3-rc.1", "v99999999999999999999.0.0"} {
		if got, err := next(tag, patch); err == nil {
			t.Errorf("%s: %s", tag, got)
		}
	}
}
