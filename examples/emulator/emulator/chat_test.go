package emulator

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/pinecone-community/assistant-go/examples/emulator/internal/document"
	"github.com/pinecone-community/assistant-go/gen/2026-04/data"
)

// startWithFiles returns an emulator with the assistant a and files about a lighthouse.
func startWithFiles(t *testing.T) *fixture {
	t.Helper()
	f := start(t, WithPace(quick))
	f.createAssistant(t)
	for name, content := range map[string]string{
		"lamp.txt":   "The lamp burns at night. The “lamp” is lit at sunset.",
		"fog.md":     "# Fog\n\n- The fog signal sounds every 30 seconds.\n- The fog signal is tested on Mondays.",
		"fog.txt":    "The fog signal is tested on Mondays.",
		"tower.json": `{"tower":{"height":"112 feet","steps":196}}`,
	} {
		metadata := map[string]any{"kind": strings.TrimPrefix(document.Extension(name), ".")}
		if op := f.upload(t, name, content, metadata); op.Status != data.OperationStatusCompleted {
			t.Fatal(op.ErrorMessage)
		}
	}
	return f
}

func ask(question string) []data.Message {
	return []data.Message{{Role: "user", Content: question}}
}

func TestChat(t *testing.T) {
	f := startWithFiles(t)
	response, err := f.data.Chat(t.Context(), "a", data.ChatRequest{
		Messages:          ask("When is the lamp lit, at sunset?"),
		IncludeHighlights: true,
		Model:             "claude-sonnet-4-5",
	})
	if err != nil {
		t.Fatal(err)
	}
	answer := response.Message.Content
	if want := "The “lamp” is lit at sunset."; answer != want || response.Message.Role != "assistant" || response.FinishReason != data.FinishReasonStop || response.Model != "claude-sonnet-4-5" || response.ID == "" {
		t.Errorf("response %+v", response)
	}
	if response.ContextSnippetCount == nil || *response.ContextSnippetCount != 1 {
		t.Errorf("%v snippets", response.ContextSnippetCount)
	}
	if usage := response.Usage; usage.TotalTokens != usage.PromptTokens+usage.CompletionTokens || usage.CompletionTokens != tokens(answer) || usage.PromptTokens == 0 {
		t.Errorf("usage %+v", usage)
	}
	if len(response.Citations) != 1 || len(response.Citations[0].References) != 1 {
		t.Fatalf("citations %+v", response.Citations)
	}
	// The position is before the full stop, in characters.
	if got := response.Citations[0].Position; got != 27 {
		t.Errorf("position %d", got)
	}
	reference := response.Citations[0].References[0]
	if reference.File.Name != "lamp.txt" || reference.File.SignedURL == "" || reference.Highlight.Content != answer || len(reference.Pages) != 0 {
		t.Errorf("reference %+v", reference)
	}
}

func TestChatQuotesBothFiles(t *testing.T) {
	f := startWithFiles(t)
	response, err := f.data.Chat(t.Context(), "a", data.ChatRequest{Messages: ask("fog signal tested Mondays")})
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(response.Message.Content, "The fog signal is tested on Mondays.") || strings.Count(response.Message.Content, "Mondays") != 1 {
		t.Errorf("answer %q", response.Message.Content)
	}
	var names []string
	for _, reference := range response.Citations[0].References {
		names = append(names, reference.File.Name)
		if reference.Highlight.Content != "" {
			t.Errorf("highlight without include_highlights: %+v", reference)
		}
	}
	slices.Sort(names)
	if !slices.Equal(names, []string{"fog.md", "fog.txt"}) {
		t.Errorf("references to %v", names)
	}
}

func TestChatFindsNothing(t *testing.T) {
	f := startWithFiles(t)
	for _, question := range []string{"Who won the chess tournament?", "?"} {
		response, err := f.data.Chat(t.Context(), "a", data.ChatRequest{Messages: ask(question)})
		if err != nil {
			t.Fatal(err)
		}
		if response.Message.Content != nothingFound || len(response.Citations) != 0 || response.ContextSnippetCount == nil || *response.ContextSnippetCount != 0 {
			t.Errorf("%s: %+v", question, response)
		}
	}
}

func TestChatFilter(t *testing.T) {
	f := startWithFiles(t)
	response, err := f.data.Chat(t.Context(), "a", data.ChatRequest{
		Messages: ask("When is the fog signal tested?"),
		Filter:   map[string]any{"kind": map[string]any{"$nin": []any{"md", "txt"}}},
	})
	if err != nil || response.Message.Content != nothingFound {
		t.Errorf("response %+v, error %v", response, err)
	}
}

func TestChatConversation(t *testing.T) {
	f := startWithFiles(t)
	response, err := f.data.Chat(t.Context(), "a", data.ChatRequest{Messages: []data.Message{
		{Role: "user", Content: "Tell me about the fog signal."},
		{Role: "user", Content: "When is the fog signal tested?"},
		{Role: "assistant", Content: "On Mondays."},
		{Role: "user", Content: "And how many steps has the tower?"},
		{Role: "assistant", Content: "Let me see."},
	}})
	if err != nil || response.Message.Content != "tower.steps: 196" {
		t.Errorf("response %+v, error %v", response, err)
	}
}

