package bench

import "encoding/json"

// Decoders of the standard library. V2 requires Go 1.27.
const (
	V1 = "encoding/json"
	V2 = "encoding/json/v2"
)

// decoder is a decoder of the standard library.
type decoder struct {
	name      string
	unmarshal func([]byte, any) error
}

// decoders are the decoders in this version of Go.
var decoders = []decoder{{V1, json.Unmarshal}}
