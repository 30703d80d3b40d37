// Package auth supplies the request editor that authenticates calls to the
// Pinecone Assistant API.
//
// [APIKey], [FromEnv] and [KeyFunc] return a [RequestEditorFn], which every
// generated client takes through its WithRequestEditorFn option. The editor
// sets these headers:
//
//	Api-Key                 the key; with WithBearer, Authorization: Bearer <key> in its place
//	X-Pinecone-Api-Version  WithVersion, else what the request has, else DefaultVersion
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
// The key goes to https on pinecone.io and its subdomains, on any port, and to
// http or https on loopback: localhost, 127.0.0.0/8 and ::1. Any other
// destination is refused with [ErrForeignHost] before the key is looked up;
// [WithHost] allows one more. The destination is the request's URL: the Host
// field of a request does not change where its connection goes.
//
// An editor by itself does not see the requests that follow a redirect. The
// typed clients protect the key there: they give [CheckRedirect] to every
// [http.Client] that has no CheckRedirect of its own. For other HTTP clients, use
// [Transport], which runs the editor on every request, or set [CheckRedirect]:
// without either, a redirect carries the key to whatever host it names.
//
// No error of this package shows the key or a part of it.
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

	// DefaultVersion is the version of the API that a request asks for when
	// nothing else is said: the newest that Pinecone's own SDKs send, which
	// its TypeScript SDK does since release 9.0.0. Its spec is not published;
	// openapi/README.md says what this module's is made from.
	DefaultVersion = "2026-07"
)

const (
	keyHeader           = "Api-Key"
	authorizationHeader = "Authorization"
	versionHeader       = "X-Pinecone-Api-Version"
	contentTypeHeader   = "Content-Type"
	userAgentHeader     = "User-Agent"
)

// Errors to be matched with [errors.Is].
var (
	// ErrNoKey means that the key is empty or the variable is not set.
	ErrNoKey = errors.New("auth: no API key")

	// ErrInvalidKey means that the key holds a byte outside 0x21 to 0x7E.
	ErrInvalidKey = errors.New("auth: malformed API key")
)

// RequestEditorFn edits a request before it is sent. It is an alias, so that
// its values are assignable to the RequestEditorFn type of every generated
// package.
type RequestEditorFn = func(ctx context.Context, req *http.Request) error

// APIKey returns an editor that sends key. A key is printable ASCII without
// spaces: an empty one is [ErrNoKey], a malformed one [ErrInvalidKey].
//
// The editor is safe for concurrent use.
func APIKey(key string, opts ...Option) (RequestEditorFn, error) {
	if err := checkKey(key, "pass a Pinecone API key to auth.APIKey"); err != nil {
		return nil, err
	}
	return newEditor(func(context.Context) (string, error) { return key, nil }, opts)
}

// FromEnv is [APIKey] with the value that the environment variable
// [EnvAPIKey] has at the time of the call.
func FromEnv(opts ...Option) (RequestEditorFn, error) {
	key := os.Getenv(EnvAPIKey)
	if err := checkKey(key, "set the environment variable "+EnvAPIKey+" to a Pinecone API key"); err != nil {
		return nil, err
	}
	return newEditor(func(context.Context) (string, error) { return key, nil }, opts)
}

// KeyFunc returns an editor that asks fn for the key of each request, for keys
// that rotate. fn gets the request's context and is called once per request,
// after its destination has been accepted. It must be safe for concurrent use
// if the client is used concurrently.
//
// An error of fn fails the request and can be matched with [errors.Is] and
// [errors.As]; so do an empty and a malformed key, as for [APIKey]. A nil fn
// is an error here.
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
	h := req.Header // the names are canonical
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
	// An empty value that is present tells net/http to send no User-Agent.
	if _, ok := h[userAgentHeader]; !ok {
		h[userAgentHeader] = []string{c.userAgent}
	}
}
