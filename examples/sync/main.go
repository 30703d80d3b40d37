// Sync keeps the files of an assistant in sync with a folder: it uploads new
// files, replaces changed files, skips unchanged files and, with -delete,
// deletes files that are gone. After an interruption, the next run continues.
//
//	PINECONE_API_KEY=... go run ./sync -name handbooks -folder ~/handbooks
//
// It uses Pinecone, or the service at PINECONE_ASSISTANT_URL, with the key in
// PINECONE_API_KEY. Without a key it ends with an error. Use an assistant for
// one folder only.
package main

import (
	"context"
	"crypto/sha256"
	"errors"
	"flag"
	"fmt"
	"io"
	"maps"
	"net/http"
	"os"
	"os/signal"
	"slices"
	"syscall"
	"time"

	"github.com/pinecone-community/assistant-go/examples/sample"
	"github.com/pinecone-community/assistant-go/examples/sync/batch"
	"github.com/pinecone-community/assistant-go/examples/sync/folder"
	"github.com/pinecone-community/assistant-go/gen/2026-07/control"
	"github.com/pinecone-community/assistant-go/gen/2026-07/data"
)

func main() {
	err := run(context.Background(), os.Args[1:], os.Stdout, http.DefaultTransport)
	if err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintln(os.Stderr, "sync:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string, out io.Writer, transport http.RoundTripper) (err error) {
	s := &syncer{report: batch.NewReport(out)}
	defer s.report.Close()
	flags := flag.NewFlagSet("sync", flag.ContinueOnError)
	path := flags.String("folder", "quickstart/documents", "`folder` to upload, with its subfolders")
	flags.StringVar(&s.assistant, "name", "example-sync", "`name` of the assistant; it is created if it does not exist")
	flags.IntVar(&s.parallel, "parallel", 4, "upload `n` files at a time")
	flags.BoolVar(&s.delete, "delete", false, "delete files that sync has uploaded and that are gone from the folder")
	flags.BoolVar(&s.report.Dry, "dry-run", false, "only print what would be done")
	url := sample.AddURL(flags)
	if err := flags.Parse(args); err != nil {
		return err
	}
	if s.parallel < 1 || flags.NArg() > 0 {
		return fmt.Errorf("-parallel is %d, arguments are %q: want at least 1, and none", s.parallel, flags.Args())
	}
	if s.root, err = os.OpenRoot(*path); err != nil {
		return fmt.Errorf("-folder: %w", err)
	}
	defer s.root.Close()
	ctx, stop := signal.NotifyContext(ctx, os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop) // a second Ctrl-C ends the program at once

	c, err := connect(*url, batch.Client(transport, func(pause time.Duration) {
		s.report.Line("the service asks to wait, so it gets no request for %s", pause)
	}))
	if err != nil {
		return err
	}
	if err := s.open(ctx, c); err != nil {
		return sample.Explain(fmt.Errorf("assistant %s: %w", s.assistant, err))
	}
	return s.sync(ctx)
}

const (
	mark            = "assistant-go/examples/sync" // in the metadata of all files that sync uploads
	processingLimit = time.Hour                    // bounds the service's processing of a file
)

type syncer struct {
	report    *batch.Report
	root      *os.Root
	assistant string
	parallel  int
	delete    bool

	api   *data.API                     // nil in a dry run without an assistant
	there map[string]data.AssistantFile // files that sync has uploaded, by path
}

// open opens or creates the assistant and waits until no file of an earlier run
// is in processing.
func (s *syncer) open(ctx context.Context, c *clients) error {
	assistant, err := c.control.WaitForAssistant(ctx, s.assistant)
	if errors.Is(err, control.ErrNotFound) {
		if s.report.Dry {
			return nil
		}
		if _, err = c.control.CreateAssistant(ctx, control.CreateAssistantRequest{Name: s.assistant}); err != nil {
			return err
		}
		s.report.Line("created the assistant %s", s.assistant)
		assistant, err = c.control.WaitForAssistant(ctx, s.assistant)
	}
	if err != nil {
		return err
	}
	if s.api, err = c.data(assistant.Host); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, processingLimit)
	defer cancel()
	for busy := true; busy && err == nil; {
		if busy, err = batch.Insist(func() (bool, error) { return s.list(ctx) }); busy {
			time.Sleep(2 * time.Second)
		}
	}
	return err
}

