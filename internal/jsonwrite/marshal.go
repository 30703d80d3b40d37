// Package jsonwrite encodes JSON for the requests of packages rest and upload.
package jsonwrite

import (
	"bytes"
	"encoding/json"
)

// Marshal is like json.Marshal, but does not escape <, >, &, U+2028 and U+2029,
// also in the results of MarshalJSON methods. The service counts unescaped
// characters toward its limits.
func Marshal(value any) ([]byte, error) {
	text, err := json.Marshal(value)
	if err != nil {
		return nil, err
	}
	return plain(text), nil
}

// escapes maps the escape sequences that json.Marshal adds beyond those that
// JSON requires, without their `\u`, to their characters.
var escapes = map[string]string{
	"003c": "<", "003C": "<", "003e": ">", "003E": ">", "0026": "&", "2028": "\u2028", "2029": "\u2029",
}

// plain replaces these escape sequences in place. The text must be valid JSON.
func plain(text []byte) []byte {
	at := bytes.Index(text, []byte(`\u`))
	if at < 0 {
		return text
	}
	// An escaped backslash may precede the "u", so start at the first
	// backslash.
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
