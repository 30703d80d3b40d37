package main

import (
	"strings"
	"testing"
)

func TestWrap(t *testing.T) {
	for name, test := range map[string]struct {
		width      int
		text, want string
	}{
		"words":         {10, "one two three four\n", "one two\nthree four\n"},
		"long word":     {5, "a abcdefghij b\n", "a\nabcdefghij\nb\n"},
		"exact":         {7, "one two three\n", "one two\nthree\n"},
		"lines":         {10, "a\n\n  b c\n", "a\n\n  b c\n"},
		"wide":          {6, "日本語の灯台\n", "日本語\nの灯台\n"},
		"accents":       {6, "e\u0301te\u0301 la\n", "e\u0301te\u0301 la\n"},
		"control":       {20, "a\x1b]0;x\ab \u202ec\n", "a]0;xb c\n"},
		"no terminal":   {0, "one two three\x1b four\n", "one two three\x1b four\n"},
		"marks at ends": {9, "one two.[1] three\n", "one\ntwo.[1]\nthree\n"},
	} {
		for _, pieces := range [][]string{{test.text}, strings.Split(test.text, "")} {
			var out strings.Builder
			w := &wrapper{out: &out, width: test.width}
			for _, piece := range pieces {
				w.write(piece)
			}
			if out.String() != test.want {
				t.Errorf("%s in %d pieces: %q, want %q", name, len(pieces), out.String(), test.want)
			}
		}
	}
}
