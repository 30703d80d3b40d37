package jsonscan

import (
	"encoding/json"
	"errors"
	"math"
	"reflect"
	"strings"
	"testing"
	"time"
)

// read calls a method of a Decoder.
type read func(*Decoder) any

func readString(d *Decoder) any  { return d.String() }
func readBool(d *Decoder) any    { return d.Bool() }
func readInt32(d *Decoder) any   { return d.Int(32) }
func readInt64(d *Decoder) any   { return d.Int(64) }
func readFloat32(d *Decoder) any { return d.Float(32) }
func readFloat64(d *Decoder) any { return d.Float(64) }
func readTime(d *Decoder) any    { return d.Time() }
func readMap(d *Decoder) any     { return d.Map() }
func readAny(d *Decoder) any     { return d.Any() }
func readNull(d *Decoder) any    { return d.Null() }
func readRaw(d *Decoder) any     { return string(d.Raw()) }
func readSkip(d *Decoder) any    { d.Skip(); return nil }
func readNames(d *Decoder) any {
	var names []string
	for more := d.Object(); more; more = d.NextMember() {
		names = append(names, string(d.Name()))
		d.Skip()
	}
	return names
}

func readStrings(d *Decoder) any { return List(d, String[string]) }

// readMember reads the member "a" of an object with as.
func readMember(as read) read {
	return func(d *Decoder) (v any) {
		for more := d.Object(); more; more = d.NextMember() {
			if string(d.Name()) == "a" {
				v = as(d)
			} else {
				d.Skip()
			}
		}
		return v
	}
}

func TestValues(t *testing.T) {
	at := func(text string) time.Time {
		var v time.Time
		if err := v.UnmarshalText([]byte(text)); err != nil {
			t.Fatal(err)
		}
		return v
	}
	for _, test := range []struct {
		name string
		read read
		text string
		want any
	}{
		{"string", readString, ` "a" `, "a"},
		{"string", readString, `""`, ""},
		{"string", readString, "\t\r\n\"a\"\n", "a"},
		{"string", readString, `"\u0041\n\/\""`, "A\n/\""},
		{"string", readString, `"` + strings.Repeat(`ab\t`, 100) + `"`, strings.Repeat("ab\t", 100)},
		{"string", readString, `null`, ""},
		{"string", readString, "\ufeff\"a\"", "a"},
		{"string", readString, "\ufeff \"\ufeffa\"", "\ufeffa"},
		{"bool", readBool, `true`, true},
		{"bool", readBool, ` false `, false},
		{"bool", readBool, `null`, false},
		{"int", readInt64, `0`, int64(0)},
		{"int", readInt64, `-0`, int64(0)},
		{"int", readInt64, `9223372036854775807`, int64(math.MaxInt64)},
		{"int", readInt64, `-9223372036854775808`, int64(math.MinInt64)},
		{"int", readInt64, `-9223372036854775808.0`, int64(math.MinInt64)},
		{"int", readInt64, `53.0`, int64(53)},
		{"int", readInt64, `-53.00`, int64(-53)},
		{"int", readInt64, `5.3e1`, int64(53)},
		{"int", readInt64, `5300E-2`, int64(53)},
		{"int", readInt64, `1e+3`, int64(1000)},
		{"int", readInt64, `1.152921504606847e+18`, int64(1 << 60)},
		{"int", readInt64, `null`, int64(0)},
		{"int", readInt32, `2147483647`, int64(math.MaxInt32)},
		{"int", readInt32, `-2147483648`, int64(math.MinInt32)},
		{"int", readInt32, `2.147483647e9`, int64(math.MaxInt32)},
		{"int", readInt32, `-2147483648.0`, int64(math.MinInt32)},
		{"int", readInt32, `null`, int64(0)},
		{"float", readFloat64, `0.1`, 0.1},
		{"float", readFloat64, `-1.5E+3`, -1500.0},
		{"float", readFloat64, `7`, 7.0},
		{"float", readFloat64, `1e-999`, 0.0},
		{"float", readFloat64, `null`, 0.0},
		{"float", readFloat32, `0.1`, float64(float32(0.1))},
		{"float", readFloat32, `3.4e38`, float64(float32(3.4e38))},
		{"time", readTime, `"2026-01-02T03:04:05Z"`, at("2026-01-02T03:04:05Z")},
		{"time", readTime, `"2026-01-02T03:04:05.123456789Z"`, at("2026-01-02T03:04:05.123456789Z")},
		{"time", readTime, `"2026-01-02T03:04:05.5+02:30"`, at("2026-01-02T03:04:05.5+02:30")},
		{"time", readTime, `"2026-01-02T03:04:05\u005a"`, at("2026-01-02T03:04:05Z")},
		{"time", readTime, `""`, time.Time{}},
		{"time", readTime, `null`, time.Time{}},
		{"map", readMap, `{}`, map[string]any{}},
		{"map", readMap, `{"a":{"b":[1,"x",null]}}`, map[string]any{"a": map[string]any{"b": []any{1.0, "x", nil}}}},
		{"map", readMap, `{"a":1,"\u0061":2}`, map[string]any{"a": 2.0}},
		{"map", readMap, `null`, map[string]any(nil)},
		{"any", readAny, `"a"`, "a"},
		{"any", readAny, `-1`, -1.0},
		{"any", readAny, `true`, true},
		{"any", readAny, `false`, false},
		{"any", readAny, `[]`, []any{}},
		{"any", readAny, `{}`, map[string]any{}},
		{"any", readAny, `null`, nil},
		{"null", readNull, ` null`, true},
		{"raw", readRaw, ` {"a" : [1, "\u0061"]} `, `{"a" : [1, "\u0061"]}`},
		{"raw", readRaw, `null`, `null`},
		{"skip", readSkip, `[{"a":[true,false,null,-1.5e-3,"\ud83d",{}]},[]]`, nil},
		{"names", readNames, `{"id":1,"\u0069d":2,"":3,"\n":4,"ü":5,"` + "\xff" + `":6}`, []string{"id", "id", "", "\n", "ü", "\ufffd"}},
		{"names", readNames, `{}`, []string(nil)},
		{"names", readNames, `null`, []string(nil)},
		{"names", readNames, ` { "a" : 1 , "b" : 2 } `, []string{"a", "b"}},
		{"list", readStrings, ` [ "a" , null , "b" ] `, []string{"a", "", "b"}},
		{"list", readStrings, `[]`, []string{}},
		{"list", readStrings, `null`, []string(nil)},
		{"last wins", readMember(readString), `{"a":"x","A":5,"a":"y"}`, "y"},
		{"last wins", readMember(readString), `{"a":"x","a":null}`, ""},
	} {
		t.Run(test.name+" "+test.text, func(t *testing.T) {
			var d Decoder
			d.Reset([]byte(test.text), false)
			got := test.read(&d)
			if err := d.End(); err != nil || !reflect.DeepEqual(got, test.want) {
				t.Errorf("%#v, error %v, want %#v", got, err, test.want)
			}
		})
	}
}

