// Quickstart shows the calls of the Pinecone Assistant API in order, from the
// creation of an assistant to its deletion, with the names of the Go methods.
//
// If PINECONE_API_KEY is set, it uses Pinecone; otherwise it uses an emulator
// in the same process. It deletes what it created, also if it fails or is
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
	"path/filepath"
	"syscall"
	"time"

	"github.com/pinecone-community/assistant-go/auth"
	"github.com/pinecone-community/assistant-go/examples/cite"
	"github.com/pinecone-community/assistant-go/examples/quickstart/documents"
	"github.com/pinecone-community/assistant-go/examples/sample"
	"github.com/pinecone-community/assistant-go/gen/2026-07/control"
	"github.com/pinecone-community/assistant-go/gen/2026-07/data"
	"github.com/pinecone-community/assistant-go/gen/2026-07/evaluation"
)

func main() {
	if err := run(context.Background(), os.Args[1:], os.Stdout, &http.Client{CheckRedirect: auth.CheckRedirect}); err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintln(os.Stderr, "quickstart:", err)
		os.Exit(1)
	}
}

// run runs the steps of the tour.
func run(ctx context.Context, args []string, out io.Writer, client *http.Client) (err error) {
	flags := flag.NewFlagSet("quickstart", flag.ContinueOnError)
	name := flags.String("name", "example-assistant", "`name` of the assistant to create")
	folder := flags.String("documents", "quickstart/documents", "`folder` of the documents to upload")
	url := sample.AddURL(flags)
	if err := flags.Parse(args); err != nil {
		return err
	}
	if _, err := os.Stat(*folder); err != nil {
		return fmt.Errorf("run it from the folder examples, or name the documents' with -documents: %w", err)
	}
	ctx, stop := signal.NotifyContext(ctx, os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop) // a second Ctrl-C ends the program at once
	c, err := connect(ctx, *url, client, out)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, c.close()) }()
	t := &tour{clients: c, out: out, name: *name, folder: *folder}
	if err := t.createAssistant(ctx); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, t.deleteAssistant(ctx)) }()
	for _, step := range []func(context.Context) error{t.updateAssistant, t.uploadFiles, t.listFiles, t.chat, t.retrieve, t.evaluate} {
		if err := step(ctx); err != nil {
			return err
		}
	}
	return nil
}

const (
	question = "How often are the prisms cleaned, and what are they washed with?"
	truth    = "The prisms are cleaned every two weeks and after every storm. They are washed with one part white vinegar " +
		"and four parts distilled water. They are dried with a chamois leather. Ammonia is never used, because it attacks the putty."
)

// tour holds the state that the steps share.
type tour struct {
	*clients
	out          io.Writer
	name, folder string
	api          *data.API
	answer       string
}

func (t *tour) step(call, what string) { fmt.Fprintf(t.out, "\n%s: %s\n", call, what) }

func (t *tour) show(what string, value any) { fmt.Fprintf(t.out, "    %-24s  %v\n", what, value) }

func (t *tour) createAssistant(ctx context.Context) error {
	t.step("control.CreateAssistant", "create an assistant")
	request := control.CreateAssistantRequest{Name: t.name, Instructions: "Use American English for spelling and grammar.", Region: control.RegionUS}
	if _, err := t.control.CreateAssistant(ctx, request); err != nil { // an existing assistant of this name is not used
		return sample.Explain(fmt.Errorf("assistant %q (-name chooses another one): %w", t.name, err))
	}
	return nil
}

func (t *tour) updateAssistant(ctx context.Context) error {
	t.step("control.WaitForAssistant", "wait until it is ready")
	assistant, err := t.control.WaitForAssistant(ctx, t.name)
	if err != nil {
		return fmt.Errorf("assistant %q: %w", t.name, err)
	}
	if t.api, err = t.data(assistant.Host); err != nil {
		return err
	}
	t.step("control.UpdateAssistant", "change its metadata, and leave its instructions alone")
	_, err = t.control.UpdateAssistant(ctx, t.name, control.UpdateAssistantRequest{Metadata: map[string]any{"team": "lighthouse"}})
	return err
}

func (t *tour) uploadFiles(ctx context.Context) error {
	t.step("data.UploadFile, data.WaitForOperation", "upload documents, and wait until they have been read")
	for _, document := range documents.All {
		operation, err := t.api.UploadFile(ctx, t.name, nil, data.UploadFileRequest{
			File: data.OpenFile(filepath.Join(t.folder, document.Name)), Metadata: document.Metadata,
		})
		if err == nil {
			operation, err = t.api.WaitForOperation(ctx, t.name, operation.ID)
		}
		if err != nil {
			return fmt.Errorf("%s: %w", document.Name, err)
		}
		t.show(document.Name, operation.Status)
	}
	return nil
}

func (t *tour) listFiles(ctx context.Context) error {
	t.step("data.AllFiles", "list those with the metadata kind=manual")
	for file, err := range t.api.AllFiles(ctx, t.name, &data.ListFilesParams{Filter: map[string]any{"kind": "manual"}}) {
		if err != nil {
			return err
		}
		t.show(file.Name, file.Metadata)
	}
	return nil
}

func (t *tour) chat(ctx context.Context) error {
	t.step("data.ChatStream", question)
	var notes cite.Footnotes
	messages := []data.Message{{Role: "user", Content: question}}
	for chunk, err := range t.api.ChatStream(ctx, t.name, data.ChatRequest{Messages: messages}) {
		if err != nil {
			return err
		}
		switch chunk := chunk.(type) {
		case *data.ContentChunk:
			t.answer += chunk.Delta.Content
			fmt.Fprint(t.out, notes.Text(chunk.Delta.Content))
		case *data.CitationChunk:
			fmt.Fprint(t.out, notes.Cite(chunk.Citation))
		case *data.MessageEnd:
			fmt.Fprintf(t.out, "%s\n", notes.End())
			t.show("tokens", chunk.Usage.TotalTokens)
		}
	}
	for i, source := range notes.Sources {
		t.show(fmt.Sprintf("[%d]", i+1), source)
	}
	return nil
}

func (t *tour) retrieve(ctx context.Context) error {
	t.step("data.RetrieveContext", "get the passages that fit a question")
	found, err := t.api.RetrieveContext(ctx, t.name, data.ContextRequest{Query: question, TopK: 3, SnippetSize: 512})
	if err != nil {
		return err
	}
	for _, snippet := range found.Snippets {
		if text, ok := snippet.Value.(*data.TextSnippet); ok { // other snippets are multimodal or of a newer type
			t.show(fmt.Sprintf("score %.2f", text.Score), fmt.Sprintf("%s: %.60q...", cite.Reference(text.Reference), text.Content))
		}
	}
	return nil
}

func (t *tour) evaluate(ctx context.Context) error {
	t.step("evaluation.EvaluateAlignment", "score the answer against what is known to be true")
	request := evaluation.AlignmentRequest{Question: question, Answer: t.answer, GroundTruthAnswer: truth}
	scored, err := t.evaluation.EvaluateAlignment(ctx, request)
	if err != nil {
		return err
	}
	t.show("alignment", scored.Metrics.Alignment)
	return nil
}

// deleteAssistant does not use the cancellation of ctx, as ctx may have ended
// the tour.
func (t *tour) deleteAssistant(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 30*time.Second)
	defer cancel()
	t.step("control.DeleteAssistant", "delete the assistant, and with it its files")
	if err := t.control.DeleteAssistant(ctx, t.name); err != nil {
		return fmt.Errorf("the assistant %q was not deleted: %w", t.name, err)
	}
	return nil
}
