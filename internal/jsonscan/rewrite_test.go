package jsonscan

import (
	"bytes"
	"encoding/json"
	"math"
	"reflect"
	"strconv"
	"time"
)

// node is a JSON value as encoding/json reads it. It keeps all members of one
// name.
type node struct {
	raw     []byte
	value   any // of a scalar
	members []member
	list    []node
}

type member struct {
	name  string
	value node
}

func parse(text []byte) node {
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	return parseNext(d, text)
}

func parseNext(d *json.Decoder, text []byte) (n node) {
	start := d.InputOffset()
	token, err := d.Token()
	if err != nil {
		panic(err)
	}
	switch token {
	case json.Delim('{'):
		n.members = []member{}
		for d.More() {
			name, _ := d.Token()
			n.members = append(n.members, member{name.(string), parseNext(d, text)})
		}
		_, _ = d.Token()
	case json.Delim('['):
		n.list = []node{}
		for d.More() {
			n.list = append(n.list, parseNext(d, text))
		}
		_, _ = d.Token()
	default:
		n.value = token
	}
	n.raw = bytes.TrimLeft(text[start:d.InputOffset()], " \t\r\n,:")
	return n
}

// rewrite rewrites the text of an everything so that encoding/json decodes it
// to the value that this package decodes from the original text:
//
//   - members whose name is not, by case, a field's are left out;
//   - integers in float notation are written as integers;
//   - an empty time becomes the zero time, and times lose their escape
//     sequences;
//   - a null that stands for a zero value is written as the zero value, as
//     structs are merged;
//   - a union becomes a standardShape: its text, kind and value.
//
// The result all keeps every member of a repeated name, so that each is checked
// for its type. The result last keeps only the members that count.
func rewrite(text []byte) (all, last []byte) {
	n, as := parse(text), reflect.TypeFor[everything]()
	return n.write(nil, as, false), n.write(nil, as, true)
}

func (n node) write(to []byte, as reflect.Type, last bool) []byte {
	null := string(n.raw) == "null"
	switch {
	case null && as.Kind() == reflect.String:
		return append(to, `""`...)
	case null && as.Kind() == reflect.Int:
		return append(to, '0')
	case null:
		return append(to, "null"...)
	case as == reflect.TypeFor[time.Time]():
		if n.value == "" {
			n.value = time.Time{}
		}
		if n.value != nil {
			text, _ := json.Marshal(n.value)
			return append(to, text...)
		}
	case as == reflect.TypeFor[shape]():
		return n.writeShape(to, last)
	case as.Kind() == reflect.Int || as.Kind() == reflect.Int32:
		if number, ok := n.value.(json.Number); ok {
			return append(to, integer(number, as.Bits())...)
		}
	case as.Kind() == reflect.Pointer:
		return n.write(to, as.Elem(), last)
	case as.Kind() == reflect.Slice && n.list != nil:
		to = append(to, '[')
		for i, element := range n.list {
			if i > 0 {
				to = append(to, ',')
			}
			to = element.write(to, as.Elem(), last)
		}
		return append(to, ']')
	case as.Kind() == reflect.Struct && n.members != nil:
		return n.writeStruct(to, as, last)
	}
	return append(to, n.raw...)
}

func (n node) writeStruct(to []byte, as reflect.Type, last bool) []byte {
	types := map[string]reflect.Type{}
	for i := range as.NumField() {
		types[as.Field(i).Tag.Get("json")] = as.Field(i).Type
	}
	if inner, ok := types["inner,omitempty"]; ok {
		types["inner"] = inner
	}
	to = append(to, '{')
	for i, m := range n.members {
		field, known := types[m.name]
		if !known || last && n.replaced(i, field) {
			continue
		}
		if to[len(to)-1] != '{' {
			to = append(to, ',')
		}
		to = append(strconv.AppendQuote(to, m.name), ':')
		to = m.value.write(to, field, last)
	}
	return append(to, '}')
}

// replaced reports whether a later member of the same name replaces member i.
// Structs are merged, not replaced.
func (n node) replaced(i int, as reflect.Type) bool {
	if as == reflect.TypeFor[circle]() {
		return false
	}
	for _, later := range n.members[i+1:] {
		if later.name == n.members[i].name {
			return true
		}
	}
	return false
}

func (n node) writeShape(to []byte, last bool) []byte {
	kind := ""
	for _, m := range n.members {
		if m.name == "type" {
			kind, _ = m.value.value.(string)
			break
		}
	}
	value := []byte("null")
	switch kind {
	case "circle":
		value = n.writeStruct(nil, reflect.TypeFor[circle](), last)
	case "square":
		value = n.writeStruct(nil, reflect.TypeFor[square](), last)
	}
	text, err := json.Marshal(map[string]any{"Raw": n.raw, "Kind": kind, "Value": json.RawMessage(value)})
	if err != nil {
		panic(err)
	}
	return append(to, text...)
}

// integer writes an integer in float notation as an integer of the given number
// of bits.
func integer(number json.Number, bits int) string {
	if _, err := strconv.ParseInt(number.String(), 10, bits); err == nil {
		return number.String()
	}
	f, err := number.Float64()
	if limit := math.Ldexp(1, bits-1); err != nil || f != math.Trunc(f) || f < -limit || f >= limit {
		return number.String()
	}
	return strconv.FormatFloat(f, 'f', 0, 64)
}
