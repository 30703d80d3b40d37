package batch

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/pinecone-community/assistant-go/gen/2026-07/data"
)

func paths(n int) []string {
	var paths []string
	for i := range n {
		paths = append(paths, fmt.Sprint(i))
	}
	return paths
}

// While the service processes files, others are sent, but never more than limit
// at a time.
func TestEach(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var out bytes.Buffer
		r := NewReport(&out)
		var sending, most atomic.Int64
		start := time.Now()
		r.Each(t.Context(), 3, paths(30), func(_ context.Context, path string) Outcome {
			if now := sending.Add(1); now > most.Load() {
				most.Store(now)
			}
			time.Sleep(time.Second)
			sending.Add(-1)
			return Outcome{What: "sent", Path: path}
		}, func(_ context.Context, o Outcome) Outcome {
			time.Sleep(time.Hour)
			o.What = "done"
			return o
		})
		if took := time.Since(start); took != time.Hour+10*time.Second {
			t.Errorf("it took %s", took)
		}
		if most.Load() != 3 || r.Count("done") != 30 || r.Count("sent") != 0 {
			t.Errorf("%d at a time, %d done", most.Load(), r.Count("done"))
		}
		lines := strings.Split(strings.TrimSpace(out.String()), "\n")
		slices.Sort(lines)
		if lines = slices.Compact(lines); len(lines) != 30 || lines[0] != `done "0"` {
			t.Errorf("lines %q", lines)
		}
	})
}

func TestEachOfNone(t *testing.T) {
	never := func(context.Context, string) Outcome { panic("called") }
	NewReport(&bytes.Buffer{}).Each(t.Context(), 1, nil, never, nil)
}

// Every path has an outcome if the context ends. A finished or failed file
// keeps its own outcome; accepted files are distinguished from others.
func TestEachInterrupted(t *testing.T) {
	var out bytes.Buffer
	r := NewReport(&out)
	ctx, interrupt := context.WithCancel(t.Context())
	started := 0
	r.Each(ctx, 1, paths(10), func(ctx context.Context, path string) Outcome {
		started++
		o := Outcome{What: "sent", Path: path}
		switch path {
		case "1":
			o.What, o.Err = Failed, errors.New("unreadable")
		case "2":
			interrupt()
			o.What, o.Err = Failed, fmt.Errorf("PUT: %w", ctx.Err())
		case "0":
			o.Bytes, o.Operation = 5, &data.Operation{}
		}
		return o
	}, func(ctx context.Context, o Outcome) Outcome {
		if o.Operation != nil {
			<-ctx.Done()
			o.Err = ctx.Err()
		}
		return o
	})
	err := r.Summary("sent", Failed)
	const want = "failed \"1\": unreadable\n\nThese have failed:\n  \"1\": unreadable\n0 sent, 1 failed, 1 in processing, 1 cut off, 7 not begun; 5 bytes in "
	if started != 3 || err == nil || !strings.HasPrefix(out.String(), want) {
		t.Errorf("%d started, error %v:\n%s", started, err, out.String())
	}
}
