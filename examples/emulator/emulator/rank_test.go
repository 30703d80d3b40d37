package emulator

import (
	"fmt"
	"strings"
	"testing"

	"github.com/pinecone-community/assistant-go/examples/emulator/internal/store"
)

func TestChoose(t *testing.T) {
	hit := func(file int64, number int, score float64, terms ...int) store.Hit {
		return store.Hit{File: file, Number: number, Size: 1000, Terms: terms, Score: score}
	}
	// The best first, as the database returns them.
	hits := []store.Hit{hit(1, 5, 8, 0, 1), hit(1, 4, 6, 2), hit(2, 0, 5, 0), hit(1, 7, 4, 0), hit(1, 6, 2, 1, 3), hit(1, 9, 1, 3), hit(3, 0, 0.5, 0, 1)}
	tests := []struct {
		name                  string
		terms, maxBytes, most int
		want                  string // file, first and last number, score
	}{
		{"room for all", 4, 100_000, 64, "1:4-7 1.00, 3:0-0 0.28"},
		{"room for two", 4, 2001, 64, "1:4-5 0.88, 1:6-7 0.62, 3:0-0 0.28"},
		{"one byte less than room for two", 4, 2000, 64, "1:5-5 0.75, 1:6-6 0.38, 3:0-0 0.28"},
		{"the best one", 4, 100_000, 1, "1:4-7 1.00"},
		{"few terms", 3, 1000, 64, "1:5-5 0.83, 1:4-4 0.54, 2:0-0 0.48, 1:6-6 0.46, 1:7-7 0.42, 3:0-0 0.36, 1:9-9 0.23"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var got []string
			last := 1.0
			for _, e := range choose(hits, tt.terms, tt.maxBytes, tt.most) {
				got = append(got, fmt.Sprintf("%d:%d-%d %.2f", e.File, e.From, e.To, e.Score))
				if e.Score > last || e.Score <= 0 {
					t.Errorf("score %v after %v", e.Score, last)
				}
				last = e.Score
			}
			if strings.Join(got, ", ") != tt.want {
				t.Errorf("got %s\nwant %s", strings.Join(got, ", "), tt.want)
			}
		})
	}
	if got := choose(nil, 1, 1000, 1); len(got) != 0 {
		t.Errorf("no hits: %v", got)
	}
}

func TestMatchesByChance(t *testing.T) {
	for _, tt := range []struct {
		found, asked int
		want         bool
	}{{0, 1, true}, {0, 0, true}, {1, 1, false}, {1, 3, false}, {1, 4, true}, {2, 6, false}, {7, 64, true}, {8, 64, false}} {
		if got := matchesByChance(tt.found, tt.asked); got != tt.want {
			t.Errorf("%d of %d: %t", tt.found, tt.asked, got)
		}
	}
}
