// Package sample provides the assistant of an example. If the assistant does
// not exist, the package creates it, uploads a few documents, and deletes it at
// the end. A program with an assistant of its own does not need this package:
// [control.API.DescribeAssistant] returns the host.
package sample

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"net"
	"os"
	"path"
	"time"

	"github.com/pinecone-community/assistant-go/examples/quickstart/documents"
	"github.com/pinecone-community/assistant-go/gen/2026-07/control"
	"github.com/pinecone-community/assistant-go/gen/2026-07/data"
)

// EnvURL is the environment variable with the base URL of a service other than
// Pinecone's. The emulator prints it.
const EnvURL = "PINECONE_ASSISTANT_URL"

// AddURL adds -url to the flags of an example: the base URL of the control and
// evaluation planes, or "" for Pinecone's.
func AddURL(set *flag.FlagSet) *string {
	return set.String("url", os.Getenv(EnvURL),
		"base `URL` of the control and evaluation planes, for a service other than Pinecone's ($"+EnvURL+")")
}

// deletionLimit bounds the time to delete an assistant.
const deletionLimit = 30 * time.Second

// Flags are the command-line flags about the assistant.
type Flags struct {
	name   string
	folder string
	keep   bool
}

// AddFlags adds -name, -documents and -keep to the flags of an example.
func AddFlags(set *flag.FlagSet) *Flags {
	f := &Flags{}
	set.StringVar(&f.name, "name", "example-assistant", "`name` of the assistant; it is created if it does not exist")
	set.StringVar(&f.folder, "documents", "", "`folder` of the documents for a new assistant (default: the documents of the quickstart)")
	set.BoolVar(&f.keep, "keep", false, "keep a newly created assistant at the end")
	return f
}

// Assistant is an assistant that is ready.
type Assistant struct {
	Name string
	Host string

	documents source // documents to upload, if the assistant is new
	close     func(context.Context) error
}

// Close deletes the assistant if Open created it and -keep is not set. It does
// not use the deadline or cancellation of ctx, as ctx may have ended the
// example.
func (a *Assistant) Close(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), deletionLimit)
	defer cancel()
	return a.close(ctx)
}

// Open returns the assistant. If the assistant does not exist, Open creates it
// and reports so to progress. If Open fails later, it deletes the new
// assistant.
func (f *Flags) Open(ctx context.Context, ctl *control.API, progress io.Writer) (*Assistant, error) {
	from, err := f.documents()
	if err != nil {
		return nil, err
	}
	a := &Assistant{Name: f.name, close: func(context.Context) error { return nil }}
	_, err = ctl.DescribeAssistant(ctx, f.name)
	if errors.Is(err, control.ErrNotFound) {
		err = a.create(ctx, ctl, progress, f.keep)
		a.documents = from
	}
	if err != nil {
		return nil, Explain(err)
	}
	ready, err := ctl.WaitForAssistant(ctx, f.name)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("assistant %s: %w", f.name, err), a.Close(ctx))
	}
	a.Host = ready.Host
	return a, nil
}

func (a *Assistant) create(ctx context.Context, ctl *control.API, progress io.Writer, keep bool) error {
	_, err := ctl.CreateAssistant(ctx, control.CreateAssistantRequest{Name: a.Name})
	if ctx.Err() != nil && err != nil {
		return fmt.Errorf("the assistant %s may have been created: %w", a.Name, err)
	}
	if err != nil {
		return err
	}
	fmt.Fprintf(progress, "Created the assistant %s.\n", a.Name)
	if !keep {
		a.close = func(ctx context.Context) error {
			if err := ctl.DeleteAssistant(ctx, a.Name); err != nil && !errors.Is(err, control.ErrNotFound) {
				return fmt.Errorf("the assistant %s was not deleted: %w", a.Name, err)
			}
			return nil
		}
	}
	return nil
}

// Explain adds advice to the error of a refused connection to a local service.
func Explain(err error) error {
	var dial *net.OpError
	if !errors.As(err, &dial) || dial.Op != "dial" || dial.Addr == nil {
		return err
	}
	host, _, splitErr := net.SplitHostPort(dial.Addr.String())
	if ip := net.ParseIP(host); splitErr != nil || ip == nil || !ip.IsLoopback() {
		return err
	}
	return fmt.Errorf("%w\nNo service runs at %s. Start the emulator with `go run ./emulator`, or unset %s", err, dial.Addr, EnvURL)
}

// Questions returns questions that the examples' documents answer, if the
// assistant is new and has these documents.
func (a *Assistant) Questions() []string {
	if a.documents.FS != documents.FS {
		return nil
	}
	return []string{
		"When is the lamp lit?",
		"How often are the prisms cleaned, and what are they washed with?",
		"When did the shore power fail?",
	}
}

// source is a set of documents for a new assistant.
type source struct {
	fs.FS
	documents []documents.Document
}

// documents returns the files in -documents that the service accepts, without
// subfolders, or the examples' own documents by default.
func (f *Flags) documents() (source, error) {
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

// Upload uploads the documents of a new assistant and waits until the service
// has processed them all. It does nothing for an existing assistant. It reports
// to progress when a document was sent and when it was processed.
func (a *Assistant) Upload(ctx context.Context, api *data.API, progress io.Writer) error {
	ids := make([]string, len(a.documents.documents))
	for i, document := range a.documents.documents {
		operation, err := a.uploadFile(ctx, api, document)
		if err != nil {
			return fmt.Errorf("assistant %s: %s: %w", a.Name, document.Name, err)
		}
		fmt.Fprintf(progress, "Uploaded %s.\n", document.Name)
		ids[i] = operation.ID
	}
	for i, document := range a.documents.documents {
		if _, err := api.WaitForOperation(ctx, a.Name, ids[i]); err != nil {
			return fmt.Errorf("assistant %s: %s: %w", a.Name, document.Name, err)
		}
		fmt.Fprintf(progress, "The service has read %s (%d of %d).\n", document.Name, i+1, len(ids))
	}
	return nil
}

func (a *Assistant) uploadFile(ctx context.Context, api *data.API, document documents.Document) (*data.Operation, error) {
	file, err := a.documents.Open(document.Name)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	return api.UploadFile(ctx, a.Name, nil, data.UploadFileRequest{
		File:     data.FileReader(document.Name, file),
		Metadata: document.Metadata,
	})
}
