package rest

import (
	"fmt"
	"iter"
)

// Pages iterates over the elements of all pages. A page is asked for when the
// one before is used up, the first with no token; the last one has none.
func Pages[T any](page func(token string) (elements []T, next string, err error)) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		var none T
		seen := map[string]bool{}
		for token := ""; ; {
			elements, next, err := page(token)
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
				yield(none, fmt.Errorf("the service repeats the page %q: the list would never end", next))
				return
			}
			seen[next] = true
			token = next
		}
	}
}
