package sse

import (
	"bytes"
	"strings"
	"testing"
)

func BenchmarkEvents(b *testing.B) {
	event := "data:" + strings.Repeat("x", 100-len("data:\n\n")) + "\n\n"
	b.SetBytes(int64(len(event)))
	b.ReportAllocs()
	r := NewReader(newEndless(event), 1<<20)
	for b.Loop() {
		if _, err := r.Next(); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkLongEvent(b *testing.B) {
	const size = 16 << 20
	text := longEvent(size)
	for _, bench := range []struct {
		name string
		size int
	}{{"at once", size * 2}, {"reads of 1400", 1400}, {"reads of 1", 1}} {
		b.Run(bench.name, func(b *testing.B) {
			b.SetBytes(size)
			b.ReportAllocs()
			for b.Loop() {
				data, err := NewReader(&slow{bytes.NewReader(text), bench.size}, size).Next()
				if err != nil || len(data) != size {
					b.Fatal(len(data), err)
				}
			}
		})
	}
}
