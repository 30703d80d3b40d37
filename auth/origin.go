package auth

import (
	"net"
	"net/netip"
	"net/url"
	"strings"
)

// origin is the destination of a connection: scheme, host and port, each in
// canonical form. Origins can be compared with ==.
type origin struct{ scheme, host, port string }

var defaultPorts = map[string]string{"http": "80", "https": "443"}

// originOf returns the origin of u. It reports false if [canonicalHost] rejects
// the host.
func originOf(u *url.URL) (origin, bool) {
	host, ok := canonicalHost(u.Hostname())
	o := origin{scheme: strings.ToLower(u.Scheme), host: host, port: u.Port()}
	if o.port == "" {
		o.port = defaultPorts[o.scheme]
	}
	return o, ok
}

func (o origin) isHTTP() bool { return o.scheme == "http" || o.scheme == "https" }

// String returns the origin as a URL, without the port if that is the scheme's
// default.
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

// canonicalHost returns hostname, an IP address or an ASCII host name from
// [url.URL.Hostname], in lower case and without the trailing dot of a fully
// qualified name. It reports false for every host that a resolver, a proxy or
// net/http's IDNA mapping could read as another host: a non-ASCII name, an IPv6
// zone, an empty label, a delimiter inside a name.
func canonicalHost(hostname string) (string, bool) {
	if n := len(hostname); n > 0 && (strings.Contains(hostname, ":") || '0' <= hostname[n-1] && hostname[n-1] <= '9') {
		// Names of another form are not addresses, and ParseAddr is slow on them.
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
