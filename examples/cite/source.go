package cite

import (
	"fmt"
	"strings"

	"github.com/pinecone-community/assistant-go/gen/2026-07/data"
)

// Source returns the name of a file with the pages, if any.
func Source(file string, pages []int) string {
	if len(pages) == 0 {
		return file
	}
	return fmt.Sprintf("%s, p. %s", file, strings.Trim(strings.ReplaceAll(fmt.Sprint(pages), " ", ", "), "[]"))
}

// Reference returns the source of a snippet. A reference is a union: the type
// of its value determines the kind of source.
func Reference(reference data.SnippetReference) string {
	switch target := reference.Value.(type) {
	case *data.TextReference:
		return Source(target.File.Name, nil)
	case *data.MarkdownReference:
		return Source(target.File.Name, nil)
	case *data.JSONReference:
		return Source(target.File.Name, nil)
	case *data.PDFReference:
		return Source(target.File.Name, target.Pages)
	case *data.DocxReference:
		return Source(target.File.Name, target.Pages)
	case *data.UnknownSnippetReference:
		return fmt.Sprintf("a source of the new type %q", target.Type)
	}
	return "a source without a name"
}
