package emulator

import "maps"

// Snippets that a request gets unless it says otherwise, in versions before the
// one that let a request say how large they are. Specs have it in words.
const (
	topK2025     = 15
	topKIs16From = "2025-10"
)

func (s *Server) contextAssistant(r *request) (*reply, error) {
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

// reference tells where a snippet is from. The spec of 2025-01 does not say what a
// reference has: that it has a file as that version knows files is inferred.
func (s snippet) reference(r *request) object {
	kind := s.source.kind.Name
	reference := object{"type": kind, "file": r.fileOf(s.source)}
	if kind == "pdf" || kind == "doc_x" {
		reference["pages"] = s.pages()
	}
	return reference
}

// fileOf describes a file as the request's version does.
func (r *request) fileOf(source *source) object {
	described := source.described()
	if describe := r.version.operations()["DescribeFile"]; describe != nil {
		prune(describe.replySchema(200), described)
	}
	return described
}

// described returns a copy of the description of the source's file, for one reply.
func (s *source) described() object { return maps.Clone(s.file) }
