package emulator

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"errors"
	"net/http"
	"path/filepath"
	"strings"
)

// WithKeys sets the accepted API keys. Each key has its own project, with its own
// assistants, rate limits, faults, scripted replies and journal. The first key is that of
// [Server.Key].
func WithKeys(keys ...string) Option {
	return func(s *Server) {
		if len(keys) > 0 {
			s.key, s.more = keys[0], keys[1:]
		}
	}
}

// Project returns the server of the project of a key, or nil if the key is unknown. The
// server of the first key is s.
func (s *Server) Project(key string) *Server {
	for _, project := range s.projects {
		if subtle.ConstantTimeCompare([]byte(key), []byte(project.key)) == 1 {
			return project
		}
	}
	return nil
}

// openProjects opens the projects of all keys but the first. Their folders are named by a
// hash of the key.
func (s *Server) openProjects(opts []Option) error {
	s.projects = []*Server{s}
	for _, key := range s.more {
		if key == "" || s.Project(key) != nil {
			return errors.New("emulator: empty or duplicate key")
		}
		project := newServer(opts, s.clock)
		project.key = key
		if s.folder != "" {
			name := sha256.Sum256([]byte(key))
			project.folder = filepath.Join(s.folder, "projects", hex.EncodeToString(name[:8]))
		}
		if err := project.start(); err != nil {
			return err
		}
		s.projects = append(s.projects, project)
	}
	return nil
}

// projectOf returns the project of a request's key. The status and the body of the error
// are those of the specs; the service may also respond with plain text.
func (s *Server) projectOf(r *http.Request) (*Server, error) {
	key := r.Header.Get(keyHeader)
	if bearer, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer "); ok && key == "" && bearer != "" && s.Project(bearer) != nil {
		return nil, failure(http.StatusUnauthorized, codeUnauthenticated, "Invalid API key. The key is a bearer token, want the header %s.", keyHeader)
	}
	if key != "" {
		if project := s.Project(key); project != nil {
			return project, nil
		}
	}
	return nil, failure(http.StatusUnauthorized, codeUnauthenticated, "Invalid API key.")
}
