package auth

import (
	"net"
	"net/netip"
	"net/url"
	"strings"
)

// origin is where a connection goes. Two URLs have equal origins if and only
// if scheme, host and port are the same in canonical form.
type origin struct{ scheme, host, port string }

var defaultPorts = map[string]string{"http": "80", "https": "443"}

// originOf reports false if the host is not one that [canonicalHost] takes.
func originOf(u *url.URL) (origin, bool) {
	host, ok := canonicalHost(u.Hostname())
	o := origin{scheme: strings.ToLower(u.Scheme), host: host, port: u.Port()}
	if o.port == "" {
		o.port = defaultPorts[o.scheme]
	}
	return o, ok
}

func (o origin) isHTTP() bool { return o.scheme == "http" || o.scheme == "https" }

// String leaves the scheme's default port out.
func (o origin) String() string {
	host := o.host
	if strings.Contains(host, ":") {
		host = "[" + host + "]"
	}
	if o.port != defaultPorts[o.scheme] {
		host = net.JoinHostPort(o.host, o.port)
	}
	return o.scheme + "://" + host
}

// canonicalHost takes an IP address or an ASCII host name as [url.URL.Hostname]
// gives it and returns it in lower case, without the dot of a fully qualified
// name. It reports false for everything that a resolver, a proxy or net/http's
// IDNA mapping could read as another host: non-ASCII names, IPv6 zones, empty
// labels, delimiters inside a name.
func canonicalHost(hostname string) (string, bool) {
	if n := len(hostname); n > 0 && (strings.Contains(hostname, ":") || '0' <= hostname[n-1] && hostname[n-1] <= '9') {
		// Others are no addresses, and parsing them takes a while.
		if addr, err := netip.ParseAddr(hostname); err == nil {
			return addr.String(), addr.Zone() == ""
		}
	}
	if !isVisibleASCII(hostname) { // ToLower maps the Kelvin sign to k
		return "", false
	}
	name := strings.ToLower(strings.TrimSuffix(hostname, "."))
	last := byte('.')
	for i := range len(name) {
		c := name[i]
		switch {
		case c == '.' && last == '.':
			return "", false
		case 'a' <= c && c <= 'z', '0' <= c && c <= '9', c == '-', c == '_', c == '.':
		default:
			return "", false
		}
		last = c
	}
	return name, last != '.'
}
