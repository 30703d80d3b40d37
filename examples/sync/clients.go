package main

import (
	"errors"
	"fmt"
	"net/http"

	"github.com/pinecone-community/assistant-go/auth"
	"github.com/pinecone-community/assistant-go/gen/2026-07/control"
	"github.com/pinecone-community/assistant-go/gen/2026-07/data"
)

// clients are the clients that the program uses.
type clients struct {
	control *control.API
	// data returns a client at the host of an assistant.
	data func(host string) (*data.API, error)
}

// connect builds the clients with the key in PINECONE_API_KEY. An empty url
// means Pinecone's service.
func connect(url string, client *http.Client) (*clients, error) {
	editor, err := auth.FromEnv()
	if errors.Is(err, auth.ErrNoKey) {
		return nil, fmt.Errorf("%w. Without Pinecone, start `go run ./emulator -data FOLDER`, which keeps what it is given and prints a key", err)
	}
	if err != nil {
		return nil, err
	}
	options := []control.Option{control.WithRequestEditorFn(editor), control.WithHTTPClient(client)}
	if url != "" {
		options = append(options, control.WithBaseURL(url))
	}
	ctl, err := control.New(options...)
	if err != nil {
		return nil, err
	}
	return &clients{ctl, func(host string) (*data.API, error) {
		return data.New(host, data.WithRequestEditorFn(editor), data.WithHTTPClient(client))
	}}, nil
}