// list lists the files that sync has uploaded, and reports whether one of them
// is in processing or being deleted.
func (s *syncer) list(ctx context.Context) (busy bool, err error) {
	s.there = make(map[string]data.AssistantFile)
	for file, err := range s.api.AllFiles(ctx, s.assistant, nil) {
		if err != nil {
			return false, err
		}
		path, _ := file.Metadata["path"].(string)
		if file.Metadata["uploaded_by"] == mark && file.ID == idOf(path) {
			s.there[path] = file
			busy = busy || !s.report.Dry && (file.Status == data.FileStatusProcessing || file.Status == data.FileStatusDeleting)
		}
	}
	return busy, nil
}

func idOf(path string) string { return fmt.Sprintf("sync-%x", sha256.Sum256([]byte(path))) }

func (s *syncer) sync(ctx context.Context) error {
	paths := folder.Files(s.root.FS(),
		func(path string, why error) { s.report.Note(batch.Outcome{What: "passed over", Path: path, Err: why}) },
		func(path string, err error) { s.report.Note(batch.Outcome{What: batch.Failed, Path: path, Err: err}) })
	complete := s.report.Count(batch.Failed) == 0
	s.report.Each(ctx, s.parallel, paths, s.upload, s.wait)
	for _, path := range paths {
		delete(s.there, path)
	}
	if s.delete && complete { // a missing file may be one that could not be read
		s.report.Each(ctx, s.parallel, slices.Sorted(maps.Keys(s.there)), s.remove, s.wait)
	}
	err := s.report.Summary("uploaded", "replaced", "unchanged", "deleted", batch.Failed, "passed over")
	if ctx.Err() != nil {
		return fmt.Errorf("interrupted; run it again to continue: %w", ctx.Err())
	}
	return err
}

func (s *syncer) upload(ctx context.Context, path string) batch.Outcome {
	o := batch.Outcome{What: "uploaded", Path: path}
	there, known := s.there[path]
	if known {
		o.What = "replaced"
	}
	o.Operation, o.Err = batch.Insist(func() (*data.Operation, error) {
		file, err := folder.Open(s.root, path)
		if err != nil {
			return nil, err
		}
		defer file.Close()
		o.Bytes = file.Size
		if there.Metadata["sha256"] == file.SHA256 && there.Status != data.FileStatusProcessingFailed {
			o.What, o.Bytes, o.Quiet = "unchanged", 0, true
		}
		if s.report.Dry || o.Quiet {
			return nil, nil
		}
		sent, done := s.report.Sending(path, file.Size)
		defer done()
		return s.api.UpsertFile(ctx, s.assistant, idOf(path), nil, data.UploadFileRequest{
			File:     data.FileReader(path, file).WithProgress(sent),
			Metadata: map[string]any{"path": path, "sha256": file.SHA256, "uploaded_by": mark},
		})
	})
	return o
}

func (s *syncer) remove(ctx context.Context, path string) batch.Outcome {
	o := batch.Outcome{What: "deleted", Path: path}
	if !s.report.Dry {
		o.Operation, o.Err = batch.Insist(func() (*data.Operation, error) { return s.api.DeleteFile(ctx, s.assistant, idOf(path)) })
		if errors.Is(o.Err, data.ErrNotFound) { // the file is gone already
			o.Err = nil
		}
	}
	return o
}

// wait waits for the operation that the service has begun.
func (s *syncer) wait(ctx context.Context, o batch.Outcome) batch.Outcome {
	ctx, cancel := context.WithTimeout(ctx, processingLimit)
	defer cancel()
	if o.Operation != nil {
		_, o.Err = batch.Insist(func() (*data.Operation, error) { return s.api.WaitForOperation(ctx, s.assistant, o.Operation.ID) })
	}
	if o.Err != nil {
		o.What, o.Bytes = batch.Failed, 0
	}
	return o
}
