package emulator

import (
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/pinecone-community/assistant-go/examples/emulator/internal/model"
	"github.com/pinecone-community/assistant-go/examples/emulator/internal/store"
)

// operationsKept is the time for which an operation is listed after its end.
const operationsKept = 30 * 24 * time.Hour

func (s *Server) listOperations(r *request) (*response, error) {
	a, err := s.find(r.assistant())
	if err != nil {
		return nil, err
	}
	list, err := r.page(fmt.Sprintf("operations/%d", a.Sequence), dataPage)
	if err != nil {
		return nil, err
	}
	kind, status := model.OperationType(r.query("operation_type")), model.OperationStatus(r.query("status"))
	return listing[*store.Operation]{
		field: "operations",
		fetch: func(after int64, most int) ([]*store.Operation, error) {
			return s.db.Operations(a.Sequence, after, kind, status, s.now().Add(-operationsKept), most)
		},
		sequence: func(op *store.Operation) int64 { return op.Sequence },
		describe: describeOperation,
	}.response(r, list)
}

func (s *Server) describeOperation(r *request) (*response, error) {
	a, err := s.find(r.assistant())
	if err != nil {
		return nil, err
	}
	id := r.path["operation_id"]
	op, err := s.db.Operation(a.Sequence, id)
	if errors.Is(err, store.ErrNotFound) {
		return nil, notFound("Operation %q not found.", truncate(id))
	}
	if err != nil {
		return nil, err
	}
	return r.ok(describeOperation(op)), nil
}

func describeOperation(op *store.Operation) object {
	described := object{
		"id":               op.ID,
		"operation_type":   op.Kind,
		"file_id":          op.File,
		"status":           op.Status,
		"created_on":       op.Created,
		"percent_complete": op.Percent,
	}
	if !op.Completed.IsZero() {
		described["completed_on"] = op.Completed
	}
	if op.Message != "" {
		described["error_message"] = op.Message
	}
	if op.Units > 0 {
		described["ingestion_units"] = op.Units
	}
	return described
}

// accepted returns a response with an operation, the status 202 and a Location header.
func (r *request) accepted(op *store.Operation) *response {
	response := r.respond(http.StatusAccepted, describeOperation(op))
	response.header = http.Header{"Location": {"/operations/" + r.assistant() + "/" + op.ID}}
	return response
}