func TestErrors(t *testing.T) {
	for _, test := range []struct {
		name string
		read read
		text string
		want string
	}{
		{"string", readString, ``, `at byte 0: want a string: unexpected end of JSON`},
		{"string", readString, `  `, `at byte 2: want a string: unexpected end of JSON`},
		{"string", readString, ` 5`, `at byte 1: want a string, found "5"`},
		{"string", readString, "\ufeff5", `at byte 3: want a string, found "5"`},
		{"string", readString, "\ufeff\ufeff\"a\"", `at byte 3: want a string, found "\ufeff\"a\""`},
		{"string", readString, " \ufeff\"a\"", `at byte 1: want a string, found "\ufeff\"a\""`},
		{"string", readString, "\x00", `at byte 0: want a string, found "\x00"`},
		{"string", readString, `"a" "b"`, `at byte 4: want the end of the text, found "\"b\""`},
		{"string", readString, "\"a\"\x00", `at byte 3: want the end of the text, found "\x00"`},
		{"string", readMember(readString), `{"a":"x"},`, `at byte 9: want the end of the text, found ","`},
		{"string", readMember(readString), `{"a":{"b":1}}`, `at byte 5, in a: want a string, found "{\"b\":1}}"`},
		{"string", readMember(readString), `{"a":123456789012345678}`, `at byte 5, in a: want a string, found "1234567890123456"`},
		{"string", readMember(readString), `{"\u0061":1}`, `at byte 10, in a: want a string, found "1}"`},
		{"string", readMember(readString), `{"a":nul}`, `at byte 5, in a: want null, found "nul}"`},
		{"bool", readMember(readBool), `{"a":"true"}`, `at byte 5, in a: want a boolean, found "\"true\"}"`},
		{"bool", readBool, `truth`, `at byte 0: want true, found "truth"`},
		{"bool", readBool, `fals`, `at byte 0: want false, found "fals"`},
		{"bool", readBool, `nil`, `at byte 0: want null, found "nil"`},
		{"bool", readBool, `truer`, `at byte 4: want the end of the text, found "r"`},
		{"int", readMember(readInt64), `{"a": "1"}`, `at byte 6, in a: want an integer, found "\"1\"}"`},
		{"int", readInt64, `true`, `at byte 0: want an integer, found "true"`},
		{"int", readInt64, `-`, `at byte 0: want an integer, found "-"`},
		{"int", readInt64, ` 1.5`, `at byte 1: want an integer of 64 bits, found "1.5"`},
		{"int", readInt64, `1e-1`, `at byte 0: want an integer of 64 bits, found "1e-1"`},
		{"int", readInt64, `9223372036854775808`, `at byte 0: want an integer of 64 bits, found "9223372036854775"`},
		{"int", readInt64, `9223372036854775807.0`, `at byte 0: want an integer of 64 bits, found "9223372036854775"`},
		{"int", readInt64, `-1e19`, `at byte 0: want an integer of 64 bits, found "-1e19"`},
		{"int", readInt64, `1e999`, `at byte 0: want an integer of 64 bits, found "1e999"`},
		{"int", readInt32, `2147483648`, `at byte 0: want an integer of 32 bits, found "2147483648"`},
		{"int", readInt32, `-2147483649`, `at byte 0: want an integer of 32 bits, found "-2147483649"`},
		{"int", readInt32, `2147483648.0`, `at byte 0: want an integer of 32 bits, found "2147483648.0"`},
		{"int", readInt64, `01`, `at byte 1: want the end of the text, found "1"`},
		{"float", readMember(readFloat64), `{"b":0,"a":"NaN"}`, `at byte 11, in a: want a number, found "\"NaN\"}"`},
		{"float", readFloat64, `+1`, `at byte 0: want a number, found "+1"`},
		{"float", readFloat64, `.5`, `at byte 0: want a number, found ".5"`},
		{"float", readFloat64, `1.`, `at byte 0: want a number, found "1."`},
		{"float", readFloat64, `1e`, `at byte 0: want a number, found "1e"`},
		{"float", readFloat64, `1e+`, `at byte 0: want a number, found "1e+"`},
		{"float", readFloat64, ` -1e999`, `at byte 1: want a number of 64 bits, found "-1e999"`},
		{"float", readFloat32, `1e39`, `at byte 0: want a number of 32 bits, found "1e39"`},
		{"time", readTime, `5`, `at byte 0: want a time, found "5"`},
		{"time", readMember(readTime), `{"a":"2026-01-02"}`, `at byte 5, in a: want a time, found "\"2026-01-02\"}"`},
		{"time", readTime, `"2026-13-02T03:04:05Z"`, `at byte 0: want a time, found "\"2026-13-02T03:0"`},
		{"time", readTime, `"2026`, `at byte 5: want the end of a string: unexpected end of JSON`},
		{"map", readMap, `[1]`, `at byte 0: want an object, found "[1]"`},
		{"map", readMap, `{"a":1e999}`, `at byte 5, in a: want a number of 64 bits, found "1e999}"`},
		{"any", readAny, ``, `at byte 0: want a value: unexpected end of JSON`},
		{"any", readAny, `hello`, `at byte 0: want a value, found "hello"`},
		{"any", readAny, "\ufeff", `at byte 3: want a value: unexpected end of JSON`},
		{"any", readAny, `[1,]`, `at byte 3, in [1]: want a value, found "]"`},
		{"any", readAny, `[1 2]`, `at byte 3, in [0]: want a comma or the end of the list, found "2]"`},
		{"any", readAny, `[1`, `at byte 2, in [0]: want a comma or the end of the list: unexpected end of JSON`},
		{"any", readAny, `{"a":1,}`, `at byte 7: want the name of a member, found "}"`},
		{"any", readAny, `{"a":1]`, `at byte 6, in a: want a comma or the end of the object, found "]"`},
		{"any", readAny, `{"a"}`, `at byte 4, in a: want a colon, found "}"`},
		{"any", readAny, `{a:1}`, `at byte 1: want the name of a member, found "a:1}"`},
		{"any", readAny, `nope`, `at byte 0: want null, found "nope"`},
		{"skip", readSkip, ``, `at byte 0: want a value: unexpected end of JSON`},
		{"skip", readSkip, `{"a":+}`, `at byte 5, in a: want a value, found "+}"`},
		{"skip", readSkip, `["a`, `at byte 3, in [0]: want the end of a string: unexpected end of JSON`},
		{"skip", readSkip, `[tru]`, `at byte 1, in [0]: want true, found "tru]"`},
		{"null", readNull, `none`, `at byte 0: want null, found "none"`},
		{"raw", readRaw, `{"a":`, `at byte 5, in a: want a value: unexpected end of JSON`},
		{"names", readNames, `"a"`, `at byte 0: want an object, found "\"a\""`},
		{"names", readNames, `{"`, `at byte 2: want the end of a string: unexpected end of JSON`},
		{"names", readNames, `{"b`, `at byte 3: want the end of a string: unexpected end of JSON`},
		{"list", readStrings, `{}`, `at byte 0: want a list, found "{}"`},
		{"list", readMember(readStrings), `{"a":["x",1]}`, `at byte 10, in a[1]: want a string, found "1]}"`},
	} {
		t.Run(test.name+" "+test.text, func(t *testing.T) {
			var d Decoder
			d.Reset([]byte(test.text), false)
			test.read(&d)
			if err := d.End(); err == nil || err.Error() != test.want {
				t.Errorf("error %v\nwant %s", err, test.want)
			}
		})
	}
}

