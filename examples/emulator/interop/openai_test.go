// Package interop tests the emulator with clients of other projects.
package interop

import (
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/openai/openai-go/v3"
	"github.com/openai/openai-go/v3/option"

	"github.com/pinecone-community/assistant-go/auth"
	"github.com/pinecone-community/assistant-go/examples/emulator/emulator"
	"github.com/pinecone-community/assistant-go/gen/2026-07/control"
	"github.com/pinecone-community/assistant-go/gen/2026-07/data"
)

const name = "example-assistant"

// start starts an emulator with an assistant that has one processed file.
func start(t *testing.T, opts ...emulator.Option) *emulator.Running {
	t.Helper()
	service := emulator.Start(t, append(opts, emulator.WithPace(time.Millisecond))...)
	editor, err := auth.APIKey(service.Key)
	if err != nil {
		t.Fatal(err)
	}
	ctl, err := control.New(control.WithRequestEditorFn(editor), control.WithBaseURL(service.URL+"/assistant"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := ctl.CreateAssistant(t.Context(), control.CreateAssistantRequest{Name: name}); err != nil {
		t.Fatal(err)
	}
	api, err := data.New(service.URL, data.WithRequestEditorFn(editor))
	if err != nil {
		t.Fatal(err)
	}
	operation, err := api.UploadFile(t.Context(), name, nil, data.UploadFileRequest{
		File: data.FileBytes("lamp.txt", []byte("The lamp is lit at sunset. It is put out at sunrise. The door is green.")),
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := api.WaitForOperation(t.Context(), name, operation.ID); err != nil {
		t.Fatal(err)
	}
	return service
}

// openAI returns OpenAI's client for the chat completions of the assistant. It adds
// Pinecone's headers to its requests.
func openAI(t *testing.T, service *emulator.Running, key string) openai.Client {
	t.Helper()
	editor, err := auth.APIKey(key)
	if err != nil {
		t.Fatal(err)
	}
	transport := &http.Transport{}
	t.Cleanup(transport.CloseIdleConnections)
	return openai.NewClient(
		option.WithBaseURL(service.URL+"/assistant/chat/"+name),
		option.WithHTTPClient(&http.Client{Transport: transport}),
		option.WithMiddleware(func(req *http.Request, next option.MiddlewareNext) (*http.Response, error) {
			if err := editor(req.Context(), req); err != nil {
				return nil, err
			}
			return next(req)
		}),
	)
}

var question = openai.ChatCompletionNewParams{
	Model:    "gpt-4o",
	Messages: []openai.ChatCompletionMessageParamUnion{openai.UserMessage("When is the lamp lit?")},
}

func TestOpenAI(t *testing.T) {
	service := start(t)
	client := openAI(t, service, service.Key)
	completion, err := client.Chat.Completions.New(t.Context(), question)
	if err != nil {
		t.Fatal(err)
	}
	if len(completion.Choices) != 1 {
		t.Fatalf("%d choices: %s", len(completion.Choices), completion.RawJSON())
	}
	choice := completion.Choices[0]
	if !strings.Contains(choice.Message.Content, "The lamp is lit at sunset.") || choice.FinishReason != "stop" {
		t.Errorf("finish reason %q, answer %q", choice.FinishReason, choice.Message.Content)
	}
	checkUsage(t, completion.Usage)

	stream := client.Chat.Completions.NewStreaming(t.Context(), question)
	defer stream.Close()
	var collected openai.ChatCompletionAccumulator
	var last openai.ChatCompletionChunk
	pieces := 0
	for stream.Next() {
		last = stream.Current()
		if !collected.AddChunk(last) {
			t.Fatalf("chunk of another completion: %s", last.RawJSON())
		}
		if len(last.Choices) > 0 && last.Choices[0].Delta.Content != "" {
			pieces++
		}
	}
	if err := stream.Err(); err != nil {
		t.Fatal(err)
	}
	if pieces < 2 {
		t.Errorf("answer in %d chunks, want at least 2", pieces)
	}
	if len(collected.Choices) != 1 {
		t.Fatalf("%d choices in the stream", len(collected.Choices))
	}
	streamed := collected.Choices[0]
	if streamed.Message.Content != choice.Message.Content || streamed.FinishReason != "stop" {
		t.Errorf("finish reason %q, answer %q, want %q", streamed.FinishReason, streamed.Message.Content, choice.Message.Content)
	}
	if len(last.Choices) != 0 || !last.JSON.Usage.Valid() {
		t.Errorf("last chunk %s, want the usage", last.RawJSON())
	}
	checkUsage(t, last.Usage)
}

func checkUsage(t *testing.T, usage openai.CompletionUsage) {
	t.Helper()
	if usage.PromptTokens <= 0 || usage.CompletionTokens <= 0 || usage.TotalTokens != usage.PromptTokens+usage.CompletionTokens {
		t.Errorf("usage %s", usage.RawJSON())
	}
}

func TestOpenAIWrongKey(t *testing.T) {
	client := openAI(t, start(t), "wrong")
	_, err := client.Chat.Completions.New(t.Context(), question)
	checkUnauthorized(t, err)

	stream := client.Chat.Completions.NewStreaming(t.Context(), question)
	defer stream.Close()
	if stream.Next() {
		t.Errorf("chunk %s, want an error", stream.Current().RawJSON())
	}
	checkUnauthorized(t, stream.Err())
}

func checkUnauthorized(t *testing.T, err error) {
	t.Helper()
	var refused *openai.Error
	if !errors.As(err, &refused) || refused.StatusCode != http.StatusUnauthorized || refused.Code != "UNAUTHENTICATED" {
		t.Errorf("error %#v", err)
	}
}
