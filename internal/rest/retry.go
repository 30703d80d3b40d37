package rest

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"net/http"
	"time"

	"github.com/pinecone-community/assistant-go/auth"
	"github.com/pinecone-community/assistant-go/internal/apierror"
	"github.com/pinecone-community/assistant-go/internal/redact"
	"github.com/pinecone-community/assistant-go/internal/upload"
)

const (
	// The pause before the n-th retry is a random time of at most firstPause *
	// 2^(n-1), and never longer than maxPause.
	firstPause = 500 * time.Millisecond
	maxPause   = 8 * time.Second
)

// sendError wraps an error of Doer.Do: no response was received.
type sendError struct{ error }

func (e *sendError) Unwrap() error { return e.error }

// cutError is the error of a response body that was cut short.
type cutError struct{ err error }

func (e *cutError) Error() string { return "the response was cut short: " + e.err.Error() }
func (e *cutError) Unwrap() error { return e.err }

// firstEventError is the error that the first event of a stream reports. The
// caller has received no event, so the call can be retried.
type firstEventError struct{ error }

func (e *firstEventError) Unwrap() error { return e.error }

// exchange sends a call, with retries, and passes a 2xx response to receive. It
// does not call receive if the response to a retried DELETE is 404; that is no
// error.
func (c *Call) exchange(ctx context.Context, receive func(*http.Response) error) error {
	err := c.attempts(ctx, func() error {
		a, resp, err := c.start(ctx) //nolint:bodyclose // end closes it
		defer a.end()
		if err != nil {
			return err
		}
		return receive(resp)
	})
	return c.clean(err)
}

// attempts calls attempt until it succeeds, or until a retry would be
// pointless, unsafe, one too many, or later than the context's deadline. It
// returns the last error.
func (c *Call) attempts(ctx context.Context, attempt func() error) error {
	if err := c.check(ctx); err != nil {
		return err
	}
	lost := false
	for n := 0; ; n++ {
		c.attempt = n + 1
		err := attempt()
		if err == nil || lost && c.method == http.MethodDelete && errors.Is(err, apierror.ErrNotFound) {
			return nil
		}
		lost = lost || responseLost(err)
		pause, ok := pauseBefore(n, err, c.options.MaxRetryAfter)
		deadline, bounded := ctx.Deadline()
		if !ok || n >= c.options.MaxRetries || !c.mayRepeat(err) || bounded && time.Until(deadline) < pause {
			if sent := (*sendError)(nil); errors.As(err, &sent) {
				return sent.error // callers get the error of the Doer as it is
			}
			if first := (*firstEventError)(nil); errors.As(err, &first) {
				return first.error
			}
			return err
		}
		if ctxErr := sleep(ctx, pause); ctxErr != nil {
			return fmt.Errorf("%w while waiting to retry after: %w", ctxErr, err)
		}
		if c.secrets == nil {
			c.secrets = &redact.Secrets{}
		}
		c.addSecrets(c.secrets) // keys may rotate
	}
}

// pauseBefore returns the pause after the n-th failure: a random time, so that
// many clients do not retry at the same time, but not less than Retry-After. It
// returns false if Retry-After is more than longest.
func pauseBefore(n int, err error, longest time.Duration) (time.Duration, bool) {
	pause := rand.N(min(firstPause<<min(n, 10), maxPause) + 1)
	var reply *apierror.Error
	if errors.As(err, &reply) {
		if after, ok := reply.RetryAfter(); ok {
			return max(pause, after), after <= longest
		}
	}
	return pause, true
}

// responseLost reports whether the service may have processed a request although
// its response was lost.
func responseLost(err error) bool {
	var reply *apierror.Error
	if !errors.As(err, &reply) {
		var sent *sendError
		return errors.As(err, &sent) && !notSent(err)
	}
	switch reply.StatusCode {
	case http.StatusRequestTimeout, http.StatusInternalServerError, http.StatusBadGateway, http.StatusGatewayTimeout:
		return true
	}
	var cut *cutError
	return errors.As(err, &cut)
}

// mayRepeat reports whether a retry can succeed and is safe. Without
// RetryNonIdempotent, POST and PATCH are retried only if the service has not
// processed the request.
func (c *Call) mayRepeat(err error) bool {
	if c.body != nil && !c.rewinds {
		return false
	}
	idempotent := c.options.RetryNonIdempotent ||
		c.method != http.MethodPost && c.method != http.MethodPatch
	var reply *apierror.Error
	if !errors.As(err, &reply) {
		var sent *sendError
		return errors.As(err, &sent) && (notSent(err) || idempotent && passing(err))
	}
	switch reply.StatusCode {
	case http.StatusTooManyRequests:
		// The service also responds with 429 for a name that is taken. A retry would
		// fail again.
		return errors.Is(reply, apierror.ErrRateLimited)
	case http.StatusServiceUnavailable:
		_, asked := reply.RetryAfter()
		return idempotent || asked || errors.As(err, new(*firstEventError))
	case http.StatusRequestTimeout, http.StatusInternalServerError, http.StatusBadGateway, http.StatusGatewayTimeout:
		return idempotent
	}
	var cut *cutError
	return idempotent && errors.As(err, &cut) && passing(err)
}

// notSent reports whether the connection failed, so that no byte of the request
// was sent. A dialer that times out returns context.DeadlineExceeded too. It is
// not the context of the call: a call whose deadline has passed is not retried
// anyway.
func notSent(err error) bool {
	var network *net.OpError
	return errors.As(err, &network) && network.Op == "dial" && !errors.Is(err, context.Canceled)
}

// passing reports whether err is a transient error of the network. These errors
// are not: the end of the caller's context, the error of an upload's source, a
// refused redirect, an untrusted certificate, and the idle timeout, after which
// the caller has waited long enough.
func passing(err error) bool {
	var (
		source      *upload.SourceError
		certificate *tls.CertificateVerificationError
	)
	return !ended(err) && !errors.Is(err, ErrIdleTimeout) && !errors.Is(err, auth.ErrRedirect) && !errors.As(err, &source) && !errors.As(err, &certificate)
}

func ended(err error) bool {
	return errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded)
}

// sleep pauses for d, or until the context ends, and returns the context's
// error. If the deadline of the context is before the end of the pause, sleep
// waits for the deadline.
func sleep(ctx context.Context, d time.Duration) error {
	if deadline, ok := ctx.Deadline(); ok && time.Until(deadline) < d {
		<-ctx.Done()
		return ctx.Err()
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}
