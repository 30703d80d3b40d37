package jsonscan

import (
	"encoding/json"
	"testing"
)

// shape is a union of *circle, *square and *unknownShape, as the generator
// writes it.
type shape struct {
	Value shapeMember
	raw   []byte
}

type (
	shapeMember interface{ isShape() }
	circle      struct {
		Type   string `json:"type"`
		Radius int    `json:"radius"`
	}
	square struct {
		Type  string `json:"type"`
		Inner *shape `json:"inner,omitempty"`
	}
	unknownShape struct {
		Type string
		Raw  json.RawMessage
	}
)

func (*circle) isShape()       {}
func (*square) isShape()       {}
func (*unknownShape) isShape() {}

func (v *unknownShape) MarshalJSON() ([]byte, error) { return v.Raw.MarshalJSON() }

func (v *shape) decodeJSON(d *Decoder) {
	start := d.Position()
	v.Value = decodeShape(d)
	v.raw = d.Since(start)
}

func (v *shape) UnmarshalJSON(text []byte) error {
	return Unmarshal(text, v, (*shape).decodeJSON, false)
}

func (v shape) MarshalJSON() ([]byte, error) { return MarshalUnion(v.Value, v.raw, decodeShape) }

func decodeShape(d *Decoder) shapeMember {
	switch kind := d.Kind("type"); kind {
	case "circle":
		return Member(d, (*circle).decodeJSON)
	case "square":
		return Member(d, (*square).decodeJSON)
	default:
		if d.Null() {
			return nil
		}
		return &unknownShape{kind, d.Raw()}
	}
}

func (v *circle) decodeJSON(d *Decoder) {
	for more := d.Object(); more; more = d.NextMember() {
		switch string(d.Name()) {
		case "type":
			v.Type = d.String()
		case "radius":
			v.Radius = int(d.Int(64))
		default:
			d.Skip()
		}
	}
}

func (v *square) decodeJSON(d *Decoder) {
	for more := d.Object(); more; more = d.NextMember() {
		switch string(d.Name()) {
		case "type":
			v.Type = d.String()
		case "inner":
			v.Inner = Pointer(d, (*shape).decodeJSON)
		default:
			d.Skip()
		}
	}
}

func TestMarshalUnion(t *testing.T) {
	for _, test := range []struct {
		name   string
		text   string
		change func(*shape)
		want   string
	}{
		{"unchanged", ` {"new": [1], "radius":2, "type":"circle"} `, nil, `{"new":[1],"radius":2,"type":"circle"}`},
		{"unchanged inside", `{"type":"square","inner":{"type":"circle","new":1}}`, nil, `{"type":"square","inner":{"type":"circle","new":1}}`},
		{"unknown", `{"type":"line","length":1}`, nil, `{"type":"line","length":1}`},
		{"without a type", `{"length":1}`, nil, `{"length":1}`},
		{"no object", `[1]`, nil, `[1]`},
		{"null", `null`, nil, `null`},
		{"changed", `{"new":1,"radius":2,"type":"circle"}`, func(v *shape) { v.Value.(*circle).Radius = 3 }, `{"type":"circle","radius":3}`},
		{"changed back", `{"new":1,"type":"circle"}`, func(v *shape) { v.Value = &circle{Type: "circle"} }, `{"new":1,"type":"circle"}`},
		{"changed inside", `{"new":1,"type":"square","inner":{"type":"circle","new":1}}`,
			func(v *shape) { v.Value.(*square).Inner.Value.(*circle).Radius = 3 }, `{"type":"square","inner":{"type":"circle","radius":3}}`},
		{"changed around", `{"new":1,"type":"square","inner":{"type":"circle","new":1}}`,
			func(v *shape) { v.Value.(*square).Type = "rectangle" }, `{"type":"rectangle","inner":{"type":"circle","new":1}}`},
		{"replaced", `{"type":"circle"}`, func(v *shape) { v.Value = &square{Type: "square"} }, `{"type":"square"}`},
		{"unknown changed", `{"type":"line"}`, func(v *shape) { v.Value.(*unknownShape).Raw = json.RawMessage(`5`) }, `5`},
		{"taken away", `{"type":"circle"}`, func(v *shape) { v.Value = nil }, `null`},
		{"nil pointer", `{"type":"circle"}`, func(v *shape) { v.Value = (*circle)(nil) }, `null`},
		{"set", `null`, func(v *shape) { v.Value = &circle{Radius: 1} }, `{"type":"","radius":1}`},
	} {
		t.Run(test.name, func(t *testing.T) {
			var v shape
			if err := json.Unmarshal([]byte(test.text), &v); err != nil {
				t.Fatal(err)
			}
			if test.change != nil {
				test.change(&v)
			}
			if got, err := json.Marshal(v); err != nil || string(got) != test.want {
				t.Errorf("%s, error %v, want %s", got, err, test.want)
			}
		})
	}
}

func TestMarshalUnionThatWasNotDecoded(t *testing.T) {
	for want, v := range map[string]shape{
		`null`:                       {},
		`{"type":"","radius":2}`:     {Value: &circle{Radius: 2}},
		`{"type":"line","length":1}`: {Value: &unknownShape{Raw: json.RawMessage(`{"type":"line","length":1}`)}},
	} {
		if got, err := json.Marshal(v); err != nil || string(got) != want {
			t.Errorf("%s, error %v, want %s", got, err, want)
		}
	}
}

func TestUnionErrors(t *testing.T) {
	for text, want := range map[string]string{
		`{"type":"circle","radius":"x"}`: `at byte 26, in radius: want an integer, found "\"x\"}"`,
		`{"type":"circle",}`:             `at byte 17: want the name of a member, found "}"`,
		`{"a":tru,"type":"circle"}`:      `at byte 5, in a: want true, found "tru,\"type\":\"circ"`,
		`{"type":"line","a":}`:           `at byte 19, in a: want a value, found "}"`,
		`{"type":"line`:                  `at byte 13, in type: want the end of a string: unexpected end of JSON`,
		``:                               `at byte 0: want a value: unexpected end of JSON`,
	} {
		var v shape
		if err := v.UnmarshalJSON([]byte(text)); err == nil || err.Error() != want {
			t.Errorf("%s: error %v, want %s", text, err, want)
		}
		if v.raw != nil {
			t.Errorf("%s: %q is kept", text, v.raw)
		}
	}
}

// A decoded union does not change with its text.
func TestUnionsAreCopies(t *testing.T) {
	const text = `{"type":"square","new":1,"inner":{"type":"line","length":1}}`
	data := []byte(text)
	var v shape
	if err := v.UnmarshalJSON(data); err != nil {
		t.Fatal(err)
	}
	clear(data)
	if got, err := json.Marshal(v); err != nil || string(got) != text {
		t.Errorf("%s, error %v", got, err)
	}
}
