package rest

import (
	"context"
	"net/http"
)

// ByStatus sends a call whose reply is of a type that depends on its status. A
// reply without a body, with 204, leaves the result empty.
func ByStatus[T any](ctx context.Context, c *Call, as func(status int) Decode[T]) (result *T, err error) {
	result = new(T) // also for a repeated DELETE that finds nothing
	err = c.send(ctx, func(resp *http.Response) error {
		if resp.StatusCode == http.StatusNoContent {
			return nil
		}
		result, err = decode(c, resp, as(resp.StatusCode))
		return err
	})
	if err != nil {
		return nil, err
	}
	return result, nil
}
