package emulator

import (
	"crypto/rand"
	"errors"

	"github.com/pinecone-community/assistant-go/examples/emulator/internal/model"
	"github.com/pinecone-community/assistant-go/examples/emulator/internal/store"
)

// WithData keeps everything in a folder, which is made if there is none: a service
// that is started again on it goes on where the one before ended, however that
// ended. By default everything is in memory.
func WithData(folder string) Option { return func(s *Server) { s.folder = folder } }

// open opens the database. The secret of the signed URLs is in it, and the API key
// unless it was chosen, so that both are good after a restart.
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

// readSettings reads the secret of the signed URLs, of which a new database gets
// one.
func (s *Server) readSettings() error {
	secret, err := s.db.Setting("secret", rand.Text())
	s.secret = []byte(secret)
	return err
}

// find returns an assistant that can be used: one that is being deleted is gone
// for all but the control plane.
func (s *Server) find(name string) (*store.Assistant, error) {
	a, err := s.db.Assistant(name)
	if errors.Is(err, store.ErrNotFound) || err == nil && a.Status == model.AssistantStatusTerminating {
		return nil, noAssistant(name)
	}
	return a, err
}

func noAssistant(name string) error { return notFound("Assistant %q not found.", shown(name)) }

func noFile(id string) error { return notFound("File %q not found.", shown(id)) }

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

// compileFilter reads a filter that a request may have.
func compileFilter(filter *map[string]any) (*store.Filter, error) {
	compiled, err := store.CompileFilter(deref(filter, nil))
	if err != nil {
		return nil, invalid("filter: %v", err)
	}
	return compiled, nil
}
