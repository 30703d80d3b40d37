package auth

import (
	"errors"
	"fmt"
)

// An Option configures the editor that [APIKey], [FromEnv] or [KeyFunc] returns.
// These functions return an error if the value of an option is invalid.
type Option func(*config) error

// config is the configuration of an editor. It does not contain the key.
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

// WithVersion sets the header X-Pinecone-Api-Version to v, in place of the
// request's own version. Versions are dates such as "2026-04", but v can be any
// visible ASCII text: the service decides which versions it accepts. v must be
// the version that the client's types were generated for, since a response of
// another version may not decode into them.
func WithVersion(v string) Option {
	return func(c *config) error {
		if v == "" {
			return errors.New("auth: WithVersion: the version is empty")
		}
		if !isVisibleASCII(v) {
			return errors.New("auth: WithVersion: the version contains a space, a control character or a non-ASCII character")
		}
		c.version = v
		return nil
	}
}

// WithHost allows the editor to send the key to one more host, such as a gateway
// or a proxy. The option can be repeated. The forms of host are
//
//	host  host:port  https://host[:port]    https only
//	http://host[:port]                      plain http, where the network can read the key
//
// The default port is that of the scheme. An IPv6 address is written in brackets,
// an internationalized name in its xn-- form. A host with an IPv6 zone, user
// information, a path, a query or a fragment is an error.
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
// attributes traffic to an integration. The tag is normalized as by Pinecone's
// SDKs: letters become lower case, characters outside [a-z0-9_ :] are removed,
// and each run of spaces becomes an underscore. If no character is left, no tag
// is sent.
func WithSourceTag(tag string) Option {
	return func(c *config) error {
		c.sourceTag = normalizeSourceTag(tag)
		return nil
	}
}

// WithBearer sends the key in the header "Authorization: Bearer <key>" instead of
// Api-Key. Pinecone's MCP endpoints take the key in this form; for the HTTP client
// of an MCP library, see [Transport]. The operations of the Assistant API take
// Api-Key.
func WithBearer() Option {
	return func(c *config) error {
		c.bearer = true
		return nil
	}
}
