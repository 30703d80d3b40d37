package emulator

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"mime/multipart"
	"net/http"
	"strings"

	"github.com/google/uuid"

	"github.com/pinecone-community/assistant-go/examples/emulator/internal/document"
	"github.com/pinecone-community/assistant-go/examples/emulator/internal/store"
	"github.com/pinecone-community/assistant-go/examples/emulator/internal/v2026_04/data"
)

// Limits of a file's size, which are those of the service's Standard plan.
const (
	maxFileBytes          = 10 << 20
	maxPDFBytes           = 100 << 20
	maxMultimodalPDFBytes = 50 << 20
)

// receive stores the file of a form, in the place of one with the same identifier,
// and starts to process it. The operation is returned once file and operation are
// stored.
func (s *Server) receive(ctx context.Context, assistant string, form *multipart.Reader, f *store.File, kind data.OperationType) (*store.Operation, error) {
	a, err := s.find(assistant)
	if err == nil {
		err = s.readForm(callOf(ctx).version, form, f)
	}
	if err != nil {
		// A client that is not read from to the end may never see the reply.
		for rest := error(nil); rest == nil; _, rest = form.NextRawPart() {
		}
		s.forget(f.Content)
		return nil, err
	}
	now := s.now()
	f.Assistant, f.Status, f.Created, f.Updated = a.Sequence, data.FileStatusProcessing, now, now
	op := &store.Operation{ID: uuid.NewString(), Kind: kind, File: f.ID, Created: now}
	orphan, err := s.db.AddFile(f, op, s.quota.admitFile)
	if err != nil {
		s.forget(f.Content)
		if errors.Is(err, store.ErrNotFound) {
			err = noAssistant(assistant)
		}
		return nil, err
	}
	s.forget(orphan)
	s.later(func() { s.begin(op.Sequence) })
	return op, nil
}

// readForm reads the form of an upload, whose content it stores on the way.
func (s *Server) readForm(version *version, form *multipart.Reader, f *store.File) error {
	seen := make(map[string]bool)
	for {
		part, err := form.NextRawPart()
		if errors.Is(err, io.EOF) {
			if !seen["file"] {
				return invalid("file: the form has none")
			}
			return nil
		}
		if err != nil {
			return unreadable(err)
		}
		name := part.FormName()
		if seen[name] {
			return invalid("the form has the field %s twice", name)
		}
		seen[name] = true
		switch {
		case name == "file":
			err = s.readFile(part, f)
		case name == "metadata" && version.metadataInForm:
			f.Metadata, err = readMetadata(part)
		default:
			err = invalid("the form has the unknown field %q", name)
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
		return nil, invalid("metadata: %d bytes, the limit is %d", maxText+rest, maxText)
	}
	var metadata map[string]any
	if err := json.Unmarshal(text, &metadata); err != nil {
		return nil, invalid("metadata: %v", err)
	}
	if metadata == nil {
		return nil, invalid("metadata: want an object, not null")
	}
	return metadata, nil
}

// formReader reads a part of a form. That it cannot be read is the request's fault,
// whatever else goes wrong with it is not.
type formReader struct{ part io.Reader }

func (r formReader) Read(p []byte) (int, error) {
	n, err := r.part.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		err = unreadable(err)
	}
	return n, err
}

func unreadable(err error) error {
	var tooLarge *http.MaxBytesError
	if errors.As(err, &tooLarge) {
		return invalid("the request is larger than %d bytes", tooLarge.Limit)
	}
	return invalid("the form cannot be read: %v", err)
}
