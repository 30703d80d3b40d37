package rest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// waiting returns its states in order, repeats the last one, and records the
// times of the polls.
type waiting struct {
	states []State
	fail   int // number of the poll that fails, from 1; 0 for none
	times  []time.Time
}

var errAsk = errors.New("cannot ask")

func (w *waiting) ask(context.Context) (string, State, error) {
	w.times = append(w.times, time.Now())
	n := len(w.times)
	if n == w.fail {
		return "", State{}, errAsk
	}
	return fmt.Sprint("answer ", n), w.states[min(n, len(w.states))-1], nil
}

func TestWait(t *testing.T) {
	running := func(percent float64) State { return State{Status: "Processing", Percent: percent} }
	done := State{Status: "Completed", Done: true, Percent: 100}
	tests := []struct {
		name    string
		waiting waiting
		answer  string
		error   string
		reports []string
	}{
		{"done at once", waiting{states: []State{done}}, "answer 1", "", []string{"Completed 100"}},
		{"done later", waiting{states: []State{running(0), running(12.5), done}}, "answer 3", "", []string{"Processing 0", "Processing 12.5", "Completed 100"}},
		{"unknown states", waiting{states: []State{{Status: "Napping"}, {}, done}}, "answer 3", "", []string{"Napping 0", " 0", "Completed 100"}},
		{"failed", waiting{states: []State{running(3), {Status: "Failed", Failed: true, Message: "no text in it", Percent: 3}}}, "answer 2", "pinecone: ended with status Failed: no text in it", []string{"Processing 3", "Failed 3"}},
		{"failed without a word", waiting{states: []State{{Status: "Terminated", Failed: true}}}, "answer 1", "pinecone: ended with status Terminated", []string{"Terminated 0"}},
		{"cannot ask", waiting{states: []State{done}, fail: 1}, "", "cannot ask", nil},
		{"cannot ask again", waiting{states: []State{running(1), running(2), done}, fail: 3}, "answer 2", "cannot ask", []string{"Processing 1", "Processing 2"}},
	}
	for _, tt := range tests {
		for _, reporting := range []bool{true, false} {
			t.Run(fmt.Sprint(tt.name, " ", reporting), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					w := tt.waiting
					var reports []string
					opts := []WaitOption{WaitProgress(nil)}
					if reporting {
						opts = append(opts, WaitProgress(func(status string, percent float64) {
							reports = append(reports, fmt.Sprint(status, " ", percent))
						}))
					}
					answer, err := Wait(t.Context(), opts, w.ask)
					if answer != tt.answer || (err != nil) != (tt.error != "") || err != nil && err.Error() != tt.error {
						t.Errorf("got %q, error %v", answer, err)
					}
					if reporting && !slices.Equal(reports, tt.reports) {
						t.Errorf("reports %q, want %q", reports, tt.reports)
					}
					var failed *FailedError
					last := tt.waiting.states[len(tt.waiting.states)-1]
					if errors.As(err, &failed) != last.Failed || last.Failed && (failed.Status != last.Status || failed.Message != last.Message) {
						t.Errorf("error %+v", err)
					}
					if tt.waiting.fail > 0 && err != errAsk {
						t.Errorf("error %v, want that of the question", err)
					}
				})
			})
		}
	}
}

