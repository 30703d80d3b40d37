package document

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"sync"

	"github.com/klippa-app/go-pdfium"
	"github.com/klippa-app/go-pdfium/webassembly"
	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
	"github.com/tetratelabs/wazero/experimental"
)

// pdfMemoryPages is the limit of PDFium's memory in pages of 64 KiB: 128 MiB.
const pdfMemoryPages = 2048

// cacheFolder is the folder of the compiled PDFium in the user's cache folder.
const cacheFolder = "assistant-go-emulator"

// pdfiumEngine is PDFium in WebAssembly. Its first compilation takes seconds and cannot
// be interrupted, so it runs in the background.
var pdfiumEngine = struct {
	once    sync.Once
	ready   chan struct{} // closed when PDFium is compiled
	pool    pdfium.Pool
	err     error
	memory  mappings
	reading chan struct{} // semaphore: one document is read at a time
}{ready: make(chan struct{}), reading: make(chan struct{}, 1)}

// pdfPool returns PDFium, or the cause of ctx if ctx is done before PDFium is compiled.
func pdfPool(ctx context.Context) (pdfium.Pool, error) {
	engine := &pdfiumEngine
	engine.once.Do(func() {
		go func() {
			defer close(engine.ready)
			engine.pool, engine.err = compilePDFium()
		}()
	})
	select {
	case <-engine.ready:
		return engine.pool, engine.err
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
}

// compilePDFium loads PDFium from the cache, or compiles it. A missing or damaged cache
// is not an error.
func compilePDFium() (pdfium.Pool, error) {
	folder, err := os.UserCacheDir()
	if err == nil {
		var cache wazero.CompilationCache
		if cache, err = wazero.NewCompilationCacheWithDir(filepath.Join(folder, cacheFolder)); err == nil {
			var pool pdfium.Pool
			if pool, err = newPDFium(cache); err == nil {
				return pool, nil
			}
			err = errors.Join(err, cache.Close(context.Background()))
		}
	}
	pool, compiled := newPDFium(nil)
	if compiled != nil {
		return nil, errors.Join(compiled, err)
	}
	return pool, nil
}

func newPDFium(cache wazero.CompilationCache) (pdfium.Pool, error) {
	settings := wazero.NewRuntimeConfig().
		WithCoreFeatures(api.CoreFeaturesV2 | experimental.CoreFeaturesExceptionHandling). // features that PDFium uses
		WithMemoryLimitPages(pdfMemoryPages).
		WithCloseOnContextDone(true)
	if cache != nil {
		settings = settings.WithCompilationCache(cache)
	}
	return webassembly.Init(webassembly.Config{
		Context:       pdfiumEngine.memory.context(context.Background()),
		MaxTotal:      1,
		RuntimeConfig: settings,
		FSConfig:      wazero.NewFSConfig(), // no access to files
		Stdout:        io.Discard,
		Stderr:        io.Discard,
	})
}
