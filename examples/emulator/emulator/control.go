package emulator

import (
	"context"
	"encoding/json"
	"net/http"
	"regexp"

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
	s.mu.Lock()
	defer s.mu.Unlock()
	sequence := func(a *assistant) int64 { return a.sequence }
	page, next, err := paginate(inOrder(s.assistants, sequence), sequence, request.Params.Limit, assistantsPage, request.Params.PaginationToken)
	if err != nil {
		return nil, err
	}
	list := make([]control.Assistant, 0, len(page))
	for _, a := range page {
		list = append(list, a.reply(ctx))
	}
	reply := control.ListAssistants200JSONResponse{Assistants: &list}
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
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.assistants[body.Name] != nil {
		// The published spec answers 429, not 409.
		return nil, failure(http.StatusTooManyRequests, data.ErrorCodeAlreadyExists, "Assistant %q already exists.", body.Name)
	}
	if err := s.quota.admitAssistant(len(s.assistants)); err != nil {
		return nil, err
	}
	now := s.now()
	a := &assistant{
		sequence:     s.next(),
		name:         body.Name,
		instructions: deref(body.Instructions, ""),
		metadata:     deref(body.Metadata, nil),
		region:       deref(body.Region, control.RegionUS),
		status:       control.AssistantStatusInitializing,
		created:      now,
		updated:      now,
		files:        make(map[string]*file),
		operations:   make(map[string]*operation),
	}
	s.assistants[a.name] = a
	s.spawn(func() {
		s.step(func() {
			if a.status == control.AssistantStatusInitializing {
				a.status, a.updated = control.AssistantStatusReady, s.now()
			}
		})
	})
	return control.CreateAssistant200JSONResponse(a.reply(ctx)), nil
}

func (s controlPlane) GetAssistant(ctx context.Context, request control.GetAssistantRequestObject) (control.GetAssistantResponseObject, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	a := s.assistants[request.AssistantName]
	if a == nil {
		return nil, notFound("Assistant %q not found.", request.AssistantName)
	}
	return control.GetAssistant200JSONResponse(a.reply(ctx)), nil
}

func (s controlPlane) UpdateAssistant(_ context.Context, request control.UpdateAssistantRequestObject) (control.UpdateAssistantResponseObject, error) {
	body := request.Body
	if body.Instructions == nil && body.Metadata == nil {
		return nil, invalid("the request changes nothing: want instructions, metadata or both")
	}
	if err := checkSettings(body.Instructions, body.Metadata); err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	a, err := s.find(request.AssistantName)
	if err != nil {
		return nil, err
	}
	a.instructions = deref(body.Instructions, a.instructions)
	a.metadata = deref(body.Metadata, a.metadata)
	a.updated = s.now()
	metadata := a.metadata
	if metadata == nil {
		metadata = map[string]any{}
	}
	return control.UpdateAssistant200JSONResponse{
		AssistantName: ptr(a.name), Instructions: ptr(a.instructions), Metadata: &metadata,
	}, nil
}

func (s controlPlane) DeleteAssistant(_ context.Context, request control.DeleteAssistantRequestObject) (control.DeleteAssistantResponseObject, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	a, err := s.find(request.AssistantName)
	if err != nil {
		return nil, err
	}
	a.status, a.updated = control.AssistantStatusTerminating, s.now()
	s.spawn(func() {
		s.step(func() { delete(s.assistants, a.name) })
	})
	return control.DeleteAssistant200Response{}, nil
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

func (a *assistant) reply(ctx context.Context) control.Assistant {
	reply := control.Assistant{
		Name:         a.name,
		Instructions: ptr(a.instructions),
		Status:       a.status,
		Host:         ptr(hostOf(ctx)),
		Region:       ptr(a.region),
		CreatedAt:    ptr(a.created),
		UpdatedAt:    ptr(a.updated),
	}
	if a.metadata != nil {
		reply.Metadata = ptr(a.metadata)
	}
	return reply
}
