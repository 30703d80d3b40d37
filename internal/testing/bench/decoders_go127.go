//go:build go1.27

package bench

import "encoding/json/v2"

func init() {
	decoders = append(decoders, decoder{V2, func(text []byte, v any) error { return json.Unmarshal(text, v) }})
}
