package rest

import (
	"context"
	"fmt"
	"iter"

	"github.com/pinecone-community/assistant-go/internal/redact"
)

// Pages iterates over the elements of all pages. The page function is called
// with "" for the first page and with the next token of the page before for the
// others. It is called when all elements of the page before were handed out.
// The last page has no next token.
func Pages[T any](ctx context.Context, page func(ctx context.Context, token string) (elements []T, next string, err error)) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		var none T
		var secrets redact.Secrets
		if ctx != nil { // page returns the error of a nil context
			ctx = context.WithValue(ctx, recorderKey{}, &secrets)
		}
		seen := map[string]bool{}
		for token := ""; ; {
			elements, next, err := page(ctx, token)
			if err != nil {
				yield(none, err)
				return
			}
			for _, element := range elements {
				if !yield(element, nil) {
					return
				}
			}
			if next == "" {
				return
			}
			if seen[next] {
				yield(none, secrets.Error(fmt.Errorf("the service repeats the page token %q: the list would never end", next)))
				return
			}
			seen[next] = true
			token = next
		}
	}
}
