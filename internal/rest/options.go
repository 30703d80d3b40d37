package rest

import (
	"cmp"
	"errors"
	"fmt"
	"time"
)

// Defaults of Options.
const (
	DefaultMaxResponseBytes = 64 << 20
	DefaultMaxRetries       = 2
	DefaultMaxRetryAfter    = time.Minute
	DefaultIdleTimeout      = 5 * time.Minute
	DefaultMaxEventBytes    = 16 << 20
)

// Options configure what the stock client does not offer.
type Options struct {
	// Version is the value of VersionHeader that a request starts out with.
	Version string
	// MaxResponseBytes bounds what is read of a reply, and what is collected of a
	// stream; zero means DefaultMaxResponseBytes.
	MaxResponseBytes int64
	// MaxRetries bounds how often a request is sent again.
	MaxRetries int
	// RetryNonIdempotent repeats POST and PATCH like all others.
	RetryNonIdempotent bool
	// MaxRetryAfter is the longest wait that the service can ask for; zero means
	// DefaultMaxRetryAfter.
	MaxRetryAfter time.Duration
	// IdleTimeout bounds how long no byte is sent or received while an attempt
	// waits for the other side; zero means DefaultIdleTimeout.
	IdleTimeout time.Duration
	// EventTimeout bounds how long a stream is without an event; zero means no
	// limit.
	EventTimeout time.Duration
	// MaxEventBytes bounds an event of a stream; zero means DefaultMaxEventBytes.
	MaxEventBytes int
}

// DefaultOptions are the options of a client of a version of the API.
func DefaultOptions(version string) Options {
	return Options{Version: version, MaxRetries: DefaultMaxRetries}
}

// complete checks the options and puts the defaults in.
func (o *Options) complete() error {
	for _, limit := range []struct {
		name  string
		value int64
		unit  string
	}{
		{"limit of a response", o.MaxResponseBytes, "bytes"},
		{"limit of an event", int64(o.MaxEventBytes), "bytes"},
	} {
		if limit.value < 0 {
			return fmt.Errorf("%s: %d %s, want more than 0", limit.name, limit.value, limit.unit)
		}
	}
	for _, limit := range []struct {
		name  string
		value time.Duration
	}{
		{"idle timeout", o.IdleTimeout},
		{"event timeout", o.EventTimeout},
		{"longest Retry-After", o.MaxRetryAfter},
	} {
		if limit.value < 0 {
			return fmt.Errorf("%s: %s, want more than 0", limit.name, limit.value)
		}
	}
	if o.MaxRetries < 0 {
		return fmt.Errorf("retries: %d, want 0 or more", o.MaxRetries)
	}
	o.MaxResponseBytes = cmp.Or(o.MaxResponseBytes, DefaultMaxResponseBytes)
	o.MaxEventBytes = cmp.Or(o.MaxEventBytes, DefaultMaxEventBytes)
	o.IdleTimeout = cmp.Or(o.IdleTimeout, DefaultIdleTimeout)
	o.MaxRetryAfter = cmp.Or(o.MaxRetryAfter, DefaultMaxRetryAfter)
	return nil
}

// Errors of options, for generated packages.
var (
	ErrNilOption  = errors.New("the option is nil")
	ErrClientOnly = errors.New("the option configures a client, not a single call")
)

// OptionError returns the error of an option, of which number is the index. It
// shows no password of a URL.
func OptionError(number int, err error) error {
	return fmt.Errorf("option %d: %w", number+1, hidePassword(err))
}
