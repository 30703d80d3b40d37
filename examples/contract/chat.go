package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/pinecone-community/assistant-go/gen/2026-07/data"
)

type messages = []map[string]any

func user(content any) messages { return messages{{"role": "user", "content": content}} }

// chatGets returns a check that the response to a chat has one of the statuses.
func chatGets(body map[string]any, statuses []int, texts ...string) func(context.Context, *session) error {
	return status(func(ctx context.Context, s *session) (*http.Response, error) { return s.chat(ctx, body) }, statuses, texts...)
}

var chatChecks = []check{
	{"chat: an answer has message, finish_reason stop and usage", published, "data 2026-04", func(ctx context.Context, s *session) error {
		r, err := read(s.chat(ctx, map[string]any{"include_highlights": false}))
		if err != nil {
			return err
		}
		if err := r.has("id", "model", "message.content", "usage.prompt_tokens", "usage.completion_tokens", "usage.total_tokens"); err != nil {
			return err
		}
		role, _ := r.at("message", "role")
		if reason, _ := r.at("finish_reason"); reason != "stop" || role != "assistant" {
			return r.differs("want role assistant and finish_reason stop")
		}
		return nil
	}},
	{"chat: a citation counts to before the full stop", documented, "documentation of citations", func(ctx context.Context, s *session) error {
		answer, err := s.data.Chat(ctx, s.name, data.ChatRequest{Messages: []data.Message{data.UserMessage(question)}})
		if err != nil {
			return err
		}
		if len(answer.Citations) == 0 {
			return skip("the answer has no citation")
		}
		text := []rune(answer.Message.Content)
		for _, citation := range answer.Citations {
			if citation.Position > len(text) {
				return fmt.Errorf("position %d in an answer of %d characters", citation.Position, len(text))
			}
			if citation.Position == len(text) || text[citation.Position] != '.' {
				return fmt.Errorf("position %d is before %q", citation.Position, string(text[citation.Position:min(len(text), citation.Position+10)]))
			}
		}
		return nil
	}},
	{"chat: a reference names the file", published, "data 2026-04", func(ctx context.Context, s *session) error {
		answer, err := s.data.Chat(ctx, s.name, data.ChatRequest{Messages: []data.Message{data.UserMessage(question)}})
		if err != nil {
			return err
		}
		for _, citation := range answer.Citations {
			for _, reference := range citation.References {
				if reference.File.Name == manualName {
					return nil
				}
			}
		}
		return fmt.Errorf("no citation has %q: %+v", manualName, answer.Citations)
	}},
	{"chat: highlight is null unless it is asked for", documented, "documentation of citations", func(ctx context.Context, s *session) error {
		r, err := read(s.chat(ctx, map[string]any{}))
		if err != nil {
			return err
		}
		if !strings.Contains(strings.ReplaceAll(r.body, " ", ""), `"highlight":null`) {
			return r.differs(`want "highlight": null`)
		}
		return nil
	}},
	{"chat: no message is 400", observed, "live tests of the official SDKs", chatGets(map[string]any{"messages": messages{}}, []int{400}, "Must have at least 1 message")},
	{"chat: a blank message is 400", observed, "live tests of the official SDKs", chatGets(map[string]any{"messages": user("  ")}, []int{400}, "Message content cannot be empty")},
	{"chat: role system is 400", observed, "live tests of the official SDKs", chatGets(map[string]any{"messages": messages{{"role": "system", "content": "x"}}}, []int{400})},
	{"chat: an unknown model is 400", observed, "live tests of the official SDKs", chatGets(map[string]any{"model": "no-such-model"}, []int{400}, "Invalid model")},
	{"chat: a retired model is an alias", observed, "live tests of the official SDKs", chatGets(map[string]any{"model": "claude-3-5-sonnet"}, []int{200}, `"message"`)},
	{"chat: temperature 3 is 400", observed, "live tests of the official SDKs", chatGets(map[string]any{"temperature": 3.0}, []int{400})},
	{"chat: binary content without multimodal is 400", observed, "live tests of the official SDKs", chatGets(
		map[string]any{"context_options": map[string]any{"multimodal": false, "include_binary_content": true}}, []int{400})},
	{"chat: json_response with stream is 400", published, "data 2026-04", chatGets(map[string]any{"json_response": true, "stream": true}, []int{400})},
	{"chat: json_response is JSON", published, "data 2026-04", func(ctx context.Context, s *session) error {
		answer, err := s.data.Chat(ctx, s.name, data.ChatRequest{
			JSONResponse: true, Messages: []data.Message{data.UserMessage(question + " Answer as a JSON object.")},
		})
		if err == nil && !json.Valid([]byte(answer.Message.Content)) {
			err = fmt.Errorf("content %q", answer.Message.Content)
		}
		return err
	}},
	{"chat: an unknown assistant is 404", published, "data 2026-04", status(func(ctx context.Context, s *session) (*http.Response, error) {
		return s.rawData.Chat(ctx, refusedAssistant, data.ChatRequest{Messages: []data.Message{data.UserMessage(question)}})
	}, []int{404})},
	{"chat: a filter that matches nothing gives no citation", published, "data 2026-04", func(ctx context.Context, s *session) error {
		answer, err := s.data.Chat(ctx, s.name, data.ChatRequest{
			Messages: []data.Message{data.UserMessage(question)}, Filter: map[string]any{"kind": "nothing"},
		})
		if err == nil && (len(answer.Citations) > 0 || answer.Message.Content == "") {
			err = fmt.Errorf("answer %+v", answer)
		}
		return err
	}},
	{"completions: the answer is not wrapped", published, "data 2026-04; a documentation page wraps it", func(ctx context.Context, s *session) error {
		r, err := read(s.completion(ctx, false))
		if err != nil {
			return err
		}
		return r.has("id", "choices", "model", "usage")
	}},
}

