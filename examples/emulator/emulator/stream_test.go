package emulator

import (
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/pinecone-community/assistant-go/gen/2026-04/data"
)

// A stream has the same answer as the response without a stream.
func TestChatStream(t *testing.T) {
	f := startWithFiles(t)
	for name, request := range map[string]data.ChatRequest{
		"found":     {Messages: ask("When is the lamp lit, and when is the fog signal tested?"), IncludeHighlights: true},
		"not found": {Messages: ask("zebra")},
	} {
		t.Run(name, func(t *testing.T) {
			whole, err := f.data.Chat(t.Context(), "a", request)
			if err != nil {
				t.Fatal(err)
			}
			streamed, err := data.CollectChat(f.data.ChatStream(t.Context(), "a", request))
			if err != nil {
				t.Fatal(err)
			}
			for _, response := range []*data.ChatResponse{whole, streamed} {
				if response.ID == "" || response.Message.Content == "" {
					t.Errorf("%+v", response)
				}
				response.ID = ""
				for _, citation := range response.Citations {
					for i := range citation.References {
						citation.References[i].File.SignedURL = "" // depends on the time
					}
				}
				if len(response.Citations) == 0 {
					response.Citations = nil
				}
			}
			if !reflect.DeepEqual(streamed, whole) {
				t.Errorf("streamed %+v\nwhole %+v", streamed, whole)
			}
		})
	}
}

// A citation follows the text up to its position.
func TestCitationsFollowTheirText(t *testing.T) {
	f := startWithFiles(t)
	var kinds []string
	text := ""
	for chunk, err := range f.data.ChatStream(t.Context(), "a", data.ChatRequest{Messages: ask("fog signal tested Mondays")}) {
		if err != nil {
			t.Fatal(err)
		}
		switch chunk := chunk.(type) {
		case *data.MessageStart:
			kinds = append(kinds, chunk.Type)
		case *data.ContentChunk:
			text += chunk.Delta.Content
		case *data.CitationChunk:
			if chunk.Citation.Position > len([]rune(text)) {
				t.Errorf("citation at position %d of the text %q", chunk.Citation.Position, text)
			}
			kinds = append(kinds, chunk.Type)
		case *data.MessageEnd:
			kinds = append(kinds, chunk.Type)
		default:
			t.Errorf("%T", chunk)
		}
	}
	if kinds[0] != "message_start" || kinds[len(kinds)-1] != "message_end" || !slices.Contains(kinds, "citation") {
		t.Errorf("events %s", strings.Join(kinds, ", "))
	}
}

func TestCompletionStream(t *testing.T) {
	f := startWithFiles(t)
	request := data.ChatCompletionRequest{Messages: ask("When is the lamp lit?")}
	whole, err := f.data.ChatCompletion(t.Context(), "a", request)
	if err != nil {
		t.Fatal(err)
	}
	streamed, err := data.CollectChatCompletion(f.data.ChatCompletionStream(t.Context(), "a", request))
	if err != nil {
		t.Fatal(err)
	}
	whole.ID, streamed.ID = "", ""
	if !reflect.DeepEqual(streamed, whole) {
		t.Errorf("streamed %+v\nwhole %+v", streamed, whole)
	}
	text := ""
	for piece, err := range data.ChatCompletionText(f.data.ChatCompletionStream(t.Context(), "a", request)) {
		if err != nil {
			t.Fatal(err)
		}
		text += piece
	}
	if text != whole.Choices[0].Message.Content {
		t.Errorf("text %q", text)
	}
}

func TestStreamRefused(t *testing.T) {
	f := startWithFiles(t)
	for _, err := range f.data.ChatStream(t.Context(), "none", data.ChatRequest{Messages: ask("lamp")}) {
		if err == nil || !strings.Contains(err.Error(), "NOT_FOUND") {
			t.Errorf("error %v", err)
		}
	}
}
