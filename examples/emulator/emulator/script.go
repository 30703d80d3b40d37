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

// Reply is a scripted reply. It replaces the answer of a chat, or the snippets of a
// retrieval, that the emulator would find in the files. The request must still be valid:
// the assistant must exist.
type Reply struct {
	// Operation is the operation of the requests: Chat, ChatCompletion or RetrieveContext.
	// If it is empty, a reply with snippets applies to retrievals, and another to chats and
	// completions.
	Operation string
	// Count is the number of requests; 0 stands for 1.
	Count int

	// Text is the answer of a chat. Chunks are the parts in which a stream sends it. If
	// Text is empty, it is the concatenation of Chunks.
	Text   string
	Chunks []string
	// Citations are the citations of a chat; completions have none.
	Citations []Citation
	// FinishReason is any text; the default is "stop".
	FinishReason string
	// Model is the model in the response; the default is that of the request.
	Model string
	// Events are additional events of a stream, such as chunks of an unknown type.
	Events []Event
	// ChunkDelay is the time between two events of a stream, at most an hour; 0 stands for
	// that of [WithChunkDelay].
	ChunkDelay time.Duration

	// Snippets are the snippets of a retrieval in the format of the API. If the field
	// "file" of a reference is the name or identifier of a file, the description of the
	// file replaces it. As the request's options say, snippets with images are left out,
	// or sent without the image data.
	Snippets []map[string]any
}

// Citation is a citation of a scripted answer.
type Citation struct {
	Position   int         `json:"position"` // position in the text, in code points
	References []Reference `json:"references"`
}

// Reference is a reference to a file. If the assistant has no such file, the emulator
// makes up its description.
type Reference struct {
	File      string `json:"file"` // name or identifier of the file
	Pages     []int  `json:"pages,omitempty"`
	Highlight string `json:"highlight,omitempty"` // only if the request asks for highlights
}

// Event is an additional event of a stream. It is sent before the stream's own event with
// the number Before, counted from 0, or at the end if there is none.
type Event struct {
	Before int            `json:"before"`
	Data   map[string]any `json:"data"`
}

// The operations that can have a scripted reply.
const (
	chatOperation       = "Chat"
	completionOperation = "ChatCompletion"
	contextOperation    = "RetrieveContext"
)

// check returns an error if a reply is invalid.
func (r Reply) check() error {
	chats := r.Text != "" || len(r.Chunks) > 0
	switch {
	case !chats && r.Snippets == nil && r.FinishReason == "" && r.Events == nil && r.ChunkDelay == 0 && r.Model == "" && r.Citations == nil:
		return errors.New("empty reply, want text, chunks or snippets")
	case r.Operation != "" && !slices.Contains([]string{chatOperation, completionOperation, contextOperation}, r.Operation):
		return fmt.Errorf("operation: %q, want %s, %s or %s", r.Operation, chatOperation, completionOperation, contextOperation)
	case r.Operation == contextOperation && r.Snippets == nil:
		return fmt.Errorf("snippets: required for %s", contextOperation)
	case r.Count < 0:
		return fmt.Errorf("count: %d, want at least 1", r.Count)
	case r.Text != "" && len(r.Chunks) > 0 && r.Text != strings.Join(r.Chunks, ""):
		return errors.New("chunks: want the parts of text")
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

// isFor reports whether a reply applies to an operation.
func (r Reply) isFor(operation string) bool {
	if r.Operation != "" {
		return r.Operation == operation
	}
	return (operation == contextOperation) == (r.Snippets != nil)
}

// insert adds the events of a reply to the events of a stream.
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

// Answer adds a scripted reply to the queue of the project. Each chat, completion and
// retrieval takes the first reply for its operation. An invalid reply is an error.
func (s *Server) Answer(reply Reply) error { return s.scripts.add(reply) }

// scripts is the queue of the pending scripted replies.
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

// take returns the first reply for an operation, and removes the reply after its last
// request. If there is none, it returns nil.
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

// script replaces an answer by the first scripted reply for the request's operation, if
// there is one.
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

// scriptSnippets returns the snippets of the first scripted reply for a retrieval, or
// found if there is none.
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

// withoutImages returns the content of a snippet without image data.
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

// fileNamed returns the description of an assistant's file with a name or identifier, in
// the format of the request's version. If there is no such file, it makes up the
// description.
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

// serveReplies adds a scripted reply or, with DELETE, removes the pending replies.
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
