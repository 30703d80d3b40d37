package batch

import (
	"context"
	"errors"
	"sync"

	"golang.org/x/sync/errgroup"
)

// Each calls start with each path, in their order and up to limit at a time, then
// finish with what came of it, any number at a time, and notes that: start sends,
// and finish waits for the service. When ctx ends, no other path is started. What
// the service has accepted by then is noted as [Processing], what is being sent as
// [CutOff], and the rest as [NotBegun].
func (r *Report) Each(ctx context.Context, limit int, paths []string,
	start func(ctx context.Context, path string) Outcome,
	finish func(context.Context, Outcome) Outcome,
) {
	one, done := r.total(len(paths))
	defer done()
	var starting errgroup.Group
	var finishing sync.WaitGroup
	starting.SetLimit(limit)
	for _, path := range paths {
		starting.Go(func() error {
			switch {
			case ctx.Err() == nil:
				outcome := start(ctx, path)
				finishing.Go(func() {
					r.Note(finished(ctx, outcome, finish))
					one()
				})
			default:
				r.Note(Outcome{What: NotBegun, Path: path, Quiet: true})
			}
			return nil
		})
	}
	_ = starting.Wait()
	finishing.Wait()
}

// finished is the outcome of a path whose start came to an outcome.
func finished(ctx context.Context, started Outcome, finish func(context.Context, Outcome) Outcome) Outcome {
	outcome := finish(ctx, started)
	switch {
	case ctx.Err() == nil || !errors.Is(outcome.Err, ctx.Err()):
		return outcome
	case started.Operation != nil:
		return Outcome{What: Processing, Path: started.Path, Bytes: started.Bytes, Quiet: true}
	}
	return Outcome{What: CutOff, Path: started.Path, Quiet: true}
}
