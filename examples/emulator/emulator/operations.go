package emulator

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/pinecone-community/assistant-go/examples/emulator/internal/store"
	"github.com/pinecone-community/assistant-go/examples/emulator/internal/v2026_04/data"
)

// operationsKept is how long an operation is listed after its end.
const operationsKept = 30 * 24 * time.Hour

func (s dataPlane) ListOperations(_ context.Context, request data.ListOperationsRequestObject) (data.ListOperationsResponseObject, error) {
	params := request.Params
	a, err := s.find(request.AssistantName)
	if err != nil {
		return nil, err
	}
	list, err := newList(fmt.Sprintf("operations/%d", a.Sequence), params.Limit, dataPage, params.PaginationToken)
	if err != nil {
		return nil, err
	}
	found, err := s.db.Operations(a.Sequence, list.after, deref(params.OperationType, ""), deref(params.Status, ""), s.now().Add(-operationsKept), list.ask())
	if err != nil {
		return nil, err
	}
	found, next := page(list, found, func(op *store.Operation) int64 { return op.Sequence })
	operations := make([]data.OperationModel, 0, len(found))
	for _, op := range found {
		operations = append(operations, describeOperation(op))
	}
	reply := data.ListOperations200JSONResponse{Operations: &operations}
	if next != "" {
		reply.Pagination = &data.PaginationResponse{Next: next}
	}
	return reply, nil
}

func (s dataPlane) DescribeOperation(_ context.Context, request data.DescribeOperationRequestObject) (data.DescribeOperationResponseObject, error) {
	a, err := s.find(request.AssistantName)
	if err != nil {
		return nil, err
	}
	op, err := s.db.Operation(a.Sequence, request.OperationID)
	if errors.Is(err, store.ErrNotFound) {
		return nil, notFound("Operation %q not found.", request.OperationID)
	}
	if err != nil {
		return nil, err
	}
	return data.DescribeOperation200JSONResponse(describeOperation(op)), nil
}

func describeOperation(op *store.Operation) data.OperationModel {
	reply := data.OperationModel{
		ID:              op.ID,
		OperationType:   op.Kind,
		FileID:          ptr(op.File),
		Status:          op.Status,
		CreatedOn:       op.Created,
		PercentComplete: ptr(op.Percent),
	}
	if !op.Completed.IsZero() {
		reply.CompletedOn = ptr(op.Completed)
	}
	if op.Message != "" {
		reply.ErrorMessage = ptr(op.Message)
	}
	if op.Units > 0 {
		reply.IngestionUnits = ptr(op.Units)
	}
	return reply
}

// location is the value of the header that announces an operation.
func location(assistant string, op *store.Operation) string {
	return "/operations/" + assistant + "/" + op.ID
}
