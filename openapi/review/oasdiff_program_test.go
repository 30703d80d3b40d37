//go:build oasdiff

package main

import (
	"context"
	"os"
	"strings"
	"sync"
	"testing"
)

func init() {
	ask = sync.OnceValues(func() (differ, error) {
		folder, err := os.MkdirTemp("", "oasdiff-")
		if err != nil {
			return nil, err
		}
		return install(context.Background(), folder)
	})
}

func TestOasdiffNamesTheFile(t *testing.T) {
	diff, err := ask()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := diff(t.Context(), "testdata/gone.yaml", "testdata/gone.yaml"); err == nil || !strings.Contains(err.Error(), "gone.yaml") {
		t.Errorf("error %v does not name the file", err)
	}
}

func TestInstallNamesTheProgram(t *testing.T) {
	t.Setenv("GOMODCACHE", t.TempDir())
	t.Setenv("GOPROXY", "off")
	if _, err := install(t.Context(), t.TempDir()); err == nil || !strings.Contains(err.Error(), oasdiffModule) {
		t.Errorf("error %v does not name the module", err)
	}
}
