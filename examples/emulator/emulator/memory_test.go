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

// Requests wait for each other when they need more than there is. One that needs more
// than all is served alone.
func TestEnter(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		large := enter(t.Context(), 2*requestMemory)
		entered := make(chan func())
		go func() { entered <- enter(t.Context(), 1) }()
		synctest.Wait()
		select {
		case <-entered:
			t.Error("a request beside one that takes everything")
		default:
		}
		large()
		large() // again does nothing
		leave := <-entered
		leave()
		for range requestMemory / leastShare {
			defer enter(t.Context(), 1)()
		}
	})
}
