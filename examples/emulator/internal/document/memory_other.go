//go:build !unix

package document

import "context"

// mappings does nothing: modules use Go's memory.
type mappings struct{}

func (*mappings) context(ctx context.Context) context.Context { return ctx }

func (*mappings) release() {}
