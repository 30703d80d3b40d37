package main

import (
	"bytes"
	"errors"
	"testing"
	"time"

	"github.com/pinecone-community/assistant-go/auth"
)

func TestPercentile(t *testing.T) {
	var hundred []time.Duration
	for i := range 100 {
		hundred = append(hundred, time.Duration(i+1))
	}
	for _, tc := range []struct {
		times []time.Duration
		p     int
		want  time.Duration
	}{
		{hundred, 50, 50}, {hundred, 99, 99}, {hundred, 100, 100}, {hundred[:1], 50, 1}, {hundred[:1], 99, 1}, {hundred[:3], 50, 2},
	} {
		if got := percentile(tc.times, tc.p); got != tc.want {
			t.Errorf("percentile %d of %d times: %d, want %d", tc.p, len(tc.times), got, tc.want)
		}
	}
}

func TestBadFlags(t *testing.T) {
	t.Setenv(auth.EnvAPIKey, "")
	for _, args := range [][]string{{"-clients", "0"}, {"-duration", "0s"}, {"-url", "http://127.0.0.1:1"}} {
		if err := run(t.Context(), args, new(bytes.Buffer)); err == nil {
			t.Errorf("%q: no error", args)
		} else if args[0] == "-url" && !errors.Is(err, auth.ErrNoKey) {
			t.Errorf("error %v", err)
		}
	}
}
