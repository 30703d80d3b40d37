package emulator

import (
	"context"
	"testing"
)

// Start starts an emulator for a test at a free port of 127.0.0.1, and closes it when the
// test ends.
func Start(t testing.TB, opts ...Option) *Running {
	t.Helper()
	running, err := Listen(context.Background(), "127.0.0.1:0", opts...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := running.Close(); err != nil {
			t.Error(err)
		}
	})
	return running
}
