package emulator

import (
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

// answer is the answer of a chat or a completion.
type answer struct {
	id        string
	model     string
	text      string
	citations []object
	finish    string
	snippets  int
	usage     object
	script    *Reply // the scripted response; nil if the answer is from the files
}

func (s *Server) chatAssistant(r *request) (*response, error) {
	asJSON, _ := r.body.flag("json_response")
	streamed, _ := r.body.flag("stream")
	if asJSON && streamed {
		return nil, invalid("json_response and stream exclude each other")
	}
	options := fields(r.body.object("context_options"))
	if err := checkImages("context_options.", options); err != nil {
		return nil, err
	}
	highlights, _ := r.body.flag("include_highlights")
	text := plainText
	if asJSON {
		text = jsonText
	}
	answer, err := s.answer(r, options, func(quotes []quote) (string, []object) { return text(quotes, highlights) })
	if err != nil {
		return nil, err
	}
	body := r.shape(200, object{
		"id":                    answer.id,
		"model":                 answer.model,
		"message":               object{"role": "assistant", "content": answer.text},
		"citations":             answer.citations,
		"finish_reason":         answer.finish,
		"context_snippet_count": answer.snippets,
		"usage":                 answer.usage,
	})
	if streamed {
		return s.streamed(r, answer, chatEvents(answer, body), true), nil
	}
	return &response{status: 200, body: body}, nil
}

func (s *Server) chatCompletionAssistant(r *request) (*response, error) {
	answer, err := s.answer(r, nil, func(quotes []quote) (string, []object) { return citedText(quotes), nil })
	if err != nil {
		return nil, err
	}
	if streamed, _ := r.body.flag("stream"); streamed {
		return s.streamed(r, answer, completionEvents(answer), false), nil
	}
	return r.ok(object{
		"id":    answer.id,
		"model": answer.model,
		"choices": []object{{
			"index":         0,
			"finish_reason": answer.finish,
			"message":       object{"role": "assistant", "content": answer.text},
		}},
		"usage": answer.usage,
	}), nil
}

// answer answers the last question of a chat with sentences of the files, or with a
// scripted response. The function text formats the sentences and their citations.
func (s *Server) answer(r *request, options fields, text func([]quote) (string, []object)) (*answer, error) {
	messages := r.body.objects("messages")
	question, err := questionOf(messages)
	if err != nil {
		return nil, err
	}
	model, err := r.model()
	if err != nil {
		return nil, err
	}
	if temperature, ok := r.body.number("temperature"); ok && (temperature < 0 || temperature > maxTemperature) {
		return nil, invalid("temperature: %v, want 0 to %d", temperature, maxTemperature)
	}
	instructions, sources, err := s.sources(r.Context(), r.assistant(), r.body.object("filter"))
	if err != nil {
		return nil, err
	}
	snippets, err := retrieve(sources, question, options.integer("top_k"), options.integer("snippet_size"))
	if err != nil {
		return nil, err
	}
	history := 0
	for _, message := range messages {
		content, _ := message.text("content")
		history += tokens(content)
	}
	prompt := tokens(instructions) + history
	for _, snippet := range snippets {
		prompt += tokens(snippet.text())
	}
	if err := s.quota.admitChat(r, history, prompt); err != nil {
		return nil, err
	}
	answer := &answer{id: newID(), model: model, finish: "stop", snippets: len(snippets)}
	answer.text, answer.citations = text(quotes(snippets, question))
	if err := s.script(r, sources, answer); err != nil {
		return nil, err
	}
	if err := s.quota.spend(chatOutput, tokens(answer.text)); err != nil {
		return nil, err
	}
	answer.usage = usage(prompt, tokens(answer.text))
	return answer, nil
}

// newID returns an identifier of an answer in the format of the service's documentation:
// 32 hexadecimal digits.
func newID() string {
	var id [16]byte
	_, _ = rand.Read(id[:]) // never fails
	return hex.EncodeToString(id[:])
}

// maxTemperature is the limit of the temperature. The live tests of Pinecone's SDKs
// expect that 3 is refused. The limit of 2, that of OpenAI's models, is inferred.
const maxTemperature = 2

// defaultModel is the specs' default of the model.
const defaultModel = "gpt-4o"

// retiredModels are no longer in the specs. The live tests of Pinecone's SDKs expect that
// they are accepted.
var retiredModels = []any{"claude-3-5-sonnet", "claude-3-7-sonnet"}

// model returns the model of a request. A model that is neither in the spec of the
// version nor retired is an error.
func (r *request) model() (string, error) {
	model, ok := r.body.text("model")
	if !ok {
		return defaultModel, nil
	}
	if !slices.Contains(r.operation.models, any(model)) && !slices.Contains(retiredModels, any(model)) {
		return "", invalid("Invalid model %q, want one of %v", truncate(model), r.operation.models)
	}
	return model, nil
}

// checkImages returns an error if options with the given prefix request image data
// without multimodal. The live tests of Pinecone's SDKs expect that error.
func checkImages(where string, options fields) error {
	multimodal, given := options.flag("multimodal")
	if binary, _ := options.flag("include_binary_content"); binary && given && !multimodal {
		return invalid("%sinclude_binary_content: true is only available when multimodal is true", where)
	}
	return nil
}

// questionOf returns the last message of the user, or the last message if the user has
// none. It returns the errors for invalid messages that the live tests of Pinecone's SDKs
// expect.
func questionOf(messages []fields) (string, error) {
	if len(messages) == 0 {
		return "", invalid("messages: Must have at least 1 message")
	}
	for i, message := range messages {
		if content, _ := message.text("content"); strings.TrimSpace(content) == "" {
			return "", invalid("messages.%d.content: Message content cannot be empty", i)
		}
		if role, ok := message.text("role"); ok && role != "user" && role != "assistant" {
			return "", invalid("messages.%d.role: %q, want user or assistant", i, truncate(role))
		}
	}
	question := messages[len(messages)-1]
	for _, message := range slices.Backward(messages) {
		if role, ok := message.text("role"); !ok || role == "user" {
			question = message
			break
		}
	}
	content, _ := question.text("content")
	return content, nil
}

// plainText returns the text of an answer and its citations, one for each sentence. A
// position is in Unicode code points.
func plainText(quotes []quote, highlights bool) (string, []object) {
	return write(quotes, highlights, "", "", func(text string) string { return text })
}

// jsonText is like plainText, and returns the text as a JSON object. A position is in the
// JSON.
func jsonText(quotes []quote, highlights bool) (string, []object) {
	return write(quotes, highlights, `{"answer":"`, `"}`, func(text string) string {
		encoded, _ := json.Marshal(text) // a string never fails
		return string(encoded[1 : len(encoded)-1])
	})
}

func write(quotes []quote, highlights bool, opening, closing string, encode func(string) string) (string, []object) {
	citations := []object{}
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
		var references []object
		for _, origin := range quote.origins {
			references = append(references, origin.reference(quote.text, highlights))
		}
		// The position is before the full stop, as in the documentation's examples.
		position := utf8.RuneCountInString(strings.TrimSuffix(answer.String(), "."))
		citations = append(citations, object{"position": position, "references": references})
	}
	answer.WriteString(closing)
	return answer.String(), citations
}

func (o origin) reference(text string, highlights bool) object {
	reference := object{"file": o.source.described(), "highlight": nil}
	if o.page > 0 {
		reference["pages"] = []int{o.page}
	}
	if highlights {
		reference["highlight"] = object{"type": "text", "content": text}
	}
	return reference
}

// citedText returns the text of an answer with citations such as [1, pp. 2]. Files are
// numbered in the order in which they are cited.
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

func usage(prompt, completion int) object {
	return object{"prompt_tokens": prompt, "completion_tokens": completion, "total_tokens": prompt + completion}
}
