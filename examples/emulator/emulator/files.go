package emulator

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"regexp"

	"github.com/google/uuid"

	"github.com/pinecone-community/assistant-go/examples/emulator/internal/store"
	"github.com/pinecone-community/assistant-go/examples/emulator/internal/v2026_04/data"
)

// dataPlane implements the data plane.
type dataPlane struct{ *Server }

var fileID = regexp.MustCompile(`^[A-Za-z0-9_-]{1,128}$`)

// The page of a listing when the request names no size. What the service's is,
// is not documented.
const dataPage = 100

// refuseMetadataInQuery refuses the way in which older versions took metadata.
func refuseMetadataInQuery(next data.StrictHandlerFunc, operation string) data.StrictHandlerFunc {
	if operation != "UploadFile" && operation != "UpsertFile" {
		return next
	}
	return func(ctx context.Context, w http.ResponseWriter, r *http.Request, request any) (any, error) {
		if r.URL.Query().Has("metadata") {
			return nil, invalid("metadata belongs in the form, not in the query")
		}
		return next(ctx, w, r, request)
	}
}

func (s dataPlane) UploadFile(ctx context.Context, request data.UploadFileRequestObject) (data.UploadFileResponseObject, error) {
	op, err := s.receive(ctx, request.AssistantName, request.Body, &store.File{
		ID: uuid.NewString(), Multimodal: deref(request.Params.Multimodal, false),
	}, data.OperationTypeUploadFile)
	if err != nil {
		return nil, err
	}
	return data.UploadFile202JSONResponse{
		Body:    describeOperation(op),
		Headers: data.UploadFile202ResponseHeaders{Location: ptr(location(request.AssistantName, op))},
	}, nil
}

func (s dataPlane) UpsertFile(ctx context.Context, request data.UpsertFileRequestObject) (data.UpsertFileResponseObject, error) {
	if !fileID.MatchString(request.AssistantFileID) {
		return nil, invalid("assistant_file_id %q: want 1 to 128 letters, digits, - and _", request.AssistantFileID)
	}
	op, err := s.receive(ctx, request.AssistantName, request.Body, &store.File{
		ID: request.AssistantFileID, Multimodal: deref(request.Params.Multimodal, false),
	}, data.OperationTypeUpsertFile)
	if err != nil {
		return nil, err
	}
	return data.UpsertFile202JSONResponse{
		Body:    describeOperation(op),
		Headers: data.UpsertFile202ResponseHeaders{Location: ptr(location(request.AssistantName, op))},
	}, nil
}

func (s dataPlane) ListFiles(_ context.Context, request data.ListFilesRequestObject) (data.ListFilesResponseObject, error) {
	filter, err := compileFilter(request.Params.Filter)
	if err != nil {
		return nil, err
	}
	a, err := s.find(request.AssistantName)
	if err != nil {
		return nil, err
	}
	list, err := newList(fmt.Sprintf("files/%d", a.Sequence), request.Params.Limit, dataPage, request.Params.PaginationToken)
	if err != nil {
		return nil, err
	}
	found, err := s.db.Files(a.Sequence, list.after, filter, list.ask())
	if err != nil {
		return nil, err
	}
	found, next := page(list, found, func(f *store.File) int64 { return f.Sequence })
	files := make([]data.AssistantFileModel, 0, len(found))
	for _, f := range found {
		files = append(files, describeFile(f))
	}
	reply := data.ListFiles200JSONResponse{Files: &files}
	if next != "" {
		reply.Pagination = &data.PaginationResponse{Next: next}
	}
	return reply, nil
}

func (s dataPlane) DescribeFile(ctx context.Context, request data.DescribeFileRequestObject) (data.DescribeFileResponseObject, error) {
	a, f, err := s.findFile(request.AssistantName, request.AssistantFileID)
	if err != nil {
		return nil, err
	}
	reply := describeFile(f)
	if deref(request.Params.IncludeURL, false) {
		reply.SignedURL = ptr(s.signedURL(ctx, a.Name, f.ID))
	}
	return data.DescribeFile200JSONResponse(reply), nil
}

func (s dataPlane) DeleteFile(_ context.Context, request data.DeleteFileRequestObject) (data.DeleteFileResponseObject, error) {
	a, f, err := s.findFile(request.AssistantName, request.AssistantFileID)
	if err != nil {
		return nil, err
	}
	op := &store.Operation{ID: uuid.NewString(), Kind: data.OperationTypeDeleteFile, File: f.ID, Created: s.now()}
	begun, orphan, err := s.db.DeleteFile(a.Sequence, f.ID, op)
	if errors.Is(err, store.ErrNotFound) {
		return nil, noFile(f.ID)
	}
	if err != nil {
		return nil, err
	}
	s.forget(orphan)
	if begun == nil {
		return data.DeleteFile204Response{}, nil
	}
	if begun == op {
		s.later(func() { s.remove(op.Sequence) })
	}
	return data.DeleteFile202JSONResponse{
		Body:    describeOperation(begun),
		Headers: data.DeleteFile202ResponseHeaders{Location: ptr(location(a.Name, begun))},
	}, nil
}

func describeFile(f *store.File) data.AssistantFileModel {
	reply := data.AssistantFileModel{
		ID:         f.ID,
		Name:       f.Name,
		Size:       ptr(f.Size),
		Status:     ptr(f.Status),
		Multimodal: ptr(f.Multimodal),
		CreatedOn:  ptr(f.Created),
		UpdatedOn:  ptr(f.Updated),
	}
	if f.Metadata != nil {
		reply.Metadata = ptr(f.Metadata)
	}
	return reply
}
