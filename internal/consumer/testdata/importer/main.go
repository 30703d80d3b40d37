// Importer is a program that uses everything that this module exports, as a
// module of its own. What it has to compile is what every importer has to.
package main

import (
	"fmt"

	"github.com/pinecone-community/assistant-go/auth"
	control202501 "github.com/pinecone-community/assistant-go/gen/2025-01/control"
	data202501 "github.com/pinecone-community/assistant-go/gen/2025-01/data"
	evaluation202501 "github.com/pinecone-community/assistant-go/gen/2025-01/evaluation"
	control202604 "github.com/pinecone-community/assistant-go/gen/2026-04/control"
	data202604 "github.com/pinecone-community/assistant-go/gen/2026-04/data"
	evaluation202604 "github.com/pinecone-community/assistant-go/gen/2026-04/evaluation"
	control202607 "github.com/pinecone-community/assistant-go/gen/2026-07/control"
	data202607 "github.com/pinecone-community/assistant-go/gen/2026-07/data"
	evaluation202607 "github.com/pinecone-community/assistant-go/gen/2026-07/evaluation"
)

func main() {
	editor, err := auth.APIKey("key")
	if err != nil {
		panic(err)
	}
	apis := []any{
		must(control202501.New(control202501.WithRequestEditorFn(editor))),
		must(data202501.New("localhost", data202501.WithRequestEditorFn(editor))),
		must(evaluation202501.New(evaluation202501.WithRequestEditorFn(editor))),
		must(control202604.New(control202604.WithRequestEditorFn(editor))),
		must(data202604.New("localhost", data202604.WithRequestEditorFn(editor))),
		must(evaluation202604.New(evaluation202604.WithRequestEditorFn(editor))),
		must(control202607.New(control202607.WithRequestEditorFn(editor))),
		must(data202607.New("localhost", data202607.WithRequestEditorFn(editor))),
		must(evaluation202607.New(evaluation202607.WithRequestEditorFn(editor))),
	}
	for _, api := range apis {
		fmt.Printf("%T\n", api)
	}
}

func must[T any](api *T, err error) *T {
	if err != nil {
		panic(err)
	}
	return api
}
