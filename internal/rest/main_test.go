package rest

import (
	"testing"

	"go.uber.org/goleak"
)

// The tests leave no goroutine behind: no stream, no attempt, no wait.
func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }
