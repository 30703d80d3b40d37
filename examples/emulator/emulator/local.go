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

// maxLocalBytes bounds what a test asks of the emulator itself.
const maxLocalBytes = maxBodyBytes

// localPath is what the service does not have: what a test asks of the emulator.
const localPath = "/emulator/"

// serveLocal serves what a test asks of the emulator itself, about the project of
// the request's key.
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
		return notFound("%s is served only if the emulator is started with -control", shown(r.URL.Path))
	case methods == nil && r.URL.Path == faultsPath:
		return notFound("%s is served only if the emulator is started with -faults or -control", faultsPath)
	case methods == nil:
		return notBelow(r)
	case methods[r.Method] == nil:
		err := failure(http.StatusMethodNotAllowed, codeUnimplemented, "%s is not a method of %s", shown(r.Method), r.URL.Path)
		err.allow = slices.Sorted(maps.Keys(methods))
		return err
	}
	if r.URL.Path != snapshotPath {
		r.Body = http.MaxBytesReader(w, r.Body, maxLocalBytes)
	}
	return methods[r.Method](s, w, r)
}

// controlled is what WithControl serves besides faults.
var controlled = map[string]map[string]func(*Server, http.ResponseWriter, *http.Request) error{
	repliesPath:  {http.MethodPost: (*Server).serveReplies, http.MethodDelete: (*Server).serveReplies},
	requestsPath: {http.MethodGet: (*Server).serveRequests, http.MethodDelete: (*Server).serveRequests},
	clockPath:    {http.MethodGet: (*Server).serveClock, http.MethodPost: (*Server).serveClock},
	resetPath:    {http.MethodPost: (*Server).serveReset},
	snapshotPath: {http.MethodGet: (*Server).serveSnapshot, http.MethodPut: (*Server).serveSnapshot},
}

// decodeForm reads one JSON object, all of whose fields are known.
func decodeForm(text io.Reader, form any) error {
	decoder := json.NewDecoder(text)
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(form); err != nil {
		return fmt.Errorf("want a JSON object: %w", err)
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return errors.New("want one JSON object, it goes on after it")
	}
	return nil
}

// readLocalForm reads the form of a request for the emulator itself.
func readLocalForm(r *http.Request, form any) error {
	if err := decodeForm(r.Body, form); err != nil {
		return invalid("%v", err)
	}
	return nil
}
