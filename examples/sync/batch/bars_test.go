package batch

import (
	"bytes"
	"context"
	"regexp"
	"strings"
	"testing"

	"github.com/vbauerster/mpb/v8"
)

// send sends three files: an empty one, one that is not sent to its end, and a
// whole one. It calls shown when each is half sent.
func send(t *testing.T, r *Report, shown func()) {
	t.Helper()
	r.Each(t.Context(), 2, []string{"empty", "cut", strings.Repeat("long/", 20) + "whole"}, func(_ context.Context, path string) Outcome {
		size := int64(len(path)) * 1024
		if path == "empty" {
			size = 0
		}
		sent, done := r.Sending(path, size)
		defer done()
		sent(size/2, size)
		shown()
		if path != "cut" {
			sent(size, size)
		}
		return Outcome{What: "sent", Path: path}
	}, func(_ context.Context, o Outcome) Outcome { return o })
	if err := r.Summary("sent"); err != nil {
		t.Fatal(err)
	}
}

func TestBars(t *testing.T) {
	var out bytes.Buffer
	refresh := make(chan any)
	r := NewReport(&out)
	r.bars = newBars(&out, mpb.WithManualRefresh(refresh))
	send(t, r, func() {
		refresh <- nil
		refresh <- nil   // is taken when the first has begun,
		r.Line("a line") // and this when that has ended
	})
	for _, want := range []string{"empty ", "0.0 b of 0.0 b", "cut ", "1.5 KiB of 3.0 KiB", "…long/long/long/long/long/whole ", "52.5 KiB of 105.0 KiB", " of 3 files"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("no %q in\n%s", want, out.String())
		}
	}
}

var escapes = regexp.MustCompile("\x1b\\[[0-9]*[A-Z]")

// The bars end, and no line is lost.
func TestLinesAboveBars(t *testing.T) {
	var out bytes.Buffer
	r := NewReport(&out)
	r.bars = newBars(&out, mpb.WithAutoRefresh())
	send(t, r, func() {})
	rest := out.String()
	for _, name := range []string{"empty", "cut", "whole"} {
		if strings.Count(rest, name+"\"\n") != 1 {
			t.Errorf("%s is not there once:\n%s", name, rest)
		}
	}
	// The line may follow the escape sequences that remove the bars.
	last := escapes.ReplaceAllString(rest[strings.LastIndex(strings.TrimSpace(rest), "\n")+1:], "")
	if !strings.HasPrefix(last, "3 sent; ") {
		t.Errorf("the last line is %q", last)
	}
}

func TestNoBars(t *testing.T) {
	var out bytes.Buffer
	r := NewReport(&out)
	sent, done := r.Sending("a", 1)
	done()
	one, done := r.total(1)
	one()
	done()
	if sent != nil || out.Len() != 0 {
		t.Errorf("%q", out.String())
	}
}
