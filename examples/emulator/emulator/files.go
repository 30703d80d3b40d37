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

// The page of a listing when the request names no size. What the service's is,
// is not documented.
const dataPage = 100

func (s *Server) uploadFile(r *request) (*reply, error) {
	return s.receive(r, &store.File{ID: uuid.NewString()}, model.OperationTypeUploadFile)
}

func (s *Server) upsertFile(r *request) (*reply, error) {
	if !fileID.MatchString(r.file()) {
		return nil, invalid("assistant_file_id %q: want 1 to 128 letters, digits, - and _", shown(r.file()))
	}
	return s.receive(r, &store.File{ID: r.file()}, model.OperationTypeUpsertFile)
}

func (s *Server) listFiles(r *request) (*reply, error) {
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
	}.reply(r, list)
}

func (s *Server) describeFile(r *request) (*reply, error) {
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

// deleteFile starts a deletion. A version with operations answers that of the
// deletion; without a body if the file could not be processed, or is being deleted
// already, as the live tests of Pinecone's SDKs expect.
func (s *Server) deleteFile(r *request) (*reply, error) {
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
	case r.operation.answers(http.StatusOK):
		return r.ok(nil), nil
	case begun != op:
		return r.answer(http.StatusNoContent, nil), nil
	}
	return r.accepted(op), nil
}

// describeFile returns what all versions and no other say of a file: its version
// takes out of it what it does not know. The nulls are those that the service's
// documentation shows.
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
