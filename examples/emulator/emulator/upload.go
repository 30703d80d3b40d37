package emulator

import (
	"encoding/json"
	"errors"
	"io"
	"mime/multipart"
	"strings"

	"github.com/pinecone-community/assistant-go/examples/emulator/internal/v2026_04/data"
)

// readUpload reads the form of an upload, which has been validated.
func readUpload(form *multipart.Reader, multimodal bool) (*file, error) {
	f := &file{multimodal: multimodal, status: data.FileStatusProcessing}
	for {
		part, err := form.NextRawPart()
		if errors.Is(err, io.EOF) {
			return f, f.check()
		}
		if err != nil {
			return nil, invalid("the form cannot be read: %v", err)
		}
		content, err := io.ReadAll(part)
		if err != nil {
			return nil, invalid("the form cannot be read: %v", err)
		}
		switch part.FormName() {
		case "file":
			f.name, f.content = part.FileName(), content
		case "metadata":
			if len(content) > maxText {
				return nil, invalid("metadata: %d bytes, the limit is %d", len(content), maxText)
			}
			if err := json.Unmarshal(content, &f.metadata); err != nil {
				return nil, invalid("metadata: %v", err)
			}
		}
	}
}

// check holds a file against the limits of its kind, and sets the kind.
func (f *file) check() error {
	if f.name == "" {
		return invalid("file: the part has no file name")
	}
	ext := extension(f.name)
	f.kind = kinds[ext]
	switch {
	case f.kind == nil:
		return invalid("file %q: the type %q is not supported, supported are %s", f.name, ext, strings.Join(extensions(), ", "))
	case len(f.content) > f.kind.maxBytes:
		return invalid("file %q: %d bytes, the limit of %s is %d", f.name, len(f.content), ext, f.kind.maxBytes)
	case f.multimodal && f.kind.name != "pdf":
		return invalid("multimodal is for PDF only, the file is %q", f.name)
	}
	return nil
}
