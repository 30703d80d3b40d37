package emulator

import (
	"context"
	"fmt"

	"github.com/google/uuid"

	"github.com/pinecone-community/assistant-go/examples/emulator/internal/v2026_04/data"
)

func (s dataPlane) ContextAssistant(ctx context.Context, request data.ContextAssistantRequestObject) (data.ContextAssistantResponseObject, error) {
	body := request.Body
	query := deref(body.Query, "")
	if (query == "") == (len(deref(body.Messages, nil)) == 0) {
		return nil, invalid("want either query or messages")
	}
	if query == "" {
		var err error
		if query, err = questionOf(*body.Messages); err != nil {
			return nil, err
		}
	}
	_, sources, err := s.sources(ctx, request.AssistantName, deref(body.Filter, nil))
	if err != nil {
		return nil, err
	}
	found, err := retrieve(sources, query, body.TopK, body.SnippetSize)
	if err != nil {
		return nil, err
	}
	snippets := make([]data.SnippetModel, len(found))
	prompt := tokens(query)
	for i, snippet := range found {
		reference, err := snippet.reference()
		if err != nil {
			return nil, err
		}
		text := snippet.text()
		prompt += tokens(text)
		err = snippets[i].FromTextSnippetModel(data.TextSnippetModel{
			Type: "text", Content: text, Score: float32(snippet.score), Reference: reference,
		})
		if err != nil {
			return nil, err
		}
	}
	return data.ContextAssistant200JSONResponse{
		ID:       ptr(uuid.NewString()),
		Snippets: snippets,
		Usage:    *usage(prompt, 0),
	}, nil
}

func (s snippet) reference() (data.TypedReferenceModel, error) {
	var reference data.TypedReferenceModel
	file, kind := s.source.file, s.source.kind.Name
	var err error
	switch kind {
	case "text":
		err = reference.FromTextReferenceModel(data.TextReferenceModel{Type: kind, File: file})
	case "markdown":
		err = reference.FromMarkdownReferenceModel(data.MarkdownReferenceModel{Type: kind, File: file})
	case "json":
		err = reference.FromJSONReferenceModel(data.JSONReferenceModel{Type: kind, File: file})
	case "pdf":
		err = reference.FromPDFReferenceModel(data.PDFReferenceModel{Type: kind, File: file, Pages: s.pages()})
	case "doc_x":
		err = reference.FromDocxReferenceModel(data.DocxReferenceModel{Type: kind, File: file, Pages: s.pages()})
	default:
		err = fmt.Errorf("no reference to a file of kind %q", kind)
	}
	return reference, err
}
