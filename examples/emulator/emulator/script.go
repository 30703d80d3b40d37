package emulator

import (
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/google/uuid"

	"github.com/pinecone-community/assistant-go/examples/emulator/internal/document"
	"github.com/pinecone-community/assistant-go/examples/emulator/internal/model"
	"github.com/pinecone-community/assistant-go/examples/emulator/internal/store"
)

const repliesPath = "/emulator/replies"

// Reply is what the next chats or retrievals answer in the place of what the files
// say. The request is checked as every other one: its assistant must be there.
type Reply struct {
	// Operation is what it is for: Chat, ChatCompletion or RetrieveContext. Empty is
	// the next of those that it has something for.
	Operation string
	// Count is how many requests it is for; 0 is one.
	Count int

	// Text is the answer of a chat. Chunks are the parts in which a stream sends it;
	// with chunks and without a text, the text is all of them.
	Text   string
	Chunks []string
	// Citations are those of the chat endpoint; completions have none.
	Citations []Citation
	// FinishReason is why the answer ended, any text; "stop" if it is empty.
	FinishReason string
	// Model is the model that the answer names; the request's if it is empty.
	Model string
	// Events are sent in a stream besides its own, such as chunks of an unknown type.
	Events []Event
	// ChunkDelay is the time between two events of the stream; 0 leaves it as it is.
	ChunkDelay time.Duration

	// Snippets are what a retrieval finds, as the API writes them; where a reference
	// has the name of a file as its "file", the file's description takes its place.
	// Those with images are left out, or sent without the data of the images, as the
	// request asks for.
	Snippets []map[string]any
}

// Citation is a citation of a scripted answer.
type Citation struct {
	Position   int         `json:"position"` // in the text, in code points
	References []Reference `json:"references"`
}

// Reference is a part of a file. A file that the assistant does not have is
// described as if it had it.
type Reference struct {
	File      string `json:"file"` // its name or its identifier
	Pages     []int  `json:"pages,omitempty"`
	Highlight string `json:"highlight,omitempty"` // only if the request asks for highlights
}

// Event is sent in a stream before its event with the number Before, from 0; behind
// all, if there are fewer.
type Event struct {
	Before int            `json:"before"`
	Data   map[string]any `json:"data"`
}

// The operations that a reply can be for.
const (
	chatOperation       = "Chat"
	completionOperation = "ChatCompletion"
	contextOperation    = "RetrieveContext"
)

// check says what is wrong with a reply.
func (r Reply) check() error {
	chats := r.Text != "" || len(r.Chunks) > 0
	switch {
	case !chats && r.Snippets == nil && r.FinishReason == "" && r.Events == nil && r.ChunkDelay == 0 && r.Model == "" && r.Citations == nil:
		return errors.New("the reply says nothing: want text, chunks or snippets")
	case r.Operation != "" && !slices.Contains([]string{chatOperation, completionOperation, contextOperation}, r.Operation):
		return fmt.Errorf("operation: %q, want %s, %s or %s", r.Operation, chatOperation, completionOperation, contextOperation)
	case r.Operation == contextOperation && r.Snippets == nil:
		return fmt.Errorf("snippets: a reply for %s has none", contextOperation)
	case r.Count < 0:
		return fmt.Errorf("count: %d, want at least 1", r.Count)
	case r.Text != "" && len(r.Chunks) > 0 && r.Text != strings.Join(r.Chunks, ""):
		return errors.New("chunks: they are not the parts of the text")
	case r.ChunkDelay < 0 || r.ChunkDelay > maxFaultTime:
		return fmt.Errorf("chunk_delay: want 0 to %.0f seconds", maxFaultTime.Seconds())
	}
	for i, citation := range r.Citations {
		if citation.Position < 0 {
			return fmt.Errorf("citations.%d.position: %d, want at least 0", i, citation.Position)
		}
	}
	return nil
}

// isFor reports whether a reply is for an operation.
func (r Reply) isFor(operation string) bool {
	if r.Operation != "" {
		return r.Operation == operation
	}
	return (operation == contextOperation) == (r.Snippets != nil)
}

// insert puts the events of a script among those of a stream.
func (r *Reply) insert(events []any) []any {
	var all []any
	for i := range len(events) + 1 {
		for _, event := range r.Events {
			if event.Before == i || i == len(events) && event.Before > i {
				all = append(all, event.Data)
			}
		}
		if i < len(events) {
			all = append(all, events[i])
		}
	}
	return all
}

// Answer scripts the next answers of the project. The error says what is wrong with
// the reply.
func (s *Server) Answer(reply Reply) error { return s.scripts.add(reply) }

// scripts are the replies that are still to come.
type scripts struct {
	mu    sync.Mutex
	queue []Reply
}

func (s *scripts) add(reply Reply) error {
	if name := nameOf(reply.Operation); name != "" {
		reply.Operation = name
	}
	if err := reply.check(); err != nil {
		return err
	}
	reply.Count = max(reply.Count, 1)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.queue = append(s.queue, reply)
	return nil
}

func (s *scripts) clear() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.queue = nil
}

// take returns the first reply for an operation, and counts it; nil if there is
// none.
func (s *scripts) take(operation string) *Reply {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i, reply := range s.queue {
		if !reply.isFor(operation) {
			continue
		}
		if s.queue[i].Count--; s.queue[i].Count == 0 {
			s.queue = slices.Delete(s.queue, i, i+1)
		}
		return &reply
	}
	return nil
}