func TestJSONResponse(t *testing.T) {
	f := startWithFiles(t)
	response, err := f.data.Chat(t.Context(), "a", data.ChatRequest{
		Messages: ask("How often does the fog signal sound, and when is it tested?"), JSONResponse: true,
	})
	if err != nil {
		t.Fatal(err)
	}
	var answer struct{ Answer string }
	if err := json.Unmarshal([]byte(response.Message.Content), &answer); err != nil {
		t.Fatalf("%s: %v", response.Message.Content, err)
	}
	if !strings.Contains(answer.Answer, "every 30 seconds.") || len(response.Citations) != 2 {
		t.Errorf("response %+v", response)
	}
	for _, citation := range response.Citations {
		if after := string([]rune(response.Message.Content)[citation.Position:]); !strings.HasPrefix(after, ".") {
			t.Errorf("citation before %q, want a full stop", after)
		}
	}
}

func TestCompletions(t *testing.T) {
	f := startWithFiles(t)
	response, err := f.data.ChatCompletion(t.Context(), "a", data.ChatCompletionRequest{Messages: ask("When is the lamp lit, at sunset?")})
	if err != nil {
		t.Fatal(err)
	}
	if len(response.Choices) != 1 || response.Choices[0].Message.Content != "The “lamp” is lit at sunset. [1]" ||
		response.Choices[0].FinishReason != data.FinishReasonStop || response.Model != data.ModelGPT4O || response.Usage.TotalTokens == 0 {
		t.Errorf("response %+v", response)
	}
	response, err = f.data.ChatCompletion(t.Context(), "a", data.ChatCompletionRequest{Messages: ask("chess?")})
	if err != nil || response.Choices[0].Message.Content != nothingFound {
		t.Errorf("response %+v, error %v", response, err)
	}
}

func TestContext(t *testing.T) {
	f := startWithFiles(t)
	for name, request := range map[string]data.ContextRequest{
		"query":    {Query: "lamp sunset"},
		"messages": {Messages: ask("lamp sunset")},
		"filter":   {Query: "the lamp and the fog", Filter: map[string]any{"kind": "txt"}, TopK: 1, SnippetSize: 512},
	} {
		response, err := f.data.RetrieveContext(t.Context(), "a", request)
		if err != nil {
			t.Fatal(err)
		}
		if len(response.Snippets) != 1 || response.Usage.CompletionTokens != 0 || response.Usage.PromptTokens == 0 {
			t.Fatalf("%s: %+v", name, response)
		}
		snippet, ok := response.Snippets[0].Value.(*data.TextSnippet)
		if !ok || snippet.Content != "The lamp burns at night. The “lamp” is lit at sunset." || snippet.Score <= 0 {
			t.Fatalf("%s: %+v", name, response.Snippets[0].Value)
		}
		if text, ok := snippet.Reference.Value.(*data.TextReference); !ok || text.File.Name != "lamp.txt" {
			t.Errorf("%s: %+v", name, snippet.Reference.Value)
		}
	}
}

// Each kind of file has its own type of reference.
func TestReferences(t *testing.T) {
	f := start(t, WithPace(quick))
	f.createAssistant(t)
	for name, content := range map[string]string{
		"a.txt": "The tide is high.", "a.md": "The tide is high.", "a.json": `["The tide is high."]`,
		"a.pdf":  sample(t, "../internal/document/testdata/typeset.pdf"),
		"a.docx": docx(t, `<w:p><w:r><w:t>The tide is high.</w:t></w:r></w:p>`),
	} {
		if op := f.upload(t, name, content, nil); op.Status != data.OperationStatusCompleted {
			t.Fatal(op.ErrorMessage)
		}
	}
	response, err := f.data.RetrieveContext(t.Context(), "a", data.ContextRequest{Query: "tide"})
	if err != nil {
		t.Fatal(err)
	}
	found := make(map[string]bool)
	for _, snippet := range response.Snippets {
		text, ok := snippet.Value.(*data.TextSnippet)
		if !ok {
			t.Fatalf("%T", snippet.Value)
		}
		switch reference := text.Reference.Value.(type) {
		case *data.TextReference:
			found[reference.File.Name] = true
		case *data.MarkdownReference:
			found[reference.File.Name] = true
		case *data.JSONReference:
			found[reference.File.Name] = true
		case *data.PDFReference:
			found[reference.File.Name] = slices.Equal(reference.Pages, []int{1, 2})
		case *data.DocxReference:
			found[reference.File.Name] = slices.Equal(reference.Pages, []int{1})
		}
	}
	for _, name := range []string{"a.txt", "a.md", "a.json", "a.pdf", "a.docx"} {
		if !found[name] {
			t.Errorf("no reference to %s", name)
		}
	}

	answer, err := f.data.ChatCompletion(t.Context(), "a", data.ChatCompletionRequest{Messages: ask("Which floor is the office on?")})
	if err != nil || answer.Choices[0].Message.Content != "The office of the harbor master is on the first floor. [1, pp. 1]" {
		t.Errorf("answer %+v, error %v", answer, err)
	}
}
