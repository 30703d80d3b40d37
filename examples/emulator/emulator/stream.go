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

	"github.com/pinecone-community/assistant-go/examples/emulator/internal/v2026_04/data"
)

// heartbeat is how often a chat's stream shows that it is alive while nothing else
// comes. What bytes the service sends is not known; these are a comment, which
// every reader of event streams skips.
const (
	heartbeat     = 15 * time.Second
	heartbeatText = ": heartbeat\n\n"
)

// stream is a reply that is streamed as the service does it: each event is a line
// of data without a space behind the colon, and a blank line. The stream ends with
// the connection.
type stream struct {
	ctx    context.Context // of the request
	server *Server
	beats  bool
	events []any
}

// visit writes the events until the client is gone. It aborts the connection when
// the stream is to be cut or the emulator ends, so that nobody takes what was sent
// for the whole.
func (s stream) visit(w http.ResponseWriter) error {
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
	cut := callOf(s.ctx).fault.CutAfterEvents
	for i, event := range s.events {
		if cut != nil && i == *cut || i > 0 && !s.wait(send) {
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
	if cut != nil && *cut == len(s.events) {
		panic(http.ErrAbortHandler)
	}
	return nil
}

// wait lets the time between two events pass. It reports false when the client has
// gone or the emulator ends.
func (s stream) wait(send func([]byte) bool) bool {
	if s.server.chunkDelay <= 0 {
		return true
	}
	delay := time.NewTimer(s.server.chunkDelay)
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
		case <-s.server.ctx.Done():
			return false
		}
	}
}

type chatEvents struct{ stream }

func (e chatEvents) VisitChatAssistantResponse(w http.ResponseWriter) error { return e.visit(w) }

type completionEvents struct{ stream }

func (e completionEvents) VisitChatCompletionAssistantResponse(w http.ResponseWriter) error {
	return e.visit(w)
}

// The events of a chat. Their fields stand in the order that the service has.
type (
	messageStart struct {
		Type                string `json:"type"`
		ID                  string `json:"id"`
		Model               string `json:"model"`
		Role                string `json:"role"`
		ContextSnippetCount *int   `json:"context_snippet_count,omitempty"`
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
		Citation any    `json:"citation"` // the CitationModel of a version
	}
	messageEnd struct {
		Type         string            `json:"type"`
		ID           string            `json:"id"`
		Model        string            `json:"model"`
		FinishReason data.FinishReason `json:"finish_reason"`
		Usage        *data.UsageModel  `json:"usage"`
	}
)

// streamChat returns an answer piece by piece, each citation behind the text that
// it is about.
func (s *Server) streamChat(ctx context.Context, reply data.ChatAssistant200JSONResponse) chatEvents {
	id, model := *reply.ID, *reply.Model
	e := []any{messageStart{"message_start", id, model, "assistant", reply.ContextSnippetCount}}
	citations := slices.SortedStableFunc(slices.Values(*reply.Citations), func(a, b data.CitationModel) int {
		return cmp.Compare(*a.Position, *b.Position)
	})
	at := 0
	for _, piece := range pieces(*reply.Message.Content) {
		e = append(e, contentChunk{"content_chunk", id, model, delta{piece}})
		at += utf8.RuneCountInString(piece)
		for len(citations) > 0 && *citations[0].Position <= at {
			e = append(e, citationChunk{"citation", id, model, citations[0]})
			citations = citations[1:]
		}
	}
	e = append(e, messageEnd{"message_end", id, model, *reply.FinishReason, reply.Usage})
	return chatEvents{stream{ctx: ctx, server: s, beats: true, events: e}}
}

// The events of a completion, with the nulls that the service sends.
type (
	completionChunk struct {
		ID      string           `json:"id"`
		Choices []choiceChunk    `json:"choices"`
		Model   string           `json:"model"`
		Usage   *data.UsageModel `json:"usage,omitempty"`
	}
	choiceChunk struct {
		FinishReason *data.FinishReason `json:"finish_reason,omitempty"`
		Index        int                `json:"index"`
		Delta        messageDelta       `json:"delta"`
	}
	messageDelta struct {
		Role    *string `json:"role"`
		Content *string `json:"content"`
	}
)

// streamCompletion returns a completion piece by piece: the role, the text, the
// reason for its end, and the usage. The service sends no heartbeats here.
func (s *Server) streamCompletion(ctx context.Context, reply data.ChatCompletionAssistant200JSONResponse) completionEvents {
	choice := (*reply.Choices)[0]
	chunk := func(c choiceChunk) completionChunk {
		return completionChunk{ID: *reply.ID, Model: *reply.Model, Choices: []choiceChunk{c}}
	}
	e := []any{chunk(choiceChunk{Delta: messageDelta{Role: choice.Message.Role}})}
	for _, piece := range pieces(*choice.Message.Content) {
		e = append(e, chunk(choiceChunk{Delta: messageDelta{Content: &piece}}))
	}
	e = append(e,
		chunk(choiceChunk{FinishReason: choice.FinishReason}),
		completionChunk{ID: *reply.ID, Model: *reply.Model, Choices: []choiceChunk{}, Usage: reply.Usage},
	)
	return completionEvents{stream{ctx: ctx, server: s, events: e}}
}

// pieces splits a text behind its blanks.
func pieces(text string) []string {
	return strings.SplitAfter(text, " ")
}
