package sse

import (
	"errors"
	"io"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
)

const testLimit = 1 << 10

// sizes are the maximum sizes of a Read; 0 means any size.
var sizes = []int{1, 2, 3, 7, 0}

// inReads returns a reader of text whose reads return at most size bytes.
func inReads(text string, size int) io.Reader {
	if size == 0 {
		return strings.NewReader(text)
	}
	return &slow{strings.NewReader(text), size}
}

type slow struct {
	source io.Reader
	size   int
}

func (s *slow) Read(p []byte) (int, error) {
	return s.source.Read(p[:min(s.size, len(p))])
}

// readAll returns the events before the first error, and the error.
func readAll(t testing.TB, r *Reader) (events []string, err error) {
	t.Helper()
	for {
		data, err := r.Next()
		if err != nil {
			if data != nil {
				t.Errorf("data %q with error %v", data, err)
			}
			if _, again := r.Next(); !errors.Is(again, err) {
				t.Errorf("error %v, then %v", err, again)
			}
			if r.Number() != len(events) {
				t.Errorf("number %d after %d events", r.Number(), len(events))
			}
			return events, err
		}
		events = append(events, string(data))
		if r.Number() != len(events) {
			t.Errorf("number %d of event %d", r.Number(), len(events))
		}
	}
}

// check reads text with all read sizes and expects the events want and then
// wantErr.
func check(t *testing.T, text string, limit int, want []string, wantErr error) {
	t.Helper()
	for _, size := range sizes {
		for _, wrap := range []struct {
			name string
			with func(io.Reader) io.Reader
		}{
			{"", func(r io.Reader) io.Reader { return r }},
			{", error with data", iotest.DataErrReader},
		} {
			got, err := readAll(t, NewReader(wrap.with(inReads(text, size)), limit))
			if !slices.Equal(got, want) || !errors.Is(err, wantErr) {
				t.Errorf("reads of %d%s:\n got %q, error %v\nwant %q, error %v", size, wrap.name, got, err, want, wantErr)
			}
		}
	}
}
