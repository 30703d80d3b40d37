package emulator

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
)

// maxLocalBytes is the limit of the body of a request below localPath, in bytes.
const maxLocalBytes = maxBodyBytes

// localPath is the prefix of the paths with which a test controls the emulator.
const localPath = "/emulator/"

// serveLocal serves a request below localPath. It applies to the project of the request's
// key.
func (s *Server) serveLocal(w http.ResponseWriter, r *http.Request) error {
	local := map[string]map[string]func(*Server, http.ResponseWriter, *http.Request) error{}
	if s.remoteFaults {
		local[faultsPath] = map[string]func(*Server, http.ResponseWriter, *http.Request) error{
			http.MethodPost: (*Server).serveFaults, http.MethodDelete: (*Server).serveFaults,
		}
	}
	if s.control {
		maps.Copy(local, controlled)
	}
	methods := local[r.URL.Path]
	switch {
	case methods == nil && controlled[r.URL.Path] != nil:
		return notFound("%s requires the flag -control of the emulator", truncate(r.URL.Path))
	case methods == nil && r.URL.Path == faultsPath:
		return notFound("%s requires the flag -faults or -control of the emulator", faultsPath)
	case methods == nil:
		return unknownPath(r)
	case methods[r.Method] == nil:
		err := failure(http.StatusMethodNotAllowed, codeUnimplemented, "method %s is not supported by %s", truncate(r.Method), r.URL.Path)
		err.allow = slices.Sorted(maps.Keys(methods))
		return err
	}
	if r.URL.Path != snapshotPath {
		r.Body = http.MaxBytesReader(w, r.Body, maxLocalBytes)
	}
	return methods[r.Method](s, w, r)
}

// controlled has the paths that WithControl enables, in addition to faultsPath, and their
// methods.
var controlled = map[string]map[string]func(*Server, http.ResponseWriter, *http.Request) error{
	repliesPath:  {http.MethodPost: (*Server).serveReplies, http.MethodDelete: (*Server).serveReplies},
	requestsPath: {http.MethodGet: (*Server).serveRequests, http.MethodDelete: (*Server).serveRequests},
	clockPath:    {http.MethodGet: (*Server).serveClock, http.MethodPost: (*Server).serveClock},
	resetPath:    {http.MethodPost: (*Server).serveReset},
	snapshotPath: {http.MethodGet: (*Server).serveSnapshot, http.MethodPut: (*Server).serveSnapshot},
}

// decodeForm decodes a JSON object. Unknown fields and further data are errors.
func decodeForm(text io.Reader, form any) error {
	decoder := json.NewDecoder(text)
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(form); err != nil {
		return fmt.Errorf("want a JSON object: %w", err)
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return errors.New("data after the JSON object")
	}
	return nil
}

// readLocalForm decodes the body of a request below localPath.
func readLocalForm(r *http.Request, form any) error {
	if err := decodeForm(r.Body, form); err != nil {
		return invalid("%v", err)
	}
	return nil
}
