package bench

import "encoding/json"

// V1 is the standard library's decoder that all supported versions of Go have.
const V1 = "encoding/json"

// decoder is one of the standard library.
type decoder struct {
	name      string
	unmarshal func([]byte, any) error
}

// decoders are those that this version of Go has.
var decoders = []decoder{{V1, json.Unmarshal}}
