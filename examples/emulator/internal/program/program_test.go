package program

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"
)

// path is the path of the emulator, which is built once for all tests.
var path string

func TestMain(m *testing.M) {
	folder, err := os.MkdirTemp("", "program-test-")
	if err == nil {
		path, err = Build(context.Background(), folder, false)
	}
	code := 1
	if err == nil {
		code = m.Run()
	}
	if err = errors.Join(err, os.RemoveAll(folder)); err != nil {
		fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	os.Exit(code)
}

// reachable reports whether the emulator accepts a request with its key.
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
	for name, end := range map[string]func(*Program) error{"stop": (*Program).Stop, "kill": (*Program).Kill} {
		t.Run(name, func(t *testing.T) {
			p, err := Start(t.Context(), path)
			if err != nil {
				t.Fatal(err)
			}
			if p.Startup <= 0 || !reachable(t, p) {
				t.Errorf("not reachable at %s after a startup of %s", p.URL, p.Startup)
			}
			if runtime.GOOS == "linux" {
				if peak, err := p.PeakMemory(); err != nil || peak < 1<<20 || peak > 1<<30 {
					t.Errorf("peak of %d bytes, error %v", peak, err)
				}
			}
			if err := end(p); err != nil {
				t.Error(err)
			}
			if reachable(t, p) {
				t.Error("reachable after the end")
			}
		})
	}
}

func TestDoesNotStart(t *testing.T) {
	if p, err := Start(t.Context(), path, "-no-such-flag"); err == nil {
		p.Kill()
		t.Error("no error for an unknown flag")
	} else if !strings.Contains(err.Error(), "no-such-flag") {
		t.Errorf("error %v", err)
	}
	if _, err := Start(t.Context(), filepath.Join(t.TempDir(), "none")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("error %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if p, err := Start(ctx, path); err == nil { // the URL was printed before Start saw the cancellation
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

// BenchmarkStartup measures the time from the start of the program until it has printed
// its URL and key.
func BenchmarkStartup(b *testing.B) {
	var total time.Duration
	n := 0
	for b.Loop() {
		p, err := Start(b.Context(), path)
		if err != nil {
			b.Fatal(err)
		}
		total += p.Startup
		n++
		if err := p.Stop(); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(total.Microseconds())/1000/float64(n), "ms/startup")
}
