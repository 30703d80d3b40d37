package emulator

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"regexp"

	"github.com/pinecone-community/assistant-go/examples/emulator/internal/model"
	"github.com/pinecone-community/assistant-go/examples/emulator/internal/store"
)

var assistantName = regexp.MustCompile(`^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$`)

// maxText is the limit of instructions and of metadata, in bytes.
const maxText = 16 << 10

// assistantsPage is the default page size of a list of assistants.
const assistantsPage = 50

func (s *Server) listAssistants(r *request) (*response, error) {
	list, err := r.page("assistants", assistantsPage)
	if err != nil {
		return nil, err
	}
	return listing[*store.Assistant]{
		field:    "assistants",
		fetch:    s.db.Assistants,
		sequence: func(a *store.Assistant) int64 { return a.Sequence },
		describe: func(a *store.Assistant) object { return describeAssistant(r.Context(), a) },
	}.response(r, list)
}

func (s *Server) createAssistant(r *request) (*response, error) {
	name, _ := r.body.text("name")
	if !assistantName.MatchString(name) {
		return nil, invalid("Invalid assistant name %q: want 1 to 63 lower-case letters, digits and hyphens, starting and ending with a letter or digit", truncate(name))
	}
	instructions, _ := r.body.text("instructions")
	metadata := r.body.object("metadata")
	if err := checkSettings(instructions, metadata); err != nil {
		return nil, err
	}
	region, ok := r.body.text("region")
	if !ok {
		region = string(model.RegionUS)
	}
	now := s.now()
	a := &store.Assistant{
		Name:         name,
		Instructions: instructions,
		Metadata:     metadata,
		Region:       model.Region(region),
		Status:       model.AssistantStatusInitializing,
		Created:      now,
		Updated:      now,
	}
	err := s.db.AddAssistant(a, s.quota.admitAssistant)
	if errors.Is(err, store.ErrExists) {
		// The published spec has the status 429, not 409.
		return nil, failure(http.StatusTooManyRequests, codeAlreadyExists, "Assistant %q already exists.", name)
	}
	if err != nil {
		return nil, err
	}
	s.later(func() { s.initialize(a.Name) })
	return r.ok(describeAssistant(r.Context(), a)), nil
}

// initialize makes a new assistant ready.
func (s *Server) initialize(name string) {
	// Ignore the error: the assistant may have been deleted, and after a fault of the
	// database the next start initializes the assistant.
	_, _ = s.db.ChangeAssistant(name, func(a *store.Assistant) error {
		if a.Status == model.AssistantStatusInitializing {
			a.Status, a.Updated = model.AssistantStatusReady, s.now()
		}
		return nil
	})
}

func (s *Server) getAssistant(r *request) (*response, error) {
	a, err := s.db.Assistant(r.assistant())
	if errors.Is(err, store.ErrNotFound) {
		return nil, noAssistant(r.assistant())
	}
	if err != nil {
		return nil, err
	}
	return r.ok(describeAssistant(r.Context(), a)), nil
}

// updateAssistant changes the instructions and the metadata of an assistant. An empty
// request is an error only if the assistant exists, as the live tests of Pinecone's SDKs
// expect.
func (s *Server) updateAssistant(r *request) (*response, error) {
	instructions, settled := r.body.text("instructions")
	metadata := r.body.object("metadata")
	if err := checkSettings(instructions, metadata); err != nil {
		return nil, err
	}
	if !settled && metadata == nil {
		if _, err := s.find(r.assistant()); err != nil {
			return nil, err
		}
		return nil, invalid("the request changes nothing: want instructions, metadata or both")
	}
	a, err := s.change(r.assistant(), func(a *store.Assistant) {
		if settled {
			a.Instructions = instructions
		}
		if metadata != nil {
			a.Metadata = metadata
		}
	})
	if err != nil {
		return nil, err
	}
	changed := a.Metadata
	if changed == nil {
		changed = object{}
	}
	response := r.ok(object{"assistant_name": a.Name, "instructions": a.Instructions, "metadata": changed})
	// Not in the specs, but the Python SDK requires the field, and its live tests assert
	// it.
	response.body["name"] = a.Name
	return response, nil
}

func (s *Server) deleteAssistant(r *request) (*response, error) {
	a, err := s.change(r.assistant(), func(a *store.Assistant) {
		a.Status = model.AssistantStatusTerminating
	})
	if err != nil {
		return nil, err
	}
	s.later(func() { s.terminate(a.Name) })
	return r.ok(nil), nil
}

// terminate completes the deletion of an assistant. Its files are removed later.
func (s *Server) terminate(name string) {
	if err := s.db.RemoveAssistant(name); store.Fault(err) {
		s.after(databasePause, &s.general, func() { s.terminate(name) })
		return
	}
	s.clean(s.db.Purge)
}

// change changes an assistant. An assistant that is being deleted is not found.
func (s *Server) change(name string, change func(*store.Assistant)) (*store.Assistant, error) {
	a, err := s.db.ChangeAssistant(name, func(a *store.Assistant) error {
		if a.Status == model.AssistantStatusTerminating {
			return store.ErrNotFound
		}
		change(a)
		a.Updated = s.now()
		return nil
	})
	if errors.Is(err, store.ErrNotFound) {
		return nil, noAssistant(name)
	}
	return a, err
}

// checkSettings checks the sizes of instructions and metadata.
func checkSettings(instructions string, metadata object) error {
	if n := len(instructions); n > maxText {
		return invalid("instructions: %d bytes, the limit is %d", n, maxText)
	}
	return checkSize(metadata)
}

// checkSize checks the size of metadata.
func checkSize(metadata object) error {
	if metadata == nil {
		return nil
	}
	text, err := json.Marshal(metadata)
	if err != nil {
		return err
	}
	if len(text) > maxText {
		return tooMuchMetadata(int64(len(text)))
	}
	return nil
}

// tooMuchMetadata returns the error that the live tests of Pinecone's SDKs expect.
func tooMuchMetadata(size int64) error {
	return invalid("Metadata exceeds maximum length of %d bytes: it has %d", maxText, size)
}

func describeAssistant(ctx context.Context, a *store.Assistant) object {
	return object{
		"name":         a.Name,
		"instructions": a.Instructions,
		"metadata":     orNull(a.Metadata),
		"status":       a.Status,
		"host":         hostOf(ctx),
		"region":       a.Region,
		"created_at":   a.Created,
		"updated_at":   a.Updated,
	}
}

// orNull returns the metadata of a response. Missing metadata are null, as in the
// service's documentation.
func orNull(metadata object) any {
	if metadata == nil {
		return nil
	}
	return metadata
}
