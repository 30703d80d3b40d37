package emulator

import (
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/pinecone-community/assistant-go/examples/emulator/internal/v2026_04/control"
	"github.com/pinecone-community/assistant-go/examples/emulator/internal/v2026_04/data"
)

// store holds everything that the service knows. The mutex guards it and all
// records in it; metadata, contents and sentences are never changed in place, so
// that they can be used without it.
type store struct {
	mu         sync.Mutex
	sequence   int64
	assistants map[string]*assistant
}

type assistant struct {
	sequence     int64
	name         string
	instructions string
	metadata     map[string]any
	region       control.Region
	status       control.AssistantStatus
	created      time.Time
	updated      time.Time
	files        map[string]*file
	operations   map[string]*operation
}

type file struct {
	sequence   int64
	id         string
	name       string
	kind       *kind
	content    []byte
	metadata   map[string]any
	multimodal bool
	status     data.FileStatus
	created    time.Time
	updated    time.Time
	sentences  []sentence // once it is Available
	deletion   *operation // once it is Deleting
}

type operation struct {
	sequence  int64
	id        string
	kind      data.OperationType
	fileID    string
	status    data.OperationStatus
	created   time.Time
	completed time.Time
	percent   int32
	message   string
	units     float64
}

// next numbers records in the order of their creation.
func (s *store) next() int64 {
	s.sequence++
	return s.sequence
}

// find returns an assistant that can be used: one that is being deleted is gone
// for all but the control plane.
func (s *store) find(name string) (*assistant, error) {
	a := s.assistants[name]
	if a == nil || a.status == control.AssistantStatusTerminating {
		return nil, notFound("Assistant %q not found.", name)
	}
	return a, nil
}

func (s *store) findFile(name, id string) (*assistant, *file, error) {
	a, err := s.find(name)
	if err != nil {
		return nil, nil, err
	}
	f := a.files[id]
	if f == nil {
		return nil, nil, notFound("File %q not found.", id)
	}
	return a, f, nil
}

// inOrder returns the records of a map as they were created.
func inOrder[T any](records map[string]T, sequence func(T) int64) []T {
	return slices.SortedFunc(maps.Values(records), func(a, b T) int { return int(sequence(a) - sequence(b)) })
}
