package apitest

import (
	"testing"

	"go.uber.org/goleak"
)

// The tests leave no goroutine behind: no stream that was left or cut short, no
// upload that was refused, no wait that was canceled.
func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }
