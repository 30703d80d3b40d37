// Package rest is what the typed layer of every generated package calls: it
// builds a request, sends it, and decodes the reply. Nothing in it knows an
// endpoint.
package rest

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/pinecone-community/assistant-go/auth"
)

// VersionHeader tells the service which version of the API a request speaks.
const VersionHeader = "X-Pinecone-Api-Version"

// DefaultMaxResponseBytes is how much of a reply is read unless an option says
// otherwise.
const DefaultMaxResponseBytes = 64 << 20

// Doer sends requests. *http.Client is one.
type Doer interface {
	Do(*http.Request) (*http.Response, error)
}

// Editor changes a request before it is sent. It is the shape of every
// generated package's RequestEditorFn.
type Editor = func(context.Context, *http.Request) error

// Client is what the methods of one API share. It is safe for concurrent use.
type Client struct {
	server  url.URL
	doer    Doer
	editors []Editor
	options Options
}

// Options are the settings of the typed layer that the stock client has not.
type Options struct {
	// Version is the value of VersionHeader that a request starts out with.
	Version string
	// MaxResponseBytes bounds what is read of a reply; zero means
	// DefaultMaxResponseBytes.
	MaxResponseBytes int64
	// MaxRetries bounds how often a request is sent again.
	MaxRetries int
	// RetryNonIdempotent repeats POST and PATCH like all others.
	RetryNonIdempotent bool
	// StreamIdleTimeout bounds how long a stream is silent; zero means
	// DefaultStreamIdleTimeout.
	StreamIdleTimeout time.Duration
	// MaxEventBytes bounds an event of a stream; zero means
	// DefaultMaxEventBytes.
	MaxEventBytes int
}

// DefaultOptions are the options of a client of a version of the API.
func DefaultOptions(version string) Options {
	return Options{Version: version, MaxRetries: DefaultMaxRetries}
}

// complete checks the options and puts the defaults in.
func (o *Options) complete() error {
	switch {
	case o.MaxResponseBytes < 0:
		return fmt.Errorf("limit of a response: %d bytes, want more than 0", o.MaxResponseBytes)
	case o.MaxEventBytes < 0:
		return fmt.Errorf("limit of an event: %d bytes, want more than 0", o.MaxEventBytes)
	case o.StreamIdleTimeout < 0:
		return fmt.Errorf("idle timeout of a stream: %s, want more than 0", o.StreamIdleTimeout)
	case o.MaxRetries < 0:
		return fmt.Errorf("retries: %d, want 0 or more", o.MaxRetries)
	}
	o.MaxResponseBytes = cmp.Or(o.MaxResponseBytes, DefaultMaxResponseBytes)
	o.MaxEventBytes = cmp.Or(o.MaxEventBytes, DefaultMaxEventBytes)
	o.StreamIdleTimeout = cmp.Or(o.StreamIdleTimeout, DefaultStreamIdleTimeout)
	return nil
}

// New returns a client of the API at server, an absolute http or https URL. A
// nil doer stands for one that never takes the API key to another origin.
func New[E ~func(context.Context, *http.Request) error](server string, doer Doer, editors []E, options Options) (*Client, error) {
	base, err := parseServer(server)
	if err != nil {
		return nil, fmt.Errorf("base URL %q: %w", redact(server), err)
	}
	if doer == nil {
		doer = defaultDoer
	}
	if err := options.complete(); err != nil {
		return nil, err
	}
	c := &Client{server: *base, doer: doer, options: options}
	for _, editor := range editors {
		if editor == nil {
			return nil, errors.New("request editor is nil")
		}
		c.editors = append(c.editors, Editor(editor))
	}
	return c, nil
}

// defaultDoer has no timeout of its own, as answers can take minutes: the
// context bounds a call.
var defaultDoer = &http.Client{CheckRedirect: auth.CheckRedirect}

// Server returns the base URL for a host, from the URL of a spec's server whose
// one variable stands for the host. It takes what the service calls a host: with
// or without scheme (https is assumed), with or without the server's own path.
func Server(template, host string) (string, error) {
	if host == "" {
		return "", errors.New("host is empty: want that of an assistant, as it is created or described")
	}
	address := host
	if !strings.Contains(address, "://") {
		address = "https://" + address
	}
	base, err := parseServer(address)
	if err != nil {
		return "", fmt.Errorf("host %q: %w", redact(host), err)
	}
	_, path, _ := strings.Cut(template, "}")
	if !strings.HasSuffix(base.EscapedPath(), path) {
		base = base.JoinPath(path)
	}
	return base.String(), nil
}

// BaseURL checks a base URL, which is absolute, and returns it without slashes at
// its end.
func BaseURL(server string) (string, error) {
	base, err := parseServer(server)
	if err != nil {
		return "", fmt.Errorf("base URL %q: %w", redact(server), err)
	}
	return base.String(), nil
}

// parseServer parses an absolute URL; slashes at its end are dropped. Its errors
// show nothing of a password.
func parseServer(server string) (*url.URL, error) {
	base, err := url.Parse(server)
	if err != nil {
		var parse *url.Error
		if strings.Contains(server, "@") { // what is quoted may be of a password
			err = errors.New("not a URL")
		} else if errors.As(err, &parse) {
			err = parse.Err // the caller names the URL
		}
		return nil, err
	}
	switch {
	case base.Scheme != "https" && base.Scheme != "http":
		return nil, errors.New("the scheme is neither https nor http")
	case base.Hostname() == "":
		return nil, errors.New("no host")
	case strings.HasSuffix(base.Host, ":"):
		return nil, errors.New("no port after the colon")
	case base.Host[0] != '[' && strings.Count(base.Host, ":") > 1:
		return nil, errors.New("an IPv6 address belongs in brackets")
	case base.User != nil:
		return nil, errors.New("a user does not belong there")
	case base.RawQuery != "" || base.ForceQuery || base.Fragment != "":
		return nil, errors.New("neither a query nor a fragment belongs there")
	}
	for strings.HasSuffix(base.EscapedPath(), "/") { // not an escaped one
		base.Path = strings.TrimSuffix(base.Path, "/")
		base.RawPath = strings.TrimSuffix(base.RawPath, "/")
	}
	return base, nil
}

// redact returns a URL, also one that cannot be parsed, without its user.
func redact(server string) string {
	at := strings.LastIndexByte(server, '@')
	if at < 0 {
		return server
	}
	scheme, _, _ := strings.Cut(server[:at], "://")
	if scheme != "https" && scheme != "http" {
		return "REDACTED" + server[at:]
	}
	return scheme + "://REDACTED" + server[at:]
}
