package bench

import (
	"context"
	"net/http"

	"github.com/anthropics/anthropic-sdk-go"
	anthropicoption "github.com/anthropics/anthropic-sdk-go/option"
	"github.com/openai/openai-go/v3"
	"github.com/openai/openai-go/v3/option"

	"github.com/pinecone-community/assistant-go/auth"
	"github.com/pinecone-community/assistant-go/gen/2026-04/data"
	"github.com/pinecone-community/assistant-go/internal/testing/bench/stock"
)

// Every client is set up as its documentation shows, with an API key.

func newProject(client *http.Client) (*data.API, error) {
	editor, err := auth.APIKey(key)
	if err != nil {
		return nil, err
	}
	return data.New(host, data.WithHTTPClient(client), data.WithRequestEditorFn(editor))
}

// authenticate sets the headers for clients that do not use this project's
// package auth.
func authenticate(_ context.Context, req *http.Request) error {
	req.Header.Set("Api-Key", key)
	req.Header.Set("X-Pinecone-Api-Version", data.APIVersion)
	return nil
}

func newStock(client *http.Client) (*stock.ClientWithResponses, error) {
	return stock.NewClientWithResponses(base, stock.WithHTTPClient(client), stock.WithRequestEditorFn(authenticate))
}

func newOpenAI(client *http.Client) openai.Client {
	return openai.NewClient(option.WithAPIKey(key), option.WithBaseURL("https://api.openai.com/v1/"), option.WithHTTPClient(client))
}

func newAnthropic(client *http.Client) anthropic.Client {
	return anthropic.NewClient(anthropicoption.WithAPIKey(key), anthropicoption.WithHTTPClient(client))
}

// do sends a request without a client library.
func do(client *http.Client, method, path, body string) (*http.Response, error) {
	req, err := request(method, path, body)
	if err != nil {
		return nil, err
	}
	return checked(client.Do(req))
}
