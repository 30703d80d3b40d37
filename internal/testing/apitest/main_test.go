package apitest

import (
	"testing"

	"go.uber.org/goleak"
)

// No goroutine outlives the tests: not of a stream that was left or cut, not of
// an upload that was refused, not of a wait that was given up.
func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }
