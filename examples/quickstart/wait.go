package main

import (
	"context"
	"fmt"
	"strings"

	"github.com/pinecone-community/assistant-go/gen/2026-07/data"
)

// waitForOperation waits until an operation has ended. It tells the progress
// that it saw, such as "25%, 75%, Completed".
func waitForOperation(ctx context.Context, api *data.API, assistant, id string) (progress string, err error) {
	var seen []string
	_, err = api.WaitForOperation(ctx, assistant, id, data.WaitProgress(func(status string, percent float64) {
		if status == string(data.OperationStatusProcessing) {
			status = fmt.Sprintf("%.0f%%", percent)
		}
		if len(seen) == 0 || seen[len(seen)-1] != status {
			seen = append(seen, status)
		}
	}))
	return strings.Join(seen, ", "), err
}
