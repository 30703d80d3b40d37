package emulator

import (
	"cmp"
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/pinecone-community/assistant-go/examples/emulator/internal/v2026_04/data"
)

// events is a reply that is streamed as the service does it: each event is a
// line of data without a space behind the colon, and a blank line. The stream
// ends with the connection.
type events []any

func (e events) visit(w http.ResponseWriter) error {
	w.Header().Set("Content-Type", "text/event-stream")
	w.WriteHeader(http.StatusOK)
	flush := http.NewResponseController(w).Flush
	for _, event := range e {
		text, err := json.Marshal(event)
		if err != nil {
			return err
		}
		_, err = w.Write(append(append([]byte("data:"), text...), "\n\n"...))
		if err == nil {
			err = flush()
		}
		if err != nil {
			return nil //nolint:nilerr // nobody listens any more
		}
	}
	return nil
}

type chatEvents struct{ events }

func (e chatEvents) VisitChatAssistantResponse(w http.ResponseWriter) error { return e.visit(w) }

type completionEvents struct{ events }

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
func streamChat(reply data.ChatAssistant200JSONResponse) chatEvents {
	id, model := *reply.ID, *reply.Model
	e := events{messageStart{"message_start", id, model, "assistant", reply.ContextSnippetCount}}
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
	return chatEvents{append(e, messageEnd{"message_end", id, model, *reply.FinishReason, reply.Usage})}
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
// reason for its end, and the usage.
func streamCompletion(reply data.ChatCompletionAssistant200JSONResponse) completionEvents {
	choice := (*reply.Choices)[0]
	chunk := func(c choiceChunk) completionChunk {
		return completionChunk{ID: *reply.ID, Model: *reply.Model, Choices: []choiceChunk{c}}
	}
	e := events{chunk(choiceChunk{Delta: messageDelta{Role: choice.Message.Role}})}
	for _, piece := range pieces(*choice.Message.Content) {
		e = append(e, chunk(choiceChunk{Delta: messageDelta{Content: &piece}}))
	}
	return completionEvents{append(e,
		chunk(choiceChunk{FinishReason: choice.FinishReason}),
		completionChunk{ID: *reply.ID, Model: *reply.Model, Choices: []choiceChunk{}, Usage: reply.Usage},
	)}
}

// pieces splits a text behind its blanks.
func pieces(text string) []string {
	return strings.SplitAfter(text, " ")
}
