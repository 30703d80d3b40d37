package auth

import (
	"errors"
	"net/http"
)

// Transport returns an [http.RoundTripper] that runs editor on every request and
// sends the request with base, for HTTP clients that take no request editor. If
// base is nil, it uses [http.DefaultTransport].
//
//	client := &http.Client{Transport: auth.Transport(editor, nil)}
//
// The editor also runs on the requests that follow a redirect. A request that the
// editor refuses is not sent, so that the key reaches only hosts that the editor
// accepts. The error of the request wraps the error of the editor, also within
// the [net/url.Error] of an [http.Client]. To refuse every redirect to another
// origin, set [CheckRedirect] as well.
//
// The editor edits a copy of the request, so that the caller's request never
// contains the key. The Request field of the response is that copy.
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
		// A RoundTripper must close the body, also if it returns an error.
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

// CloseIdleConnections closes the idle connections of the base transport.
// [http.Client.CloseIdleConnections] calls it.
func (t *transport) CloseIdleConnections() {
	if base, ok := t.base.(interface{ CloseIdleConnections() }); ok {
		base.CloseIdleConnections()
	}
}