func (s *session) completion(ctx context.Context, stream bool) (*http.Response, error) {
	return s.rawData.ChatCompletionWithBody(ctx, s.name, "application/json", jsonBody(map[string]any{"messages": user(question), "stream": stream}))
}

// stream is a stream as it was received.
type stream struct {
	lines  []string
	chunks []map[string]any
	header http.Header
	took   time.Duration
}

// receive reads a stream to its end.
func receive(resp *http.Response, err error) (*stream, error) {
	if err != nil {
		return nil, err
	}
	if resp.StatusCode != http.StatusOK {
		r, err := read(resp, nil)
		if err != nil {
			return nil, err
		}
		return nil, r.differs("want a stream")
	}
	defer resp.Body.Close()
	begun := time.Now()
	s := &stream{header: resp.Header}
	scanner := bufio.NewScanner(resp.Body)
	scanner.Buffer(nil, 8<<20)
	for scanner.Scan() {
		line := scanner.Text()
		s.lines = append(s.lines, line)
		var chunk map[string]any
		if text, ok := strings.CutPrefix(line, "data:"); ok && json.Unmarshal([]byte(text), &chunk) == nil {
			s.chunks = append(s.chunks, chunk)
		}
	}
	s.took = time.Since(begun)
	if len(s.chunks) == 0 && scanner.Err() == nil {
		return nil, fmt.Errorf("a stream without chunks: %q", s.lines)
	}
	return s, scanner.Err()
}

// streams returns a check of a streamed chat.
func streams(check func(*stream) error) func(context.Context, *session) error {
	return func(ctx context.Context, s *session) error {
		got, err := receive(s.chat(ctx, map[string]any{"stream": true}))
		if err != nil {
			return err
		}
		return check(got)
	}
}

// completes returns a check of a streamed completion.
func completes(check func(*stream) error) func(context.Context, *session) error {
	return func(ctx context.Context, s *session) error {
		got, err := receive(s.completion(ctx, true))
		if err != nil {
			return err
		}
		return check(got)
	}
}

func (s *stream) types() []string {
	var types []string
	for _, chunk := range s.chunks {
		types = append(types, fmt.Sprint(chunk["type"]))
	}
	return types
}

// dataOnly returns an error for a line that is neither data nor empty.
func (s *stream) dataOnly() error {
	for _, line := range s.lines {
		if line != "" && !strings.HasPrefix(line, "data:{") {
			return fmt.Errorf("line %q", line)
		}
	}
	return nil
}

var streamChecks = []check{
	{"stream: a heartbeat comes about every 15 s", guessed, "its bytes are not known", streams(func(s *stream) error {
		if s.took < 20*time.Second {
			return skip("the answer took %s, too short for a heartbeat", s.took.Round(time.Millisecond))
		}
		for _, line := range s.lines {
			if line != "" && !strings.HasPrefix(line, "data:") || strings.TrimSpace(strings.TrimPrefix(line, "data:")) == "" && line != "" {
				return nil
			}
		}
		return fmt.Errorf("no heartbeat in %s", s.took)
	})},
	{"stream: lines are data: without a space, no event:, no [DONE]", documented, "documentation of 2025-04", streams((*stream).dataOnly)},
	{"stream: the type is text/event-stream", published, "data 2026-04", streams(func(s *stream) error {
		if got := s.header.Get("Content-Type"); !strings.HasPrefix(got, "text/event-stream") {
			return fmt.Errorf("Content-Type %q", got)
		}
		return nil
	})},
	{"stream: begins with message_start, ends with message_end", documented, "documentation of 2025-04", streams(func(s *stream) error {
		if types := s.types(); types[0] != "message_start" || types[len(types)-1] != "message_end" || !slices.Contains(types, "content_chunk") {
			return fmt.Errorf("types %q", types)
		}
		return nil
	})},
	{"stream: has the four types of chunks alone", published, "data 2026-04", streams(func(s *stream) error {
		for _, kind := range s.types() {
			if !slices.Contains([]string{"message_start", "content_chunk", "citation", "message_end"}, kind) {
				return fmt.Errorf("a chunk of type %q", kind)
			}
		}
		return nil
	})},
	{"stream: message_end has finish_reason and usage", published, "data 2026-04", streams(func(s *stream) error {
		end := s.chunks[len(s.chunks)-1]
		if end["finish_reason"] != "stop" || end["usage"] == nil {
			return fmt.Errorf("the last chunk is %v", end)
		}
		return nil
	})},
	{"stream: text/plain is taken", observed, "requests of the TypeScript SDK 8.2.0", func(ctx context.Context, s *session) error {
		_, err := receive(s.rawData.ChatWithBody(ctx, s.name, "text/plain", jsonBody(map[string]any{"messages": user(question), "stream": true})))
		return err
	}},
	{"completions stream: no [DONE]", observed, "official SDKs", completes((*stream).dataOnly)},
	{"completions stream: ends with choices [] and usage", observed, "recorded from the service by an SDK", completes(func(s *stream) error {
		end := s.chunks[len(s.chunks)-1]
		if choices, ok := end["choices"].([]any); !ok || len(choices) != 0 || end["usage"] == nil {
			return fmt.Errorf("the last chunk is %v", end)
		}
		return nil
	})},
	{"completions stream: a chunk has finish_reason stop", published, "data 2026-04", completes(func(s *stream) error {
		for _, chunk := range s.chunks {
			choices, _ := chunk["choices"].([]any)
			for _, choice := range choices {
				if choice, ok := choice.(map[string]any); ok && choice["finish_reason"] == "stop" {
					return nil
				}
			}
		}
		return fmt.Errorf("none in %v", s.chunks)
	})},
}
