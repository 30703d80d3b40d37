package auth

import (
	"errors"
	"fmt"
	"net/netip"
	"net/url"
	"strings"
)

// ErrForeignHost means that the editor refused to send the key to the host of a
// request. The request is unchanged.
var ErrForeignHost = errors.New("auth: the API key is not for this host")

func (c *config) checkDestination(u *url.URL) error {
	if u == nil {
		return fmt.Errorf("%w: the request has no URL", ErrForeignHost)
	}
	o, ok := originOf(u)
	if !ok {
		return fmt.Errorf("%w: scheme %q, host %q: the host must be an ASCII name or an IP address without a zone, also for auth.WithHost",
			ErrForeignHost, u.Scheme, u.Hostname())
	}
	if c.hosts[o] || o.scheme == "https" && isPinecone(o.host) || o.isHTTP() && isLoopback(o.host) {
		return nil
	}
	if !o.isHTTP() {
		return fmt.Errorf("%w: scheme %q, host %q: the scheme must be https, or http for loopback hosts and hosts that auth.WithHost allows",
			ErrForeignHost, u.Scheme, u.Host)
	}
	return fmt.Errorf("%w: scheme %q, host %q: the key is sent only over https to pinecone.io and its subdomains, and to loopback hosts; auth.WithHost(%q) allows this host",
		ErrForeignHost, u.Scheme, u.Host, o)
}

// isPinecone reports whether host, a result of [canonicalHost], is pinecone.io or
// a subdomain of it.
func isPinecone(host string) bool {
	return host == "pinecone.io" || strings.HasSuffix(host, ".pinecone.io")
}

// isLoopback reports whether host, a result of [canonicalHost], is localhost or a
// loopback address.
func isLoopback(host string) bool {
	if host == "localhost" {
		return true
	}
	addr, err := netip.ParseAddr(host)
	return err == nil && addr.IsLoopback()
}

// parseHost parses the argument of [WithHost]. The error does not contain s, which
// may contain a password.
func parseHost(s string) (origin, error) {
	if !strings.Contains(s, "://") {
		s = "https://" + s
	}
	u, err := url.Parse(s)
	if err != nil {
		return origin{}, errors.New("invalid host; want host, host:port, https://host[:port] or http://host[:port]")
	}
	o, ok := originOf(u)
	switch {
	case !o.isHTTP():
		return origin{}, errors.New("the scheme must be https or http")
	case u.User != nil:
		return origin{}, errors.New("the host must not have user information")
	case u.Path != "" || u.RawQuery != "" || u.ForceQuery || strings.Contains(s, "#"):
		return origin{}, errors.New("the host must not have a path, a query or a fragment")
	case u.Hostname() == "":
		return origin{}, errors.New("the host is empty")
	case !ok:
		return origin{}, errors.New("the host must be an ASCII name (xn-- for an internationalized name) or an IP address without a zone")
	}
	return o, nil
}
