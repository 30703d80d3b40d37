package auth

import (
	"errors"
	"fmt"
	"net/netip"
	"net/url"
	"strings"
)

// ErrForeignHost means that a request goes to a host that must not see the
// key. The editor has left the request as it was.
var ErrForeignHost = errors.New("auth: the API key is not for this host")

func (c *config) checkDestination(u *url.URL) error {
	if u == nil {
		return fmt.Errorf("%w: the request has no URL", ErrForeignHost)
	}
	o, ok := originOf(u)
	if !ok {
		return fmt.Errorf("%w: scheme %q, host %q: only an ASCII host name or an IP address without a zone can be allowed, by auth.WithHost",
			ErrForeignHost, u.Scheme, u.Hostname())
	}
	if c.hosts[o] || o.scheme == "https" && isPinecone(o.host) || o.isHTTP() && isLoopback(o.host) {
		return nil
	}
	if !o.isHTTP() {
		return fmt.Errorf("%w: scheme %q, host %q: only https and, where auth.WithHost allows it, http can carry it",
			ErrForeignHost, u.Scheme, u.Host)
	}
	return fmt.Errorf("%w: scheme %q, host %q: it goes to https on pinecone.io and its subdomains, and to loopback; auth.WithHost(%q) allows this one",
		ErrForeignHost, u.Scheme, u.Host, o)
}

// isPinecone and isLoopback take hosts that [canonicalHost] has returned.
func isPinecone(host string) bool {
	return host == "pinecone.io" || strings.HasSuffix(host, ".pinecone.io")
}

func isLoopback(host string) bool {
	if host == "localhost" {
		return true
	}
	addr, err := netip.ParseAddr(host)
	return err == nil && addr.IsLoopback()
}

// parseHost reads the argument of [WithHost]. Its errors do not repeat the
// argument, which may hold a password.
func parseHost(s string) (origin, error) {
	if !strings.Contains(s, "://") {
		s = "https://" + s
	}
	u, err := url.Parse(s)
	if err != nil {
		return origin{}, errors.New("not a host; want host, host:port, https://host[:port] or http://host[:port]")
	}
	o, ok := originOf(u)
	switch {
	case !o.isHTTP():
		return origin{}, errors.New("the scheme must be https or http")
	case u.User != nil:
		return origin{}, errors.New("user information does not belong in it")
	case u.Path != "" || u.RawQuery != "" || u.ForceQuery || strings.Contains(s, "#"):
		return origin{}, errors.New("a path, a query or a fragment does not belong in it")
	case u.Hostname() == "":
		return origin{}, errors.New("the host is empty")
	case !ok:
		return origin{}, errors.New("the host must be an ASCII name (xn-- form) or an IP address without a zone")
	}
	return o, nil
}
