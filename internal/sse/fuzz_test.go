package sse

import (
	"errors"
	"io"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
)

// FuzzReader compares a Reader with naive. The Reader is fed in reads of random
// sizes.
func FuzzReader(f *testing.F) {
	for _, text := range []string{
		"", "data: a\n\n", "\uFEFFdata:a\r\n\r\ndata\rdata: b\r\r", "data: a\ndata: b\n\n: c\n\ndata: [DONE]\n\ndata: d",
		"\xEF\xBBdata: a\n\n\uFEFFdata: b\n\ndata:  c\n", "event: x\nid\ndata\n\ndata\ndata\n\ndata:", "data: 0123456789\ndata: 0123456789\n\n",
	} {
		for _, limit := range []int{0, 10, 100} {
			f.Add([]byte(text), limit, uint64(limit), limit == 10)
		}
	}
	broken := errors.New("input failed")
	f.Fuzz(func(t *testing.T, text []byte, limit int, seed uint64, fails bool) {
		var end error
		if fails {
			end = broken
		}
		want, wantErr := naive(string(text), limit, end)
		random := rand.New(rand.NewPCG(seed, 0))
		got, err := readAll(t, NewReader(randomReads(string(text), end, random), limit))
		if !slices.Equal(got, want) || !errors.Is(err, wantErr) {
			t.Errorf("%q, limit %d\n got %q, error %v\nwant %q, error %v", text, limit, got, err, want, wantErr)
		}
	})
}

// randomReads returns a reader of text in reads of random sizes, including 0.
// After the text it returns end, or io.EOF if end is nil.
func randomReads(text string, end error, random *rand.Rand) io.Reader {
	var source io.Reader = strings.NewReader(text)
	if end != nil {
		source = io.MultiReader(source, iotest.ErrReader(end))
	}
	if random.IntN(2) == 0 {
		source = iotest.DataErrReader(source)
	}
	most := 1 + random.IntN(20)
	return readerFunc(func(p []byte) (int, error) {
		n := random.IntN(most + 1)
		if n == 0 {
			return 0, nil
		}
		return source.Read(p[:n])
	})
}

type readerFunc func([]byte) (int, error)

func (f readerFunc) Read(p []byte) (int, error) { return f(p) }

// naive parses a whole stream at once. At the end of the input it returns end,
// or io.EOF if end is nil.
func naive(text string, limit int, end error) (events []string, err error) {
	text = strings.TrimPrefix(text, "\uFEFF")
	text = strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(text)
	all := strings.Split(text, "\n")
	if len(all) > 0 && all[len(all)-1] == "data" {
		all[len(all)-1] = "" // an incomplete field name
	}
	var values []string
	finished := false
	dispatch := func() {
		event := strings.Join(values, "\n")
		values = nil
		switch {
		case strings.TrimSpace(event) == "[DONE]":
			finished = true
		case event != "":
			events = append(events, event)
		}
	}
	for i, line := range all {
		last := i == len(all)-1 // the last line has no line end and may be empty
		name, value, _ := strings.Cut(line, ":")
		switch {
		case line == "" && !last:
			dispatch()
		case name == "data":
			values = append(values, strings.TrimPrefix(value, " "))
			if len(strings.Join(values, "\n")) > max(limit, 0) {
				return events, ErrTooLong
			}
		}
		if finished {
			return events, io.EOF
		}
	}
	if end != nil {
		return events, end
	}
	dispatch()
	return events, io.EOF
}
