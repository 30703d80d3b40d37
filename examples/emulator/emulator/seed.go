package emulator

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/google/uuid"

	"github.com/pinecone-community/assistant-go/examples/emulator/internal/document"
	"github.com/pinecone-community/assistant-go/examples/emulator/internal/model"
	"github.com/pinecone-community/assistant-go/examples/emulator/internal/store"
)

// WithSeed seeds projects without assistants from a folder. Each subfolder NAME is an
// assistant with the files in it; further subfolders and names with a leading dot are
// ignored. An optional file NAME.json has the settings of the assistant: instructions,
// metadata, region, and files, an object that maps file names to metadata. The assistants
// are Ready at once; the files are processed like new uploads.
func WithSeed(folder string) Option { return func(s *Server) { s.seed = folder } }

// settings are the settings of an assistant in a seed.
type settings struct {
	Instructions string            `json:"instructions"`
	Metadata     object            `json:"metadata"`
	Region       model.Region      `json:"region"`
	Files        map[string]object `json:"files"`
}

// seedOnce seeds the project if it has no assistants.
func (s *Server) seedOnce() error {
	if s.seed == "" {
		return nil
	}
	if some, err := s.db.Assistants(0, 1); err != nil || len(some) > 0 {
		return err
	}
	entries, err := os.ReadDir(s.seed)
	if err != nil {
		return err
	}
	names := make(map[string]bool)
	for _, entry := range entries {
		if entry.IsDir() && !strings.HasPrefix(entry.Name(), ".") {
			names[entry.Name()] = true
			if err := s.seedAssistant(entry.Name()); err != nil {
				return fmt.Errorf("seed %s: %w", filepath.Join(s.seed, entry.Name()), err)
			}
		}
	}
	for _, entry := range entries {
		if name, ok := strings.CutSuffix(entry.Name(), ".json"); ok && !names[name] {
			return fmt.Errorf("seed %s: no folder %s", filepath.Join(s.seed, entry.Name()), name)
		}
	}
	if len(names) == 0 {
		return fmt.Errorf("seed %s: no subfolders, want one for each assistant", s.seed)
	}
	return nil
}

func (s *Server) seedAssistant(name string) error {
	if !assistantName.MatchString(name) {
		return errors.New("invalid assistant name, want 1 to 63 lower-case letters, digits and hyphens")
	}
	folder := filepath.Join(s.seed, name)
	set := settings{Region: model.RegionUS}
	text, err := os.Open(folder + ".json")
	switch {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		return err
	default:
		err := decodeForm(text, &set)
		text.Close()
		if err != nil {
			return fmt.Errorf("%s.json: %w", name, err)
		}
	}
	if err := checkSettings(set.Instructions, set.Metadata); err != nil {
		return err
	}
	if set.Region != model.RegionUS && set.Region != model.RegionEU {
		return fmt.Errorf("region: %q, want us or eu", set.Region)
	}
	now := s.now()
	a := &store.Assistant{
		Name: name, Instructions: set.Instructions, Metadata: set.Metadata, Region: set.Region,
		Status: model.AssistantStatusReady, Created: now, Updated: now,
	}
	if err := s.db.AddAssistant(a, s.quota.admitAssistant); err != nil {
		return err
	}
	entries, err := os.ReadDir(folder)
	if err != nil {
		return err
	}
	for _, entry := range entries {
		if entry.IsDir() || strings.HasPrefix(entry.Name(), ".") {
			continue
		}
		if err := s.seedFile(a, folder, entry.Name(), set.Files[entry.Name()]); err != nil {
			return fmt.Errorf("%s: %w", entry.Name(), err)
		}
		delete(set.Files, entry.Name())
	}
	for file := range set.Files {
		return fmt.Errorf("%s.json: files: no file %s", name, file)
	}
	return nil
}

// seedFile adds a file like an upload. Its identifier depends only on the names of the
// assistant and the file.
func (s *Server) seedFile(a *store.Assistant, folder, name string, metadata object) error {
	if document.KindOf(name) == nil {
		return fmt.Errorf("the type is not supported, supported are %s", strings.Join(document.Extensions(), ", "))
	}
	if err := checkMetadata(metadata); err != nil {
		return err
	}
	content, err := os.Open(filepath.Join(folder, name))
	if err != nil {
		return err
	}
	defer content.Close()
	now := s.now()
	f := &store.File{
		Assistant: a.Sequence, ID: uuid.NewSHA1(uuid.NameSpaceURL, []byte(a.Name+"/"+name)).String(), Name: name,
		Metadata: metadata, Status: model.FileStatusProcessing, Created: now, Updated: now,
	}
	info, err := content.Stat()
	if err != nil {
		return err
	}
	if limit := maxBytes(document.KindOf(name), false); info.Size() > limit {
		return fmt.Errorf("%d bytes, the limit is %d", info.Size(), limit)
	}
	if f.Content, f.Size, err = s.db.AddContent(content); err != nil {
		return err
	}
	op := &store.Operation{ID: uuid.NewString(), Kind: model.OperationTypeUploadFile, File: f.ID, Created: now}
	if _, err := s.db.AddFile(f, op, s.quota.admitFile); err != nil {
		return err
	}
	s.process(op.Sequence)
	return nil
}
