package emulator

import (
	"testing"
	"testing/synctest"
)

func TestCountValues(t *testing.T) {
	for text, want := range map[string]int{
		`1`: 1, `{"a":1}`: 2, `{"a":1,"b":[1,2]}`: 5, `[{"a":"x,[{"},"\",",{"b":2}]`: 6, ``: 1, `"`: 1, `"\`: 1,
	} {
		if got := countValues([]byte(text)); got != want {
			t.Errorf("%s: %d values, want %d", text, got, want)
		}
	}
}

// A request waits until its memory is available. A request that needs more than
// requestMemory is served alone.
func TestAcquireMemory(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		large := acquireMemory(t.Context(), 2*requestMemory)
		acquired := make(chan func())
		go func() { acquired <- acquireMemory(t.Context(), 1) }()
		synctest.Wait()
		select {
		case <-acquired:
			t.Error("a request does not wait for one that has all memory")
		default:
		}
		large()
		large() // a second call does nothing
		release := <-acquired
		release()
		for range requestMemory / leastShare {
			defer acquireMemory(t.Context(), 1)()
		}
	})
}
