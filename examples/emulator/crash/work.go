package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/pinecone-community/assistant-go/auth"
	"github.com/pinecone-community/assistant-go/examples/emulator/corpus"
	"github.com/pinecone-community/assistant-go/examples/emulator/internal/ledger"
	"github.com/pinecone-community/assistant-go/examples/emulator/internal/program"
	"github.com/pinecone-community/assistant-go/gen/2026-07/control"
	"github.com/pinecone-community/assistant-go/gen/2026-07/data"
)

const (
	key       = "crash-key"
	assistant = "crash"
)

// work uploads and deletes files in all rounds, and records what was acknowledged.
type work struct {
	clients   int
	documents []corpus.Document
	created   bool
	sent      int // number of files sent so far; the number of the next file
	ledger    ledger.Ledger
}

func newWork(clients int) (*work, error) {
	documents, err := corpus.Documents()
	w := &work{clients: clients, documents: documents}
	w.ledger.Excuse = "ended twice while it read the file"
	return w, err
}

// round checks the files of the previous rounds, lets the clients work for a time and
// kills the emulator.
func (w *work) round(ctx context.Context, service *program.Program, after time.Duration) error {
	if !w.created {
		if err := w.create(ctx, service); err != nil {
			return err
		}
	}
	if err := w.check(ctx, service); err != nil {
		return err
	}
	api, closeIdle, err := connect(service)
	if err != nil {
		return err
	}
	defer closeIdle()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var group sync.WaitGroup
	faults := make([]error, w.clients)
	numbers := make(chan int)
	for i := range w.clients {
		group.Go(func() {
			for number := range numbers {
				if err := w.one(ctx, api, number); err != nil {
					faults[i] = errors.Join(faults[i], err)
				}
			}
		})
	}
	kill := time.After(after)
	for killed := false; !killed; {
		select {
		case numbers <- w.sent:
			w.sent++
		case <-kill:
			killed = true
		}
	}
	err = service.Kill()
	close(numbers)
	cancel()
	group.Wait()
	return errors.Join(append(faults, err)...)
}

func (w *work) create(ctx context.Context, service *program.Program) error {
	editor, err := auth.APIKey(key)
	if err != nil {
		return err
	}
	ctl, err := control.New(control.WithRequestEditorFn(editor), control.WithBaseURL(service.URL))
	if err != nil {
		return err
	}
	if _, err := ctl.CreateAssistant(ctx, control.CreateAssistantRequest{Name: assistant}); err != nil {
		return err
	}
	w.created = true
	_, err = ctl.WaitForAssistant(ctx, assistant)
	return err
}

const (
	largeEvery  = 25      // every so many files, one is large
	largeSize   = 1 << 20 // bytes
	deleteEvery = 6       // every so many files, one is deleted
)

// file returns the n-th file: a random document of the corpus, or a large text.
func (w *work) file(n int) (document corpus.Document, content []byte) {
	document = w.documents[rand.IntN(len(w.documents))]
	if n%largeEvery != largeEvery-1 {
		return document, document.Content
	}
	document.Name = fmt.Sprintf("large-%d.txt", n)
	line := document.Text + "\n\n"
	return document, []byte(strings.Repeat(line, largeSize/len(line)))
}

// one uploads a file and, if it is one of the files to delete, waits until it is
// processed and deletes it. An error without a response of the emulator, which the kill
// causes, is not returned.
func (w *work) one(ctx context.Context, api *data.API, number int) error {
	name := fmt.Sprintf("file-%d", number)
	document, content := w.file(number)
	metadata := w.ledger.Send(name, document.Name, content, map[string]any{
		"field": document.Field, "number": float64(number), "tags": []any{document.Title, name},
	})
	operation, err := api.UploadFile(ctx, assistant, nil, data.UploadFileRequest{
		File: data.FileBytes(document.Name, content), Metadata: metadata,
	})
	if err != nil {
		return responseError(err)
	}
	w.ledger.Stored(name, operation.FileID, operation.ID)
	if number%deleteEvery != 0 {
		return nil
	}
	_, err = api.WaitForOperation(ctx, assistant, operation.ID, data.WaitInterval(10*time.Millisecond, 50*time.Millisecond))
	if err != nil {
		return responseError(err)
	}
	w.ledger.Delete(name)
	deletion, err := api.DeleteFile(ctx, assistant, operation.FileID)
	if err != nil {
		return responseError(err)
	}
	id := ""
	if deletion != nil {
		id = deletion.ID
	}
	w.ledger.Deleted(name, id)
	return nil
}

// responseError returns err if it is a response of the emulator, and otherwise nil.
func responseError(err error) error {
	apiErr, failed := (*data.Error)(nil), (*data.FailedError)(nil)
	if errors.As(err, &apiErr) || errors.As(err, &failed) {
		return err
	}
	return nil
}

func (w *work) check(ctx context.Context, service *program.Program) error {
	api, closeIdle, err := connect(service)
	if err != nil {
		return err
	}
	defer closeIdle()
	return w.ledger.Check(ctx, api, assistant)
}

// connect returns a client without retries, and a function that closes its idle
// connections.
func connect(service *program.Program) (*data.API, func(), error) {
	editor, err := auth.APIKey(key)
	if err != nil {
		return nil, nil, err
	}
	transport := &http.Transport{}
	api, err := data.New(strings.TrimSuffix(service.URL, "/assistant"), data.WithRequestEditorFn(editor),
		data.WithHTTPClient(&http.Client{Transport: transport}), data.WithMaxRetries(0))
	return api, transport.CloseIdleConnections, err
}
