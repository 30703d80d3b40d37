package emulator

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"regexp"

	"github.com/pinecone-community/assistant-go/examples/emulator/internal/store"
	"github.com/pinecone-community/assistant-go/examples/emulator/internal/v2026_04/control"
	"github.com/pinecone-community/assistant-go/examples/emulator/internal/v2026_04/data"
)

// controlPlane implements the control plane.
type controlPlane struct{ *Server }

var assistantName = regexp.MustCompile(`^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$`)

// maxText is the limit of instructions and of metadata: 16 KB.
const maxText = 16 << 10

// The page of a listing of assistants when the request names no size.
const assistantsPage = 50

func (s controlPlane) ListAssistants(ctx context.Context, request control.ListAssistantsRequestObject) (control.ListAssistantsResponseObject, error) {
	list, err := newList("assistants", request.Params.Limit, assistantsPage, request.Params.PaginationToken)
	if err != nil {
		return nil, err
	}
	found, err := s.db.Assistants(list.after, list.ask())
	if err != nil {
		return nil, err
	}
	found, next := page(list, found, func(a *store.Assistant) int64 { return a.Sequence })
	assistants := make([]control.Assistant, 0, len(found))
	for _, a := range found {
		assistants = append(assistants, describeAssistant(ctx, a))
	}
	reply := control.ListAssistants200JSONResponse{Assistants: &assistants}
	if next != "" {
		reply.Pagination = &control.PaginationResponse{Next: next}
	}
	return reply, nil
}

func (s controlPlane) CreateAssistant(ctx context.Context, request control.CreateAssistantRequestObject) (control.CreateAssistantResponseObject, error) {
	body := request.Body
	if !assistantName.MatchString(body.Name) {
		return nil, invalid("name %q: want 1 to 63 lower-case letters, digits and hyphens, starting and ending with a letter or digit", body.Name)
	}
	if err := checkSettings(body.Instructions, body.Metadata); err != nil {
		return nil, err
	}
	now := s.now()
	a := &store.Assistant{
		Name:         body.Name,
		Instructions: deref(body.Instructions, ""),
		Metadata:     deref(body.Metadata, nil),
		Region:       deref(body.Region, control.RegionUS),
		Status:       control.AssistantStatusInitializing,
		Created:      now,
		Updated:      now,
	}
	err := s.db.AddAssistant(a, s.quota.admitAssistant)
	if errors.Is(err, store.ErrExists) {
		// The published spec answers 429, not 409.
		return nil, failure(http.StatusTooManyRequests, data.ErrorCodeAlreadyExists, "Assistant %q already exists.", body.Name)
	}
	if err != nil {
		return nil, err
	}
	s.later(func() { s.initialize(a.Name) })
	return control.CreateAssistant200JSONResponse(describeAssistant(ctx, a)), nil
}

// initialize makes a new assistant ready.
func (s *Server) initialize(name string) {
	// An error is that it is gone. If it cannot be stored, the next start does it.
	_, _ = s.db.ChangeAssistant(name, func(a *store.Assistant) error {
		if a.Status == control.AssistantStatusInitializing {
			a.Status, a.Updated = control.AssistantStatusReady, s.now()
		}
		return nil
	})
}

func (s controlPlane) GetAssistant(ctx context.Context, request control.GetAssistantRequestObject) (control.GetAssistantResponseObject, error) {
	a, err := s.db.Assistant(request.AssistantName)
	if errors.Is(err, store.ErrNotFound) {
		return nil, noAssistant(request.AssistantName)
	}
	if err != nil {
		return nil, err
	}
	return control.GetAssistant200JSONResponse(describeAssistant(ctx, a)), nil
}

func (s controlPlane) UpdateAssistant(_ context.Context, request control.UpdateAssistantRequestObject) (control.UpdateAssistantResponseObject, error) {
	body := request.Body
	if body.Instructions == nil && body.Metadata == nil {
		return nil, invalid("the request changes nothing: want instructions, metadata or both")
	}
	if err := checkSettings(body.Instructions, body.Metadata); err != nil {
		return nil, err
	}
	a, err := s.change(request.AssistantName, func(a *store.Assistant) {
		a.Instructions = deref(body.Instructions, a.Instructions)
		a.Metadata = deref(body.Metadata, a.Metadata)
	})
	if err != nil {
		return nil, err
	}
	metadata := a.Metadata
	if metadata == nil {
		metadata = map[string]any{}
	}
	return control.UpdateAssistant200JSONResponse{
		AssistantName: ptr(a.Name), Instructions: ptr(a.Instructions), Metadata: &metadata,
	}, nil
}

func (s controlPlane) DeleteAssistant(_ context.Context, request control.DeleteAssistantRequestObject) (control.DeleteAssistantResponseObject, error) {
	a, err := s.change(request.AssistantName, func(a *store.Assistant) {
		a.Status = control.AssistantStatusTerminating
	})
	if err != nil {
		return nil, err
	}
	s.later(func() { s.terminate(a.Name) })
	return control.DeleteAssistant200Response{}, nil
}

// terminate ends the deletion of an assistant. If it fails, the next start does it.
func (s *Server) terminate(name string) { _ = s.db.RemoveAssistant(name) }

// change changes an assistant that can be used.
func (s *Server) change(name string, change func(*store.Assistant)) (*store.Assistant, error) {
	a, err := s.db.ChangeAssistant(name, func(a *store.Assistant) error {
		if a.Status == control.AssistantStatusTerminating {
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

// checkSettings holds the settings of an assistant against their limits.
func checkSettings(instructions *string, metadata *map[string]any) error {
	if n := len(deref(instructions, "")); n > maxText {
		return invalid("instructions: %d bytes, the limit is %d", n, maxText)
	}
	if metadata == nil {
		return nil
	}
	text, err := json.Marshal(*metadata)
	if err != nil {
		return err
	}
	if len(text) > maxText {
		return invalid("metadata: %d bytes, the limit is %d", len(text), maxText)
	}
	return nil
}

func describeAssistant(ctx context.Context, a *store.Assistant) control.Assistant {
	reply := control.Assistant{
		Name:         a.Name,
		Instructions: ptr(a.Instructions),
		Status:       a.Status,
		Host:         ptr(hostOf(ctx)),
		Region:       ptr(a.Region),
		CreatedAt:    ptr(a.Created),
		UpdatedAt:    ptr(a.Updated),
	}
	if a.Metadata != nil {
		reply.Metadata = ptr(a.Metadata)
	}
	return reply
}
