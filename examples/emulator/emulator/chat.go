package emulator

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/google/uuid"

	"github.com/pinecone-community/assistant-go/examples/emulator/internal/v2026_04/data"
)

func (s dataPlane) ChatAssistant(ctx context.Context, request data.ChatAssistantRequestObject) (data.ChatAssistantResponseObject, error) {
	body := request.Body
	if deref(body.JSONResponse, false) && deref(body.Stream, false) {
		return nil, invalid("json_response and stream exclude each other")
	}
	options := deref(body.ContextOptions, data.ContextOptionsModel{})
	reply, err := s.answer(ctx, chat{
		assistant: request.AssistantName,
		messages:  body.Messages,
		filter:    deref(body.Filter, nil),
		topK:      options.TopK,
		size:      options.SnippetSize,
	})
	if err != nil {
		return nil, err
	}
	text := plainText
	if deref(body.JSONResponse, false) {
		text = jsonText
	}
	content, citations := text(reply.quotes, deref(body.IncludeHighlights, false))
	answer := data.ChatAssistant200JSONResponse{
		ID:                  ptr(uuid.NewString()),
		Model:               ptr(string(deref(body.Model, data.ModelGPT4O))),
		Message:             &data.MessageModel{Role: ptr("assistant"), Content: &content},
		Citations:           &citations,
		FinishReason:        ptr(data.FinishReasonStop),
		ContextSnippetCount: ptr(len(reply.snippets)),
		Usage:               usage(reply.promptTokens, tokens(content)),
	}
	if deref(body.Stream, false) {
		return s.streamChat(ctx, answer), nil
	}
	return answer, nil
}

func (s dataPlane) ChatCompletionAssistant(ctx context.Context, request data.ChatCompletionAssistantRequestObject) (data.ChatCompletionAssistantResponseObject, error) {
	body := request.Body
	reply, err := s.answer(ctx, chat{
		assistant: request.AssistantName,
		messages:  body.Messages,
		filter:    deref(body.Filter, nil),
	})
	if err != nil {
		return nil, err
	}
	content := citedText(reply.quotes)
	choices := []data.ChoiceModel{{
		Index:        ptr(0),
		FinishReason: ptr(data.FinishReasonStop),
		Message:      &data.MessageModel{Role: ptr("assistant"), Content: &content},
	}}
	answer := data.ChatCompletionAssistant200JSONResponse{
		ID:      ptr(uuid.NewString()),
		Model:   ptr(string(deref(body.Model, data.ModelGPT4O))),
		Choices: &choices,
		Usage:   usage(reply.promptTokens, tokens(content)),
	}
	if deref(body.Stream, false) {
		return s.streamCompletion(ctx, answer), nil
	}
	return answer, nil
}

// chat is what the two chat endpoints have in common.
type chat struct {
	assistant string
	messages  []data.MessageModel
	filter    map[string]any
	topK      *int
	size      *int
}

type chatReply struct {
	snippets     []snippet
	quotes       []quote
	promptTokens int
}

func (s *Server) answer(ctx context.Context, chat chat) (*chatReply, error) {
	question, err := questionOf(chat.messages)
	if err != nil {
		return nil, err
	}
	instructions, sources, err := s.sources(ctx, chat.assistant, chat.filter)
	if err != nil {
		return nil, err
	}
	snippets, err := retrieve(sources, question, chat.topK, chat.size)
	if err != nil {
		return nil, err
	}
	reply := &chatReply{snippets: snippets, quotes: quotes(snippets, question)}
	history := 0
	for _, message := range chat.messages {
		history += tokens(deref(message.Content, ""))
	}
	reply.promptTokens = tokens(instructions) + history
	for _, snippet := range snippets {
		reply.promptTokens += tokens(snippet.text())
	}
	return reply, s.quota.admitChat(ctx, history, reply.promptTokens)
}

// questionOf returns the last message of the user, or the last of all if there
// is none.
func questionOf(messages []data.MessageModel) (string, error) {
	if len(messages) == 0 {
		return "", invalid("messages: want at least one")
	}
	for i, message := range messages {
		if deref(message.Content, "") == "" {
			return "", invalid("messages.%d.content: must not be empty", i)
		}
	}
	for _, message := range slices.Backward(messages) {
		if deref(message.Role, "user") == "user" {
			return *message.Content, nil
		}
	}
	return *messages[len(messages)-1].Content, nil
}

// plainText writes an answer, with a citation at the end of each sentence. A
// position counts characters, which are Unicode code points.
func plainText(quotes []quote, highlights bool) (string, []data.CitationModel) {
	return write(quotes, highlights, "", "", func(text string) string { return text })
}

// jsonText writes an answer as a JSON object. Positions count from its start.
func jsonText(quotes []quote, highlights bool) (string, []data.CitationModel) {
	return write(quotes, highlights, `{"answer":"`, `"}`, func(text string) string {
		encoded, _ := json.Marshal(text) // a string never fails
		return string(encoded[1 : len(encoded)-1])
	})
}

func write(quotes []quote, highlights bool, opening, closing string, encode func(string) string) (string, []data.CitationModel) {
	citations := []data.CitationModel{}
	var answer strings.Builder
	answer.WriteString(opening)
	if len(quotes) == 0 {
		answer.WriteString(encode(nothingFound))
	}
	for i, quote := range quotes {
		if i > 0 {
			answer.WriteByte(' ')
		}
		answer.WriteString(encode(quote.text))
		var references []data.ReferenceModel
		for _, origin := range quote.origins {
			references = append(references, origin.reference(quote.text, highlights))
		}
		citations = append(citations, data.CitationModel{
			Position:   ptr(utf8.RuneCountInString(answer.String())),
			References: &references,
		})
	}
	answer.WriteString(closing)
	return answer.String(), citations
}

func (o origin) reference(text string, highlights bool) data.ReferenceModel {
	reference := data.ReferenceModel{File: &o.source.file}
	if o.page > 0 {
		reference.Pages = &[]int{o.page}
	}
	if highlights {
		reference.Highlight = &data.HighlightModel{Type: "text", Content: text}
	}
	return reference
}

// citedText writes an answer with the citations in it, such as [1, pp. 2]: files
// are numbered as they come, and those without pages go without.
func citedText(quotes []quote) string {
	if len(quotes) == 0 {
		return nothingFound
	}
	numbers := make(map[*source]int)
	var sentences []string
	for _, quote := range quotes {
		text := quote.text + " "
		for _, origin := range quote.origins {
			if numbers[origin.source] == 0 {
				numbers[origin.source] = len(numbers) + 1
			}
			pages := ""
			if origin.page > 0 {
				pages = fmt.Sprintf(", pp. %d", origin.page)
			}
			text += fmt.Sprintf("[%d%s]", numbers[origin.source], pages)
		}
		sentences = append(sentences, text)
	}
	return strings.Join(sentences, " ")
}

func usage(prompt, completion int) *data.UsageModel {
	return &data.UsageModel{
		PromptTokens:     ptr(prompt),
		CompletionTokens: ptr(completion),
		TotalTokens:      ptr(prompt + completion),
	}
}
