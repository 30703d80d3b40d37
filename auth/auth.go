// Package auth supplies the request editor that authenticates calls to the
// Pinecone Assistant API.
//
// [APIKey], [FromEnv] and [KeyFunc] return a [RequestEditorFn], which every
// generated client takes through its WithRequestEditorFn option. The editor
// sets these headers:
//
//	Api-Key                 the key; WithBearer sends Authorization: Bearer <key> instead
//	X-Pinecone-Api-Version  the version of WithVersion, else the request's own, else DefaultVersion
//	Content-Type            application/json, if the request has a body and no Content-Type
//	User-Agent              assistant-go/<version> (<Go version>), if the request has none
//
// One editor serves all clients, for as long as the program runs:
//
//	editor, err := auth.FromEnv() // PINECONE_API_KEY
//	if err != nil {
//		return err
//	}
//	ctl, err := control.New(control.WithRequestEditorFn(editor))
//	if err != nil {
//		return err
//	}
//	assistant, err := ctl.DescribeAssistant(ctx, "example-assistant")
//
// The editor sends the key over https to pinecone.io and its subdomains, on any
// port, and over http or https to loopback hosts: localhost, 127.0.0.0/8 and
// ::1. It refuses any other destination with [ErrForeignHost] before it looks up
// the key; [WithHost] allows another host. The destination is the URL of the
// request; the request's Host field does not change where the connection goes.
//
// net/http follows a redirect without running the editor again, and copies the
// key to the new request. The typed clients refuse such a redirect to another
// host: they set [CheckRedirect] on a copy of every [http.Client] whose
// CheckRedirect is nil. For other HTTP clients, use [Transport], which runs the
// editor on every request, or set [CheckRedirect]: without either, the key is
// sent to the host that a redirect names.
//
// The errors of this package never contain the key or a part of it.
package auth

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
)

const (
	// EnvAPIKey is the environment variable that [FromEnv] reads.
	EnvAPIKey = "PINECONE_API_KEY"

	// DefaultVersion is the version of the API that a request asks for if
	// neither [WithVersion] nor the request itself sets one. It is the newest
	// version that Pinecone's SDKs send: the TypeScript SDK sends it since
	// release 9.0.0. Pinecone has not published a spec of this version;
	// openapi/README.md gives the source of the spec in this module.
	DefaultVersion = "2026-07"
)

const (
	keyHeader           = "Api-Key"
	authorizationHeader = "Authorization"
	versionHeader       = "X-Pinecone-Api-Version"
	contentTypeHeader   = "Content-Type"
	userAgentHeader     = "User-Agent"
)

// Errors to match with [errors.Is].
var (
	// ErrNoKey means that the key is empty or that [EnvAPIKey] is not set.
	ErrNoKey = errors.New("auth: no API key")

	// ErrInvalidKey means that the key contains a byte outside 0x21 to 0x7E.
	ErrInvalidKey = errors.New("auth: malformed API key")
)

// RequestEditorFn edits a request before it is sent. It is an alias of a
// function type, so that an editor can be assigned to the RequestEditorFn type
// of every generated package.
type RequestEditorFn = func(ctx context.Context, req *http.Request) error

// APIKey returns an editor that sends key. A key consists of printable ASCII
// characters and no spaces. The error is [ErrNoKey] for an empty key and
// [ErrInvalidKey] for a malformed one.
//
// The editor is safe for concurrent use.
func APIKey(key string, opts ...Option) (RequestEditorFn, error) {
	if err := checkKey(key, "pass a Pinecone API key to auth.APIKey"); err != nil {
		return nil, err
	}
	return newEditor(func(context.Context) (string, error) { return key, nil }, opts)
}

// FromEnv is like [APIKey] with the value of the environment variable
// [EnvAPIKey], which it reads once, during the call.
func FromEnv(opts ...Option) (RequestEditorFn, error) {
	key := os.Getenv(EnvAPIKey)
	if err := checkKey(key, "set the environment variable "+EnvAPIKey+" to a Pinecone API key"); err != nil {
		return nil, err
	}
	return newEditor(func(context.Context) (string, error) { return key, nil }, opts)
}

// KeyFunc returns an editor that calls fn for the key of each request, for keys
// that rotate. The editor calls fn once per request, with the request's context,
// after it has accepted the request's destination. fn must be safe for
// concurrent use if the client is used concurrently.
//
// An error of fn fails the request; [errors.Is] and [errors.As] match it. An
// empty or malformed key fails the request with [ErrNoKey] or [ErrInvalidKey].
// KeyFunc returns an error if fn is nil.
func KeyFunc(fn func(context.Context) (string, error), opts ...Option) (RequestEditorFn, error) {
	if fn == nil {
		return nil, fmt.Errorf("%w: auth.KeyFunc needs a function", ErrNoKey)
	}
	return newEditor(func(ctx context.Context) (string, error) {
		key, err := fn(ctx)
		if err != nil {
			return "", keyFuncError(err, key)
		}
		return key, checkKey(key, "the function passed to auth.KeyFunc must return a Pinecone API key")
	}, opts)
}

func newEditor(source func(context.Context) (string, error), opts []Option) (RequestEditorFn, error) {
	cfg, err := newConfig(opts)
	if err != nil {
		return nil, err
	}
	return func(ctx context.Context, req *http.Request) error {
		if req == nil {
			return fmt.Errorf("%w: the request is nil", ErrForeignHost)
		}
		if err := cfg.checkDestination(req.URL); err != nil {
			return err
		}
		key, err := source(ctx)
		if err != nil {
			return err
		}
		cfg.setHeaders(req, key)
		return nil
	}, nil
}

func (c *config) setHeaders(req *http.Request, key string) {
	if req.Header == nil {
		req.Header = make(http.Header)
	}
	h := req.Header // The names below are canonical, as Set would make them.
	if c.bearer {
		h.Del(keyHeader)
		h[authorizationHeader] = []string{"Bearer " + key}
	} else {
		h[keyHeader] = []string{key}
	}
	switch {
	case c.version != "":
		h[versionHeader] = []string{c.version}
	case h.Get(versionHeader) == "":
		h[versionHeader] = []string{DefaultVersion}
	}
	if req.Body != nil && req.Body != http.NoBody && h.Get(contentTypeHeader) == "" {
		h[contentTypeHeader] = []string{"application/json"}
	}
	// If User-Agent is present but empty, net/http sends no User-Agent.
	if _, ok := h[userAgentHeader]; !ok {
		h[userAgentHeader] = []string{c.userAgent}
	}
}
