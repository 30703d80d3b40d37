package jsonscan

import (
	"encoding/json"
	"reflect"
)

// Member decodes a member of a union.
func Member[T any](d *Decoder, decode func(*T, *Decoder)) *T {
	if d.err != nil || !d.allocate(size[T]()) {
		return nil
	}
	v := new(T)
	decode(v, d)
	return v
}

// MarshalUnion encodes the member of a union. If the member was decoded from
// raw and has not been modified since, the result is raw, which includes the
// fields that the member's type does not have.
func MarshalUnion[M any](member M, raw []byte, decode func(*Decoder) M) ([]byte, error) {
	if raw != nil {
		var again M
		err := Unmarshal(raw, &again, func(v *M, d *Decoder) { *v = decode(d) }, true)
		if err == nil && reflect.DeepEqual(again, member) {
			return raw, nil
		}
	}
	return json.Marshal(member)
}
