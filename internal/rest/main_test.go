package rest

import (
	"testing"

	"go.uber.org/goleak"
)

// No goroutine outlives the tests: not of a stream, an attempt, a wait.
func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }
