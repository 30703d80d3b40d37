// Package service connects an example to Pinecone, to a local service that runs
// already, or to an emulator in the same process.
package service

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"net/http"
	"os"
	"time"

	"github.com/pinecone-community/assistant-go/auth"
	"github.com/pinecone-community/assistant-go/examples/emulator/emulator"
	"github.com/pinecone-community/assistant-go/gen/2026-07/control"
	"github.com/pinecone-community/assistant-go/gen/2026-07/data"
	"github.com/pinecone-community/assistant-go/gen/2026-07/evaluation"
)

// EnvURL names the environment variable with the base URL of a service other
// than Pinecone's. The emulator prints it.
const EnvURL = "PINECONE_ASSISTANT_URL"

// Service has a client for each plane. That of the data plane needs the host of
// an assistant.
type Service struct {
	What       string // a sentence that says what this is
	Control    *control.API
	Evaluation *evaluation.API
	DataAt     func(host string) (*data.API, error)

	close func() error
}

// Flags are what an example's command line says of the service.
type Flags struct{ url string }

// AddFlags adds -url to the flags of an example.
func AddFlags(set *flag.FlagSet) *Flags {
	f := &Flags{}
	set.StringVar(&f.url, "url", os.Getenv(EnvURL),
		"base `URL` of the control and evaluation planes, for a service other than Pinecone's ($"+EnvURL+")")
	return f
}

// Connect returns the service: Pinecone's or the one at -url if there is a key,
// else a new emulator, which Close ends. A nil client stands for the library's
// own.
func (f *Flags) Connect(ctx context.Context, client *http.Client) (*Service, error) {
	editor, err := auth.FromEnv()
	if errors.Is(err, auth.ErrNoKey) && f.url == "" {
		return startEmulator(ctx, client)
	}
	if err != nil {
		return nil, err
	}
	s := &Service{
		What:  fmt.Sprintf("This is Pinecone's service, with the key in %s.", auth.EnvAPIKey),
		close: func() error { return nil },
	}
	if f.url != "" {
		s.What = fmt.Sprintf("This is the service at %s, with the key in %s.", f.url, auth.EnvAPIKey)
	}
	return s, s.dial(f.url, editor, client)
}

// Close ends the emulator, if there is one.
func (s *Service) Close() error { return s.close() }

func startEmulator(ctx context.Context, client *http.Client) (*Service, error) {
	running, err := emulator.Listen(ctx, "127.0.0.1:0", emulator.WithPace(150*time.Millisecond), emulator.WithChunkDelay(15*time.Millisecond))
	if err != nil {
		return nil, err
	}
	s := &Service{
		What: fmt.Sprintf("%s is not set, so this is an emulator at %s. Its answers are sentences of the documents; no model writes them.",
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
func (s *Service) dial(url string, editor auth.RequestEditorFn, client *http.Client) (err error) {
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
	s.DataAt = func(host string) (*data.API, error) { return data.New(host, dataOptions...) }
	if s.Control, err = control.New(controlOptions...); err != nil {
		return err
	}
	s.Evaluation, err = evaluation.New(evaluationOptions...)
	return err
}
