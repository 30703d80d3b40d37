package emulator

import (
	"crypto/rand"
	"errors"

	"github.com/pinecone-community/assistant-go/examples/emulator/internal/model"
	"github.com/pinecone-community/assistant-go/examples/emulator/internal/store"
)

// WithData stores all data in a folder, which is created if it does not exist. An emulator
// that is started with the folder again has the same data and resumes background work, even
// after a crash. By default, all data is in memory.
func WithData(folder string) Option { return func(s *Server) { s.folder = folder } }

// open opens the database. It contains the secret of signed URLs and a random API key, so
// that they remain valid after a restart.
func (s *Server) open() error {
	db, err := store.Open(s.folder)
	if err != nil {
		return err
	}
	s.db = db
	if s.key == "" {
		if s.key, err = db.Setting("key", "emulator-"+rand.Text()); err != nil {
			return err
		}
	}
	return s.readSettings()
}

// readSettings reads the secret of signed URLs, and creates it in a new database.
func (s *Server) readSettings() error {
	secret, err := s.db.Setting("secret", rand.Text())
	s.secret = []byte(secret)
	return err
}

// find returns an assistant. An assistant that is being deleted is not found; only the
// control plane still describes it.
func (s *Server) find(name string) (*store.Assistant, error) {
	a, err := s.db.Assistant(name)
	if errors.Is(err, store.ErrNotFound) || err == nil && a.Status == model.AssistantStatusTerminating {
		return nil, noAssistant(name)
	}
	return a, err
}

func noAssistant(name string) error { return notFound("Assistant %q not found.", truncate(name)) }

func noFile(id string) error { return notFound("File %q not found.", truncate(id)) }

func (s *Server) findFile(name, id string) (*store.Assistant, *store.File, error) {
	a, err := s.find(name)
	if err != nil {
		return nil, nil, err
	}
	f, err := s.db.File(a.Sequence, id)
	if errors.Is(err, store.ErrNotFound) {
		return nil, nil, noFile(id)
	}
	return a, f, err
}

// compileFilter compiles the optional filter of a request.
func compileFilter(filter *map[string]any) (*store.Filter, error) {
	compiled, err := store.CompileFilter(deref(filter, nil))
	if err != nil {
		return nil, invalid("filter: %v", err)
	}
	return compiled, nil
}
