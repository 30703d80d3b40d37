package emulator

import "github.com/pinecone-community/assistant-go/examples/emulator/internal/v2026_04/data"

// progress is how far the processing of a file is. 2025-01 tells it of the file,
// later versions of the operation.
type progress struct {
	percent float64
	failure string
}

// progressOf returns the progress of the files of an assistant, by their ids.
func (s *Server) progressOf(name string) map[string]progress {
	s.mu.Lock()
	defer s.mu.Unlock()
	progresses := make(map[string]progress)
	a := s.assistants[name]
	if a == nil {
		return progresses
	}
	for _, op := range inOrder(a.operations, func(op *operation) int64 { return op.sequence }) {
		if op.kind != data.OperationTypeDeleteFile {
			progresses[op.fileID] = progress{float64(op.percent), op.message}
		}
	}
	return progresses
}
