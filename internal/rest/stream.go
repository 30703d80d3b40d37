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
	// tailTime is how long a complete answer may be followed by more of it, such as
	// the usage behind the finish reason.
	tailTime = time.Second
	// drainTime is how long the end of a reply is waited for after the last event,
	// so that its connection can serve the next request.
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

// End is how the last event of a stream is known.
type End[C any] struct {
	// Is reports whether an answer is complete with an event. Without it, any end
	// will do.
	Is func(C) bool
	// More tells that other events may follow the one that completes the answer.
	More bool
}

// Stream sends a call when it is ranged over, which can be done once, and
// decodes each event of the reply. A stream that ends before the answer is
// complete is cut. It ends with the event that completes the answer, whatever
// follows and however the connection ends; if more may follow, a second later at
// most.
//
// An error that is the first event is one of a reply: the call is sent again if
// that helps.
//
// Nothing goes on when the loop has ended, for whatever reason: the connection
// is closed unless the stream was read to its end.
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
			if ctxErr := ctx.Err(); ctxErr != nil { // also while events are left that came before
				yield(none, ctxErr)
				return
			}
			if err != nil && complete && (err == io.EOF || end.Is != nil && !errors.Is(err, sse.ErrTooLong)) { //nolint:errorlint // a wrapped EOF is a failure
				return
			}
			if err != nil {
				yield(none, &StreamError{n, c.clean(streamEnd(err))})
				return
			}
			if failure := s.failure(event); failure != nil {
				yield(none, c.clean(failure))
				return
			}
			d.Reset(event, false)
			chunk := decode(&d)
			if err := d.End(); err != nil {
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

// opened is a stream whose first event has been read, or not.
type opened struct {
	attempt *attempt
	resp    *http.Response
	events  *sse.Reader
	size    *size

	taken bool
	first []byte
	err   error
}

// open sends the call, again if need be, and reads the first event.
func (c *Call) open(ctx context.Context) (s *opened, err error) {
	err = c.attempts(ctx, func() (err error) {
		a, resp, err := c.start(ctx)
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

// take returns the next event, which must come soon if the answer is complete.
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

// failure returns the error that an event is, by its content or its type.
func (s *opened) failure(event []byte) error {
	if failure := replyError(s.resp, event); failure != nil {
		return failure
	}
	if s.events.Type() == "error" {
		return apierror.FromEvent(s.resp, event)
	}
	return nil
}

// drain reads to the end of the reply, if it is near.
func (s *opened) drain() {
	s.attempt.event.start(drainTime)
	_, _ = io.CopyN(io.Discard, s.resp.Body, maxDrain)
}

// checkStream says why a reply is no stream. One that is JSON may be an error
// that came with a status of success.
func checkStream(resp *http.Response) error {
	contentType := resp.Header.Get("Content-Type")
	if media, _, _ := mime.ParseMediaType(contentType); media == "text/event-stream" {
		return nil
	}
	body, err := io.ReadAll(io.LimitReader(resp.Body, apierror.MaxBody))
	if failure := replyError(resp, body); failure != nil {
		return &firstEventError{failure}
	}
	reason := fmt.Errorf("the reply is %q, not a stream of events", contentType)
	if err != nil {
		reason = fmt.Errorf("%w, and was cut short: %w", reason, err)
	}
	return apierror.Reply(resp, body, reason)
}

// streamEnd returns the reason of a stream that could not be read on. Whatever
// the network calls its end, it is an io.ErrUnexpectedEOF.
func streamEnd(err error) error {
	var timeout *timeoutError
	switch {
	case errors.As(err, &timeout):
		return timeout
	case err == io.EOF: //nolint:errorlint // a wrapped one is a failure
		return fmt.Errorf("it ended before the answer did: %w", io.ErrUnexpectedEOF)
	case !errors.Is(err, sse.ErrTooLong) && !errors.Is(err, io.ErrUnexpectedEOF):
		return fmt.Errorf("%w: %w", io.ErrUnexpectedEOF, err)
	}
	return err
}
