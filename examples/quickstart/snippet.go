package main

import (
	"fmt"

	"github.com/pinecone-community/assistant-go/examples/internal/cite"
	"github.com/pinecone-community/assistant-go/gen/2026-07/data"
)

// describeSnippet returns where a snippet comes from, its text, and how well it
// fits. A snippet is a union: the type of the value tells what it is.
func describeSnippet(snippet data.SnippetModel) (from, text string, score float32) {
	switch value := snippet.Value.(type) {
	case *data.TextSnippetModel:
		return cite.Reference(value.Reference), value.Content, value.Score
	case *data.MultiModalSnippetModel:
		return cite.Reference(value.Reference), fmt.Sprintf("%d blocks of text and images", len(value.Content)), value.Score
	case *data.UnknownSnippetModel:
		return "unknown", fmt.Sprintf("a snippet of the new type %q", value.Type), 0
	}
	return "unknown", "no snippet", 0
}
