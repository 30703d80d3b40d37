package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/pinecone-community/assistant-go/auth"
	"github.com/pinecone-community/assistant-go/examples/emulator/emulator"
	"github.com/pinecone-community/assistant-go/gen/2026-07/control"
	"github.com/pinecone-community/assistant-go/gen/2026-07/data"
)

// clients are the clients that the program uses.
type clients struct {
	control *control.API
	// data returns a client at the host of an assistant.
	data  func(host string) (*data.API, error)
	close func() error // stops the emulator, if connect started one
}

// connect builds the clients with the key in PINECONE_API_KEY. An empty url
// means Pinecone's service. Without a key and a url, connect starts an emulator
// in this process; your own program does not need that part.
func connect(ctx context.Context, url string, client *http.Client, status io.Writer) (*clients, error) {
	c := &clients{close: func() error { return nil }}
	editor, err := auth.FromEnv()
	if errors.Is(err, auth.ErrNoKey) && url == "" {
		running, err := emulator.Listen(ctx, "127.0.0.1:0", emulator.WithPace(150*time.Millisecond), emulator.WithChunkDelay(15*time.Millisecond))
		if err != nil {
			return nil, err
		}
		fmt.Fprintf(status, "%s is not set, so this is an emulator at %s. Its answers are sentences of the documents; no model writes them.\n",
			auth.EnvAPIKey, running.URL)
		c.close = running.Close
		editor, err = auth.APIKey(running.Key)
		if err == nil {
			err = c.dial(running.URL+"/assistant", editor, client)
		}
		if err != nil {
			return nil, errors.Join(err, running.Close())
		}
		return c, nil
	}
	if err != nil {
		return nil, err
	}
	what := "Pinecone's service"
	if url != "" {
		what = "the service at " + url
	}
	fmt.Fprintf(status, "This is %s, with the key in %s.\n", what, auth.EnvAPIKey)
	return c, c.dial(url, editor, client)
}

func (c *clients) dial(url string, editor auth.RequestEditorFn, client *http.Client) (err error) {
	options := []control.Option{control.WithRequestEditorFn(editor), control.WithHTTPClient(client)}
	if url != "" {
		options = append(options, control.WithBaseURL(url))
	}
	if c.control, err = control.New(options...); err != nil {
		return err
	}
	c.data = func(host string) (*data.API, error) {
		return data.New(host, data.WithRequestEditorFn(editor), data.WithHTTPClient(client))
	}
	return nil
}
