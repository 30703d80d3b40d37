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

// WithKeys sets the API keys that requests can carry. Each has a project of its own:
// its assistants, rates, faults, scripted replies and journal. The first is the one
// of [Server.Key].
func WithKeys(keys ...string) Option {
	return func(s *Server) {
		if len(keys) > 0 {
			s.key, s.more = keys[0], keys[1:]
		}
	}
}

// Project returns the server of another key's project; nil if there is none. The
// server of the first key is s itself.
func (s *Server) Project(key string) *Server {
	for _, project := range s.projects {
		if subtle.ConstantTimeCompare([]byte(key), []byte(project.key)) == 1 {
			return project
		}
	}
	return nil
}

// openProjects opens the projects of the keys behind the first. Their folders are
// named by a hash of their keys.
func (s *Server) openProjects(opts []Option) error {
	s.projects = []*Server{s}
	for _, key := range s.more {
		if key == "" || s.Project(key) != nil {
			return errors.New("emulator: a key is empty or there twice")
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

// projectOf returns the project whose key a request carries. The status and the
// body of a refusal are those that the specs show; the service can also answer in
// plain text.
func (s *Server) projectOf(r *http.Request) (*Server, error) {
	key := r.Header.Get(keyHeader)
	if bearer, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer "); ok && key == "" && bearer != "" && s.Project(bearer) != nil {
		return nil, failure(http.StatusUnauthorized, codeUnauthenticated, "Invalid API key. The request has it as a bearer token, want it in the header %s.", keyHeader)
	}
	if key != "" {
		if project := s.Project(key); project != nil {
			return project, nil
		}
	}
	return nil, failure(http.StatusUnauthorized, codeUnauthenticated, "Invalid API key.")
}
