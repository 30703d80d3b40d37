package program

import (
	"context"
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

func build(t *testing.T) string {
	t.Helper()
	path, err := Build(t.Context(), t.TempDir(), false)
	if err != nil {
		t.Fatal(err)
	}
	return path
}

// reachable tells whether the emulator answers a request with its key.
func reachable(t *testing.T, p *Program) bool {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, p.URL+"/assistants", nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Api-Key", p.Key)
	req.Header.Set("X-Pinecone-Api-Version", "2026-07")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return false
	}
	resp.Body.Close()
	return resp.StatusCode == http.StatusOK
}

func TestStopAndKill(t *testing.T) {
	path := build(t)
	for name, end := range map[string]func(*Program) error{"stop": (*Program).Stop, "kill": (*Program).Kill} {
		t.Run(name, func(t *testing.T) {
			p, err := Start(t.Context(), path)
			if err != nil {
				t.Fatal(err)
			}
			if p.Startup <= 0 || !reachable(t, p) {
				t.Errorf("nothing answers at %s, which was there after %s", p.URL, p.Startup)
			}
			if runtime.GOOS == "linux" {
				if peak, err := p.PeakMemory(); err != nil || peak < 1<<20 || peak > 1<<30 {
					t.Errorf("a peak of %d bytes, error %v", peak, err)
				}
			}
			if err := end(p); err != nil {
				t.Error(err)
			}
			if reachable(t, p) {
				t.Error("it still runs")
			}
		})
	}
}

func TestDoesNotStart(t *testing.T) {
	path := build(t)
	if p, err := Start(t.Context(), path, "-no-such-flag"); err == nil {
		p.Kill()
		t.Error("it starts with a flag that it does not have")
	} else if !strings.Contains(err.Error(), "no-such-flag") {
		t.Errorf("error %v", err)
	}
	if _, err := Start(t.Context(), filepath.Join(t.TempDir(), "none")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("error %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if p, err := Start(ctx, path); err == nil { // it was quick
		p.Kill()
	} else if !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
}

func TestDoesNotBuild(t *testing.T) {
	t.Chdir(t.TempDir())
	if _, err := Build(t.Context(), t.TempDir(), false); err == nil || !strings.Contains(err.Error(), "building the emulator") {
		t.Errorf("error %v", err)
	}
}
