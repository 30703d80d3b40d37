package bench

import (
	"bufio"
	"context"
	"encoding/json"
	"net/http"
	"strings"

	"github.com/anthropics/anthropic-sdk-go"
	"github.com/openai/openai-go/v3"

	"github.com/pinecone-community/assistant-go/gen/2026-04/data"
	"github.com/pinecone-community/assistant-go/internal/testing/bench/stock"
)

const chatBody = `{"messages":[{"role":"user","content":"` + query + `"}],"stream":true}`

// Chat is the typed stream of an answer. Each contender reads the same text in
// the format of its own service.
func Chat() (*Work, error) {
	text := chatEvents()
	client := respond(eventStream, text)
	project, err := newProject(client)
	if err != nil {
		return nil, err
	}
	stocked, err := newStock(client)
	if err != nil {
		return nil, err
	}
	work := &Work{
		Name: "typed chat stream",
		Unit: "event",
		Contenders: []Contender{
			{Project, count(text), func() error { return chatProject(project) }},
			{LinesAlone, count(text), func() error { return chatLines(client) }},
		},
	}
	for _, d := range decoders {
		work.Contenders = append(work.Contenders, Contender{d.name + ByHand, count(text), func() error { return chatByHand(client, d) }})
	}
	work.Contenders = append(work.Contenders,
		Contender{Stock, count(text), func() error { return chatStock(stocked) }},
		openaiStream(openaiEvents()),
		anthropicStream(Anthropic, anthropicTyped),
		anthropicStream(Anthropic+", untyped", anthropicUntyped))
	return work, nil
}

// Completions is the typed stream of the OpenAI-compatible endpoint. All
// contenders read the same bytes.
func Completions() (*Work, error) {
	text := completionEvents()
	client := respond(eventStream, text)
	project, err := newProject(client)
	if err != nil {
		return nil, err
	}
	return &Work{
		Name: "the same for OpenAI-like chunks, the same bytes for all",
		Unit: "event",
		Contenders: []Contender{
			{Project, count(text), func() error { return completionsProject(project) }},
			{LinesAlone, count(text), func() error { return chatLines(client) }},
			openaiStream(text),
		},
	}, nil
}

// Floors of the streams: contenders without a client library.
const (
	LinesAlone = "lines alone"
	ByHand     = " by hand"
)

// count returns the number of events in a stream.
func count(text string) int { return strings.Count(text, "\n\n") }

var (
	chatRequest       = data.ChatRequest{Messages: []data.Message{{Role: "user", Content: query}}}
	completionRequest = data.ChatCompletionRequest{Messages: []data.Message{{Role: "user", Content: query}}}
)

func chatProject(api *data.API) error {
	n := 0
	for chunk, err := range api.ChatStream(context.Background(), name, chatRequest) {
		if err != nil {
			return err
		}
		if c, ok := chunk.(*data.ContentChunk); ok {
			n += len(c.Delta.Content)
		}
	}
	return want("text", n, textLength)
}

func completionsProject(api *data.API) error {
	n := 0
	for chunk, err := range api.ChatCompletionStream(context.Background(), name, completionRequest) {
		if err != nil {
			return err
		}
		for _, choice := range chunk.Choices {
			n += len(choice.Delta.Content)
		}
	}
	return want("text", n, textLength)
}

// lines calls each with the data of every event.
func lines(resp *http.Response, each func([]byte) error) error {
	defer resp.Body.Close()
	for scanner := bufio.NewScanner(resp.Body); ; {
		if !scanner.Scan() {
			return scanner.Err()
		}
		if line := scanner.Bytes(); len(line) > 5 && string(line[:5]) == "data:" {
			if err := each(line[5:]); err != nil {
				return err
			}
		}
	}
}

// chatLines reads the events without decoding them.
func chatLines(client *http.Client) error {
	resp, err := do(client, http.MethodPost, "/chat/"+name, chatBody)
	if err != nil {
		return err
	}
	n := 0
	if err := lines(resp, func(line []byte) error { n += len(line); return nil }); err != nil {
		return err
	}
	return want("longer than its text", n > textLength, true)
}

// chatByHand decodes the fields it needs of every event, whatever its type.
func chatByHand(client *http.Client, d decoder) error {
	resp, err := do(client, http.MethodPost, "/chat/"+name, chatBody)
	if err != nil {
		return err
	}
	n := 0
	err = lines(resp, func(line []byte) error {
		var event data.ContentChunk
		if err := d.unmarshal(line, &event); err != nil {
			return err
		}
		n += len(event.Delta.Content)
		return nil
	})
	if err != nil {
		return err
	}
	return want("text", n, textLength)
}

func chatStock(client *stock.ClientWithResponses) error {
	stream := true
	resp, err := checked(client.ChatAssistant(context.Background(), name, stock.ChatRequest{
		Messages: []stock.MessageModel{{Role: openai.Ptr("user"), Content: openai.Ptr(query)}},
		Stream:   &stream,
	}))
	if err != nil {
		return err
	}
	n := 0
	err = lines(resp, func(line []byte) error {
		var union stock.StreamChatChunkModel
		if err := json.Unmarshal(line, &union); err != nil {
			return err
		}
		chunk, err := union.ValueByDiscriminator()
		if c, ok := chunk.(stock.ContentChunkModel); ok {
			n += len(c.Delta.Content)
		}
		return err
	})
	if err != nil {
		return err
	}
	return want("text", n, textLength)
}

func openaiStream(text string) Contender {
	client := newOpenAI(respond(eventStream, text))
	return Contender{OpenAI, count(text), func() error {
		stream := client.Chat.Completions.NewStreaming(context.Background(), openai.ChatCompletionNewParams{
			Messages: []openai.ChatCompletionMessageParamUnion{openai.UserMessage(query)},
			Model:    model,
		})
		n := 0
		for stream.Next() {
			for _, choice := range stream.Current().Choices {
				n += len(choice.Delta.Content)
			}
		}
		if err := stream.Err(); err != nil {
			return err
		}
		return want("text", n, textLength)
	}}
}

// anthropicStream reads the stream as the SDK's documentation shows, by the
// type of each event, or without types: an event of that SDK has the fields of
// all types.
func anthropicStream(contender string, text func(anthropic.MessageStreamEventUnion) string) Contender {
	canned := anthropicEvents()
	client := newAnthropic(respond(eventStream, canned))
	return Contender{contender, count(canned), func() error {
		stream := client.Messages.NewStreaming(context.Background(), anthropic.MessageNewParams{
			Messages:  []anthropic.MessageParam{anthropic.NewUserMessage(anthropic.NewTextBlock(query))},
			MaxTokens: 8192,
			Model:     "claude-sonnet-4-5",
		})
		n := 0
		for stream.Next() {
			n += len(text(stream.Current()))
		}
		if err := stream.Err(); err != nil {
			return err
		}
		return want("text", n, textLength)
	}}
}

func anthropicTyped(event anthropic.MessageStreamEventUnion) string {
	if event, ok := event.AsAny().(anthropic.ContentBlockDeltaEvent); ok {
		if delta, ok := event.Delta.AsAny().(anthropic.TextDelta); ok {
			return delta.Text
		}
	}
	return ""
}

func anthropicUntyped(event anthropic.MessageStreamEventUnion) string {
	return event.Delta.Text
}
