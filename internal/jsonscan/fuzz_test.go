package jsonscan

import (
	"bytes"
	"encoding/json"
	"reflect"
	"strings"
	"testing"
	"time"
)

// FuzzAgainstStandard compares with encoding/json: whether a text is valid
// JSON, and its value read as any value, as numbers and as strings.
func FuzzAgainstStandard(f *testing.F) {
	for _, text := range []string{
		`{"a":[1,2.5,"x\u00e9\ud83d\ude00",null,true,{"b":{}}],"c":"` + "\xff" + `"}`, `[]`, `"`, `{"a"}`, `[1,]`, `{"a":1,}`, `-0.1e+5`,
		`01`, `1.`, "\"\x01\"", "\ufeff{}", "null\x00", `{"a":1,"a":2,"\u0061":3}`, `"\ud83d\ud83d\ude00\u0000"`, `1e999`, " \t\r\n0 ",
		`["0123456789é0123456789\"0123456789\\"]`, strings.Repeat("[", 100) + strings.Repeat("]", 100), `tru`, `nullnull`,
	} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		compare(t, text, Any)
		compare(t, text, String[string])
		compare(t, text, Float64[float64])
		compare(t, text, Float32[float32])
		compare(t, text, Bool[bool])
		compare(t, text, Map)
		compare(t, text, func(v *[]string, d *Decoder) { *v = List(d, String[string]) })
		compare(t, text, func(v *json.RawMessage, d *Decoder) {
			*v = d.Raw()
		})
		var d Decoder
		d.Reset(text, true)
		if d.Skip(); (d.End() == nil) != json.Valid(withoutMark(text)) {
			t.Errorf("%q: error %v", text, d.End())
		}
	})
}

// withoutMark removes the byte-order mark, which encoding/json rejects.
func withoutMark(text []byte) []byte { return bytes.TrimPrefix(text, byteOrderMark) }

func compare[T any](t *testing.T, text []byte, decode func(*T, *Decoder)) {
	t.Helper()
	var got, want T
	err, std := Unmarshal(text, &got, decode, false), json.Unmarshal(withoutMark(text), &want)
	if (err != nil) != (std != nil) {
		t.Fatalf("%q: error %v, of encoding/json %v", text, err, std)
	}
	if err == nil && !reflect.DeepEqual(got, want) {
		t.Fatalf("%q: %#v, want %#v", text, got, want)
	}
}

// everything has a field of every kind of type that the generator writes.
type everything struct {
	Any     any            `json:"any"`
	Bool    bool           `json:"bool"`
	Enum    enum           `json:"enum"`
	Float   float64        `json:"float"`
	Int     int            `json:"int"`
	Int32   int32          `json:"int32"`
	List    []everything   `json:"list"`
	Map     map[string]any `json:"map"`
	Numbers []int          `json:"numbers"`
	Pointer *int           `json:"pointer"`
	Shape   shape          `json:"shape"`
	Shapes  []shape        `json:"shapes"`
	Single  float32        `json:"single"`
	String  string         `json:"string"`
	Struct  circle         `json:"struct"`
	Time    time.Time      `json:"time"`
}

type enum string

func (v *everything) decodeJSON(d *Decoder) {
	for more := d.Object(); more; more = d.NextMember() {
		switch string(d.Name()) {
		case "any":
			v.Any = d.Any()
		case "bool":
			v.Bool = d.Bool()
		case "enum":
			v.Enum = enum(d.String())
		case "float":
			v.Float = d.Float(64)
		case "int":
			v.Int = int(d.Int(64))
		case "int32":
			v.Int32 = int32(d.Int(32))
		case "list":
			v.List = List(d, (*everything).decodeJSON)
		case "map":
			v.Map = d.Map()
		case "numbers":
			v.Numbers = List(d, Int[int])
		case "pointer":
			v.Pointer = Pointer(d, Int[int])
		case "shape":
			v.Shape.decodeJSON(d)
		case "shapes":
			v.Shapes = List(d, (*shape).decodeJSON)
		case "single":
			v.Single = float32(d.Float(32))
		case "string":
			v.String = d.String()
		case "struct":
			v.Struct.decodeJSON(d)
		case "time":
			v.Time = d.Time()
		default:
			d.Skip()
		}
	}
}

// standard is an everything that encoding/json decodes; rewrite adapts the text
// of its unions.
type standard struct {
	everything
	List   []standard      `json:"list"`
	Shape  standardShape   `json:"shape"`
	Shapes []standardShape `json:"shapes"`
}

