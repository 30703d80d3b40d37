package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/pinecone-community/assistant-go/auth"
	"github.com/pinecone-community/assistant-go/examples/emulator"
	"github.com/pinecone-community/assistant-go/gen/2026-04/control"
	"github.com/pinecone-community/assistant-go/gen/2026-04/data"
	"github.com/pinecone-community/assistant-go/gen/2026-04/evaluation"
)

// service has a client for each plane. That of the data plane needs the host of
// an assistant.
type service struct {
	what       string
	control    *control.API
	evaluation *evaluation.API
	dataAt     func(host string) (*data.API, error)
	close      func() error
}

// connect returns Pinecone's service if there is a key for it, else a new
// emulator.
func connect(ctx context.Context, client *http.Client) (*service, error) {
	editor, err := auth.FromEnv()
	if errors.Is(err, auth.ErrNoKey) {
		return startEmulator(ctx, client)
	}
	if err != nil {
		return nil, err
	}
	s := &service{
		what:  fmt.Sprintf("This is Pinecone's service, with the key in %s.", auth.EnvAPIKey),
		close: func() error { return nil },
	}
	return s, s.dial("", editor, client)
}

func startEmulator(ctx context.Context, client *http.Client) (*service, error) {
	running, err := emulator.Listen(ctx, "127.0.0.1:0", emulator.WithPace(150*time.Millisecond))
	if err != nil {
		return nil, err
	}
	s := &service{
		what: fmt.Sprintf("%s is not set, so this is an emulator at %s. Its answers are sentences of the documents; no model writes them.",
			auth.EnvAPIKey, running.URL),
		close: running.Close,
	}
	editor, err := auth.APIKey(running.Key)
	if err == nil {
		err = s.dial(running.URL+"/assistant", editor, client)
	}
	if err != nil {
		return nil, errors.Join(err, running.Close())
	}
	return s, nil
}

// dial makes the clients, all with the same editor. An empty URL and a nil client
// stand for the library's own.
func (s *service) dial(url string, editor auth.RequestEditorFn, client *http.Client) (err error) {
	controlOptions := []control.Option{control.WithRequestEditorFn(editor)}
	dataOptions := []data.Option{data.WithRequestEditorFn(editor)}
	evaluationOptions := []evaluation.Option{evaluation.WithRequestEditorFn(editor)}
	if url != "" {
		controlOptions = append(controlOptions, control.WithBaseURL(url))
		evaluationOptions = append(evaluationOptions, evaluation.WithBaseURL(url))
	}
	if client != nil {
		controlOptions = append(controlOptions, control.WithHTTPClient(client))
		dataOptions = append(dataOptions, data.WithHTTPClient(client))
		evaluationOptions = append(evaluationOptions, evaluation.WithHTTPClient(client))
	}
	s.dataAt = func(host string) (*data.API, error) { return data.New(host, dataOptions...) }
	if s.control, err = control.New(controlOptions...); err != nil {
		return err
	}
	s.evaluation, err = evaluation.New(evaluationOptions...)
	return err
}
