package auth

import (
	"cmp"
	"errors"
	"fmt"
	"net/http"
)

// ErrRedirect means that [CheckRedirect] has refused a redirect.
var ErrRedirect = errors.New("auth: redirect refused")

// maxRedirects is the limit of net/http's default policy: the number of requests
// already sent.
const maxRedirects = 10

// CheckRedirect is a policy for [http.Client.CheckRedirect]. It refuses, with
// an error that matches [ErrRedirect],
//
//   - a redirect to another origin (scheme, host and port) than that of the
//     first request: net/http removes only Authorization, Cookie and
//     WWW-Authenticate from such a request, and would send Api-Key.
//   - a redirect that changes the method: 301, 302 and 303 turn a POST into a
//     GET without a body.
//   - the tenth redirect in a row, as net/http's default policy does.
//
// All other redirects are followed. The error names the origins, but no path and
// no query.
func CheckRedirect(req *http.Request, via []*http.Request) error {
	if len(via) == 0 {
		return nil
	}
	if len(via) >= maxRedirects {
		return fmt.Errorf("%w: stopped after %d redirects", ErrRedirect, maxRedirects)
	}
	from, ok := originOf(via[0].URL)
	if !ok {
		return fmt.Errorf("%w: the host of the first request is neither an ASCII name nor an IP address", ErrRedirect)
	}
	to, ok := originOf(req.URL)
	if !ok {
		return fmt.Errorf("%w: from %s to host %q, which is neither an ASCII name nor an IP address", ErrRedirect, from, req.URL.Hostname())
	}
	if from != to {
		return fmt.Errorf("%w: from %s to %s: the API key is sent only to the origin of the first request", ErrRedirect, from, to)
	}
	before, after := cmp.Or(via[0].Method, http.MethodGet), cmp.Or(req.Method, http.MethodGet)
	if before != after {
		return fmt.Errorf("%w: on %s: the method changes from %s to %s", ErrRedirect, from, before, after)
	}
	return nil
}
