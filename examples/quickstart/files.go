package main

import (
	"context"
	"fmt"
	"path/filepath"

	"github.com/pinecone-community/assistant-go/examples/quickstart/documents"
	"github.com/pinecone-community/assistant-go/gen/2026-07/data"
)

func (t *tour) uploadFiles(ctx context.Context) error {
	t.step("data.UploadFile", "upload documents, with metadata")
	for _, document := range documents.All {
		operation, err := t.data.UploadFile(ctx, t.name, nil, data.FileData{
			File:     data.OpenFile(filepath.Join(t.folder, document.Name)),
			Metadata: document.Metadata,
		})
		if err != nil {
			return err
		}
		t.operations = append(t.operations, operation)
		t.field(document.Name, "%s", operation.Status)
	}
	return nil
}

func (t *tour) waitForOperations(ctx context.Context) error {
	t.step("data.WaitForOperation", "wait until the service has read them")
	for i, operation := range t.operations {
		progress, err := waitForOperation(ctx, t.data, t.name, operation.ID)
		t.field(documents.All[i].Name, "%s", progress)
		if err != nil {
			return fmt.Errorf("%s: %w", documents.All[i].Name, err)
		}
	}
	return nil
}

func (t *tour) listFiles(ctx context.Context) error {
	t.step("data.AllFiles", "list those with the metadata kind=manual")
	files := t.data.AllFiles(ctx, t.name, &data.ListFilesParams{
		Filter: map[string]any{"kind": map[string]any{"$eq": "manual"}},
	})
	for file, err := range files {
		if err != nil {
			return err
		}
		t.field(file.Name, "%s, %d bytes, %v", file.Status, file.Size, file.Metadata)
	}
	return nil
}

func (t *tour) deleteFile(ctx context.Context) error {
	t.step("data.DeleteFile", "delete one of the documents")
	operation, err := t.data.DeleteFile(ctx, t.name, t.operations[0].FileID)
	if err != nil {
		return err
	}
	if operation == nil { // it is gone already
		return nil
	}
	progress, err := waitForOperation(ctx, t.data, t.name, operation.ID)
	t.field(documents.All[0].Name, "%s", progress)
	return err
}
