package program

import (
	"slices"
	"testing"
	"time"
)

// It reports how long the emulator takes until it listens: see it with -v.
func TestStartupTime(t *testing.T) {
	path := build(t)
	var times []time.Duration
	for range 10 {
		p, err := Start(t.Context(), path)
		if err != nil {
			t.Fatal(err)
		}
		times = append(times, p.Startup.Round(100*time.Microsecond))
		if err := p.Stop(); err != nil {
			t.Fatal(err)
		}
	}
	slices.Sort(times)
	t.Logf("from the start of the program to its URL, 10 times: %s", times)
}
