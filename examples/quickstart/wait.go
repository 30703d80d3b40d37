package main

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/pinecone-community/assistant-go/gen/2026-04/data"
)

// poll calls check until it is done: first after a tenth of a second, and then
// with pauses that double up to two seconds.
func poll(ctx context.Context, check func() (done bool, err error)) error {
	for pause := 100 * time.Millisecond; ; pause = min(2*pause, 2*time.Second) {
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-time.After(pause):
		}
		if done, err := check(); done || err != nil {
			return err
		}
	}
}

// waitForOperation waits until an operation has ended. It tells the progress
// that it saw, such as "25%, 75%, Completed".
func waitForOperation(ctx context.Context, api *data.API, assistant, id string) (progress string, err error) {
	var seen []string
	err = poll(ctx, func() (bool, error) {
		operation, err := api.DescribeOperation(ctx, assistant, id)
		if err != nil {
			return false, err
		}
		state := string(operation.Status)
		if operation.Status == data.OperationStatusProcessing {
			state = fmt.Sprintf("%d%%", operation.PercentComplete)
		}
		if len(seen) == 0 || seen[len(seen)-1] != state {
			seen = append(seen, state)
		}
		if operation.Status == data.OperationStatusFailed {
			return false, fmt.Errorf("operation %s failed: %s", operation.OperationType, operation.ErrorMessage)
		}
		return operation.Status == data.OperationStatusCompleted, nil
	})
	return strings.Join(seen, ", "), err
}
