package rest

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/pinecone-community/assistant-go/internal/redact"
)

// A WaitOption configures how often a wait polls, and who learns of its progress.
type WaitOption func(*waitOptions)

type waitOptions struct {
	least, most time.Duration
	report      func(status string, percent float64)
}

// WaitInterval sets the pause between two polls. It begins near least and grows to
// most; half of it is random, so that many clients do not poll at the same time. A
// value that is not positive selects the default: 250 ms for least, 5 s for most.
// Of a given value and a default that contradict each other, the given value wins.
func WaitInterval(least, most time.Duration) WaitOption {
	return func(o *waitOptions) {
		if least > 0 {
			o.least, o.most = least, max(least, o.most)
		}
		if most > 0 {
			o.least, o.most = min(o.least, most), most
		}
	}
}

// WaitProgress calls report with every response: the status, and the progress in
// percent, which is 0 if the response does not have it.
func WaitProgress(report func(status string, percent float64)) WaitOption {
	return func(o *waitOptions) { o.report = report }
}

// State is the progress that a response reports.
type State struct {
	Status       string
	Done, Failed bool
	Message      string // reason of a failure
	Percent      float64
}

// recorderKey is the context key of a *redact.Secrets, to which every call with
// the context adds the secrets of its requests.
type recorderKey struct{}

// maxFailure is the maximum length of the text of a FailedError in bytes.
const maxFailure = 4096

// FailedError is the error of a wait whose operation, file or assistant has failed.
type FailedError struct {
	// Status is its status, such as Failed.
	Status string
	// Message is the service's reason; it may be empty.
	Message string
}

func (e *FailedError) Error() string {
	text := "pinecone: ended with status " + e.Status
	if e.Message != "" {
		text += ": " + e.Message
	}
	return redact.Line(text, maxFailure)
}

// Wait polls until the state is done or failed; failure is a *FailedError. It
// returns the last response, also with an error.
//
// The pause grows from least to most by half each time; half of it is random, so
// that many clients do not poll at the same time.
func Wait[T any](ctx context.Context, opts []WaitOption, ask func(context.Context) (T, State, error)) (T, error) {
	var answer T
	if ctx == nil {
		return answer, errors.New("the context is nil")
	}
	o := waitOptions{least: 250 * time.Millisecond, most: 5 * time.Second}
	for i, opt := range opts {
		if opt == nil {
			return answer, fmt.Errorf("wait option %d is nil", i+1)
		}
		opt(&o)
	}
	var secrets redact.Secrets
	ctx = context.WithValue(ctx, recorderKey{}, &secrets)
	for pause := o.least; ; pause = min(pause+(pause+1)/2, o.most) {
		next, state, err := ask(ctx)
		if err != nil {
			return answer, err
		}
		answer = next
		if o.report != nil {
			o.report(state.Status, state.Percent)
		}
		switch {
		case state.Done:
			return answer, nil
		case state.Failed:
			return answer, &FailedError{secrets.Text(state.Status), secrets.Text(state.Message)}
		}
		if err := sleep(ctx, pause/2+rand.N(pause/2+1)); err != nil {
			return answer, secrets.Error(fmt.Errorf("status is still %q: %w", state.Status, err))
		}
	}
}
