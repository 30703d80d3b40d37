package emulator

import (
	"context"
	"math"
	"slices"
	"strings"

	"github.com/pinecone-community/assistant-go/examples/emulator/internal/v2026_04/data"
)

// Snippets that a request gets unless it says otherwise, and the limits of what
// it can say. The specs give no least number of snippets; none is no request.
const (
	defaultTopK        = 16
	maxTopK            = 64
	defaultSnippetSize = 2048
	minSnippetSize     = 512
	maxSnippetSize     = 8192
)

// source is a file to search.
type source struct {
	kind      *kind
	file      data.AssistantFileModel
	sentences []sentence
}

// snippet is a passage of a file, made of whole sentences.
type snippet struct {
	source    *source
	sentences []sentence
	score     float64
}

// sources returns the files of an assistant that can be searched and match a
// filter.
func (s *Server) sources(ctx context.Context, name string, filter map[string]any) (instructions string, sources []*source, err error) {
	matches, err := compileFilter(filter)
	if err != nil {
		return "", nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	a, err := s.find(name)
	if err != nil {
		return "", nil, err
	}
	for _, f := range inOrder(a.files, func(f *file) int64 { return f.sequence }) {
		if f.status != data.FileStatusAvailable || !matches(f.metadata) {
			continue
		}
		described := f.reply()
		described.SignedURL = ptr(s.signedURL(ctx, a.name, f.id))
		sources = append(sources, &source{f.kind, described, f.sentences})
	}
	return a.instructions, sources, nil
}

// retrieve returns the best snippets for a query, the best first.
func retrieve(sources []*source, query string, topK, snippetSize *int) ([]snippet, error) {
	most, size := deref(topK, defaultTopK), deref(snippetSize, defaultSnippetSize)
	if most < 1 || most > maxTopK {
		return nil, invalid("top_k: %d, want 1 to %d", most, maxTopK)
	}
	if size < minSnippetSize || size > maxSnippetSize {
		return nil, invalid("snippet_size: %d, want %d to %d", size, minSnippetSize, maxSnippetSize)
	}
	var all []snippet
	for _, source := range sources {
		all = append(all, cut(source, size)...)
	}
	texts := make([][]string, len(all))
	for i, snippet := range all {
		for _, sentence := range snippet.sentences {
			texts[i] = append(texts[i], sentence.terms...)
		}
	}
	for i, score := range scores(texts, terms(query)) {
		all[i].score = score
	}
	all = slices.DeleteFunc(all, func(s snippet) bool { return s.score == 0 })
	slices.SortStableFunc(all, func(a, b snippet) int { return descending(a.score, b.score) })
	return all[:min(len(all), most)], nil
}

// cut cuts a file into snippets of at most size tokens.
func cut(source *source, size int) []snippet {
	var snippets []snippet
	from, length := 0, 0
	for i, sentence := range source.sentences {
		n := len(sentence.text) + 1 // with what joins it to the next
		if length+n > size*bytesPerToken && i > from {
			snippets = append(snippets, snippet{source: source, sentences: source.sentences[from:i]})
			from, length = i, 0
		}
		length += n
	}
	return append(snippets, snippet{source: source, sentences: source.sentences[from:]})
}

// text joins the sentences again, a line for each paragraph.
func (s snippet) text() string {
	var text strings.Builder
	for i, sentence := range s.sentences {
		switch {
		case i == 0:
		case sentence.paragraph == s.sentences[i-1].paragraph:
			text.WriteByte(' ')
		default:
			text.WriteByte('\n')
		}
		text.WriteString(sentence.text)
	}
	return text.String()
}

// pages are the pages that a snippet stands on; none in a file without pages.
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

// scores rates texts by BM25, with the usual parameters. A text that has fewer
// than a third of the query's terms fits by chance, and gets 0.
func scores(texts [][]string, query []string) []float64 {
	const k, b = 1.2, 0.75
	query = slices.Compact(slices.Sorted(slices.Values(query)))
	counts := make([]map[string]int, len(texts))
	having := make(map[string]int)
	total := 0
	for i, text := range texts {
		counts[i] = make(map[string]int)
		for _, term := range text {
			counts[i][term]++
		}
		for term := range counts[i] {
			having[term]++
		}
		total += len(text)
	}
	result := make([]float64, len(texts))
	average := float64(total) / float64(max(len(texts), 1))
	for i, text := range texts {
		found := 0
		score := 0.0
		for _, term := range query {
			count := float64(counts[i][term])
			if count == 0 {
				continue
			}
			found++
			n, with := float64(len(texts)), float64(having[term])
			rarity := math.Log(1 + (n-with+0.5)/(with+0.5))
			score += rarity * count * (k + 1) / (count + k*(1-b+b*float64(len(text))/average))
		}
		if found > 0 && 3*found >= len(query) {
			result[i] = score
		}
	}
	return result
}

func descending(a, b float64) int {
	switch {
	case a > b:
		return -1
	case a < b:
		return 1
	}
	return 0
}
