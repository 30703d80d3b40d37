package emulator

import (
	"encoding/json"
	"errors"
	"io"
	"mime/multipart"
	"net/http"
	"strings"
	"unicode/utf8"

	"github.com/google/uuid"

	"github.com/pinecone-community/assistant-go/examples/emulator/internal/document"
	"github.com/pinecone-community/assistant-go/examples/emulator/internal/model"
	"github.com/pinecone-community/assistant-go/examples/emulator/internal/store"
)

// Limits of a file. The sizes in bytes are those of the service's Standard plan.
const (
	maxFileBytes          = 10 << 20
	maxPDFBytes           = 100 << 20
	maxMultimodalPDFBytes = 50 << 20

	// maxMultimodalPages is the limit of the pages of a multimodal PDF, in every plan. That
	// a PDF with more is ProcessingFailed is inferred.
	maxMultimodalPages = 100

	// maxNameBytes is the limit of a file name in bytes. The service's limit is not
	// known.
	maxNameBytes = 1024
)

// receive stores the file of a form, replaces a file with the same identifier, and begins
// to process the file. The response, which follows once file and operation are stored, is
// the operation, or the file in a version without operations.
func (s *Server) receive(r *request, f *store.File, kind model.OperationType) (*response, error) {
	form, err := newForm(r.Request)
	if err != nil {
		return nil, invalid("Content-Type: %v", err)
	}
	a, err := s.find(r.assistant())
	if err == nil {
		f.Multimodal, err = r.flag("multimodal")
	}
	if err == nil {
		f.Metadata, err = r.metadataInQuery()
	}
	if err == nil {
		err = s.readForm(r, form, f)
	}
	if err == nil {
		err = s.admitUpload(f.Size)
	}
	if err != nil {
		// Read the rest of the body, without which the client may not read the response.
		_, _ = io.Copy(io.Discard, r.Body)
		s.forget(f.Content)
		return nil, err
	}
	r.recordFile(f.Name, f.Metadata)
	now := s.now()
	f.Assistant, f.Status, f.Created, f.Updated = a.Sequence, model.FileStatusProcessing, now, now
	op := &store.Operation{ID: uuid.NewString(), Kind: kind, File: f.ID, Created: now}
	orphan, err := s.db.AddFile(f, op, s.quota.admitFile)
	if err != nil {
		s.forget(f.Content)
		if errors.Is(err, store.ErrNotFound) {
			err = noAssistant(r.assistant())
		}
		return nil, err
	}
	s.forget(orphan)
	s.process(op.Sequence)
	if r.operation.hasStatus(http.StatusOK) {
		return r.ok(describeFile(f)), nil
	}
	return r.accepted(op), nil
}

// metadataInQuery returns the metadata of an upload in the query. In a version with the
// metadata in the form, metadata in the query are an error.
func (r *request) metadataInQuery() (object, error) {
	if !r.operation.has("metadata") {
		if r.values.Has("metadata") {
			return nil, invalid("metadata belongs in the form, not in the query")
		}
		return nil, nil
	}
	if n := len(r.query("metadata")); n > maxText {
		return nil, tooMuchMetadata(int64(n))
	}
	metadata, err := r.object("metadata")
	if err != nil {
		return nil, err
	}
	return metadata, checkMetadata(metadata)
}

// metadataInForm reports whether the metadata of an upload are in the form, in the
// request's version.
func (r *request) metadataInForm() bool {
	return r.operation.requestSchema(formType).Properties["metadata"] != nil
}

// checkMetadata checks the size of the metadata of a file, and the keys and types
// according to https://docs.pinecone.io/guides/assistant/file-metadata.
func checkMetadata(metadata object) error {
	for key, value := range metadata {
		if strings.HasPrefix(key, "$") {
			return invalid("metadata: the key %q begins with $", truncate(key))
		}
		switch value := value.(type) {
		case string, float64, bool:
		case []any:
			for _, item := range value {
				if _, ok := item.(string); !ok {
					return invalid("metadata: the list %q has an item that is not a string", truncate(key))
				}
			}
		default:
			return invalid("metadata: %q is null or an object, want a string, a number, a boolean or a list of strings", truncate(key))
		}
	}
	return checkSize(metadata)
}

