package service

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"time"

	"github.com/pinecone-community/assistant-go/examples/quickstart/documents"
	"github.com/pinecone-community/assistant-go/gen/2026-07/control"
	"github.com/pinecone-community/assistant-go/gen/2026-07/data"
)

// deletionLimit is how long the deletion of an assistant may take.
const deletionLimit = 30 * time.Second

// AssistantFlags are what an example's command line says of its assistant.
type AssistantFlags struct {
	name   string
	folder string
	keep   bool
}

// AddAssistantFlags adds -name, -documents and -keep to the flags of an example.
func AddAssistantFlags(set *flag.FlagSet) *AssistantFlags {
	f := &AssistantFlags{}
	set.StringVar(&f.name, "name", "example-assistant", "`name` of the assistant; one that is not there is created")
	set.StringVar(&f.folder, "documents", "", "`folder` of what a new assistant is given (default: the documents of the quickstart)")
	set.BoolVar(&f.keep, "keep", false, "do not delete, at the end, an assistant that was created")
	return f
}

// Assistant is an assistant that is ready, with a client at its host.
type Assistant struct {
	Name string
	Data *data.API

	close func(context.Context) error
}

// Close deletes the assistant if Open created it and -keep is not set. It has its
// own time, as the context may be what ended the example.
func (a *Assistant) Close(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), deletionLimit)
	defer cancel()
	return a.close(ctx)
}

// Open returns the assistant. If it is not there, it is created and given the
// documents, and progress is told so. When that fails, what was created is
// deleted again.
func (f *AssistantFlags) Open(ctx context.Context, s *Service, progress io.Writer) (*Assistant, error) {
	files, err := f.documents()
	if err != nil {
		return nil, err
	}
	a := &Assistant{Name: f.name, close: func(context.Context) error { return nil }}
	_, err = s.Control.DescribeAssistant(ctx, f.name)
	isNew := errors.Is(err, control.ErrNotFound)
	if isNew {
		fmt.Fprintf(progress, "The assistant %s is created.\n", f.name)
		_, err = s.Control.CreateAssistant(ctx, control.CreateAssistantRequest{Name: f.name})
		if ctx.Err() != nil {
			err = fmt.Errorf("the assistant %s may be there all the same: %w", f.name, err)
		}
	}
	if err != nil {
		return nil, err
	}
	if isNew && !f.keep {
		a.close = func(ctx context.Context) error {
			if err := s.Control.DeleteAssistant(ctx, f.name); err != nil && !errors.Is(err, control.ErrNotFound) {
				return fmt.Errorf("the assistant %s is still there: %w", f.name, err)
			}
			return nil
		}
	}
	ready, err := s.Control.WaitForAssistant(ctx, f.name)
	if err == nil {
		a.Data, err = s.DataAt(ready.Host)
	}
	if err == nil && isNew {
		err = a.upload(ctx, files, progress)
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("assistant %s: %w", f.name, err), a.Close(ctx))
	}
	return a, nil
}

// source is the documents that a new assistant is given.
type source struct {
	fs.FS
	documents []documents.Document
}

// documents returns what the service takes of the folder, but for its
// subfolders, or else the examples' own documents.
func (f *AssistantFlags) documents() (source, error) {
	if f.folder == "" {
		return source{documents.FS, documents.All}, nil
	}
	entries, err := os.ReadDir(f.folder)
	if err != nil {
		return source{}, fmt.Errorf("-documents: %w", err)
	}
	s := source{FS: os.DirFS(f.folder)}
	for _, entry := range entries {
		switch path.Ext(entry.Name()) {
		case ".docx", ".json", ".md", ".pdf", ".txt":
			s.documents = append(s.documents, documents.Document{Name: entry.Name()})
		}
	}
	if len(s.documents) == 0 {
		return source{}, fmt.Errorf("-documents: %s has no docx, json, md, pdf or txt file", f.folder)
	}
	return s, nil
}

// upload uploads documents and waits until the service has read them all.
func (a *Assistant) upload(ctx context.Context, from source, progress io.Writer) error {
	ids := make([]string, len(from.documents))
	for i, document := range from.documents {
		fmt.Fprintf(progress, "It is given %s.\n", document.Name)
		operation, err := a.uploadFile(ctx, from, document)
		if err != nil {
			return fmt.Errorf("%s: %w", document.Name, err)
		}
		ids[i] = operation.ID
	}
	for i, document := range from.documents {
		if _, err := a.Data.WaitForOperation(ctx, a.Name, ids[i]); err != nil {
			return fmt.Errorf("%s: %w", document.Name, err)
		}
	}
	return nil
}

func (a *Assistant) uploadFile(ctx context.Context, from fs.FS, document documents.Document) (*data.Operation, error) {
	file, err := from.Open(document.Name)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	return a.Data.UploadFile(ctx, a.Name, nil, data.UploadFileRequest{
		File:     data.FileReader(document.Name, file),
		Metadata: document.Metadata,
	})
}

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
