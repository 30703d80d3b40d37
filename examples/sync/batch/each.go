package batch

import (
	"context"
	"errors"
	"sync"

	"golang.org/x/sync/errgroup"
)

// Each calls start for each path, in order and up to limit at a time, and then
// finish with the outcome, without a limit. It notes the final outcome. The
// function start sends a file, and finish waits for the service. When ctx ends,
// no further path is started. Files that the service has accepted by then are
// noted as [Processing], files that were being sent as [CutOff], and the rest
// as [NotBegun].
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

// finished returns the final outcome of a path.
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
