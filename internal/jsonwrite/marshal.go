// Package jsonwrite writes JSON for requests.
package jsonwrite

import (
	"bytes"
	"encoding/json"
)

// Marshal is json.Marshal without the escapes that make JSON safe in HTML and
// JavaScript: <, >, &, U+2028 and U+2029 stand as they are, also in what the
// MarshalJSON methods of values return. The service counts and limits characters
// that are not escaped.
func Marshal(value any) ([]byte, error) {
	text, err := json.Marshal(value)
	if err != nil {
		return nil, err
	}
	return plain(text), nil
}

// escapes are the escape sequences that json.Marshal adds to those that JSON
// demands, each after `\u`, and what they stand for.
var escapes = map[string]string{
	"003c": "<", "003C": "<", "003e": ">", "003E": ">", "0026": "&", "2028": "\u2028", "2029": "\u2029",
}

// plain replaces the escapes of valid JSON in place.
func plain(text []byte) []byte {
	at := bytes.Index(text, []byte(`\u`))
	if at < 0 {
		return text
	}
	// A backslash before the first `\u` may escape that one's.
	at = bytes.IndexByte(text, '\\')
	out := text[:at]
	for i := at; i < len(text); {
		if text[i] != '\\' {
			out = append(out, text[i])
			i++
			continue
		}
		if text[i+1] == 'u' {
			if short, ok := escapes[string(text[i+2:i+6])]; ok {
				out = append(out, short...)
				i += 6
				continue
			}
		}
		out = append(out, text[i], text[i+1])
		i += 2
	}
	return out
}
