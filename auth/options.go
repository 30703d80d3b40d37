package auth

import (
	"errors"
	"fmt"
)

// An Option adjusts the editor that [APIKey], [FromEnv] or [KeyFunc] returns.
// A value that it cannot take is an error of that call.
type Option func(*config) error

// config holds what the options say. It never holds the key.
type config struct {
	version   string
	sourceTag string
	hosts     map[origin]bool
	userAgent string
	bearer    bool
}

func newConfig(opts []Option) (*config, error) {
	c := &config{hosts: make(map[origin]bool)}
	for i, opt := range opts {
		if opt == nil {
			return nil, fmt.Errorf("auth: option %d is nil", i+1)
		}
		if err := opt(c); err != nil {
			return nil, err
		}
	}
	c.userAgent = userAgent(c.sourceTag)
	return c, nil
}

// WithVersion sends v as X-Pinecone-Api-Version, whatever version the request
// has. Versions are dates such as "2026-04", but any visible ASCII is taken:
// the service decides. v must be the version that the client's types were
// generated for, since a reply in another version may not decode into them.
func WithVersion(v string) Option {
	return func(c *config) error {
		if v == "" {
			return errors.New("auth: WithVersion: the version is empty")
		}
		if !isVisibleASCII(v) {
			return errors.New("auth: WithVersion: the version holds a space, a control or a non-ASCII character")
		}
		c.version = v
		return nil
	}
}

// WithHost lets the key go to one more host, such as a gateway or a proxy.
// It can be given more than once. The forms are
//
//	host  host:port  https://host[:port]    https only
//	http://host[:port]                      plain http, where the network can read the key
//
// Without a port, the scheme's default port is meant. An IPv6 address is
// written in brackets, an internationalised name in its xn-- form; an IPv6
// zone, user information, a path and a query are errors.
func WithHost(host string) Option {
	return func(c *config) error {
		o, err := parseHost(host)
		if err != nil {
			return fmt.Errorf("auth: WithHost: %w", err)
		}
		c.hosts[o] = true
		return nil
	}
}

// WithSourceTag adds " source_tag=<tag>" to the User-Agent, by which Pinecone
// attributes traffic to an integration. The tag is normalised as the official
// SDKs do it: lower case, only [a-z0-9_ :] kept, each run of spaces one
// underscore. A tag of which nothing is left is not sent.
func WithSourceTag(tag string) Option {
	return func(c *config) error {
		c.sourceTag = normalizeSourceTag(tag)
		return nil
	}
}

// WithBearer sends the key as "Authorization: Bearer" followed by the key, and no
// Api-Key header. Pinecone's MCP endpoints take the key in this form; see
// [Transport] for HTTP clients of MCP libraries. The operations of the Assistant
// API take Api-Key.
func WithBearer() Option {
	return func(c *config) error {
		c.bearer = true
		return nil
	}
}
