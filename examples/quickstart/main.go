// Quickstart goes once through the Pinecone Assistant API, from the creation of
// an assistant to its deletion, and names each call of the Go client that it
// makes.
//
// With PINECONE_API_KEY set it talks to Pinecone, without to an emulator in the
// same process. It deletes what it created, also when it fails or is
// interrupted.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/pinecone-community/assistant-go/examples/internal/service"
	"github.com/pinecone-community/assistant-go/gen/2026-07/control"
	"github.com/pinecone-community/assistant-go/gen/2026-07/data"
)

func main() {
	if err := run(context.Background(), os.Args[1:], os.Stdout, nil); err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintln(os.Stderr, "quickstart:", err)
		os.Exit(1)
	}
}

// run makes the tour. A nil client stands for the library's own.
func run(ctx context.Context, args []string, out io.Writer, client *http.Client) (err error) {
	flags := flag.NewFlagSet("quickstart", flag.ContinueOnError)
	name := flags.String("name", "example-assistant", "`name` of the assistant to create")
	folder := flags.String("documents", "quickstart/documents", "`folder` of the documents to upload")
	connection := service.AddFlags(flags)
	timeout := flags.Duration("timeout", 10*time.Minute, "how long it may take in all")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if _, err := os.Stat(*folder); err != nil {
		return fmt.Errorf("run it from the folder examples, or name the documents' with -documents: %w", err)
	}
	ctx, cancel := context.WithTimeout(ctx, *timeout)
	defer cancel()
	ctx, stop := signal.NotifyContext(ctx, os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop) // a second Ctrl-C ends it at once

	s, err := connection.Connect(ctx, client)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	t := &tour{Service: s, printer: &printer{out: out}, name: *name, folder: *folder}
	t.say("%s", s.What)

	if err := t.createAssistant(ctx); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, t.deleteAssistant(ctx)) }()
	for _, step := range []func(context.Context) error{
		t.waitUntilReady, t.listAssistants, t.updateAssistant,
		t.uploadFiles, t.waitForOperations, t.listFiles,
		t.chat, t.retrieve, t.evaluate,
		t.deleteFile,
	} {
		if err := step(ctx); err != nil {
			return err
		}
	}
	return nil
}

// tour is what its steps have in common.
type tour struct {
	*service.Service
	*printer
	name       string
	folder     string
	assistant  *control.Assistant
	data       *data.API
	operations []*data.OperationModel // of the documents, in their order
	answer     string
}
