package bench

import (
	"context"
	"io"
	"net/http"

	"github.com/openai/openai-go/v3"

	"github.com/pinecone-community/assistant-go/gen/2026-04/data"
	"github.com/pinecone-community/assistant-go/internal/testing/bench/stock"
)

// Alone marks a decoder of the standard library that decodes a long response
// from memory, without a call, into structs without unions: it knows the type
// of each union in advance.
const Alone = ", no call, no unions"

const contextBody = `{"query":"` + query + `"}`

// Context is a response of snippets. Each contender resolves every union in it.
func Context(of *Text) (*Work, error) {
	text, decoded := contextReply(of)
	client := respond(jsonText, text)
	project, err := newProject(client)
	if err != nil {
		return nil, err
	}
	work := &Work{
		Name:       "context response, " + of.Name,
		Unit:       "response",
		Least:      len(text) + decoded,
		Contenders: []Contender{{Project, 1, func() error { return contextProject(project) }}},
	}
	inMemory := []byte(text)
	for _, d := range decoders {
		work.Contenders = append(work.Contenders, Contender{d.name + Alone, 1, func() error { return d.context(inMemory) }})
	}
	if of != Texts[0] {
		return work, nil
	}
	for _, d := range decoders {
		work.Contenders = append(work.Contenders, Contender{"net/http, " + d.name + ", no unions", 1, func() error {
			text, err := contextReader(client)
			if err != nil {
				return err
			}
			return d.context(text)
		}})
	}
	stocked, err := newStock(client)
	if err != nil {
		return nil, err
	}
	work.Contenders = append(work.Contenders, Contender{Stock, 1, func() error { return contextStock(stocked) }})
	return work, nil
}

const pagesOfContext = snippets * 2

func contextProject(api *data.API) error {
	reply, err := api.RetrieveContext(context.Background(), name, data.ContextRequest{Query: query})
	if err != nil {
		return err
	}
	n := 0
	for _, snippet := range reply.Snippets {
		if text, ok := snippet.Value.(*data.TextSnippet); ok && len(text.Content) >= snippetSize {
			if pdf, ok := text.Reference.Value.(*data.PDFReference); ok && pdf.File.Name != "" {
				n += len(pdf.Pages)
			}
		}
	}
	return want("pages", n, pagesOfContext)
}

// contextReader sends the request without a client library and returns the
// response.
func contextReader(client *http.Client) ([]byte, error) {
	resp, err := do(client, http.MethodPost, "/chat/"+name+"/context", contextBody)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	return io.ReadAll(resp.Body)
}

// context decodes the response. It knows the type of each union in advance.
func (d decoder) context(text []byte) error {
	var reply struct {
		ID       string `json:"id"`
		Snippets []struct {
			Type      string            `json:"type"`
			Content   string            `json:"content"`
			Score     float32           `json:"score"`
			Reference data.PDFReference `json:"reference"`
		} `json:"snippets"`
		Usage data.Usage `json:"usage"`
	}
	if err := d.unmarshal(text, &reply); err != nil {
		return err
	}
	n := 0
	for _, snippet := range reply.Snippets {
		if len(snippet.Content) >= snippetSize && snippet.Reference.File.Name != "" {
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
		if !ok || len(text.Content) < snippetSize {
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