// After an error, every value is zero.
func TestErrorsStick(t *testing.T) {
	first := errors.New("first")
	for name, test := range map[string]struct {
		read read
		text string
		want any
	}{
		"string":  {readString, `"a"`, ""},
		"bool":    {readBool, `true`, false},
		"int":     {readInt64, `1`, int64(0)},
		"float":   {readFloat64, `1`, 0.0},
		"time":    {readTime, `"2026-01-02T03:04:05Z"`, time.Time{}},
		"map":     {readMap, `{"a":1}`, map[string]any(nil)},
		"any":     {readAny, `[1]`, nil},
		"null":    {readNull, `null`, false},
		"raw":     {readRaw, `1`, ""},
		"names":   {readNames, `{"a":1}`, []string(nil)},
		"list":    {readStrings, `["a"]`, []string(nil)},
		"name":    {func(d *Decoder) any { return d.Name() }, `"a":`, []byte(nil)},
		"kind":    {func(d *Decoder) any { return d.Kind("a") }, `{"a":"b"}`, ""},
		"pointer": {func(d *Decoder) any { return Pointer(d, Int[int]) }, `1`, (*int)(nil)},
		"other":   {func(d *Decoder) any { var v int; Other(&v, d); return v }, `1`, 0},
		"member":  {func(d *Decoder) any { return d.NextMember() }, `,`, false},
		"element": {func(d *Decoder) any { return d.NextElement() }, `,`, false},
	} {
		t.Run(name, func(t *testing.T) {
			var d Decoder
			d.Reset([]byte(test.text), false)
			d.Fail(first)
			d.Fail(errors.New("second"))
			if got := test.read(&d); !reflect.DeepEqual(got, test.want) {
				t.Errorf("read %#v", got)
			}
			if err := d.End(); !errors.Is(err, first) || err.Error() != "at byte 0: first" {
				t.Errorf("error %v", err)
			}
		})
	}
	for text, as := range map[string]read{`1e999`: readFloat64, `1e19`: readInt64, `"2026-01-02T03:04:05"`: readTime} {
		var d Decoder
		d.Reset([]byte(text), false)
		if got := as(&d); !reflect.ValueOf(got).IsZero() || d.End() == nil {
			t.Errorf("%s: read %v, error %v", text, got, d.End())
		}
	}
}

