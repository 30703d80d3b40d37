package main

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/pinecone-community/assistant-go/gen/2026-04/data"
)

// footnotes puts a number into an answer wherever it has a citation, and returns
// the sources that the numbers stand for. A position counts characters from the
// start of the answer.
func footnotes(answer string, citations []data.CitationModel) (text string, notes []string) {
	citations = slices.SortedStableFunc(slices.Values(citations), func(a, b data.CitationModel) int {
		return cmp.Compare(a.Position, b.Position)
	})
	runes := []rune(answer)
	var out strings.Builder
	at := 0
	for _, citation := range citations {
		position := min(max(citation.Position, at), len(runes))
		out.WriteString(string(runes[at:position]))
		at = position
		for _, reference := range citation.References {
			note := source(reference.File.Name, reference.Pages)
			if reference.Highlight.Content != "" {
				note += fmt.Sprintf(": %q", reference.Highlight.Content)
			}
			number := slices.Index(notes, note) + 1
			if number == 0 {
				notes = append(notes, note)
				number = len(notes)
			}
			fmt.Fprintf(&out, "[%d]", number)
		}
	}
	out.WriteString(string(runes[at:]))
	return out.String(), notes
}

// describeSnippet returns where a snippet comes from, its text, and how well it
// fits. A snippet and its reference are unions: the type of the value tells what
// they are.
func describeSnippet(snippet data.SnippetModel) (from, text string, score float32) {
	var reference data.TypedReferenceModel
	switch value := snippet.Value.(type) {
	case *data.TextSnippetModel:
		reference, text, score = value.Reference, value.Content, value.Score
	case *data.MultiModalSnippetModel:
		reference, score = value.Reference, value.Score
		text = fmt.Sprintf("%d blocks of text and images", len(value.Content))
	case *data.UnknownSnippetModel:
		text = fmt.Sprintf("a snippet of the new type %s", value.Type)
	}
	switch target := reference.Value.(type) {
	case *data.TextReferenceModel:
		from = source(target.File.Name, nil)
	case *data.MarkdownReferenceModel:
		from = source(target.File.Name, nil)
	case *data.JSONReferenceModel:
		from = source(target.File.Name, nil)
	case *data.PDFReferenceModel:
		from = source(target.File.Name, target.Pages)
	case *data.DocxReferenceModel:
		from = source(target.File.Name, target.Pages)
	}
	return from, text, score
}

// source names a file and, if it has any, the pages in it.
func source(file string, pages []int) string {
	if len(pages) == 0 {
		return file
	}
	return fmt.Sprintf("%s, p. %s", file, strings.Trim(strings.ReplaceAll(fmt.Sprint(pages), " ", ", "), "[]"))
}
