package emulator

import (
	"cmp"
	"context"
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// heartbeat is the interval of the heartbeats of a chat's stream. The format of the
// service's heartbeats is not known; the emulator sends comments, which readers of event
// streams ignore.
const (
	heartbeat     = 15 * time.Second
	heartbeatText = ": heartbeat\n\n"
)

// stream is a streamed response in the format of the service: each event is a line of data
// without a space after the colon, and a blank line.
type stream struct {
	ctx    context.Context // context of the request
	server *Server
	delay  time.Duration // time between two events
	cut    *int          // number of events after which the connection is aborted; nil for none
	beats  bool          // whether to send heartbeats
	events []any
}

// streamed returns an answer as a streamed response.
func (s *Server) streamed(r *request, answer *answer, events []any, beats bool) *response {
	stream := &stream{ctx: r.Context(), server: s, delay: s.chunkDelay, cut: r.fault.CutAfterEvents, beats: beats, events: events}
	if answer.script != nil {
		stream.delay = cmp.Or(answer.script.ChunkDelay, stream.delay)
		stream.events = answer.script.insert(events)
	}
	return &response{stream: stream}
}

// write writes the events. It aborts the connection if the stream is cut or the emulator is
// closed, so that the client does not mistake the stream for complete.
func (s *stream) write(w http.ResponseWriter) error {
	w.Header().Set("Content-Type", "text/event-stream")
	w.WriteHeader(http.StatusOK)
	flush := http.NewResponseController(w).Flush
	send := func(text []byte) bool {
		if _, err := w.Write(text); err != nil {
			return false
		}
		return flush() == nil
	}
	if !send(nil) {
		return nil
	}
	for i, event := range s.events {
		if s.cut != nil && i == *s.cut || i > 0 && !s.wait(send) {
			panic(http.ErrAbortHandler)
		}
		text, err := json.Marshal(event)
		if err != nil {
			return err
		}
		if !send(append(append([]byte("data:"), text...), "\n\n"...)) {
			return nil
		}
	}
	if s.cut != nil && *s.cut == len(s.events) {
		panic(http.ErrAbortHandler)
	}
	return nil
}

// wait waits for the time between two events, and sends heartbeats. It returns false if
// the client closes the connection or the emulator is closed.
func (s *stream) wait(send func([]byte) bool) bool {
	if s.delay <= 0 {
		return true
	}
	delay := time.NewTimer(s.delay)
	defer delay.Stop()
	var beats <-chan time.Time
	if s.beats {
		ticker := time.NewTicker(heartbeat)
		defer ticker.Stop()
		beats = ticker.C
	}
	for {
		select {
		case <-delay.C:
			return true
		case <-beats:
			if !send([]byte(heartbeatText)) {
				return false
			}
		case <-s.ctx.Done():
			return false
		case <-s.server.context().Done():
			return false
		}
	}
}

// The events of a chat, with their fields in the order of the service.
type (
	messageStart struct {
		Type                string `json:"type"`
		ID                  string `json:"id"`
		Model               string `json:"model"`
		Role                string `json:"role"`
		ContextSnippetCount any    `json:"context_snippet_count,omitempty"`
	}
	contentChunk struct {
		Type  string `json:"type"`
		ID    string `json:"id"`
		Model string `json:"model"`
		Delta delta  `json:"delta"`
	}
	delta struct {
		Content string `json:"content"`
	}
	citationChunk struct {
		Type     string `json:"type"`
		ID       string `json:"id"`
		Model    string `json:"model"`
		Citation object `json:"citation"`
	}
	messageEnd struct {
		Type         string `json:"type"`
		ID           string `json:"id"`
		Model        string `json:"model"`
		FinishReason string `json:"finish_reason"`
		Usage        object `json:"usage"`
	}
)

// chatEvents returns the events of an answer. Each citation follows the text up to its
// position. Fields that were removed from body for the request's version are not in the
// events.
func chatEvents(answer *answer, body object) []any {
	id, model := answer.id, answer.model
	events := []any{messageStart{"message_start", id, model, "assistant", body["context_snippet_count"]}}
	citations, _ := body["citations"].([]object)
	citations = slices.SortedStableFunc(slices.Values(citations), func(a, b object) int {
		return cmp.Compare(a["position"].(int), b["position"].(int))
	})
	cite := func(until int) {
		for len(citations) > 0 && citations[0]["position"].(int) <= until {
			events = append(events, citationChunk{"citation", id, model, citations[0]})
			citations = citations[1:]
		}
	}
	at := 0
	for _, piece := range answer.pieces() {
		events = append(events, contentChunk{"content_chunk", id, model, delta{piece}})
		at += utf8.RuneCountInString(piece)
		cite(at)
	}
	for _, citation := range citations { // scripted citations with positions beyond the text
		events = append(events, citationChunk{"citation", id, model, citation})
	}
	return append(events, messageEnd{"message_end", id, model, answer.finish, answer.usage})
}

// The events of a completion, with the null fields of the service.
type (
	completionChunk struct {
		ID      string        `json:"id"`
		Choices []choiceChunk `json:"choices"`
		Model   string        `json:"model"`
		Usage   object        `json:"usage,omitempty"`
	}
	choiceChunk struct {
		FinishReason string       `json:"finish_reason,omitempty"`
		Index        int          `json:"index"`
		Delta        messageDelta `json:"delta"`
	}
	messageDelta struct {
		Role    any `json:"role"`
		Content any `json:"content"`
	}
)

// completionEvents returns the events of a completion: the role, the text, the finish
// reason and the usage.
func completionEvents(answer *answer) []any {
	chunk := func(c choiceChunk) completionChunk {
		return completionChunk{ID: answer.id, Model: answer.model, Choices: []choiceChunk{c}}
	}
	events := []any{chunk(choiceChunk{Delta: messageDelta{Role: "assistant"}})}
	for _, piece := range answer.pieces() {
		events = append(events, chunk(choiceChunk{Delta: messageDelta{Content: piece}}))
	}
	return append(events,
		chunk(choiceChunk{FinishReason: answer.finish}),
		completionChunk{ID: answer.id, Model: answer.model, Choices: []choiceChunk{}, Usage: answer.usage},
	)
}

// pieces returns the parts in which a stream sends the text: the scripted chunks, or the
// text split after each space.
func (a *answer) pieces() []string {
	if a.script != nil && len(a.script.Chunks) > 0 {
		return a.script.Chunks
	}
	return strings.SplitAfter(a.text, " ")
}
