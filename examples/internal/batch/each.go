package batch

import (
	"context"
	"errors"
	"sync"

	"golang.org/x/sync/errgroup"
)

// Each calls start with each path, in their order and up to limit at a time, then
// finish with what came of it, any number at a time, and notes that: start sends,
// and finish waits for the service. When ctx ends, no other path is started, and
// what was not finished is not noted.
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
			if ctx.Err() == nil {
				outcome := start(ctx, path)
				finishing.Go(func() {
					if outcome := finish(ctx, outcome); ctx.Err() == nil || !errors.Is(outcome.Err, ctx.Err()) {
						r.Note(outcome)
					}
					one()
				})
			}
			return nil
		})
	}
	_ = starting.Wait()
	finishing.Wait()
}
