//go:build go1.27

package jsonscan

import json "encoding/json/v2"

func init() {
	standards["encoding-json-v2"] = func(data []byte, v any) error { return json.Unmarshal(data, v) }
}
