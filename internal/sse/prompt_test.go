package sse

import (
	"bytes"
	"io"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
)

func TestEventIsReturnedAtOnce(t *testing.T) {
	for _, event := range []string{
		"data: a\n\n",
		": c\nevent: e\ndata: a\n\n",
		"data: a\ndata: b\n\n",
		"data: " + strings.Repeat("a", 3*bufferSize) + "\n\n",
	} {
		testAtOnce(t, event, "")
		event = strings.ReplaceAll(event, "\n", "\r")
		testAtOnce(t, event, "")
		event = strings.ReplaceAll(event, "\r", "\r\n")
		testAtOnce(t, event, "")
		testAtOnce(t, strings.TrimSuffix(event, "\n"), "\n")
	}
}

// testAtOnce writes an event several times. It writes late and the next event
// only after Next has returned the event. If Next waited for more bytes,
// synctest would report a deadlock.
func testAtOnce(t *testing.T, event, late string) {
	const (
		count = 3
		limit = 1 << 20
	)
	want, err := NewReader(strings.NewReader(event), limit).Next()
	if err != nil {
		t.Fatal(err)
	}
	synctest.Test(t, func(t *testing.T) {
		input, output := io.Pipe()
		returned := make(chan struct{})
		go func() {
			for range count {
				io.WriteString(output, event)
				<-returned
				io.WriteString(output, late)
			}
			output.Close()
		}()
		r := NewReader(input, limit)
		for range count {
			if data, err := r.Next(); !bytes.Equal(data, want) || err != nil {
				t.Fatalf("%.20q: got %.20q, error %v", event, data, err)
			}
			returned <- struct{}{}
		}
		if _, err := r.Next(); err != io.EOF {
			t.Errorf("error %v, want EOF", err)
		}
	})
}

func TestNoReadAfterDone(t *testing.T) {
	input := &counter{source: strings.NewReader("data: [DONE]\n\ndata: a\n\n"), size: 1}
	r := NewReader(input, testLimit)
	for range 3 {
		if data, err := r.Next(); err != io.EOF {
			t.Fatalf("got %q, error %v, want EOF", data, err)
		}
	}
	if want := len("data: [DONE]\n\n"); input.reads != want {
		t.Errorf("%d reads, want %d", input.reads, want)
	}
}

func TestTooLongIsReturnedAtOnce(t *testing.T) {
	input := &counter{source: strings.NewReader("data: abcdefgh\n\n"), size: 1}
	if data, err := NewReader(input, 3).Next(); err == nil {
		t.Fatalf("got %q, want an error", data)
	}
	if want := len("data: abcd"); input.reads != want {
		t.Errorf("%d reads, want %d", input.reads, want)
	}
}

// counter counts the reads, each of at most size bytes.
type counter struct {
	source      io.Reader
	size, reads int
}

func (c *counter) Read(p []byte) (int, error) {
	c.reads++
	return c.source.Read(p[:min(c.size, len(p))])
}

// Data that is one piece of the read buffer is returned without a copy.
func TestNoCopy(t *testing.T) {
	r := NewReader(strings.NewReader("data: a\n\n: c\ndata:bc\r\n\r\n"), testLimit)
	var at []int
	for {
		data, err := r.Next()
		if err != nil {
			break
		}
		for i := range r.buffer {
			if &r.buffer[i] == &data[0] {
				at = append(at, i)
			}
		}
	}
	if want := []int{len("data: "), len("data: a\n\n: c\ndata:")}; !slices.Equal(at, want) {
		t.Errorf("events at %v, want %v", at, want)
	}
}