// readForm reads the form of an upload, and stores the content of the file.
func (s *Server) readForm(r *request, form *uploadForm, f *store.File) error {
	seen := make(map[string]bool)
	for {
		part, err := form.next()
		if errors.Is(err, io.EOF) {
			if !seen["file"] {
				return invalid("file: missing in the form")
			}
			return nil
		}
		if err != nil {
			return unreadable("form", err)
		}
		name := part.FormName()
		if seen[name] {
			return invalid("duplicate form field %q", truncate(name))
		}
		seen[name] = true
		switch {
		case name == "file":
			err = s.readFile(part, f)
		case name == "metadata" && r.metadataInForm():
			f.Metadata, err = readMetadata(part)
		default:
			err = invalid("unknown form field %q", truncate(name))
		}
		if err != nil {
			return err
		}
	}
}

// readFile stores the content of a file, and checks its name, type and size.
func (s *Server) readFile(part *multipart.Part, f *store.File) error {
	f.Name = part.FileName()
	if f.Name == "" {
		return invalid("file: the part has no file name")
	}
	if !utf8.ValidString(f.Name) {
		return invalid("file: the name is not UTF-8")
	}
	if len(f.Name) > maxNameBytes {
		return invalid("file: name of %d bytes, the limit is %d", len(f.Name), maxNameBytes)
	}
	kind, ext := document.KindOf(f.Name), document.Extension(f.Name)
	if kind == nil {
		return invalid("file %q: the type %q is not supported, supported are %s", f.Name, ext, strings.Join(document.Extensions(), ", "))
	}
	if f.Multimodal && kind.Name != "pdf" {
		return invalid("multimodal: supported only for PDF, the file is %q", f.Name)
	}
	limit := maxBytes(kind, f.Multimodal)
	limited := &io.LimitedReader{R: formReader{part}, N: limit + 1}
	var err error
	if f.Content, f.Size, err = s.db.AddContent(limited); err != nil {
		return err
	}
	if limited.N > 0 {
		return s.quota.admitSize(f)
	}
	rest, err := io.Copy(io.Discard, formReader{part})
	if err != nil {
		return err
	}
	return invalid("file %q: %d bytes, the limit of %s is %d", f.Name, f.Size+rest, ext, limit)
}

// maxBytes returns the size limit of a kind of file.
func maxBytes(kind *document.Kind, multimodal bool) int64 {
	switch {
	case kind.Name != "pdf":
		return maxFileBytes
	case multimodal:
		return maxMultimodalPDFBytes
	}
	return maxPDFBytes
}

func readMetadata(part io.Reader) (map[string]any, error) {
	text, err := io.ReadAll(io.LimitReader(formReader{part}, maxText))
	if err != nil {
		return nil, err
	}
	rest, err := io.Copy(io.Discard, formReader{part})
	if err != nil {
		return nil, err
	}
	if rest > 0 {
		return nil, tooMuchMetadata(maxText + rest)
	}
	if !utf8.Valid(text) {
		return nil, invalid("metadata: the JSON is not UTF-8")
	}
	var metadata map[string]any
	if err := json.Unmarshal(text, &metadata); err != nil {
		return nil, invalid("metadata: %v", err)
	}
	if metadata == nil {
		return nil, invalid("metadata: want an object, not null")
	}
	return metadata, checkMetadata(metadata)
}

// formReader reads a part of a form. A read error is a response with the status 400, in
// contrast to errors of the database.
type formReader struct{ part io.Reader }

func (r formReader) Read(p []byte) (int, error) {
	n, err := r.part.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		err = unreadable("form", err)
	}
	return n, err
}
