package emulator

import "maps"

// topK2025 is the default of top_k in versions before topKIs16From, according to the
// descriptions in the specs.
const (
	topK2025     = 15
	topKIs16From = "2025-10"
)

func (s *Server) contextAssistant(r *request) (*response, error) {
	query, _ := r.body.text("query")
	messages := r.body.objects("messages")
	if (query == "") == (len(messages) == 0) {
		return nil, invalid("want either query or messages")
	}
	if query == "" {
		var err error
		if query, err = questionOf(messages); err != nil {
			return nil, err
		}
	}
	if err := checkImages("", r.body); err != nil {
		return nil, err
	}
	_, sources, err := s.sources(r.Context(), r.assistant(), r.body.object("filter"))
	if err != nil {
		return nil, err
	}
	topK := r.body.integer("top_k")
	if topK == nil && r.version.name < topKIs16From {
		fewer := topK2025
		topK = &fewer
	}
	found, err := retrieve(sources, query, topK, r.body.integer("snippet_size"))
	if err != nil {
		return nil, err
	}
	prompt := tokens(query)
	snippets := make([]object, 0, len(found))
	for _, snippet := range found {
		text := snippet.text()
		prompt += tokens(text)
		snippets = append(snippets, object{
			"type": "text", "content": text, "score": float32(snippet.score), "reference": snippet.reference(r),
		})
	}
	if err := s.quota.spend(contextTokens, prompt); err != nil {
		return nil, err
	}
	if snippets, err = s.scriptSnippets(r, sources, snippets); err != nil {
		return nil, err
	}
	return r.ok(object{"id": newID(), "snippets": snippets, "usage": usage(prompt, 0)}), nil
}

// reference returns the reference of a snippet. The spec of 2025-01 does not define its
// fields; that it has a file in the format of that version is inferred.
func (s snippet) reference(r *request) object {
	kind := s.source.kind.Name
	reference := object{"type": kind, "file": r.fileOf(s.source)}
	if kind == "pdf" || kind == "doc_x" {
		reference["pages"] = s.pages()
	}
	return reference
}

// fileOf returns the description of a file in the format of the request's version.
func (r *request) fileOf(source *source) object {
	described := source.described()
	if describe := r.version.operations()["DescribeFile"]; describe != nil {
		prune(describe.responseSchema(200), described)
	}
	return described
}

// described returns a copy of the description of the source's file.
func (s *source) described() object { return maps.Clone(s.file) }