func TestNesting(t *testing.T) {
	objects := func(n int) string { return strings.Repeat(`{"a":`, n-1) + "{" + strings.Repeat("}", n) }
	lists := func(n int) string { return strings.Repeat("[", n) + strings.Repeat("]", n) }
	for _, test := range []struct {
		name string
		text string
		fail bool
	}{
		{"lists", lists(maxDepth), false},
		{"lists", lists(maxDepth + 1), true},
		{"objects", objects(maxDepth), false},
		{"objects", objects(maxDepth + 1), true},
		{"side by side", "[" + strings.Repeat("[],{},", 2*maxDepth) + "null]", false},
		{"without an end", strings.Repeat("[", 1<<20), true},
		{"without an end", strings.Repeat(`{"a":`, 1<<18), true},
	} {
		for name, as := range map[string]read{"any": readAny, "skip": readSkip, "kind": func(d *Decoder) any { d.Kind("b"); return d.Raw() }} {
			var d Decoder
			d.Reset([]byte(test.text), true)
			as(&d)
			err := d.End()
			if fails := err != nil; fails != test.fail || fails && !strings.Contains(err.Error(), "nested too deep") {
				t.Errorf("%s of %s: error %v", name, test.name, err)
			}
		}
		if std := json.Unmarshal([]byte(test.text), new(any)); (std != nil) != test.fail {
			t.Errorf("encoding/json on %s: error %v", test.name, std)
		}
	}
}

