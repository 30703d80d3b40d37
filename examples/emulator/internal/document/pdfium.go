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

// pdfMemoryPages is how much memory reading a PDF takes at most, in pages of 64 KiB:
// 128 MiB.
const pdfMemoryPages = 2048

// cacheFolder is where the compiled PDFium is kept, in the user's folder of caches.
const cacheFolder = "assistant-go-emulator"

// pdfiumEngine is PDFium in WebAssembly. To compile it takes seconds the first time,
// and cannot be interrupted: that goes on in the background.
var pdfiumEngine = struct {
	once    sync.Once
	ready   chan struct{} // closed when it is compiled
	pool    pdfium.Pool
	err     error
	memory  mappings
	reading chan struct{} // has the document that is being read, one at a time
}{ready: make(chan struct{}), reading: make(chan struct{}, 1)}

// pdfPool returns PDFium, or the cause of ctx if that is done before PDFium is
// compiled.
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

// compilePDFium uses what is in the cache. Without one, or with one that is damaged
// or cannot be written, it compiles all the same.
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
		WithCoreFeatures(api.CoreFeaturesV2 | experimental.CoreFeaturesExceptionHandling). // which PDFium is compiled with
		WithMemoryLimitPages(pdfMemoryPages).
		WithCloseOnContextDone(true)
	if cache != nil {
		settings = settings.WithCompilationCache(cache)
	}
	return webassembly.Init(webassembly.Config{
		Context:       pdfiumEngine.memory.context(context.Background()),
		MaxTotal:      1,
		RuntimeConfig: settings,
		FSConfig:      wazero.NewFSConfig(), // no file is in reach
		Stdout:        io.Discard,
		Stderr:        io.Discard,
	})
}
