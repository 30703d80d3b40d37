package bench

import (
	"context"
	"io"
	"net/http"

	"github.com/pinecone-community/assistant-go/gen/2026-04/data"
)

// HandCall is the contender without a client library: the floor of a small
// call.
const HandCall = "net/http, " + V1

// Call is a request with a small JSON response.
func Call() (*Work, error) {
	client := respond(jsonText, operationReply)
	project, err := newProject(client)
	if err != nil {
		return nil, err
	}
	stocked, err := newStock(client)
	if err != nil {
		return nil, err
	}
	openaiClient := newOpenAI(respond(jsonText, modelReply))
	work := &Work{
		Name: "small JSON call",
		Unit: "call",
		Contenders: []Contender{
			{Project, 1, func() error {
				operation, err := project.DescribeOperation(context.Background(), name, operationID)
				if err != nil {
					return err
				}
				return want("progress", operation.PercentComplete, 42)
			}},
		},
	}
	for _, d := range decoders {
		work.Contenders = append(work.Contenders, Contender{"net/http, " + d.name, 1, func() error { return callByHand(client, d) }})
	}
	work.Contenders = append(work.Contenders,
		Contender{Stock, 1, func() error {
			reply, err := stocked.DescribeOperationWithResponse(context.Background(), name, operationID)
			if err != nil {
				return err
			}
			return want("progress", *reply.JSON200.PercentComplete, 42)
		}},
		Contender{OpenAI, 1, func() error {
			reply, err := openaiClient.Models.Get(context.Background(), model)
			if err != nil {
				return err
			}
			return want("model", reply.ID, model)
		}})
	return work, nil
}

func callByHand(client *http.Client, d decoder) error {
	resp, err := do(client, http.MethodGet, "/operations/"+name+"/"+operationID, "")
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		return err
	}
	var operation data.Operation
	if err := d.unmarshal(text, &operation); err != nil {
		return err
	}
	return want("progress", operation.PercentComplete, 42)
}
