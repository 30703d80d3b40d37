package auth

import (
	"errors"
	"net/http"
)

// Transport returns a round tripper that runs editor on every request and sends
// it by base, for HTTP clients that take no request editor. A nil base is
// [http.DefaultTransport].
//
//	client := &http.Client{Transport: auth.Transport(editor, nil)}
//
// The editor also runs on the requests that follow a redirect: the key goes to
// the hosts that the editor accepts and to no other, since a request that the
// editor refuses is not sent. The error of the editor is the error of the
// request, and can be matched with [errors.Is] and [errors.As] through the
// [net/url.Error] of an [http.Client]. [CheckRedirect] can be added to refuse
// every redirect to another origin.
//
// The editor gets a copy of the request, so that the caller's request never holds
// the key. The Request field of the response is that copy.
func Transport(editor RequestEditorFn, base http.RoundTripper) http.RoundTripper {
	if t, ok := base.(*http.Transport); base == nil || ok && t == nil {
		base = http.DefaultTransport
	}
	return &transport{editor, base}
}

type transport struct {
	editor RequestEditorFn
	base   http.RoundTripper
}

func (t *transport) RoundTrip(req *http.Request) (*http.Response, error) {
	edited := req.Clone(req.Context())
	if err := t.edit(edited); err != nil {
		// A round tripper closes the body in every case.
		for _, r := range []*http.Request{req, edited} {
			if r.Body != nil {
				_ = r.Body.Close()
			}
		}
		return nil, err
	}
	return t.base.RoundTrip(edited)
}

func (t *transport) edit(req *http.Request) error {
	if t.editor == nil {
		return errors.New("auth: Transport: the request editor is nil")
	}
	return t.editor(req.Context(), req)
}

// CloseIdleConnections closes the idle connections of the base transport, as
// [http.Client.CloseIdleConnections] asks for.
func (t *transport) CloseIdleConnections() {
	if base, ok := t.base.(interface{ CloseIdleConnections() }); ok {
		base.CloseIdleConnections()
	}
}
