//go:build unix

package document

import (
	"context"
	"sync"
	"syscall"

	"github.com/tetratelabs/wazero/experimental"
)

// mappings is memory that modules have taken from the system. It gives pages as they
// are used. Memory of Go would be copied each time that it grows, and the copies stay
// until they are collected.
type mappings struct {
	mu  sync.Mutex
	all [][]byte
}

// context has modules take their memory here, as much as their limit at once.
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

// release gives everything back. No module may run.
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
