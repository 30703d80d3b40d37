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

// Limits of a file's size, which are those of the service's Standard plan.
const (
	maxFileBytes          = 10 << 20
	maxPDFBytes           = 100 << 20
	maxMultimodalPDFBytes = 50 << 20

	// The pages of a PDF that is processed with its images, in every plan. That one
	// with more is ProcessingFailed is inferred: the number of pages shows when it is read.
	maxMultimodalPages = 100

	// A bound of the emulator's own on the length of a file's name.
	maxNameBytes = 1024
)

// receive stores the file of a form, in the place of one with the same identifier,
// and starts to process it. It answers once file and operation are stored: the
// operation, or the file in a version without operations.
func (s *Server) receive(r *request, f *store.File, kind model.OperationType) (*reply, error) {
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
		// A client that is not read from to the end may never see the reply.
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
	if r.operation.answers(http.StatusOK) {
		return r.ok(describeFile(f)), nil
	}
	return r.accepted(op), nil
}

// metadataInQuery returns the metadata of an upload in a version that has them in
// the query, and refuses them there in every other.
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

// metadataInForm reports whether a version has the metadata of an upload in its
// form.
func (r *request) metadataInForm() bool {
	return r.operation.requestSchema(formType).Properties["metadata"] != nil
}

// checkMetadata holds the metadata of a file against its limit and against what
// https://docs.pinecone.io/guides/assistant/file-metadata says that it can have.
func checkMetadata(metadata object) error {
	for key, value := range metadata {
		if strings.HasPrefix(key, "$") {
			return invalid("metadata: the key %q begins with $", shown(key))
		}
		switch value := value.(type) {
		case string, float64, bool:
		case []any:
			for _, item := range value {
				if _, ok := item.(string); !ok {
					return invalid("metadata: the list %q has an item that is no string", shown(key))
				}
			}
		default:
			return invalid("metadata: %q is null or an object, want a string, a number, a boolean or a list of strings", shown(key))
		}
	}
	return checkSize(metadata)
}

// readForm reads the form of an upload, whose content it stores on the way.
func (s *Server) readForm(r *request, form *uploadForm, f *store.File) error {
	seen := make(map[string]bool)
	for {
		part, err := form.next()
		if errors.Is(err, io.EOF) {
			if !seen["file"] {
				return invalid("file: the form has none")
			}
			return nil
		}
		if err != nil {
			return unreadable("form", err)
		}
		name := part.FormName()
		if seen[name] {
			return invalid("the form has the field %s twice", shown(name))
		}
		seen[name] = true
		switch {
		case name == "file":
			err = s.readFile(part, f)
		case name == "metadata" && r.metadataInForm():
			f.Metadata, err = readMetadata(part)
		default:
			err = invalid("the form has the unknown field %q", shown(name))
		}
		if err != nil {
			return err
		}
	}
}

// readFile stores a content and holds it against the limits of its kind.
func (s *Server) readFile(part *multipart.Part, f *store.File) error {
	f.Name = part.FileName()
	if f.Name == "" {
		return invalid("file: the part has no file name")
	}
	if !utf8.ValidString(f.Name) {
		return invalid("file: its name is not UTF-8")
	}
	if len(f.Name) > maxNameBytes {
		return invalid("file: its name has %d bytes, the limit is %d", len(f.Name), maxNameBytes)
	}
	kind, ext := document.KindOf(f.Name), document.Extension(f.Name)
	if kind == nil {
		return invalid("file %q: the type %q is not supported, supported are %s", f.Name, ext, strings.Join(document.Extensions(), ", "))
	}
	if f.Multimodal && kind.Name != "pdf" {
		return invalid("multimodal is for PDF only, the file is %q", f.Name)
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

// maxBytes is the limit of the size of a kind of file.
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

// formReader reads a part of a form. That it cannot be read is the request's fault,
// whatever else goes wrong with it is not.
type formReader struct{ part io.Reader }

func (r formReader) Read(p []byte) (int, error) {
	n, err := r.part.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		err = unreadable("form", err)
	}
	return n, err
}
