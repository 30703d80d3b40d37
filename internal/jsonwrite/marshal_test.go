package jsonwrite

import (
	"encoding/json"
	"math"
	"reflect"
	"strings"
	"testing"
)

// inner encodes itself with encoding/json.
type inner struct{ text string }

func (v inner) MarshalJSON() ([]byte, error) { return json.Marshal(map[string]string{"inner": v.text}) }

func TestMarshal(t *testing.T) {
	tests := []struct {
		value any
		want  string
	}{
		{"a < b && c > d", `"a < b && c > d"`},
		{"\u2028\u2029", "\"\u2028\u2029\""},
		{map[string]any{"<k>": "&"}, `{"<k>":"&"}`},
		{inner{"<&>"}, `{"inner":"<&>"}`},
		{json.RawMessage(`"\u003c\u003C"`), `"<<"`},
		{`\u003c`, `"\\u003c"`},
		{`\<`, `"\\<"`},
		{`\\<`, `"\\\\<"`},
		{`"<"`, `"\"<\""`},
		{"\x00\x1f<", `"\u0000\u001f<"`},
		{"é日<", `"é日<"`},
		{"plain", `"plain"`},
		{1.5, "1.5"},
		{nil, "null"},
	}
	for _, tt := range tests {
		got, err := Marshal(tt.value)
		if err != nil || string(got) != tt.want {
			t.Errorf("%v: got %s, error %v, want %s", tt.value, got, err, tt.want)
		}
	}
	if _, err := Marshal(math.NaN()); err == nil {
		t.Error("NaN was written")
	}
}

// The result decodes to the same value as that of encoding/json and is never
// longer.
func FuzzMarshal(f *testing.F) {
	for _, s := range []string{"", `\`, `\u003c`, `\\\<`, "<>&\u2028\u2029", "\xff", `"`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		value := map[string]any{"a": s, s: []any{s, map[string]any{"b": s}}}
		got, err := Marshal(value)
		if err != nil {
			t.Fatal(err)
		}
		stock, err := json.Marshal(value)
		if err != nil {
			t.Fatal(err)
		}
		var a, b any
		if err := json.Unmarshal(got, &a); err != nil {
			t.Fatalf("%s: %v", got, err)
		}
		if err := json.Unmarshal(stock, &b); err != nil || !reflect.DeepEqual(a, b) {
			t.Fatalf("%s is not %s", got, stock)
		}
		for _, escape := range []string{`\u003c`, `\u003e`, `\u0026`, `\u2028`, `\u2029`} {
			// An escape sequence that is part of the value has a doubled
			// backslash.
			if strings.Contains(strings.ReplaceAll(string(got), `\\`, ""), escape) {
				t.Fatalf("%s holds %s", got, escape)
			}
		}
	})
}
