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
	// The pause before the n-th retry is up to firstPause times 2 to the n-1,
	// and never more than maxPause.
	firstPause = 500 * time.Millisecond
	maxPause   = 8 * time.Second
)

// sendError is an error of the doer: no reply came.
type sendError struct{ error }

func (e *sendError) Unwrap() error { return e.error }

// cutError is a reply that ended in the middle.
type cutError struct{ err error }

func (e *cutError) Error() string { return "the reply was cut short: " + e.err.Error() }
func (e *cutError) Unwrap() error { return e.err }

// firstEventError is an error that is the first event of a stream: nothing of the
// stream has been handed to the caller.
type firstEventError struct{ error }

func (e *firstEventError) Unwrap() error { return e.error }

// exchange sends a call, again if need be, and has a reply that says success
// received. A DELETE that has succeeded although there is nothing to receive is
// not an error.
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

// attempts calls attempt until it succeeds, or until trying again is of no use,
// may do harm, or would outlast the context. It returns the last error.
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
		lost = lost || replyLost(err)
		pause, ok := pauseBefore(n, err, c.options.MaxRetryAfter)
		deadline, bounded := ctx.Deadline()
		if !ok || n >= c.options.MaxRetries || !c.mayRepeat(err) || bounded && time.Until(deadline) < pause {
			if sent := (*sendError)(nil); errors.As(err, &sent) {
				return sent.error // for callers, it is the doer's
			}
			if first := (*firstEventError)(nil); errors.As(err, &first) {
				return first.error
			}
			return err
		}
		if ctxErr := sleep(ctx, pause); ctxErr != nil {
			return fmt.Errorf("%w, before trying again after: %w", ctxErr, err)
		}
		if c.secrets == nil {
			c.secrets = &redact.Secrets{}
		}
		c.addSecrets(c.secrets) // keys may rotate
	}
}

// pauseBefore returns how long to wait after the n-th failure: a random time, as
// is best when many clients fail at once, but not less than the service asks for.
// It reports false when the service asks for more than longest.
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

// replyLost reports whether the service may have acted on a request of which only
// the reply has not come.
func replyLost(err error) bool {
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

// mayRepeat reports whether sending the call again can help and does no harm.
// What is not idempotent is repeated only when the service has not acted on it.
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
		// A name that is taken is answered with 429, and stays taken.
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

// notSent reports whether there was no connection, so that no byte of the
// request has left. A dialer that gave up calls that a deadline exceeded: not the
// context's, with which no time would be left for another attempt.
func notSent(err error) bool {
	var network *net.OpError
	return errors.As(err, &network) && network.Op == "dial" && !errors.Is(err, context.Canceled)
}

// passing reports whether an error is the network's. The caller's context, the
// caller's file, a redirect that was refused and a certificate stay as they are,
// and after the idle timeout the caller has waited for long enough.
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

// sleep returns early, with an error, when the context ends. It does not begin
// what the context's deadline would end.
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
