//go:build !unix

package document

import "context"

// mappings leaves memory to Go.
type mappings struct{}

func (*mappings) context(ctx context.Context) context.Context { return ctx }

func (*mappings) release() {}
