package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"sync"
	"time"

	"github.com/pinecone-community/assistant-go/auth"
	"github.com/pinecone-community/assistant-go/examples/emulator/corpus"
	"github.com/pinecone-community/assistant-go/examples/emulator/internal/ledger"
	"github.com/pinecone-community/assistant-go/gen/2026-07/control"
	"github.com/pinecone-community/assistant-go/gen/2026-07/data"
)

// clientsPerAssistant is the number of clients that share an assistant.
const clientsPerAssistant = 8

// traffic is the state that all clients share.
type traffic struct {
	meter     *meter
	transport *http.Transport
	api       *data.API
	documents []corpus.Document
	questions []corpus.Question
	clients   []*client
	shared    []*assistant
}

type assistant struct {
	name   string
	ledger ledger.Ledger
}

// newTraffic creates the assistants, with names that contain the time, and the
// clients.
func newTraffic(ctx context.Context, host, key string, clients int) (*traffic, error) {
	editor, err := auth.APIKey(key)
	if err != nil {
		return nil, err
	}
	transport := &http.Transport{MaxIdleConnsPerHost: clients}
	t := &traffic{meter: newMeter(transport), transport: transport}
	httpClient := &http.Client{Transport: t.meter}
	if t.documents, err = corpus.Documents(); err != nil {
		return nil, err
	}
	if t.questions, err = corpus.Questions(); err != nil {
		return nil, err
	}
	ctl, err := control.New(control.WithRequestEditorFn(editor), control.WithHTTPClient(httpClient), control.WithBaseURL(host+"/assistant"))
	if err != nil {
		return nil, err
	}
	t.api, err = data.New(host, data.WithRequestEditorFn(editor), data.WithHTTPClient(httpClient), data.WithMaxRetries(0))
	if err != nil {
		return nil, err
	}
	prefix := fmt.Sprintf("load-%d", time.Now().Unix())
	for i := range clients {
		if i%clientsPerAssistant == 0 {
			shared := &assistant{name: fmt.Sprintf("%s-%d", prefix, len(t.shared))}
			if _, err := ctl.CreateAssistant(ctx, control.CreateAssistantRequest{Name: shared.name}); err != nil {
				return nil, err
			}
			if _, err := ctl.WaitForAssistant(ctx, shared.name); err != nil {
				return nil, err
			}
			t.shared = append(t.shared, shared)
		}
		t.clients = append(t.clients, &client{
			traffic:   t,
			assistant: t.shared[len(t.shared)-1],
			number:    i,
			random:    rand.New(rand.NewPCG(uint64(i), 0)),
		})
	}
	return t, nil
}

func (t *traffic) close() { t.transport.CloseIdleConnections() }

// run lets the clients make calls for a duration, and waits for the calls in progress.
// It returns the time that this took.
func (t *traffic) run(ctx context.Context, duration time.Duration) (time.Duration, error) {
	began := time.Now()
	var group sync.WaitGroup
	for _, c := range t.clients {
		group.Go(func() {
			for time.Since(began) < duration && ctx.Err() == nil {
				c.step(ctx)
			}
		})
	}
	group.Wait()
	return time.Since(began), ctx.Err()
}

// check returns an error if a call failed, or if the files of the service are not
// those that it acknowledged.
func (t *traffic) check(ctx context.Context, out io.Writer) error {
	faults := []error{t.meter.faults()}
	var there, gone int
	for _, shared := range t.shared {
		stored, deleted, unknown := shared.ledger.Counts()
		there, gone = there+stored, gone+deleted
		if unknown > 0 {
			faults = append(faults, fmt.Errorf("%s: %d uploads or deletions without a response", shared.name, unknown))
		}
		if err := shared.ledger.Check(ctx, t.api, shared.name); err != nil {
			faults = append(faults, fmt.Errorf("%s: %w", shared.name, err))
		}
	}
	if there == 0 || gone == 0 {
		faults = append(faults, fmt.Errorf("%d files and %d deletions, want at least one of each", there, gone))
	}
	if err := errors.Join(faults...); err != nil {
		return err
	}
	fmt.Fprintf(out, "as acknowledged: %d files with their contents and metadata, and none of %d deleted files\n", there, gone)
	return nil
}
