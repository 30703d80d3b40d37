package rest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"mime"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/pinecone-community/assistant-go/internal/apierror"
	"github.com/pinecone-community/assistant-go/internal/jsonscan"
	"github.com/pinecone-community/assistant-go/internal/sse"
)

const (
	// tailTime is how long Stream waits for events after the answer is
	// complete, such as the usage that follows the finish reason.
	tailTime = time.Second
	// drainTime is how long Stream waits for the end of the response after the
	// last event, so that its connection can serve the next request.
	drainTime = 50 * time.Millisecond
)

var errStreamUsed = errors.New("the stream was read before; a second loop over it would need a second request")

// StreamError is the error of a stream that ends before its last event, or that
// has an event which cannot be decoded. It wraps the reason, which is
// io.ErrUnexpectedEOF if the connection ended.
type StreamError struct {
	// Events is the number of events that were received before.
	Events int
	// Err is the reason.
	Err error
}

func (e *StreamError) Error() string {
	return fmt.Sprintf("stream, after %d events: %v", e.Events, e.Err)
}

// Unwrap returns the reason.
func (e *StreamError) Unwrap() error { return e.Err }

// End tells how to recognize the last event of a stream.
type End[C any] struct {
	// Is reports whether the answer is complete after an event. If Is is nil,
	// the answer is complete when the connection ends.
	Is func(C) bool
	// More reports whether events may follow the event that completes the
	// answer.
	More bool
}

// Stream returns a stream that sends the call when it is ranged over, and
// decodes each event of the response. It can be ranged over once.
//
// The stream ends with the event that completes the answer, whatever bytes
// follow and however the connection ends. If end.More is set, it waits for
// further events for up to a second. A stream that ends before the answer is
// complete yields a *StreamError.
//
// If the first event reports an error, the call is retried like a call whose
// response is that error.
//
// When the loop has ended, for whatever reason, no goroutine is left. The
// connection is closed unless the response was read to its end.
func Stream[C any](ctx context.Context, c *Call, decode func(*jsonscan.Decoder) C, end End[C]) iter.Seq2[C, error] {
	c.accept = "text/event-stream"
	var used atomic.Bool
	return func(yield func(C, error) bool) {
		var none C
		if used.Swap(true) {
			yield(none, errStreamUsed)
			return
		}
		s, err := c.open(ctx)
		if err != nil {
			if ctx != nil && ctx.Err() != nil {
				err = ctx.Err()
			}
			yield(none, c.clean(err))
			return
		}
		defer s.attempt.end()

		var d jsonscan.Decoder
		complete := end.Is == nil
		for n := 0; ; n++ {
			event, err := s.take(end.Is != nil && complete)
			if ctxErr := ctx.Err(); ctxErr != nil { // also while received events are left
				yield(none, ctxErr)
				return
			}
			if err != nil && complete && (err == io.EOF || end.Is != nil && !errors.Is(err, sse.ErrTooLong)) { //nolint:errorlint // a wrapped io.EOF is a failure
				return
			}
			if err != nil {
				yield(none, &StreamError{n, c.clean(streamEnd(err))})
				return
			}
			d.Reset(event, false)
			chunk := decode(&d)
			err = d.End()
			if err != nil || d.HasError() || s.events.Type() == typeError {
				if failure := s.failure(event); failure != nil {
					yield(none, c.clean(failure))
					return
				}
			}
			if err != nil {
				switch {
				case !s.events.Partial():
					err = fmt.Errorf("cannot decode event %d: %w", n+1, err)
				case complete && end.Is != nil:
					return
				default:
					err = streamEnd(io.EOF)
				}
				yield(none, &StreamError{n, c.clean(err)})
				return
			}
			complete = complete || end.Is(chunk)
			if n == 0 {
				defer announce(chunk, s.size)()
			}
			s.size.read += int64(len(event))
			if !yield(chunk, nil) {
				return
			}
			if complete && end.Is != nil && !end.More {
				s.drain()
				return
			}
		}
	}
}

// opened is a stream whose first event was read, but perhaps not yet taken.
type opened struct {
	attempt *attempt
	resp    *http.Response
	events  *sse.Reader
	size    *size

	taken bool
	first []byte
	err   error
}

// open sends the call, with retries, and reads the first event.
func (c *Call) open(ctx context.Context) (s *opened, err error) {
	err = c.attempts(ctx, func() (err error) {
		a, resp, err := c.start(ctx) //nolint:bodyclose // opened closes it
		defer func() {
			if err != nil {
				a.end()
			}
		}()
		if err == nil {
			err = checkStream(resp)
		}
		if err != nil {
			return err
		}
		s = &opened{attempt: a, resp: resp, events: sse.NewReader(resp.Body, c.options.MaxEventBytes)}
		s.size = &size{limit: c.options.MaxResponseBytes}
		s.first, s.err = s.next(false)
		if s.err == nil {
			if failure := s.failure(s.first); failure != nil {
				return &firstEventError{failure}
			}
		}
		return nil
	})
	return s, err
}

// take returns the next event. If the answer is complete, it waits for tailTime
// at most.
func (s *opened) take(complete bool) ([]byte, error) {
	if !s.taken {
		s.taken = true
		return s.first, s.err
	}
	return s.next(complete)
}

func (s *opened) next(complete bool) ([]byte, error) {
	limit := s.attempt.call.options.EventTimeout
	if complete {
		limit = tailTime
	}
	if limit > 0 {
		s.attempt.event.start(limit)
		defer s.attempt.event.stop()
	}
	return s.events.Next()
}

// typeError is the type of an event that reports an error.
const typeError = "error"

// failure returns the error that an event reports by its data or by its type, or
// nil.
func (s *opened) failure(event []byte) error {
	if failure := replyError(s.resp, event); failure != nil {
		return failure
	}
	if s.events.Type() == typeError {
		return apierror.FromEvent(s.resp, event)
	}
	return nil
}

// drain reads to the end of the response, for at most drainTime and maxDrain
// bytes.
func (s *opened) drain() {
	s.attempt.event.start(drainTime)
	_, _ = io.CopyN(io.Discard, s.resp.Body, maxDrain)
}

// checkStream returns an error if the response is not an event stream. A JSON
// response may contain an error although its status is 2xx.
func checkStream(resp *http.Response) error {
	contentType := resp.Header.Get("Content-Type")
	if media, _, _ := mime.ParseMediaType(contentType); media == "text/event-stream" {
		return nil
	}
	body, err := io.ReadAll(io.LimitReader(resp.Body, apierror.MaxBody))
	if failure := replyError(resp, body); failure != nil {
		return &firstEventError{failure}
	}
	reason := fmt.Errorf("the response is %q, not an event stream", contentType)
	if err != nil {
		reason = fmt.Errorf("%w, and was cut short: %w", reason, err)
	}
	return apierror.FromSuccess(resp, body, reason)
}

// streamEnd returns the reason why a stream cannot be read further. It wraps an
// error of the network in io.ErrUnexpectedEOF.
func streamEnd(err error) error {
	var timeout *timeoutError
	switch {
	case errors.As(err, &timeout):
		return timeout
	case err == io.EOF: //nolint:errorlint // a wrapped one is a failure
		return fmt.Errorf("the response ended before the answer was complete: %w", io.ErrUnexpectedEOF)
	case !errors.Is(err, sse.ErrTooLong) && !errors.Is(err, io.ErrUnexpectedEOF):
		return fmt.Errorf("%w: %w", io.ErrUnexpectedEOF, err)
	}
	return err
}
