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
	// Version is the value of VersionHeader. An editor can replace it.
	Version string
	// MaxResponseBytes bounds the size of a response, and of a stream that is
	// collected; zero means DefaultMaxResponseBytes.
	MaxResponseBytes int64
	// MaxRetries bounds how often a call is retried.
	MaxRetries int
	// RetryNonIdempotent retries POST and PATCH like the other methods.
	RetryNonIdempotent bool
	// MaxRetryAfter is the longest Retry-After that is waited for; zero means
	// DefaultMaxRetryAfter.
	MaxRetryAfter time.Duration
	// IdleTimeout bounds the time in which an attempt sends and receives no
	// byte; zero means DefaultIdleTimeout. The time in which the caller handles
	// data does not count.
	IdleTimeout time.Duration
	// EventTimeout bounds the time between two events of a stream; zero means
	// no limit.
	EventTimeout time.Duration
	// MaxEventBytes bounds the size of an event; zero means
	// DefaultMaxEventBytes.
	MaxEventBytes int
}

// DefaultOptions returns the options of a client of the given API version.
func DefaultOptions(version string) Options {
	return Options{Version: version, MaxRetries: DefaultMaxRetries}
}

// complete checks the options and replaces zero values with defaults.
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

// Errors that the options of generated packages return.
var (
	ErrNilOption  = errors.New("the option is nil")
	ErrClientOnly = errors.New("the option configures a client, not a single call")
)

// OptionError wraps the error of the option at index number. It does not show
// the password of a URL.
func OptionError(number int, err error) error {
	return fmt.Errorf("option %d: %w", number+1, hidePassword(err))
}
