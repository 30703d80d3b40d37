package auth

import (
	"cmp"
	"errors"
	"fmt"
	"net/http"
)

// ErrRedirect means that [CheckRedirect] has refused a redirect.
var ErrRedirect = errors.New("auth: redirect refused")

// maxRedirects counts requests already made, as net/http's default policy does.
const maxRedirects = 10

// CheckRedirect is a policy for [http.Client.CheckRedirect]. It refuses, with
// an error that matches [ErrRedirect],
//
//   - a redirect that leaves the origin (scheme, host and port) of the first
//     request. net/http strips only Authorization, Cookie and WWW-Authenticate
//     there: Api-Key would arrive at the other host.
//   - one that changes the method, as 301, 302 and 303 turn a POST into a GET
//     without its body.
//   - the tenth in a row, as net/http's default policy does.
//
// All other redirects are followed. The error names origins, never a query.
func CheckRedirect(req *http.Request, via []*http.Request) error {
	if len(via) == 0 {
		return nil
	}
	if len(via) >= maxRedirects {
		return fmt.Errorf("%w: stopped after %d redirects", ErrRedirect, maxRedirects)
	}
	from, ok := originOf(via[0].URL)
	if !ok {
		return fmt.Errorf("%w: the first request has no plain host name or address", ErrRedirect)
	}
	to, ok := originOf(req.URL)
	if !ok {
		return fmt.Errorf("%w: from %s to host %q, which is no plain host name or address", ErrRedirect, from, req.URL.Hostname())
	}
	if from != to {
		return fmt.Errorf("%w: from %s to %s: the API key stays on the first origin", ErrRedirect, from, to)
	}
	before, after := cmp.Or(via[0].Method, http.MethodGet), cmp.Or(req.Method, http.MethodGet)
	if before != after {
		return fmt.Errorf("%w: on %s, it turns %s into %s", ErrRedirect, from, before, after)
	}
	return nil
}