type standardShape struct{ shape }

func (v *standardShape) UnmarshalJSON(text []byte) error {
	var u struct {
		Raw   []byte
		Kind  string
		Value json.RawMessage
	}
	if err := json.Unmarshal(text, &u); err != nil {
		return err
	}
	v.Value, v.raw = nil, u.Raw
	switch {
	case string(text) == "null":
		v.raw = text
	case string(u.Raw) == "null":
	case u.Kind == "circle":
		v.Value = new(circle)
		return json.Unmarshal(u.Value, v.Value)
	case u.Kind == "square":
		var s struct {
			Type  string
			Inner *standardShape
		}
		err := json.Unmarshal(u.Value, &s)
		member := &square{Type: s.Type}
		if s.Inner != nil {
			member.Inner = &s.Inner.shape
		}
		v.Value = member
		return err
	default:
		v.Value = &unknownShape{u.Kind, u.Raw}
	}
	return nil
}

func (v standard) plain() everything {
	e := v.everything
	for _, element := range v.List {
		e.List = append(e.List, element.plain())
	}
	if v.List != nil && e.List == nil {
		e.List = []everything{}
	}
	for _, element := range v.Shapes {
		e.Shapes = append(e.Shapes, element.shape)
	}
	if v.Shapes != nil && e.Shapes == nil {
		e.Shapes = []shape{}
	}
	e.Shape = v.Shape.shape
	return e
}

// FuzzStruct compares the decoding of a struct with encoding/json. Where the
// two differ on purpose, encoding/json gets a rewritten text.
func FuzzStruct(f *testing.F) {
	for _, text := range []string{
		`{"any":[1,{"a":null}],"bool":true,"enum":"x","float":0.1,"int":53,"int32":-5,"map":{"a":{}},"numbers":[1,null],"pointer":0,"single":0.1,"string":"a\nb","time":"2026-01-02T03:04:05.123456789+01:00","new":[{}]}`,
		`{"list":[{"string":"a"},null,{"list":[]}],"struct":{"type":"circle","radius":1.0e1},"shape":{"radius":5,"type":"circle","new":1},"shapes":[{"type":"square","inner":{"type":"line","a":[1, 2]}},null,5,{"type":5}]}`,
		`{"String":"a","string":"b","STRING":5,"\u0073tring":"c","int":1e2,"int32":5.0,"time":"","pointer":null}`,
		`{"int":1.5}`, `{"int32":1e10}`, `{"time":"2026-01-02T03:04:05\u005a"}`, `{"single":0.1,"float":-0.0,"string":"\ud83d\ude00\ud83d"}`,
		`{"int":9223372036854775808,"int32":2147483648.0,"single":1e39,"float":1e999,"any":1e999}`,
		`{"int":1,"int":null,"any":1,"any":null,"map":{"a":1},"map":{"b":2},"struct":{"radius":1},"struct":{"type":"x"},"list":[{"int":1}],"list":[{"int32":2}]}`,
		`{"time":"2026-01-02T03:04:05\u005a","time":"2026-01-02","bool":"true","numbers":{},"list":[5]}`,
		`{"shape":{"type":"circle","radius":"x"}}`, `{"shape":{"Type":"line","type":"circle","type":"square"}}`, `null`, `[]`, `{"`, `{"struct":null}`, "\ufeff{\"string\":\"\ufeff\"}",
	} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		var got everything
		err := Unmarshal(text, &got, (*everything).decodeJSON, false)
		text = withoutMark(text)
		if !json.Valid(text) {
			if err == nil {
				t.Fatalf("%q: no error", text)
			}
			return
		}
		all, last := rewrite(text)
		std := json.Unmarshal(all, new(standard))
		if (err != nil) != (std != nil) {
			t.Fatalf("%q: error %v, of encoding/json %v in %q", text, err, std, all)
		}
		if err != nil {
			return
		}
		var v standard
		if std = json.Unmarshal(last, &v); std != nil {
			t.Fatalf("%q: error %v of encoding/json in %q", text, std, last)
		}
		if want := v.plain(); !reflect.DeepEqual(got, want) {
			t.Fatalf("%q:\n%+v, want\n%+v", text, got, want)
		}
		for _, v := range append(got.Shapes, got.Shape) {
			if v.raw == nil {
				continue
			}
			again, err := json.Marshal(v)
			if want, _ := json.Marshal(json.RawMessage(v.raw)); err != nil || !bytes.Equal(again, want) {
				t.Fatalf("%q became %q (error %v)", v.raw, again, err)
			}
		}
	})
}
