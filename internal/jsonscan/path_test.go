package jsonscan

import (
	"strings"
	"testing"
)

func TestPath(t *testing.T) {
	long := strings.Repeat("n", 1000)
	for _, test := range []struct{ text, want string }{
		{`5`, `at byte 0: want an object`},
		{`[5]`, `at byte 0: want an object`},
		{`{"int":"x"}`, `at byte 7, in int: want an integer`},
		{`{"list":[{"int":1},{"string":"[{"},{"int":"x"}]}`, `at byte 42, in list[2].int: want`},
		{`{"list":[{"int":1,"struct":{"radius":2}},5]}`, `in list[1]: want an object`},
		{`{"list":[{"list":[{},{},{"list":[{"numbers":[1,2,3,""]}]}]}]}`, `in list[0].list[2].list[0].numbers[3]: want`},
		{`{"numbers":[1,2],"list":[{"numbers":[]}],"bool":[]}`, `in bool: want`},
		{`{"numbers":[1,[]]}`, `in numbers[1]: want`},
		{`{"shapes":[null,{"new":[{"type":"circle"}],"type":"circle","radius":"x"}]}`, `in shapes[1].radius: want`},
		{`{"shapes":[{"a":[1,2,{"b":tru}],"type":"circle"}]}`, `in shapes[0].a[2].b: want true`},
		{`{"shape":{"type":"square","inner":{"type":"circle","radius":{}}}}`, `in shape.inner.radius: want`},
		{`{"map":{"a b":{"":[{"é\n\u0022":1e999}]}}}`, `in map["a b"][""][0]["é\n\""]: want`},
		{`{"string":"a","time":"yesterday"}`, `in time: want a time`},
		{`{"string":"a\q"}`, `at byte 12, in string: want an escape`},
		{`{"any":{"a":1},"an\y":2}`, `at byte 18: want an escape`},
		{`{"any":{"a":1},}`, `at byte 15: want the name`},
		{`{"any":{"a":1,}}`, `at byte 14, in any: want the name`},
		{`{"any":[{},[],]}`, `in any[2]: want a value`},
		{`{"any":[{},[]`, `in any[1]: want a comma`},
		{`{"any":1}]`, `at byte 9: want the end of the text`},
		{`{"any":` + strings.Repeat(`[`, 12) + `{"a":x`, `at byte 24, in …[0][0][0][0][0][0][0].a: want a value`},
		{`{"any":` + strings.Repeat(`[`, 20000), `in …[0][0][0][0][0][0][0][0]: nested too deep`},
		{`{"any":{"` + long + `":x`, `in any["` + long[:maxName] + `"]: want`},
		{`{"any":{"` + strings.Repeat("é", 40)[1:] + `":x`, `: want`},
	} {
		var v everything
		err := Unmarshal([]byte(test.text), &v, (*everything).decodeJSON, false)
		if err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%.200s: error %v, want %s", test.text, err, test.want)
		}
		if err != nil && len(err.Error()) > 200 {
			t.Errorf("%.200s: an error of %d bytes", test.text, len(err.Error()))
		}
	}
}
