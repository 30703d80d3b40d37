// Package rest implements the typed layer of the generated packages: it builds
// requests, sends them, retries transient failures, and decodes responses,
// streams and pages. It knows no endpoint.
package rest

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/pinecone-community/assistant-go/auth"
)

// VersionHeader is the header with the version of the API that a request uses.
const VersionHeader = "X-Pinecone-Api-Version"

// Doer sends HTTP requests. *http.Client implements it.
type Doer interface {
	Do(*http.Request) (*http.Response, error)
}

// Editor changes a request before it is sent. The RequestEditorFn of every
// generated package has this type.
type Editor = func(context.Context, *http.Request) error

// Client holds what all calls of one API share. It is safe for concurrent use.
type Client struct {
	server  url.URL
	path    string // escaped path of server
	doer    Doer
	editors []Editor
	options Options
}

// New returns a client of the API at server, an absolute http or https URL. If
// doer is an *http.Client without CheckRedirect, New uses a copy of it whose
// CheckRedirect never sends the API key to another origin.
func New[E ~func(context.Context, *http.Request) error](server string, doer Doer, editors []E, options Options) (*Client, error) {
	base, err := parseServer(server)
	if err != nil {
		return nil, fmt.Errorf("base URL %q: %w", hideUser(server), err)
	}
	doer, err = guarded(doer)
	if err != nil {
		return nil, err
	}
	if err := options.complete(); err != nil {
		return nil, err
	}
	c := &Client{server: *base, path: base.EscapedPath(), doer: doer, options: options}
	for i, editor := range editors {
		if editor == nil {
			return nil, fmt.Errorf("request editor %d is nil", i+1)
		}
		c.editors = append(c.editors, Editor(editor))
	}
	return c, nil
}

// DefaultDoer returns the HTTP client of an API that was not given one. It has
// no timeout of its own, as a response can take minutes: see
// Options.IdleTimeout.
func DefaultDoer() Doer { return defaultDoer }

var defaultDoer = &http.Client{CheckRedirect: auth.CheckRedirect}

// NoServer is the base URL of a client whose options have not set a base URL.
// It differs from the empty string, which an option may have set by mistake.
const NoServer = "\x00"

// Server returns the base URL for a host. The URL template of the spec's server
// has one variable, which stands for the host. The host may come with or
// without a scheme (https is the default) and with or without the path of the
// template.
func Server(template, host string) (string, error) {
	if host == "" {
		return "", errors.New("host is empty: want the Host of an assistant that was created or described")
	}
	address := host
	if !strings.Contains(address, "://") {
		address = "https://" + address
	}
	base, err := parseServer(address)
	if err != nil {
		return "", fmt.Errorf("host %q: %w", hideUser(host), err)
	}
	_, path, _ := strings.Cut(template, "}")
	if !strings.HasSuffix(base.EscapedPath(), path) {
		base = base.JoinPath(path)
	}
	return base.String(), nil
}

// BaseURL checks that server is an absolute URL and returns it without trailing
// slashes.
func BaseURL(server string) (string, error) {
	base, err := parseServer(server)
	if err != nil {
		return "", fmt.Errorf("base URL %q: %w", hideUser(server), err)
	}
	return base.String(), nil
}

// parseServer parses an absolute URL and drops trailing slashes. Its errors do
// not show a password.
func parseServer(server string) (*url.URL, error) {
	if server == "" {
		return nil, errors.New("it is empty")
	}
	base, err := url.Parse(server)
	if err != nil {
		var parse *url.Error
		if strings.Contains(server, "@") { // url.Error may quote a part of a password
			err = errors.New("not a URL")
		} else if errors.As(err, &parse) {
			err = parse.Err // the caller adds the URL
			if _, rest, _ := strings.Cut(server, "://"); strings.Contains(err.Error(), "invalid port") && strings.Count(rest, ":") > 1 {
				err = errors.New("an IPv6 address belongs in brackets")
			}
		}
		return nil, err
	}
	switch {
	case base.Scheme != "https" && base.Scheme != "http":
		return nil, errors.New("the scheme is neither https nor http")
	case base.Hostname() == "":
		return nil, errors.New("no host")
	case strings.HasSuffix(base.Host, ":"):
		return nil, errors.New("no port after the colon")
	case base.Host[0] != '[' && strings.Count(base.Host, ":") > 1:
		return nil, errors.New("an IPv6 address belongs in brackets")
	case base.User != nil:
		return nil, errors.New("want no user in it")
	case base.RawQuery != "" || base.ForceQuery || base.Fragment != "":
		return nil, errors.New("want no query or fragment in it")
	}
	for strings.HasSuffix(base.EscapedPath(), "/") { // an escaped slash stays
		base.Path = strings.TrimSuffix(base.Path, "/")
		base.RawPath = strings.TrimSuffix(base.RawPath, "/")
	}
	return base, nil
}

// hidePassword returns an error of url.Parse without the user and password of
// the URL.
func hidePassword(err error) error {
	var parse *url.Error
	if !errors.As(err, &parse) || !strings.Contains(parse.URL, "@") {
		return err
	}
	// The reason may quote a part of the password.
	return fmt.Errorf("%s %q: not a URL", parse.Op, hideUser(parse.URL))
}

// hideUser returns a URL without its user and password. The URL may be invalid.
func hideUser(server string) string {
	at := strings.LastIndexByte(server, '@')
	if at < 0 {
		return server
	}
	scheme, _, _ := strings.Cut(server[:at], "://")
	if scheme != "https" && scheme != "http" {
		return "REDACTED" + server[at:]
	}
	return scheme + "://REDACTED" + server[at:]
}
