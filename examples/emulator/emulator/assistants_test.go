package emulator

import (
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/pinecone-community/assistant-go/gen/2026-04/control"
	"github.com/pinecone-community/assistant-go/gen/2026-04/data"
)

func TestAssistant(t *testing.T) {
	t.Parallel()
	f := start(t, WithPace(20*time.Millisecond))
	ctx := t.Context()
	created, err := f.control.CreateAssistant(ctx, control.CreateAssistantRequest{
		Name: "a", Instructions: "Be brief.", Metadata: map[string]any{"x": 1.0}, Region: control.RegionEU,
	})
	if err != nil {
		t.Fatal(err)
	}
	if created.Status != control.AssistantStatusInitializing || created.Host != f.URL || created.Region != control.RegionEU ||
		created.Instructions != "Be brief." || created.Metadata["x"] != 1.0 || created.CreatedAt.IsZero() {
		t.Errorf("created %+v", created)
	}

	var described *control.Assistant
	eventually(t, func() bool {
		if described, err = f.control.DescribeAssistant(ctx, "a"); err != nil {
			t.Fatal(err)
		}
		return described.Status == control.AssistantStatusReady
	})
	if !described.CreatedAt.Equal(created.CreatedAt) || !described.UpdatedAt.After(created.UpdatedAt) {
		t.Errorf("described %+v", described)
	}

	empty, changed := "", "Be long."
	for _, change := range []struct {
		body         control.UpdateAssistantRequest
		instructions string
		metadata     int
	}{
		{control.UpdateAssistantRequest{Instructions: &changed}, changed, 1},
		{control.UpdateAssistantRequest{Metadata: map[string]any{}}, changed, 0},
		{control.UpdateAssistantRequest{Instructions: &empty, Metadata: map[string]any{"y": true, "z": nil}}, "", 2},
	} {
		updated, err := f.control.UpdateAssistant(ctx, "a", change.body)
		if err != nil {
			t.Fatal(err)
		}
		described, err := f.control.DescribeAssistant(ctx, "a")
		if err != nil {
			t.Fatal(err)
		}
		if updated.Name != "a" || updated.Instructions != change.instructions || len(updated.Metadata) != change.metadata ||
			described.Instructions != change.instructions || len(described.Metadata) != change.metadata {
			t.Errorf("updated %+v, described %+v", updated, described)
		}
	}

	if err := f.control.DeleteAssistant(ctx, "a"); err != nil {
		t.Fatal(err)
	}
	if _, err := f.data.ListFiles(ctx, "a", nil); !errors.Is(err, data.ErrNotFound) {
		t.Errorf("files of a deleted assistant: %v", err)
	}
	eventually(t, func() bool {
		described, err := f.control.DescribeAssistant(ctx, "a")
		if err == nil && described.Status != control.AssistantStatusTerminating {
			t.Fatalf("status %s", described.Status)
		}
		return errors.Is(err, control.ErrNotFound)
	})
	f.createAssistant(t)
}

func TestUpdateOfUnsetMetadata(t *testing.T) {
	f := start(t)
	f.createAssistant(t)
	instructions := "Be brief."
	updated, err := f.control.UpdateAssistant(t.Context(), "a", control.UpdateAssistantRequest{Instructions: &instructions})
	if err != nil || updated.Instructions != instructions || len(updated.Metadata) != 0 {
		t.Errorf("updated %+v, error %v", updated, err)
	}
}

func TestPages(t *testing.T) {
	f := start(t)
	ctx := t.Context()
	var want []string
	for _, name := range []string{"d", "b", "c", "a", "e"} {
		if _, err := f.control.CreateAssistant(ctx, control.CreateAssistantRequest{Name: name}); err != nil {
			t.Fatal(err)
		}
		want = append(want, name)
	}
	var got []string
	params := control.ListAssistantsParams{Limit: 2}
	for pages := 1; ; pages++ {
		page, err := f.control.ListAssistants(ctx, &params)
		if err != nil {
			t.Fatal(err)
		}
		for _, a := range page.Assistants {
			got = append(got, a.Name)
		}
		if params.PaginationToken = page.Pagination.Next; params.PaginationToken == "" {
			if pages != 3 {
				t.Errorf("%d pages", pages)
			}
			break
		}
	}
	if !slices.Equal(got, want) {
		t.Errorf("listed %v, want %v", got, want)
	}
	whole, err := f.control.ListAssistants(ctx, &control.ListAssistantsParams{Limit: 5})
	if err != nil || len(whole.Assistants) != 5 || whole.Pagination.Next != "" {
		t.Errorf("one page: %+v, error %v", whole, err)
	}
}
