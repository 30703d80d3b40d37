package exampletest

import (
	"testing"
	"time"

	"github.com/pinecone-community/assistant-go/auth"
	"github.com/pinecone-community/assistant-go/examples/emulator/emulator"
)

// Serve starts an emulator without the delays of the one that programs start by
// themselves. Until the test ends, the environment names it and its key.
func Serve(t testing.TB) {
	t.Helper()
	running := emulator.Start(t, emulator.WithPace(time.Millisecond))
	t.Setenv("PINECONE_ASSISTANT_URL", running.URL+"/assistant")
	t.Setenv(auth.EnvAPIKey, running.Key)
}
