//go:build unix

package document

import (
	"context"
	"sync"
	"syscall"

	"github.com/tetratelabs/wazero/experimental"
)

// mappings is the memory of WebAssembly modules, mapped from the system, which provides
// pages as they are used. Memory from Go's heap would be copied each time that it grows,
// and the copies would remain until the next garbage collection.
type mappings struct {
	mu  sync.Mutex
	all [][]byte
}

// context returns a context with which modules allocate their memory here. A module
// reserves its maximum at once.
func (m *mappings) context(ctx context.Context) context.Context {
	return experimental.WithMemoryAllocator(ctx, experimental.MemoryAllocatorFunc(func(_, most uint64) experimental.LinearMemory {
		mapped, err := syscall.Mmap(-1, 0, int(most), syscall.PROT_READ|syscall.PROT_WRITE, syscall.MAP_ANON|syscall.MAP_PRIVATE)
		if err != nil {
			mapped = nil // a module without memory fails
		}
		m.mu.Lock()
		defer m.mu.Unlock()
		m.all = append(m.all, mapped)
		return memory(mapped)
	}))
}

// release unmaps all memory. No module may be running.
func (m *mappings) release() {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, mapped := range m.all {
		_ = syscall.Munmap(mapped)
	}
	m.all = nil
}

type memory []byte

func (m memory) Reallocate(size uint64) []byte {
	if size > uint64(len(m)) {
		return nil
	}
	return m[:size:size]
}

// Free does nothing, since a call may still run in a module that was closed.
func (m memory) Free() {}