func TestRawIsOwnedOrCopied(t *testing.T) {
	for name, as := range map[string]func(*Decoder) []byte{
		"raw": (*Decoder).Raw,
		"since": func(d *Decoder) []byte {
			start := d.Position()
			d.Any()
			return d.Since(start)
		},
	} {
		for _, owned := range []bool{false, true} {
			data := []byte(` ["a"] `)
			var d Decoder
			d.Reset(data, owned)
			raw := as(&d)
			if err := d.End(); err != nil || string(raw) != `["a"]` {
				t.Fatalf("%s, owned %v: %q, error %v", name, owned, raw, err)
			}
			if same := &raw[0] == &data[1]; same != owned {
				t.Errorf("%s, owned %v: same bytes: %v", name, owned, same)
			}
			_ = append(raw, "x"...)
			if data[6] != ' ' {
				t.Errorf("%s, owned %v: what is appended lands in the text", name, owned)
			}
		}
	}
}

// Decoded values do not change with the text, unless the text is owned.
func TestValuesAreCopies(t *testing.T) {
	const text = `{"id":"a","long":"` + "0123456789012345678901234567890123456789012345678901234567890123456789" + `","esc\u0061ped":["\u0062"]}`
	data := []byte(text)
	var d Decoder
	d.Reset(data, true)
	got := d.Map()
	if err := d.End(); err != nil {
		t.Fatal(err)
	}
	clear(data)
	var want map[string]any
	if err := json.Unmarshal([]byte(text), &want); err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
}

func TestKind(t *testing.T) {
	for _, test := range []struct{ text, want string }{
		{`{"type":"x"}`, "x"},
		{` { "type" : "x" } `, "x"},
		{`{"a":{"type":"y"},"b":["type"],"type":"x"}`, "x"},
		{`{"ty\u0070e":"\u0078"}`, "x"},
		{`{"Type":"y","type":"x","type":"z"}`, "x"},
		{`{"a":1}`, ""},
		{`{}`, ""},
		{`{"type":null}`, ""},
		{`{"type":5}`, ""},
		{`{"type":["x"]}`, ""},
		{`["type"]`, ""},
		{`"type"`, ""},
		{`null`, ""},
		{``, ""},
		{`{"a":tru,"type":"x"}`, ""},
		{`{"type":"x`, ""},
		{`{"type" "x"}`, ""},
		{`{"a":1,,"type":"x"}`, ""},
		{`{"type":"x",}`, "x"},
	} {
		t.Run(test.text, func(t *testing.T) {
			var d Decoder
			d.Reset([]byte(test.text), false)
			for range 2 { // Kind consumes nothing
				if got := d.Kind("type"); got != test.want {
					t.Errorf("kind %q, want %q", got, test.want)
				}
			}
			var want any
			std := json.Unmarshal([]byte(test.text), &want)
			got := d.Any()
			if err := d.End(); (err != nil) != (std != nil) || err == nil && !reflect.DeepEqual(got, want) {
				t.Errorf("%v, error %v, want %v, error %v", got, err, want, std)
			}
		})
	}
}

func TestHasError(t *testing.T) {
	for text, want := range map[string]bool{
		`{"error":null}`:              true,
		`{"id":1,"err\u006fr":"x"}`:   true,
		`{"error":tru`:                true,
		`{"a":{"error":1},"Error":1}`: false,
		`[{"error":1}]`:               false,
		`{"a":"error"}`:               false,
		`"error"`:                     false,
	} {
		var d Decoder
		for range 2 {
			d.Reset([]byte(text), false)
			if d.HasError() {
				t.Errorf("%s: before it was read", text)
			}
			if d.Skip(); d.HasError() != want {
				t.Errorf("%s: %v", text, !want)
			}
		}
	}
}

func TestResetForgets(t *testing.T) {
	var d Decoder
	d.Reset([]byte(`{"a":[[{"b":`), true)
	d.Skip()
	if d.End() == nil {
		t.Fatal("no error")
	}
	d.Reset([]byte(`x`), false)
	d.Skip()
	if err := d.End(); err == nil || err.Error() != `at byte 0: want a value, found "x"` {
		t.Errorf("error %v", err)
	}
	if d.Reset([]byte(`1`), false); d.Int(64) != 1 || d.End() != nil {
		t.Errorf("error %v", d.End())
	}
}
