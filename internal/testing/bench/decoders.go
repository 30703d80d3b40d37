package bench

import "encoding/json"

// Decoders of the standard library. V2 came with Go 1.27.
const (
	V1 = "encoding/json"
	V2 = "encoding/json/v2"
)

// decoder is one of the standard library.
type decoder struct {
	name      string
	unmarshal func([]byte, any) error
}

// decoders are those that this version of Go has.
var decoders = []decoder{{V1, json.Unmarshal}}