// The pauses grow from least to most, and half of each pause is random.
func TestWaitIntervals(t *testing.T) {
	const ms = time.Millisecond
	tests := []struct {
		name  string
		opts  []WaitOption
		bases []time.Duration // longest duration of each pause
	}{
		{"default", nil, []time.Duration{250 * ms, 375 * ms, 562500 * time.Microsecond, 843750 * time.Microsecond}},
		{"none set", []WaitOption{WaitInterval(0, 0), WaitInterval(-1, -time.Hour)}, []time.Duration{250 * ms, 375 * ms}},
		{"both set", []WaitOption{WaitInterval(100*ms, 200*ms)}, []time.Duration{100 * ms, 150 * ms, 200 * ms, 200 * ms, 200 * ms}},
		{"always the same", []WaitOption{WaitInterval(time.Second, time.Second)}, []time.Duration{time.Second, time.Second, time.Second}},
		{"least above the default most", []WaitOption{WaitInterval(time.Minute, 0)}, []time.Duration{time.Minute, time.Minute}},
		{"most below the default least", []WaitOption{WaitInterval(0, 10*ms)}, []time.Duration{10 * ms, 10 * ms}},
		{"least above most", []WaitOption{WaitInterval(time.Minute, time.Second)}, []time.Duration{time.Second, time.Second}},
		{"the last counts", []WaitOption{WaitInterval(time.Hour, time.Hour), WaitInterval(ms, 2*ms)}, []time.Duration{ms, 1500 * time.Microsecond, 2 * ms}},
		{"hardly any", []WaitOption{WaitInterval(1, 4)}, []time.Duration{1, 2, 3, 4, 4}},
	}
	for _, tt := range tests {
		const rounds = 200
		least, most := make([]time.Duration, len(tt.bases)), make([]time.Duration, len(tt.bases))
		for round := range rounds {
			synctest.Test(t, func(t *testing.T) {
				states := make([]State, len(tt.bases))
				w := &waiting{states: append(states, State{Done: true})}
				start := time.Now()
				if _, err := Wait(t.Context(), tt.opts, w.ask); err != nil || len(w.times) != len(tt.bases)+1 {
					t.Fatalf("%s: %d questions, error %v", tt.name, len(w.times), err)
				}
				if w.times[0] != start || w.times[len(w.times)-1] != time.Now() {
					t.Errorf("%s: it waits before the first question or after the last", tt.name)
				}
				for i := range tt.bases {
					pause := w.times[i+1].Sub(w.times[i])
					if round == 0 || pause < least[i] {
						least[i] = pause
					}
					most[i] = max(most[i], pause)
				}
			})
		}
		for i, base := range tt.bases {
			if least[i] < base/2 || most[i] > base || base > time.Microsecond && (least[i] > base*6/10 || most[i] < base*9/10) {
				t.Errorf("%s: pause %d is from %s to %s, want %s to %s", tt.name, i+1, least[i], most[i], base/2, base)
			}
		}
	}
}

// The default pause stops growing at 5 seconds.
func TestWaitLong(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := &waiting{states: append(make([]State, 1000), State{Done: true})}
		start := time.Now()
		if _, err := Wait(t.Context(), nil, w.ask); err != nil {
			t.Fatal(err)
		}
		for i := 10; i < 1000; i++ {
			if pause := w.times[i+1].Sub(w.times[i]); pause < 2500*time.Millisecond || pause > 5*time.Second {
				t.Fatalf("pause %d is %s", i, pause)
			}
		}
		if mean := time.Since(start) / 1000; mean < 3500*time.Millisecond || mean > 4*time.Second {
			t.Errorf("the pauses are %s in the mean", mean)
		}
	})
}

func TestWaitContext(t *testing.T) {
	tests := []struct {
		name string
		with func(context.Context) (context.Context, context.CancelFunc)
		is   error
	}{
		{"cancel", func(ctx context.Context) (context.Context, context.CancelFunc) {
			ctx, cancel := context.WithCancel(ctx)
			time.AfterFunc(10*time.Second, cancel)
			return ctx, cancel
		}, context.Canceled},
		{"deadline", func(ctx context.Context) (context.Context, context.CancelFunc) {
			return context.WithTimeout(ctx, 10*time.Second)
		}, context.DeadlineExceeded},
	}
	for _, tt := range tests {
		synctest.Test(t, func(t *testing.T) {
			ctx, cancel := tt.with(t.Context())
			defer cancel()
			w := &waiting{states: []State{{Status: "Processing"}}}
			start := time.Now()
			answer, err := Wait(ctx, nil, w.ask)
			if !errors.Is(err, tt.is) || !strings.Contains(err.Error(), `still "Processing"`) || answer != fmt.Sprint("answer ", len(w.times)) {
				t.Errorf("%s: got %q, error %v", tt.name, answer, err)
			}
			if lasted := time.Since(start); lasted != 10*time.Second || len(w.times) < 3 {
				t.Errorf("%s: %d questions in %s", tt.name, len(w.times), lasted)
			}
		})
	}

	// A canceled context still polls once; the poll returns the context's
	// error.
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := Wait(ctx, nil, func(got context.Context) (int, State, error) {
		return 0, State{}, got.Err()
	})
	if err != context.Canceled {
		t.Errorf("error %v", err)
	}
}
