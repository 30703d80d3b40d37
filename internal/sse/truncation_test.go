package sse

import (
	"encoding/json"
	"io"
	"slices"
	"strings"
	"testing"
)

// A response that is truncated anywhere is complete, fails to decode, or lacks
// its last chunk: it never looks like a shorter response.
func TestTruncation(t *testing.T) {
	const reply = `data:{"type":"message_start","id":"1","model":"m","role":"assistant"}

data:{"type":"content_chunk","id":"1","model":"m","delta":{"content":"The"}}

: keep-alive

data:{"type":"citation","id":"1","model":"m","citation":{"position":3,"references":[{"file":{"name":"a.pdf"},"pages":[1]}]}}

data:{"type":"message_end",
data:"id":"1","model":"m","finish_reason":"stop","usage":{"prompt_tokens":1,"completion_tokens":2,"total_tokens":3}}

`
	whole := []string{"message_start", "content_chunk", "citation", "message_end"}
	for _, end := range []string{"\n", "\r", "\r\n"} {
		text := strings.ReplaceAll(reply, "\n", end)
		last := strings.LastIndex(text, "}") + 1
		for cut := range len(text) + 1 {
			types, err := decode(NewReader(strings.NewReader(text[:cut]), testLimit))
			switch {
			case !slices.Equal(types, whole[:len(types)]):
				t.Errorf("cut at %d: %q", cut, types)
			case cut >= last && (len(types) < len(whole) || err != nil):
				t.Errorf("cut at %d, behind the last event: %q, error %v", cut, types, err)
			case cut < last && len(types) == len(whole):
				t.Errorf("cut at %d, in the last event: it is whole", cut)
			}
		}
	}
}

// decode returns the types of the chunks before the first that fails to decode.
func decode(r *Reader) (types []string, err error) {
	for {
		data, err := r.Next()
		if err == io.EOF {
			return types, nil
		}
		var chunk struct{ Type string }
		if err == nil {
			err = json.Unmarshal(data, &chunk)
		}
		if err != nil {
			return types, err
		}
		types = append(types, chunk.Type)
	}
}
