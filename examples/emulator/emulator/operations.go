package emulator

import (
	"context"

	"github.com/google/uuid"

	"github.com/pinecone-community/assistant-go/examples/emulator/internal/v2026_04/data"
)

func (s dataPlane) ListOperations(_ context.Context, request data.ListOperationsRequestObject) (data.ListOperationsResponseObject, error) {
	params := request.Params
	s.mu.Lock()
	defer s.mu.Unlock()
	a, err := s.find(request.AssistantName)
	if err != nil {
		return nil, err
	}
	sequence := func(op *operation) int64 { return op.sequence }
	var found []*operation
	for _, op := range inOrder(a.operations, sequence) {
		if deref(params.OperationType, op.kind) == op.kind && deref(params.Status, op.status) == op.status {
			found = append(found, op)
		}
	}
	page, next, err := paginate(found, sequence, params.Limit, dataPage, params.PaginationToken)
	if err != nil {
		return nil, err
	}
	list := make([]data.OperationModel, 0, len(page))
	for _, op := range page {
		list = append(list, op.reply())
	}
	reply := data.ListOperations200JSONResponse{Operations: &list}
	if next != "" {
		reply.Pagination = &data.PaginationResponse{Next: next}
	}
	return reply, nil
}

func (s dataPlane) DescribeOperation(_ context.Context, request data.DescribeOperationRequestObject) (data.DescribeOperationResponseObject, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	a, err := s.find(request.AssistantName)
	if err != nil {
		return nil, err
	}
	op := a.operations[request.OperationID]
	if op == nil {
		return nil, notFound("Operation %q not found.", request.OperationID)
	}
	return data.DescribeOperation200JSONResponse(op.reply()), nil
}

// begin adds an operation. The caller holds the mutex.
func (s *Server) begin(a *assistant, kind data.OperationType, fileID string) *operation {
	op := &operation{
		sequence: s.next(),
		id:       uuid.NewString(),
		kind:     kind,
		fileID:   fileID,
		status:   data.OperationStatusProcessing,
		created:  s.now(),
	}
	a.operations[op.id] = op
	return op
}

// end completes an operation or, with a message, lets it fail. The caller holds
// the mutex.
func (s *Server) end(op *operation, message string) {
	op.completed = s.now()
	if message != "" {
		op.status, op.message = data.OperationStatusFailed, message
		return
	}
	op.status, op.percent = data.OperationStatusCompleted, 100
}

func (op *operation) reply() data.OperationModel {
	reply := data.OperationModel{
		ID:              op.id,
		OperationType:   op.kind,
		FileID:          ptr(op.fileID),
		Status:          op.status,
		CreatedOn:       op.created,
		PercentComplete: ptr(op.percent),
	}
	if !op.completed.IsZero() {
		reply.CompletedOn = ptr(op.completed)
	}
	if op.message != "" {
		reply.ErrorMessage = ptr(op.message)
	}
	if op.units > 0 {
		reply.IngestionUnits = ptr(op.units)
	}
	return reply
}

// location is the value of the header that announces an operation.
func location(a *assistant, op *operation) string {
	return "/operations/" + a.name + "/" + op.id
}
