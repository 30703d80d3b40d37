package jsonscan

import (
	"encoding/json"
	"reflect"
	"sync"
)

var decoders = sync.Pool{New: func() any { return new(Decoder) }}

// Unmarshal decodes data into v with decode. If data is owned, it must not
// change while v is in use.
func Unmarshal[T any](data []byte, v *T, decode func(*T, *Decoder), owned bool) error {
	d := decoders.Get().(*Decoder)
	defer func() {
		d.Reset(nil, false)
		decoders.Put(d)
	}()
	d.Reset(data, owned)
	decode(v, d)
	return d.End()
}

// firstElements is the memory of a list's first elements, unless one is larger.
const firstElements = 16

// List reads a list and decodes each element with decode.
func List[T any](d *Decoder, decode func(*T, *Decoder)) []T {
	if d.Null() || d.err != nil {
		return nil
	}
	list := []T{}
	for more := d.List(); more; more = d.NextElement() {
		n := len(list)
		if n == cap(list) {
			more := max(n, 1, int(firstElements/max(size[T](), 1)))
			if !d.allocate(uintptr(more) * size[T]()) {
				break
			}
			list = append(make([]T, 0, n+more), list...)
		}
		list = list[:n+1]
		decode(&list[n], d)
	}
	return list
}

// Pointer reads a value that may be null.
func Pointer[T any](d *Decoder, decode func(*T, *Decoder)) *T {
	if d.Null() {
		return nil
	}
	return Member(d, decode)
}

// Default reads a value unless v is already set by another member of the
// object.
func Default[T comparable](v *T, decode func(*T, *Decoder), d *Decoder) {
	var zero T
	if *v != zero {
		d.Skip()
		return
	}
	decode(v, d)
}

func size[T any]() uintptr { return reflect.TypeFor[T]().Size() }

// Other reads a value with encoding/json, for types without a generated
// decoder.
func Other[T any](v *T, d *Decoder) {
	start := d.Position()
	d.Skip()
	if d.err != nil {
		return
	}
	if err := json.Unmarshal(d.data[start:d.pos], v); err != nil {
		d.pos = start
		d.Fail(err)
	}
}

// Decoders of the basic types, for List and Pointer.

// String reads a string.
func String[T ~string](v *T, d *Decoder) { *v = T(d.String()) }

// Bool reads a boolean.
func Bool[T ~bool](v *T, d *Decoder) { *v = T(d.Bool()) }

// Int reads an integer.
func Int[T ~int | ~int64](v *T, d *Decoder) { *v = T(d.Int(64)) }

// Int32 reads an integer of 32 bits.
func Int32[T ~int32](v *T, d *Decoder) { *v = T(d.Int(32)) }

// Float64 reads a number.
func Float64[T ~float64](v *T, d *Decoder) { *v = T(d.Float(64)) }

// Float32 reads a number of 32 bits.
func Float32[T ~float32](v *T, d *Decoder) { *v = T(d.Float(32)) }

// Any reads a value of any type.
func Any(v *any, d *Decoder) { *v = d.Any() }

// Map reads an object with values of any type.
func Map(v *map[string]any, d *Decoder) { *v = d.Map() }
