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

// MarshalUnion encodes a union whose member was decoded from raw, if it was
// decoded at all. A member that is still what decode makes of raw is encoded as
// raw, with all that the member's type has no field for.
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
