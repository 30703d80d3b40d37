package sse

import (
	"errors"
	"io"
	"slices"
	"strings"
	"testing"
)

func TestType(t *testing.T) {
	tests := []struct {
		text string
		want []string // type and data
	}{
		{"data: a\n\n", []string{":a"}},
		{"event: error\ndata: a\n\ndata: b\n\n", []string{"error:a", ":b"}},
		{"data: a\nevent: error\n\n", []string{"error:a"}},
		{"event:error\r\ndata:a\r\n\r\n", []string{"error:a"}},
		{"\uFEFFevent: error\ndata: a\n\n", []string{"error:a"}},
		{"event:  error\ndata: a\n\n", []string{" error:a"}},
		{"event: error\nevent: x\ndata: a\n\n", []string{"x:a"}},
		{"event: error\nevent\ndata: a\n\n", []string{":a"}},
		{"event: error\nevent:\ndata: a\n\n", []string{":a"}},
		{"event: error\nevents: x\ndata: a\n\n", []string{"error:a"}},
		{"even: error\nEvent: error\n event: error\nevent : error\ndata: a\n\n", []string{":a"}},
		{"event: error\n\ndata: a\n\n", []string{":a"}},
		{"event: ping\n\nevent: error\ndata: a\n\n", []string{"error:a"}},
		{"event: error\ndata\n\ndata: a\n\n", []string{":a"}},
		{"event: " + strings.Repeat("x", 100) + "\ndata: a\n\n", []string{strings.Repeat("x", maxType) + ":a"}},
		{"event: error" + strings.Repeat("x", 100) + "\nevent: error\ndata: a\n\n", []string{"error:a"}},
		{"event: error\ndata: a", []string{"error:a"}},
		{"data: a\n\nevent: err", []string{":a"}},
	}
	for _, tt := range tests {
		for _, size := range sizes {
			var got []string
			r := NewReader(inReads(tt.text, size), testLimit)
			for {
				data, err := r.Next()
				if errors.Is(err, io.EOF) {
					break
				}
				if err != nil {
					t.Fatal(err)
				}
				got = append(got, r.Type()+":"+string(data))
			}
			if !slices.Equal(got, tt.want) {
				t.Errorf("%q, reads of %d: got %q, want %q", tt.text, size, got, tt.want)
			}
		}
	}
}

func TestPartial(t *testing.T) {
	for text, want := range map[string]bool{
		"data: a\n\n": false, "data: a\r\r": false, "data: a\n": true, "data: a": true, "data: a\ndat": true, "data: b\n\ndata: a": true,
		"data: b\n\ndata: a\n\n:": false,
	} {
		for _, size := range sizes {
			r := NewReader(inReads(text, size), testLimit)
			for {
				data, err := r.Next()
				if err != nil {
					t.Fatalf("%q: %v", text, err)
				}
				if string(data) == "b" {
					if r.Partial() {
						t.Errorf("%q: the first event is partial", text)
					}
					continue
				}
				if r.Partial() != want {
					t.Errorf("%q, reads of %d: partial %t", text, size, !want)
				}
				break
			}
		}
	}
}
