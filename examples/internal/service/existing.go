package service

import (
	"context"
	"errors"

	"github.com/pinecone-community/assistant-go/gen/2026-07/control"
	"github.com/pinecone-community/assistant-go/gen/2026-07/data"
)

// Assistant returns a client at the host of an assistant, once that is ready. One
// that is not there is created, or else [control.ErrNotFound].
func (s *Service) Assistant(ctx context.Context, name string, create bool) (*data.API, error) {
	assistant, err := s.Control.WaitForAssistant(ctx, name)
	if create && errors.Is(err, control.ErrNotFound) {
		if _, err = s.Control.CreateAssistant(ctx, control.CreateAssistantRequest{Name: name}); err == nil {
			assistant, err = s.Control.WaitForAssistant(ctx, name)
		}
	}
	if err != nil {
		return nil, err
	}
	return s.DataAt(assistant.Host)
}
