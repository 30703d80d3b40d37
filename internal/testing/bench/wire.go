package bench

import (
	"encoding/json"
	"fmt"
	"strings"
)

const (
	replyID = "00000000000000001a377ceeaabf3c18"
	usage   = `{"prompt_tokens":9736,"completion_tokens":4000,"total_tokens":13736}`
)

// chatEvents returns a streamed answer of the chat endpoint.
func chatEvents() string {
	var text strings.Builder
	common := fmt.Sprintf(`"id":%q,"model":%q`, replyID, model)
	fmt.Fprintf(&text, "data:{\"type\":\"message_start\",%s,\"role\":\"assistant\"}\n\n", common)
	for _, piece := range pieces {
		fmt.Fprintf(&text, "data:{\"type\":\"content_chunk\",%s,\"delta\":{\"content\":%s}}\n\n", common, quote(piece))
	}
	fmt.Fprintf(&text, "data:{\"type\":\"message_end\",%s,\"finish_reason\":\"stop\",\"usage\":%s}\n\n", common, usage)
	return text.String()
}

// completionEvents returns a streamed answer of the OpenAI-compatible endpoint.
func completionEvents() string {
	var text strings.Builder
	for _, piece := range pieces {
		fmt.Fprintf(&text, "data:{\"id\":%q,\"choices\":[{\"finish_reason\":null,\"index\":0,\"delta\":{\"role\":\"assistant\",\"content\":%s}}],\"model\":%q}\n\n",
			replyID, quote(piece), model)
	}
	fmt.Fprintf(&text, "data:{\"id\":%q,\"choices\":[{\"finish_reason\":\"stop\",\"index\":0,\"delta\":{\"role\":null,\"content\":null}}],\"model\":%q}\n\n", replyID, model)
	return text.String()
}

// openaiEvents returns a streamed answer of OpenAI.
func openaiEvents() string {
	var text strings.Builder
	common := fmt.Sprintf(`"id":"chatcmpl-%s","object":"chat.completion.chunk","created":1716200000,"model":%q,"service_tier":"default","system_fingerprint":"fp_3aa7262c27"`,
		replyID, model)
	chunk := func(delta, finish string) {
		fmt.Fprintf(&text, "data: {%s,\"choices\":[{\"index\":0,\"delta\":{%s},\"logprobs\":null,\"finish_reason\":%s}]}\n\n", common, delta, finish)
	}
	chunk(`"role":"assistant","content":""`, "null")
	for _, piece := range pieces {
		chunk(`"content":`+quote(piece), "null")
	}
	chunk("", `"stop"`)
	text.WriteString("data: [DONE]\n\n")
	return text.String()
}

// anthropicEvents returns a streamed answer of Anthropic.
func anthropicEvents() string {
	var text strings.Builder
	event := func(kind, rest string) {
		fmt.Fprintf(&text, "event: %s\ndata: {\"type\":%q%s}\n\n", kind, kind, rest)
	}
	event("message_start", `,"message":{"id":"msg_`+replyID+`","type":"message","role":"assistant","model":"claude-sonnet-4-5","content":[],"stop_reason":null,"stop_sequence":null,"usage":{"input_tokens":9736,"output_tokens":1}}`)
	event("content_block_start", `,"index":0,"content_block":{"type":"text","text":""}`)
	for _, piece := range pieces {
		event("content_block_delta", `,"index":0,"delta":{"type":"text_delta","text":`+quote(piece)+`}`)
	}
	event("content_block_stop", `,"index":0`)
	event("message_delta", `,"delta":{"stop_reason":"end_turn","stop_sequence":null},"usage":{"output_tokens":4000}`)
	event("message_stop", "")
	return text.String()
}

const operationReply = `{"id":"op-6f1c2a90-7b1e-4c0e-9d3e-0a4b8c3d2e1f","operation_type":"upload_file","status":"Processing",` +
	`"percent_complete":42,"created_on":"2026-04-18T09:26:53.589793Z","file_id":"9b2d7c1e-3f40-4a5b-8c6d-7e8f90a1b2c3"}`

// operationID is the id of an operation in requests.
const operationID = "op-6f1c2a90-7b1e-4c0e-9d3e-0a4b8c3d2e1f"

const modelReply = `{"id":"gpt-4o-2024-05-13","object":"model","created":1715368132,"owned_by":"system"}`

const (
	snippets    = 16
	snippetSize = 2200
)

// contextReply returns a response of snippets from PDF files, and the number of
// bytes that its decoded strings take.
func contextReply(of *Text) (body string, decoded int) {
	var text strings.Builder
	fmt.Fprintf(&text, `{"id":%q,"snippets":[`, replyID)
	for i := range snippets {
		if i > 0 {
			text.WriteByte(',')
		}
		content := of.from(i, snippetSize)
		id := fmt.Sprintf("9b2d7c1e-3f40-4a5b-8c6d-7e8f90a1b%03d", i)
		name := fmt.Sprintf("report-%d.pdf", i)
		fmt.Fprintf(&text, `{"type":"text","content":%s,"score":0.%d,"reference":{"type":"pdf","pages":[%d,%d],"file":{`+
			`"id":%q,"name":%q,"status":"Available","size":1073470,`+
			`"metadata":{"genre":"report","year":2025},"created_on":"2026-04-18T09:26:53.589793Z","updated_on":"2026-04-18T09:27:41.120557Z",`+
			`"signed_url":null}}}`, of.quote(content), 987-i, i+1, i+2, id, name)
		decoded += len(content) + len(id) + len(name)
	}
	fmt.Fprintf(&text, `],"usage":%s}`, usage)
	return text.String(), decoded
}

// quote returns a text as the service writes it in JSON.
func quote(text string) string {
	var quoted strings.Builder
	encoder := json.NewEncoder(&quoted)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(text); err != nil {
		panic(err) // encoding a string cannot fail
	}
	return strings.TrimSpace(quoted.String())
}
