package rest

import (
	"bytes"
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
		resp, err := c.open(watch.ctx)
		if err != nil {
			yield(none, watch.reason(err))
			return
		}
		watch.timer.Stop()
		defer resp.Body.Close()
		if err := checkStream(resp, c.client.options.MaxResponseBytes); err != nil {
			yield(none, watch.reason(err))
			return
		}

		events := sse.NewReader(&watched{resp.Body, watch}, c.client.options.MaxEventBytes)
		var d jsonscan.Decoder
		complete := ends == nil
		for n := 0; ; n++ {
			event, err := events.Next()
			if errors.Is(err, io.EOF) && complete {
				return
			}
			if errors.Is(err, io.EOF) {
				err = fmt.Errorf("it ended before the answer did: %w", io.ErrUnexpectedEOF)
			}
			if err != nil {
				if reason := watch.reason(nil); reason != nil {
					err = reason
				}
				if ctx.Err() == nil {
					err = &StreamError{n, err}
				}
				yield(none, err)
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
func checkStream(resp *http.Response, limit int64) error {
	media, _, _ := mime.ParseMediaType(resp.Header.Get("Content-Type"))
	if media == "text/event-stream" {
		return nil
	}
	body, err := read(resp, min(limit, apierror.MaxBody))
	if failure := eventError(resp, body); failure != nil {
		return failure
	}
	if err == nil {
		err = fmt.Errorf("the reply is %q, not a stream of events", resp.Header.Get("Content-Type"))
	}
	return apierror.Reply(resp, body, err)
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

// watch is a context that ends when what is waited for takes too long.
type watch struct {
	ctx    context.Context
	cancel context.CancelCauseFunc
	timer  *time.Timer
	idle   time.Duration
}

func newWatch(ctx context.Context, idle time.Duration) *watch {
	w := &watch{idle: idle}
	w.ctx, w.cancel = context.WithCancelCause(ctx)
	w.timer = time.AfterFunc(idle, func() {
		w.cancel(fmt.Errorf("%w: %s", errIdle, idle))
	})
	return w
}

func (w *watch) stop() {
	w.timer.Stop()
	w.cancel(nil)
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
	body  io.Reader
	watch *watch
}

func (r *watched) Read(p []byte) (int, error) {
	r.watch.timer.Reset(r.watch.idle)
	n, err := r.body.Read(p)
	r.watch.timer.Stop()
	return n, err
}
