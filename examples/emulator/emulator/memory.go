package emulator

import (
	"context"
	"net/http"
	"sync"

	"golang.org/x/sync/semaphore"
)

// requestMemory is the limit of the estimated memory of all requests of the process, in
// bytes. Uploads and downloads are not included, since they have only pieces of a file in
// memory.
const requestMemory = 128 << 20

// Estimates of the memory of a request in bytes.
const (
	leastShare    = 8 << 20
	shareOfByte   = 8       // for each byte of a JSON body
	shareOfValue  = 200     // for each value of a JSON body
	shareOfQuery  = 100     // for each byte of the query, in which a value takes at least two
	maxJSONValues = 500_000 // limit of the values of a JSON body
)

var handled = semaphore.NewWeighted(requestMemory)

// acquireMemory waits until the memory of a request is available, and returns a function
// that releases it. It panics with [http.ErrAbortHandler] if ctx is done.
func acquireMemory(ctx context.Context, need int) (release func()) {
	share := int64(min(max(need, leastShare), requestMemory))
	if handled.Acquire(ctx, share) != nil { // the client has closed the connection
		panic(http.ErrAbortHandler)
	}
	return sync.OnceFunc(func() { handled.Release(share) })
}

// countValues returns an upper bound of the number of values of a JSON text.
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
