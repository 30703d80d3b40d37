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
		"nothing":           {report{main: &findings{}}, none, "the code that importers compile does not change"},
		"comments":          {report{main: &findings{count: lineCount{added: 2}}}, patch, "generated code changes only in comments"},
		"code":              {report{main: &findings{count: lineCount{added: 2, code: 1}}}, patch, "generated code changes, but the exported Go API does not"},
		"hand-written code": {report{main: &findings{}, behind: true}, patch, "hand-written code changes, but the exported Go API does not"},
		"additions":         {report{main: &grown, behind: true}, minor, "the exported Go API has additions and no breaking change"},
		"stock client":      {report{main: &findings{stockMore: 1}}, minor, "the exported Go API has additions and no breaking change"},
		"new version":       {report{main: &grown, added: []newVersion{{version: "2099-02"}}}, minor, "the packages of version 2099-02 are new and the exported Go API has additions and no breaking change"},
		"one break":         {report{main: &findings{broken: []string{"A"}}, added: []newVersion{{version: "2099-02"}}}, major, "1 breaking change of the exported Go API"},
		"version removed":   {report{main: &findings{broken: []string{"A", "B"}}, removed: []string{"2098-01"}}, major, "the packages of version 2098-01 are removed and 2 breaking changes of the exported Go API"},
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
