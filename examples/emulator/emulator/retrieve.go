package emulator

import (
	"context"
	"slices"

	"github.com/pinecone-community/assistant-go/examples/emulator/internal/document"
	"github.com/pinecone-community/assistant-go/examples/emulator/internal/store"
)

// Defaults and limits of the options of a retrieval. Sizes are in tokens. The specs have
// no minimum of top_k.
const (
	defaultTopK        = 16
	maxTopK            = 64
	defaultSnippetSize = 2048
	minSnippetSize     = 512
	maxSnippetSize     = 8192
)

// corpus is the files of an assistant that match a filter.
type corpus struct {
	server    *Server
	ctx       context.Context
	assistant *store.Assistant
	filter    *store.Filter
}

// source is the file of a snippet.
type source struct {
	kind *document.Kind
	file object // see describeFile
}

// snippet is an excerpt of a file, which consists of whole sentences.
type snippet struct {
	source    *source
	content   string
	sentences []sentence
	score     float64 // see choose
}

// sentence is a sentence of a snippet.
type sentence struct {
	text  string
	page  int // 0 if the file has no pages
	terms []string
}

// sources returns the instructions of an assistant, and its files that match a filter.
func (s *Server) sources(ctx context.Context, name string, filter object) (instructions string, sources *corpus, err error) {
	compiled, err := compileFilter(&filter)
	if err != nil {
		return "", nil, err
	}
	a, err := s.find(name)
	if err != nil {
		return "", nil, err
	}
	return a.Instructions, &corpus{s, ctx, a, compiled}, nil
}

// retrieve returns the best snippets for a query, the best first.
func retrieve(sources *corpus, query string, topK, snippetSize *int) ([]snippet, error) {
	most, size := deref(topK, defaultTopK), deref(snippetSize, defaultSnippetSize)
	if most < 1 || most > maxTopK {
		return nil, invalid("top_k: %d, want 1 to %d", most, maxTopK)
	}
	if size < minSnippetSize || size > maxSnippetSize {
		return nil, invalid("snippet_size: %d, want %d to %d", size, minSnippetSize, maxSnippetSize)
	}
	words := distinct(query)
	excerpts, files, err := sources.server.db.Search(sources.ctx, store.Search{
		Assistant: sources.assistant.Sequence,
		Filter:    sources.filter,
		Terms:     words,
		Count:     counter(words),
		Choose: func(hits []store.Hit) []store.Excerpt {
			return choose(hits, len(words), size*bytesPerToken, most)
		},
	})
	if err != nil {
		return nil, err
	}
	found := make(map[int64]*source)
	snippets := make([]snippet, 0, len(excerpts))
	for _, excerpt := range excerpts {
		if found[excerpt.File] == nil {
			f := files[excerpt.File]
			described := describeFile(f)
			described["signed_url"] = sources.server.signedURL(sources.ctx, sources.assistant.Name, f.ID)
			found[excerpt.File] = &source{document.KindOf(f.Name), described}
		}
		snippets = append(snippets, newSnippet(found[excerpt.File], excerpt))
	}
	return snippets, nil
}

func newSnippet(source *source, excerpt store.Excerpt) snippet {
	s := snippet{source: source, content: document.Text(excerpt.Sentences), score: excerpt.Score}
	for _, found := range excerpt.Sentences {
		s.sentences = append(s.sentences, sentence{found.Text, found.Page, terms(found.Text)})
	}
	return s
}

// text returns the sentences, with a line for each paragraph.
func (s snippet) text() string { return s.content }

// pages returns the pages of a snippet, or nil if the file has no pages.
func (s snippet) pages() []int {
	var pages []int
	for _, sentence := range s.sentences {
		if sentence.page > 0 {
			pages = append(pages, sentence.page)
		}
	}
	slices.Sort(pages)
	return slices.Compact(pages)
}