// script puts a scripted reply in the place of an answer.
func (s *Server) script(r *request, sources *corpus, answer *answer) error {
	script := s.scripts.take(r.operation.name)
	if script == nil {
		return nil
	}
	answer.script = script
	if script.Text != "" || len(script.Chunks) > 0 {
		answer.text, answer.citations = script.Text, []object{}
		if answer.text == "" {
			answer.text = strings.Join(script.Chunks, "")
		}
	}
	if script.FinishReason != "" {
		answer.finish = script.FinishReason
	}
	if script.Model != "" {
		answer.model = script.Model
	}
	if script.Citations == nil {
		return nil
	}
	highlights, _ := r.body.flag("include_highlights")
	answer.citations = []object{}
	for _, citation := range script.Citations {
		references := []object{}
		for _, given := range citation.References {
			file, err := s.fileNamed(r, sources, given.File)
			if err != nil {
				return err
			}
			reference := object{"file": file, "highlight": nil}
			if given.Pages != nil {
				reference["pages"] = given.Pages
			}
			if highlights && given.Highlight != "" {
				reference["highlight"] = object{"type": "text", "content": given.Highlight}
			}
			references = append(references, reference)
		}
		answer.citations = append(answer.citations, object{"position": citation.Position, "references": references})
	}
	return nil
}

// scriptSnippets puts scripted snippets in the place of those that were found.
func (s *Server) scriptSnippets(r *request, sources *corpus, found []object) ([]object, error) {
	script := s.scripts.take(contextOperation)
	if script == nil {
		return found, nil
	}
	multimodal, given := r.body.flag("multimodal")
	binary, chosen := r.body.flag("include_binary_content")
	snippets := []object{}
	for _, snippet := range script.Snippets {
		if snippet["type"] == "multimodal" && given && !multimodal {
			continue
		}
		snippet = maps.Clone(snippet)
		if chosen && !binary {
			snippet["content"] = withoutImages(snippet["content"])
		}
		if reference, ok := snippet["reference"].(object); ok {
			reference = maps.Clone(reference)
			if name, ok := reference["file"].(string); ok {
				file, err := s.fileNamed(r, sources, name)
				if err != nil {
					return nil, err
				}
				reference["file"] = file
			}
			snippet["reference"] = reference
		}
		snippets = append(snippets, snippet)
	}
	return snippets, nil
}

// withoutImages returns the content of a snippet without the data of its images.
func withoutImages(content any) any {
	blocks, ok := content.([]any)
	if !ok {
		return content
	}
	var kept []any
	for _, block := range blocks {
		if block, ok := block.(object); ok && block["type"] == "image" {
			block = maps.Clone(block)
			block["image"] = nil
			kept = append(kept, block)
			continue
		}
		kept = append(kept, block)
	}
	return kept
}

// fileNamed describes the file of an assistant that has a name or an identifier, as
// the request's version does.
func (s *Server) fileNamed(r *request, sources *corpus, name string) (object, error) {
	a := sources.assistant
	f, err := s.db.File(a.Sequence, name)
	if errors.Is(err, store.ErrNotFound) {
		var files []*store.File
		if files, err = s.db.Files(r.Context(), a.Sequence, 0, nil, everything); err != nil {
			return nil, err
		}
		at := slices.IndexFunc(files, func(f *store.File) bool { return f.Name == name })
		if at < 0 {
			now := s.now()
			files, at = []*store.File{{
				ID: uuid.NewSHA1(uuid.NameSpaceURL, []byte(name)).String(), Name: name,
				Status: model.FileStatusAvailable, Created: now, Updated: now,
			}}, 0
		}
		f = files[at]
	}
	if err != nil {
		return nil, err
	}
	described := describeFile(f)
	described["signed_url"] = s.signedURL(r.Context(), a.Name, f.ID)
	return r.fileOf(&source{kind: document.KindOf(f.Name), file: described}), nil
}

// serveReplies takes a reply, or with DELETE forgets all that are still to come.
func (s *Server) serveReplies(w http.ResponseWriter, r *http.Request) error {
	if r.Method == http.MethodDelete {
		s.scripts.clear()
	} else {
		var form struct {
			Operation    string           `json:"operation"`
			Count        int              `json:"count"`
			Text         string           `json:"text"`
			Chunks       []string         `json:"chunks"`
			Citations    []Citation       `json:"citations"`
			FinishReason string           `json:"finish_reason"`
			Model        string           `json:"model"`
			Events       []Event          `json:"events"`
			ChunkDelay   float64          `json:"chunk_delay"`
			Snippets     []map[string]any `json:"snippets"`
		}
		if err := readLocalForm(r, &form); err != nil {
			return err
		}
		err := s.scripts.add(Reply{
			Operation: form.Operation, Count: form.Count, Text: form.Text, Chunks: form.Chunks,
			Citations: form.Citations, FinishReason: form.FinishReason, Model: form.Model, Events: form.Events,
			ChunkDelay: duration(form.ChunkDelay), Snippets: form.Snippets,
		})
		if err != nil {
			return invalid("%v", err)
		}
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}
