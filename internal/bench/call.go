package bench

import (
	"context"
	"encoding/json"
	"io"
	"net/http"

	"github.com/pinecone-community/assistant-go/gen/2026-04/data"
)

// HandCall is the floor of a small call.
const HandCall = "net/http, encoding/json"

// Call is a request with a small JSON reply.
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
	return &Work{
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
			{HandCall, 1, func() error { return callByHand(client) }},
			{Stock, 1, func() error {
				reply, err := stocked.DescribeOperationWithResponse(context.Background(), name, operationID)
				if err != nil {
					return err
				}
				return want("progress", *reply.JSON200.PercentComplete, 42)
			}},
			{OpenAI, 1, func() error {
				reply, err := openaiClient.Models.Get(context.Background(), model)
				if err != nil {
					return err
				}
				return want("model", reply.ID, model)
			}},
		},
	}, nil
}

func callByHand(client *http.Client) error {
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
	if err := json.Unmarshal(text, &operation); err != nil {
		return err
	}
	return want("progress", operation.PercentComplete, 42)
}
