package bench

import (
	"context"
	"encoding/json"
	"io"
	"net/http"

	"github.com/openai/openai-go/v3"

	"github.com/pinecone-community/assistant-go/gen/2026-04/data"
	"github.com/pinecone-community/assistant-go/internal/bench/stock"
)

// OnePass is the floor of a long reply.
const OnePass = "io.ReadAll, json.Valid"

const contextBody = `{"query":"` + query + `"}`

// Context is a reply of snippets whose unions are resolved to the last one.
func Context() (*Work, error) {
	client := respond(jsonText, contextReply())
	project, err := newProject(client)
	if err != nil {
		return nil, err
	}
	stocked, err := newStock(client)
	if err != nil {
		return nil, err
	}
	return &Work{
		Name: "context reply of 16 snippets of 2 KB, every union resolved",
		Unit: "reply",
		Contenders: []Contender{
			{Project, 1, func() error { return contextProject(project) }},
			{OnePass, 1, func() error { return contextOnePass(client) }},
			{ByHand, 1, func() error { return contextByHand(client) }},
			{Stock, 1, func() error { return contextStock(stocked) }},
		},
	}, nil
}

const pagesOfContext = snippets * 2

func contextProject(api *data.API) error {
	reply, err := api.RetrieveContext(context.Background(), name, data.ContextRequest{Query: query})
	if err != nil {
		return err
	}
	n := 0
	for _, snippet := range reply.Snippets {
		if text, ok := snippet.Value.(*data.TextSnippet); ok && len(text.Content) == snippetSize {
			if pdf, ok := text.Reference.Value.(*data.PDFReference); ok && pdf.File.Name != "" {
				n += len(pdf.Pages)
			}
		}
	}
	return want("pages", n, pagesOfContext)
}

// contextReader sends the request without a client and returns the reply.
func contextReader(client *http.Client) ([]byte, error) {
	resp, err := do(client, http.MethodPost, "/chat/"+name+"/context", contextBody)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	return io.ReadAll(resp.Body)
}

func contextOnePass(client *http.Client) error {
	text, err := contextReader(client)
	if err != nil {
		return err
	}
	return want("valid", json.Valid(text), true)
}

// contextByHand knows beforehand what each union is going to be.
func contextByHand(client *http.Client) error {
	text, err := contextReader(client)
	if err != nil {
		return err
	}
	var reply struct {
		Snippets []struct {
			Type      string                 `json:"type"`
			Content   string                 `json:"content"`
			Score     float32                `json:"score"`
			Reference data.PDFReference `json:"reference"`
		} `json:"snippets"`
		Usage data.Usage `json:"usage"`
	}
	if err := json.Unmarshal(text, &reply); err != nil {
		return err
	}
	n := 0
	for _, snippet := range reply.Snippets {
		if len(snippet.Content) == snippetSize && snippet.Reference.File.Name != "" {
			n += len(snippet.Reference.Pages)
		}
	}
	return want("pages", n, pagesOfContext)
}

func contextStock(client *stock.ClientWithResponses) error {
	reply, err := client.ContextAssistantWithResponse(context.Background(), name, stock.ContextRequest{Query: openai.Ptr(query)})
	if err != nil {
		return err
	}
	n := 0
	for _, snippet := range reply.JSON200.Snippets {
		member, err := snippet.ValueByDiscriminator()
		if err != nil {
			return err
		}
		text, ok := member.(stock.TextSnippetModel)
		if !ok || len(text.Content) != snippetSize {
			continue
		}
		reference, err := text.Reference.ValueByDiscriminator()
		if err != nil {
			return err
		}
		if pdf, ok := reference.(stock.PdfReferenceModel); ok && pdf.File.Name != "" {
			n += len(pdf.Pages)
		}
	}
	return want("pages", n, pagesOfContext)
}
