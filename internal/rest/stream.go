package rest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"math"
	"mime"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/pinecone-community/assistant-go/internal/apierror"
	"github.com/pinecone-community/assistant-go/internal/jsonscan"
	"github.com/pinecone-community/assistant-go/internal/sse"
)

const (
	// DefaultStreamIdleTimeout is how long a stream may be silent.
	DefaultStreamIdleTimeout = 5 * time.Minute
	// DefaultMaxEventBytes is how long an event may be.
	DefaultMaxEventBytes = 16 << 20
)

var (
	errStreamUsed = errors.New("the stream was read before; a second loop over it would need a second request")
	errIdle       = errors.New("the stream was silent for too long")
)

// StreamError is a stream that ended in the middle, or an event that cannot be
// decoded. It wraps the reason: io.ErrUnexpectedEOF if the connection ended.
type StreamError struct {
	// Events is how many events came before.
	Events int
	// Err is the reason.
	Err error
}

func (e *StreamError) Error() string {
	return fmt.Sprintf("stream, after %d events: %v", e.Events, e.Err)
}

// Unwrap returns the reason.
func (e *StreamError) Unwrap() error { return e.Err }

// Stream sends a call when it is ranged over, which can be done once, and
// decodes each event of the reply. A stream whose end is not the event that ends
// tells is cut; with no ends, any end will do.
//
// Nothing goes on when the loop has ended, for whatever reason: the connection
// is closed unless the stream was read to its end.
func Stream[C any](ctx context.Context, c *Call, decode func(*jsonscan.Decoder) C, ends func(C) bool) iter.Seq2[C, error] {
	c.header.Set("Accept", "text/event-stream")
	var used atomic.Bool
	return func(yield func(C, error) bool) {
		var none C
		if used.Swap(true) {
			yield(none, errStreamUsed)
			return
		}
		watch := newWatch(ctx, c.client.options.StreamIdleTimeout)
		defer watch.stop()
		resp, err := c.open(watch)
		if err != nil {
			yield(none, watch.reason(err))
			return
		}
		resp.Body = &watched{resp.Body, watch}
		defer resp.Body.Close()
		if err := checkStream(resp); err != nil {
			yield(none, watch.reason(err))
			return
		}

		events := sse.NewReader(resp.Body, c.client.options.MaxEventBytes)
		var d jsonscan.Decoder
		complete := ends == nil
		for n := 0; ; n++ {
			if err := ctx.Err(); err != nil { // also while events are left that came before
				yield(none, err)
				return
			}
			event, err := events.Next()
			if err == io.EOF && complete { //nolint:errorlint // a wrapped one is a failure
				return
			}
			if err != nil {
				yield(none, watch.failure(n, err))
				return
			}
			if failure := eventError(resp, event); failure != nil {
				yield(none, failure)
				return
			}
			d.Reset(event, false)
			chunk := decode(&d)
			if err := d.End(); err != nil {
				yield(none, &StreamError{n, fmt.Errorf("cannot decode event %d: %w", n+1, err)})
				return
			}
			complete = complete || ends(chunk)
			if !yield(chunk, nil) {
				return
			}
		}
	}
}

// checkStream says why a reply is no stream. One that is JSON may be an error
// that came with a status of success.
func checkStream(resp *http.Response) error {
	contentType := resp.Header.Get("Content-Type")
	if media, _, _ := mime.ParseMediaType(contentType); media == "text/event-stream" {
		return nil
	}
	body, err := io.ReadAll(io.LimitReader(resp.Body, apierror.MaxBody))
	if failure := eventError(resp, body); failure != nil {
		return failure
	}
	reason := fmt.Errorf("the reply is %q, not a stream of events", contentType)
	if err != nil {
		reason = fmt.Errorf("%w, and was cut short: %w", reason, err)
	}
	return apierror.Reply(resp, body, reason)
}

// eventError returns the error that an event is, if it is one: an object with an
// error that is not null.
func eventError(resp *http.Response, event []byte) error {
	if !bytes.Contains(event, []byte(`"error"`)) {
		return nil
	}
	var d jsonscan.Decoder
	d.Reset(event, true)
	for more := d.Object(); more; more = d.NextMember() {
		if string(d.Name()) != "error" {
			d.Skip()
			continue
		}
		if !d.Null() && d.Raw() != nil {
			return apierror.FromEvent(resp, event)
		}
	}
	return nil
}

// watch is a context that ends when what is waited for, between begin and end,
// takes too long.
type watch struct {
	ctx    context.Context
	cancel context.CancelCauseFunc
	timer  *time.Timer
	idle   time.Duration
}

func newWatch(ctx context.Context, idle time.Duration) *watch {
	w := &watch{idle: idle}
	w.ctx, w.cancel = context.WithCancelCause(ctx)
	w.timer = time.AfterFunc(math.MaxInt64, func() {
		w.cancel(fmt.Errorf("%w: %s", errIdle, idle))
	})
	return w
}

func (w *watch) begin() { w.timer.Reset(w.idle) }

func (w *watch) end() { w.timer.Stop() }

func (w *watch) stop() {
	w.end()
	w.cancel(nil)
}

// failure returns the error of a stream that could not be read on after so many
// events. Whatever the network calls its end, it is an io.ErrUnexpectedEOF.
func (w *watch) failure(events int, err error) error {
	reason := w.reason(nil)
	switch {
	case errors.Is(reason, errIdle):
		err = reason
	case reason != nil:
		return reason
	case err == io.EOF: //nolint:errorlint // a wrapped one is a failure
		err = fmt.Errorf("it ended before the answer did: %w", io.ErrUnexpectedEOF)
	case !errors.Is(err, sse.ErrTooLong) && !errors.Is(err, io.ErrUnexpectedEOF):
		err = fmt.Errorf("%w: %w", io.ErrUnexpectedEOF, err)
	}
	return &StreamError{events, err}
}

// reason returns why the context ended, if it did, and err otherwise.
func (w *watch) reason(err error) error {
	if w.ctx.Err() == nil {
		return err
	}
	if cause := context.Cause(w.ctx); errors.Is(cause, errIdle) {
		return cause
	}
	return w.ctx.Err()
}

// watched is a body that is watched while it is read, and not while its reader
// is busy with what came.
type watched struct {
	io.ReadCloser
	watch *watch
}

func (r *watched) Read(p []byte) (int, error) {
	r.watch.begin()
	defer r.watch.end()
	return r.ReadCloser.Read(p)
}
