package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/pinecone-community/assistant-go/gen/2026-07/control"
)

func (t *tour) createAssistant(ctx context.Context) (err error) {
	t.step("control.CreateAssistant", "create an assistant")
	t.assistant, err = t.Control.CreateAssistant(ctx, control.CreateAssistantRequest{
		Name:         t.name,
		Instructions: "Use American English for spelling and grammar.",
		Region:       control.RegionUS,
	})
	if errors.Is(err, control.ErrConflict) {
		return fmt.Errorf("the project has an assistant %q already, which is left alone: choose another name with -name: %w", t.name, err)
	}
	if err != nil {
		return err
	}
	t.field("name", "%s", t.assistant.Name)
	t.field("status", "%s", t.assistant.Status)
	t.field("region", "%s", t.assistant.Region)
	t.field("host", "%s", t.assistant.Host)
	return nil
}

func (t *tour) waitUntilReady(ctx context.Context) (err error) {
	t.step("control.WaitForAssistant", "wait until it is ready")
	t.assistant, err = t.Control.WaitForAssistant(ctx, t.name, control.WaitProgress(func(status string, _ float64) {
		t.field("status", "%s", status)
	}))
	if err != nil {
		return fmt.Errorf("assistant %q: %w", t.name, err)
	}
	t.data, err = t.DataAt(t.assistant.Host)
	return err
}

func (t *tour) listAssistants(ctx context.Context) error {
	t.step("control.AllAssistants", "list the assistants of the project")
	for assistant, err := range t.Control.AllAssistants(ctx, nil) {
		if err != nil {
			return err
		}
		t.field(assistant.Name, "%s", assistant.Status)
	}
	return nil
}

func (t *tour) updateAssistant(ctx context.Context) error {
	t.step("control.UpdateAssistant", "change its instructions and its metadata")
	updated, err := t.Control.UpdateAssistant(ctx, t.name, control.UpdateAssistantRequest{
		Instructions: control.Ptr(t.assistant.Instructions + " Answer in one or two sentences."),
		Metadata:     map[string]any{"team": "lighthouse"},
	})
	if err != nil {
		return err
	}
	t.field("instructions", "%s", updated.Instructions)
	t.field("metadata", "%v", updated.Metadata)
	return nil
}

// deleteAssistant has its own time, as the context may be what ended the tour.
func (t *tour) deleteAssistant(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 30*time.Second)
	defer cancel()
	t.step("control.DeleteAssistant", "delete the assistant, and with it its files")
	if err := t.Control.DeleteAssistant(ctx, t.name); err != nil {
		return fmt.Errorf("the assistant %q is still there: %w", t.name, err)
	}
	t.field(t.name, "is being deleted")
	return nil
}
