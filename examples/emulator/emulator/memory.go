package emulator

import (
	"context"
	"net/http"
	"sync"

	"golang.org/x/sync/semaphore"
)

// requestMemory is how much memory the requests that are handled at once take, all of
// the process. Uploads and downloads are not among them: they have pieces of a file in
// memory.
const requestMemory = 128 << 20

// What a request is taken to need: at least the share that an answer takes, more if it
// has much text to decode.
const (
	leastShare    = 8 << 20
	shareOfByte   = 8
	shareOfValue  = 200 // of JSON, such as an object with a field
	shareOfQuery  = 100 // for a byte: a value of a filter takes two or more
	maxJSONValues = 500_000
)

var handled = semaphore.NewWeighted(requestMemory)

// enter waits until there is memory for a request that needs so much, and returns a
// function that gives it back.
func enter(ctx context.Context, need int) (leave func()) {
	share := int64(min(max(need, leastShare), requestMemory))
	if handled.Acquire(ctx, share) != nil { // the client has gone
		panic(http.ErrAbortHandler)
	}
	return sync.OnceFunc(func() { handled.Release(share) })
}

// countValues returns how many values a JSON text has, at most, without decoding it.
func countValues(text []byte) int {
	values := 1
	quoted := false
	for i := 0; i < len(text); i++ {
		switch text[i] {
		case '\\':
			i++
		case '"':
			quoted = !quoted
		case ',', '[', '{':
			if !quoted {
				values++
			}
		}
	}
	return values
}
