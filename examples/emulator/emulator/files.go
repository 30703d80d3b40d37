package emulator

import (
	"context"
	"net/http"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/google/uuid"

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

func (s dataPlane) UploadFile(_ context.Context, request data.UploadFileRequestObject) (data.UploadFileResponseObject, error) {
	f, err := readUpload(request.Body, deref(request.Params.Multimodal, false))
	if err != nil {
		return nil, err
	}
	if err := s.quota.admitSize(f.name, len(f.content), f.multimodal); err != nil {
		return nil, err
	}
	f.id = uuid.NewString()
	s.mu.Lock()
	defer s.mu.Unlock()
	a, err := s.find(request.AssistantName)
	if err != nil {
		return nil, err
	}
	if err := s.quota.admitFile(len(a.files)); err != nil {
		return nil, err
	}
	op := s.ingest(a, f, data.OperationTypeUploadFile)
	return data.UploadFile202JSONResponse{
		Body:    op.reply(),
		Headers: data.UploadFile202ResponseHeaders{Location: ptr(location(a, op))},
	}, nil
}

func (s dataPlane) UpsertFile(_ context.Context, request data.UpsertFileRequestObject) (data.UpsertFileResponseObject, error) {
	if !fileID.MatchString(request.AssistantFileID) {
		return nil, invalid("assistant_file_id %q: want 1 to 128 letters, digits, - and _", request.AssistantFileID)
	}
	f, err := readUpload(request.Body, deref(request.Params.Multimodal, false))
	if err != nil {
		return nil, err
	}
	if err := s.quota.admitSize(f.name, len(f.content), f.multimodal); err != nil {
		return nil, err
	}
	f.id = request.AssistantFileID
	s.mu.Lock()
	defer s.mu.Unlock()
	a, err := s.find(request.AssistantName)
	if err != nil {
		return nil, err
	}
	others := len(a.files)
	if a.files[f.id] != nil {
		others--
	}
	if err := s.quota.admitFile(others); err != nil {
		return nil, err
	}
	op := s.ingest(a, f, data.OperationTypeUpsertFile)
	return data.UpsertFile202JSONResponse{
		Body:    op.reply(),
		Headers: data.UpsertFile202ResponseHeaders{Location: ptr(location(a, op))},
	}, nil
}

func (s dataPlane) ListFiles(_ context.Context, request data.ListFilesRequestObject) (data.ListFilesResponseObject, error) {
	matches, err := compileFilter(deref(request.Params.Filter, nil))
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	a, err := s.find(request.AssistantName)
	if err != nil {
		return nil, err
	}
	sequence := func(f *file) int64 { return f.sequence }
	var found []*file
	for _, f := range inOrder(a.files, sequence) {
		if matches(f.metadata) {
			found = append(found, f)
		}
	}
	page, next, err := paginate(found, sequence, request.Params.Limit, dataPage, request.Params.PaginationToken)
	if err != nil {
		return nil, err
	}
	list := make([]data.AssistantFileModel, 0, len(page))
	for _, f := range page {
		list = append(list, f.reply())
	}
	reply := data.ListFiles200JSONResponse{Files: &list}
	if next != "" {
		reply.Pagination = &data.PaginationResponse{Next: next}
	}
	return reply, nil
}

func (s dataPlane) DescribeFile(ctx context.Context, request data.DescribeFileRequestObject) (data.DescribeFileResponseObject, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	a, f, err := s.findFile(request.AssistantName, request.AssistantFileID)
	if err != nil {
		return nil, err
	}
	reply := f.reply()
	if deref(request.Params.IncludeURL, false) {
		reply.SignedURL = ptr(s.signedURL(ctx, a.name, f.id))
	}
	return data.DescribeFile200JSONResponse(reply), nil
}

func (s dataPlane) DeleteFile(_ context.Context, request data.DeleteFileRequestObject) (data.DeleteFileResponseObject, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	a, f, err := s.findFile(request.AssistantName, request.AssistantFileID)
	if err != nil {
		return nil, err
	}
	if f.status == data.FileStatusProcessingFailed {
		delete(a.files, f.id)
		return data.DeleteFile204Response{}, nil
	}
	if f.deletion == nil {
		s.remove(a, f)
	}
	return data.DeleteFile202JSONResponse{
		Body:    f.deletion.reply(),
		Headers: data.DeleteFile202ResponseHeaders{Location: ptr(location(a, f.deletion))},
	}, nil
}

func (f *file) reply() data.AssistantFileModel {
	reply := data.AssistantFileModel{
		ID:         f.id,
		Name:       f.name,
		Size:       ptr(int64(len(f.content))),
		Status:     ptr(f.status),
		Multimodal: ptr(f.multimodal),
		CreatedOn:  ptr(f.created),
		UpdatedOn:  ptr(f.updated),
	}
	if f.metadata != nil {
		reply.Metadata = ptr(f.metadata)
	}
	return reply
}

// extension decides the kind of a file, whatever its contents.
func extension(name string) string { return strings.ToLower(filepath.Ext(name)) }
