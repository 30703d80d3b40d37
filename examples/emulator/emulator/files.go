package emulator

import (
	"errors"
	"fmt"
	"net/http"
	"regexp"

	"github.com/google/uuid"

	"github.com/pinecone-community/assistant-go/examples/emulator/internal/model"
	"github.com/pinecone-community/assistant-go/examples/emulator/internal/store"
)

var fileID = regexp.MustCompile(`^[A-Za-z0-9_-]{1,128}$`)

// dataPage is the default page size of a list of files or operations. The service's
// default is not documented.
const dataPage = 100

func (s *Server) uploadFile(r *request) (*response, error) {
	return s.receive(r, &store.File{ID: uuid.NewString()}, model.OperationTypeUploadFile)
}

func (s *Server) upsertFile(r *request) (*response, error) {
	if !fileID.MatchString(r.file()) {
		return nil, invalid("assistant_file_id %q: want 1 to 128 letters, digits, - and _", truncate(r.file()))
	}
	return s.receive(r, &store.File{ID: r.file()}, model.OperationTypeUpsertFile)
}

func (s *Server) listFiles(r *request) (*response, error) {
	filter, err := r.object("filter")
	if err != nil {
		return nil, err
	}
	compiled, err := compileFilter(&filter)
	if err != nil {
		return nil, err
	}
	a, err := s.find(r.assistant())
	if err != nil {
		return nil, err
	}
	list, err := r.page(fmt.Sprintf("files/%d", a.Sequence), dataPage)
	if err != nil {
		return nil, err
	}
	return listing[*store.File]{
		field: "files",
		fetch: func(after int64, most int) ([]*store.File, error) {
			return s.db.Files(r.Context(), a.Sequence, after, compiled, most)
		},
		sequence: func(f *store.File) int64 { return f.Sequence },
		describe: describeFile,
	}.response(r, list)
}

func (s *Server) describeFile(r *request) (*response, error) {
	a, f, err := s.findFile(r.assistant(), r.file())
	if err != nil {
		return nil, err
	}
	described := describeFile(f)
	include, err := r.flag("include_url")
	if err != nil {
		return nil, err
	}
	if include {
		described["signed_url"] = s.signedURL(r.Context(), a.Name, f.ID)
	}
	return r.ok(described), nil
}

// deleteFile begins the deletion of a file. In versions with operations, the response is
// the operation, or empty if the file could not be processed or is being deleted, as the
// live tests of Pinecone's SDKs expect.
func (s *Server) deleteFile(r *request) (*response, error) {
	a, f, err := s.findFile(r.assistant(), r.file())
	if err != nil {
		return nil, err
	}
	op := &store.Operation{ID: uuid.NewString(), Kind: model.OperationTypeDeleteFile, File: f.ID, Created: s.now()}
	begun, orphan, err := s.db.DeleteFile(a.Sequence, f.ID, op)
	if errors.Is(err, store.ErrNotFound) {
		return nil, noFile(f.ID)
	}
	if err != nil {
		return nil, err
	}
	s.forget(orphan)
	if begun == op {
		s.removeLater(op.Sequence)
	}
	switch {
	case r.operation.hasStatus(http.StatusOK):
		return r.ok(nil), nil
	case begun != op:
		return r.respond(http.StatusNoContent, nil), nil
	}
	return r.accepted(op), nil
}

// describeFile returns the description of a file with the fields of all versions. The
// fields that are unknown to a version are removed later. Null fields are as in the
// service's documentation.
func describeFile(f *store.File) object {
	described := object{
		"id":            f.ID,
		"name":          f.Name,
		"size":          f.Size,
		"metadata":      orNull(f.Metadata),
		"status":        f.Status,
		"multimodal":    f.Multimodal,
		"percent_done":  float64(f.Percent) / 100,
		"error_message": nil,
		"signed_url":    nil,
		"created_on":    f.Created,
		"updated_on":    f.Updated,
	}
	if f.Message != "" {
		described["error_message"] = f.Message
	}
	return described
}
