package sse

import (
	"bytes"
	"errors"
	"io"
	"runtime"
	"strings"
	"testing"
)

// No byte is searched twice: a line end that is written into the searched part
// goes unnoticed.
func TestSearchedOnce(t *testing.T) {
	for _, ends := range []struct{ present, absent string }{{"\r", "\n"}, {"\n", "\r"}} {
		piece := []byte(strings.Repeat("data:a"+ends.present, 100))
		var l lines
		l.feed(piece)
		if part, ended := l.next(); string(part) != "data:a" || !ended {
			t.Fatalf("got %q, %t", part, ended)
		}
		piece[len(piece)/2+1] = ends.absent[0]
		count := 1
		for ; !l.empty(); count++ {
			l.next()
		}
		if count != 100 {
			t.Errorf("%q: %d lines, want 100", ends.present, count)
		}
	}
}

// The cost of a long event does not depend on the size of the reads.
func TestLongEvent(t *testing.T) {
	const size = 16 << 20
	text := longEvent(size)
	for _, reads := range []int{1400, 1 << 30} {
		input := &counter{source: bytes.NewReader(text), size: reads}
		var length int
		allocated := allocation(func() {
			data, err := NewReader(input, size).Next()
			if err != nil {
				t.Error(err)
			}
			length = len(data)
		})
		if length != size {
			t.Errorf("reads of %d: %d bytes, want %d", reads, length, size)
		}
		if allocated > maxAllocation(size) {
			t.Errorf("reads of %d: %d bytes allocated for %d", reads, allocated, size)
		}
		if most := len(text)/min(reads, bufferSize) + 1; input.reads > most {
			t.Errorf("reads of %d: %d reads, want %d at most", reads, input.reads, most)
		}
	}
}

func TestMemoryIsBounded(t *testing.T) {
	const (
		limit    = 64 << 10
		megabyte = 1 << 20
		gigabyte = 1 << 30
	)
	tests := []struct {
		name        string
		start, more string
		err         error
		read        int64 // maximum size of a read
	}{
		{"comment", ":", "xxxx", io.EOF, gigabyte},
		{"name", "", "xxxx", io.EOF, gigabyte},
		{"other field", "event: ", "xxxx", io.EOF, gigabyte},
		{"comments", "", ":xxxxxx\n", io.EOF, megabyte},
		{"comments within an event", "data: a\n", ":xxxxxx\r", io.EOF, megabyte},
		{"blank lines", "", "\n", io.EOF, megabyte},
		{"heartbeats", "", "event: ping\ndata\n\n", io.EOF, megabyte},
		{"data", "data: ", "xxxx", ErrTooLong, limit + bufferSize},
		{"data lines", "", "data: x\n", ErrTooLong, 4*limit + bufferSize},
		{"data without values", "", "data\n", ErrTooLong, 5*limit + bufferSize},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			source := io.LimitReader(newEndless(test.more), test.read+1)
			if test.err == io.EOF {
				source = io.LimitReader(source, test.read)
			}
			input := &counter{source: io.MultiReader(strings.NewReader(test.start), source), size: bufferSize}
			var err error
			allocated := allocation(func() {
				for r := NewReader(input, limit); err == nil; _, err = r.Next() {
				}
			})
			if !errors.Is(err, test.err) {
				t.Errorf("error %v, want %v", err, test.err)
			}
			if most := maxAllocation(limit); allocated > most {
				t.Errorf("%d bytes allocated, want %d at most", allocated, most)
			}
		})
	}
}

func TestNoAllocationPerEvent(t *testing.T) {
	tests := []struct{ name, event string }{
		{"one line", "data: {\"a\":1}\n\n"},
		{"several lines", "event: e\r\ndata: {\r\ndata: }\r\n\r\n"},
		{"longer than a read", "data: " + strings.Repeat("x", 3*bufferSize) + "\n\n"},
		{"heartbeat between", ": ping\n\ndata: a\n\n"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			r := NewReader(newEndless(test.event), 1<<20)
			next := func() {
				if _, err := r.Next(); err != nil {
					t.Fatal(err)
				}
			}
			// The first events grow the buffers.
			if n := testing.AllocsPerRun(1, func() {
				for range 1000 {
					next()
				}
			}); n != 0 {
				t.Errorf("%v allocations", n)
			}
		})
	}
}

// endless is a reader that repeats text.
type endless struct {
	text string
	rest string
}

func newEndless(text string) *endless {
	return &endless{text: strings.Repeat(text, bufferSize/len(text)+1)}
}

func (e *endless) Read(p []byte) (int, error) {
	if e.rest == "" {
		e.rest = e.text
	}
	n := copy(p, e.rest)
	e.rest = e.rest[n:]
	return n, nil
}

// longEvent returns an event of one line with size bytes of data.
func longEvent(size int) []byte {
	return []byte("data:" + strings.Repeat("x", size) + "\n\n")
}

// maxAllocation returns how many bytes a Reader may allocate for an event of
// size bytes: the final buffer, the smaller buffers before it, which double,
// and the read buffer.
func maxAllocation(size int) uint64 { return uint64(3*size + 4*bufferSize) }

// allocation returns the number of bytes that f allocates.
func allocation(f func()) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}
